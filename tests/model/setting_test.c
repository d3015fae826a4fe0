#include "house.h"

#include <errno.h>
#include <gatehouse/setting.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

TestSuite(setting, .init = house_open, .fini = house_close);

/* What the program sends to syslog ends here, in place of the socket. */
static int sent;
static bool full;
static char line[8192 + 64];

/* What the framework of the tests sends passes through. */
int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
    const struct sockaddr_un *local = address.__sockaddr_un__;
    if (local->sun_family == AF_UNIX && strcmp(local->sun_path, "/dev/log") == 0) return 0;
    return (int)syscall(SYS_connect, fd, local, size);
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    if (size < 4 || memcmp(bytes, "<85>", 4) != 0)
        return syscall(SYS_sendto, fd, bytes, size, flags, NULL, 0);
    errno = EAGAIN;
    if (full) return -1;
    sent++;
    snprintf(line, sizeof line, "%.*s", (int)size, (const char *)bytes);
    return (ssize_t)size;
}

static int64_t get(enum setting setting)
{
    int64_t value;
    cr_assert_ok(setting_get(act.store, setting, &value));
    return value;
}

Test(setting, every_entry_is_whole)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_entry *entry = &setting_table[i];
        enum setting found;
        cr_assert(entry->name && entry->sentence, "%d", i);
        cr_assert_leq(entry->least, entry->value);
        cr_assert_leq(entry->value, entry->most);
        cr_assert_ok(setting_find(entry->name, &found));
        cr_assert_eq((int)found, i);
        cr_assert_eq(get(found), entry->value);
    }
}

/* As they are in docs and in the console: a change here is one for everybody. */
Test(setting, each_has_its_default_and_its_bounds)
{
    static const struct {
        const char *name, *usual, *least, *most, *bounds;
    } rows[SETTING_COUNT] = {
        {"token.limit", "20 tokens", "1 token", "1000 tokens", "1 to 1000 tokens"},
        {"token.keep", "on", "off", "on", "on or off"},
        {"token.expiry.default", "never", "never", "36,500 days", "0 to 36,500 days; 0: never"},
        {"token.expiry.longest", "no limit", "no limit", "36,500 days",
         "0 to 36,500 days; 0: no limit"},
        {"token.forget", "never", "never", "36,500 days", "0 to 36,500 days; 0: never"},
        {"token.drop", "forever", "forever", "36,500 days", "0 to 36,500 days; 0: forever"},
        {"token.revoke.held", "on", "off", "on", "on or off"},
        {"clipboard.clear", "45 seconds", "never cleared", "86,400 seconds",
         "0 to 86,400 seconds; 0: never cleared"},
        {"vault.idle", "300 seconds", "10 seconds", "86,400 seconds", "10 to 86,400 seconds"},
        {"audit.syslog", "off", "off", "on", "on or off"},
        {"database.name", "none", "none", "none", "none, or at most 24 printable characters"},
        {"database.colour", "none", "none", "blue", "none, red, yellow, green or blue"},
    };
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_entry *entry = &setting_table[i];
        const struct {
            int64_t number;
            const char *wanted;
        } values[] = {{entry->value, rows[i].usual},
                      {entry->least, rows[i].least},
                      {entry->most, rows[i].most}};
        char bounds[SETTING_BOUNDS_SIZE], text[SETTING_TEXT_SIZE];
        cr_expect_str_eq(entry->name, rows[i].name);
        setting_bounds((enum setting)i, bounds);
        cr_expect_str_eq(bounds, rows[i].bounds);
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            setting_text((enum setting)i, &(struct setting_value){.number = values[k].number},
                         text);
            cr_expect_str_eq(text, values[k].wanted, "%s: %s", entry->name, text);
        }
    }
}

/* With the sentence that a refusal has. */
Test(setting, its_bounds_are_the_last_values_that_are_taken)
{
    struct setting_value value = {0};
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_entry *entry = &setting_table[i];
        if (entry->is_text) continue;
        const int64_t past[] = {entry->least - 1, entry->most + 1};
        for (size_t k = 0; k < 2; k++)
            cr_expect_eq(setting_set(&act, (enum setting)i, past[k]), ERR_INVALID, "%s",
                         entry->name);
        if (i == SETTING_TOKEN_KEEP) continue; /* there is no vault */
        cr_expect_eq(setting_set(&act, (enum setting)i, entry->least), OK, "%s", entry->name);
        cr_expect_eq(get((enum setting)i), entry->least);
        cr_expect_eq(setting_set(&act, (enum setting)i, entry->most), OK, "%s", entry->name);
        cr_expect_eq(get((enum setting)i), entry->most);
    }
    cr_assert_refused(setting_parse(SETTING_VAULT_IDLE, "9", &value), ERR_INVALID,
                      "vault.idle is a number of seconds from 10 to 86,400");
    cr_assert_not(strchr(error_message(), ';'));
    cr_assert_refused(setting_parse(SETTING_VAULT_IDLE, "86401", &value), ERR_INVALID, "86,400");
    cr_assert_refused(setting_parse(SETTING_TOKEN_DROP, "36501", &value), ERR_INVALID,
                      "token.drop is a number of days from 0 to 36,500; 0: forever");
    cr_assert_refused(setting_parse(SETTING_AUDIT_SYSLOG, "2", &value), ERR_INVALID,
                      "audit.syslog is on or off");
    cr_assert_ok(setting_parse(SETTING_AUDIT_SYSLOG, "1", &value));
    cr_assert_eq(value.number, 1);
    cr_assert_ok(setting_parse(SETTING_AUDIT_SYSLOG, "off", &value));
    cr_assert_eq(value.number, 0);
    cr_assert_eq(setting_parse(SETTING_AUDIT_SYSLOG, "On", &value), ERR_INVALID);
    cr_assert_ok(setting_parse(SETTING_CLIPBOARD_CLEAR, "Never Cleared", &value));
    cr_assert_eq(value.number, 0);
}

static void store_value(const char *name, int64_t number, const char *text)
{
    cr_assert_ok(store_begin(act.store));
    struct stmt *stmt = store_prepare(
        act.store, "INSERT INTO setting (name, value, text) VALUES (:name, :value, :text) ON "
                   "CONFLICT (name) DO UPDATE SET value = excluded.value, text = excluded.text");
    bind_text(stmt, ":name", name);
    bind_int(stmt, ":value", number);
    bind_text(stmt, ":text", text);
    cr_assert_ok(store_end(act.store, stmt_run(stmt)));
}

Test(setting, what_another_program_stored_counts_as_far_as_it_is_allowed)
{
    struct setting_value value;
    house_is_damaged = true;
    store_value("vault.idle", 9, "nine");
    cr_assert_ok(setting_read(act.store, SETTING_VAULT_IDLE, &value));
    cr_assert_eq(value.number, 10);
    cr_assert_str_eq(value.text, "");
    store_value("vault.idle", 86401, "");
    cr_assert_eq(get(SETTING_VAULT_IDLE), 86400);
    store_value("vault.idle", 86400, "");
    cr_assert_eq(get(SETTING_VAULT_IDLE), 86400);
    cr_assert_ok(setting_set(&act, SETTING_VAULT_IDLE, 10));
    cr_assert_eq(get(SETTING_VAULT_IDLE), 10);
}

Test(setting, a_change_is_audited_and_the_same_again_is_none)
{
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 365));
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 365));
    cr_assert_eq(get(SETTING_TOKEN_EXPIRY_LONGEST), 365);
    cr_assert_eq(house_events("setting.set"), 1);
}

Test(setting, bounds_are_kept_and_named)
{
    cr_assert_refused(setting_set(&act, SETTING_TOKEN_LIMIT, 0), ERR_INVALID, "from 1 to 1000");
    cr_assert_refused(setting_set(&act, SETTING_AUDIT_SYSLOG, 2), ERR_INVALID, "on or off");
    cr_assert_refused(setting_set(&act, SETTING_TOKEN_FORGET, -1), ERR_INVALID, "0: never");
    cr_assert_eq(house_events("setting.set"), 0);
}

Test(setting, what_is_typed_is_understood_as_it_is_shown)
{
    char text[SETTING_TEXT_SIZE];
    struct setting_value value;
    cr_assert_ok(setting_parse(SETTING_TOKEN_FORGET, "never", &value));
    cr_assert_eq(value.number, 0);
    cr_assert_ok(setting_parse(SETTING_AUDIT_SYSLOG, "on", &value));
    cr_assert_eq(value.number, 1);
    cr_assert_ok(setting_parse(SETTING_CLIPBOARD_CLEAR, "30", &value));
    cr_assert_eq(value.number, 30);
    static const char *const wrong[] = {"",    "-1", "3 tokens", "0x10",  "1e3",    "9999999999",
                                        "off", ",",  "3,0",      "3,650", "36,500,"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(setting_parse(SETTING_TOKEN_FORGET, wrong[i], &value), ERR_INVALID, "%s",
                     wrong[i]);
    setting_text(SETTING_TOKEN_FORGET, &(struct setting_value){.number = 0}, text);
    cr_assert_str_eq(text, "never");
    setting_text(SETTING_TOKEN_FORGET, &(struct setting_value){.number = 1}, text);
    cr_assert_str_eq(text, "1 day");
    setting_text(SETTING_CLIPBOARD_CLEAR, &(struct setting_value){.number = 45}, text);
    cr_assert_str_eq(text, "45 seconds");
    setting_text(SETTING_AUDIT_SYSLOG, &(struct setting_value){.number = 0}, text);
    cr_assert_str_eq(text, "off");
}

Test(setting, tokens_cannot_be_kept_without_a_vault)
{
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_KEEP, 0));
    cr_assert_refused(setting_set(&act, SETTING_TOKEN_KEEP, 1), ERR_CONFLICT, "without a vault");
}

Test(setting, no_event_goes_to_syslog_unless_it_is_wanted)
{
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_eq(sent, 0);
}

Test(setting, each_committed_event_goes_to_syslog)
{
    cr_assert_ok(setting_set(&act, SETTING_AUDIT_SYSLOG, 1));
    cr_assert_eq(sent, 1);
    cr_assert_eq(strncmp(line, "<85>", 4), 0, "%s", line);
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_eq(sent, 2);
    cr_assert(strstr(line, "by mara from north: account.deactivate sa::ci-deploy"), "%s", line);
    cr_assert_not(strchr(line, '\n'));
}

Test(setting, what_syslog_does_not_take_is_counted_and_said_when_it_listens_again)
{
    cr_assert_ok(setting_set(&act, SETTING_AUDIT_SYSLOG, 1));
    full = true;
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    cr_assert_eq(sent, 1);
    full = false;
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_eq(sent, 3);
    cr_assert(strstr(line, "2 events before this one did not reach syslog"), "%s", line);
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    cr_assert_eq(sent, 4, "it is said once");
}

Test(setting, what_is_rolled_back_does_not_go_to_syslog)
{
    cr_assert_ok(setting_set(&act, SETTING_AUDIT_SYSLOG, 1));
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_eq(sent, 1);
    cr_assert_eq(store_end(act.store, ERR_STOPPED), ERR_STOPPED);
    cr_assert_eq(sent, 1);
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    house_account("other");
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(sent, 3);
}

Test(setting, switching_syslog_off_is_the_last_that_is_sent)
{
    cr_assert_ok(setting_set(&act, SETTING_AUDIT_SYSLOG, 1));
    cr_assert_ok(setting_set(&act, SETTING_AUDIT_SYSLOG, 0));
    cr_assert_eq(sent, 2);
    cr_assert(strstr(line, "setting.set audit.syslog"), "%s", line);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 3));
    cr_assert_eq(sent, 2);
}

Test(setting, what_lists_show_can_be_typed)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_entry *entry = &setting_table[i];
        if (entry->is_text) continue;
        const int64_t values[] = {entry->least, entry->least + 1, entry->value, entry->most};
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            char text[SETTING_TEXT_SIZE];
            struct setting_value parsed, value = {.number = values[k]};
            setting_text((enum setting)i, &value, text);
            cr_expect_eq(setting_parse((enum setting)i, text, &parsed), OK, "%s: %s", entry->name,
                         text);
            cr_expect_eq(parsed.number, values[k], "%s: %s", entry->name, text);
        }
    }
    struct setting_value value;
    cr_assert_ok(setting_parse(SETTING_TOKEN_EXPIRY_DEFAULT, "Never", &value));
    cr_assert_eq(value.number, 0);
    cr_assert_ok(setting_parse(SETTING_TOKEN_EXPIRY_DEFAULT, "36,500", &value));
    cr_assert_eq(value.number, 36500);
    cr_assert_eq(setting_parse(SETTING_TOKEN_LIMIT, "20 days", &value), ERR_INVALID);
}

Test(setting, the_database_has_a_name_and_one_of_four_colours)
{
    struct setting_value value;
    char text[SETTING_TEXT_SIZE];
    cr_assert_ok(setting_read(act.store, SETTING_DATABASE_NAME, &value));
    cr_assert_str_eq(value.text, "");
    setting_text(SETTING_DATABASE_NAME, &value, text);
    cr_assert_str_eq(text, "none");
    cr_assert_ok(setting_parse(SETTING_DATABASE_NAME, "prod", &value));
    cr_assert_ok(setting_write(&act, SETTING_DATABASE_NAME, &value));
    cr_assert_ok(setting_write(&act, SETTING_DATABASE_NAME, &value));
    cr_assert_eq(house_events("setting.set"), 1);
    cr_assert_ok(setting_parse(SETTING_DATABASE_COLOUR, "Red", &value));
    cr_assert_ok(setting_write(&act, SETTING_DATABASE_COLOUR, &value));
    cr_assert_ok(setting_read(act.store, SETTING_DATABASE_COLOUR, &value));
    cr_assert_eq(value.number, COLOUR_RED);
    cr_assert_ok(setting_read(act.store, SETTING_DATABASE_NAME, &value));
    cr_assert_str_eq(value.text, "prod");
    cr_assert_ok(setting_parse(SETTING_DATABASE_NAME, "none", &value));
    cr_assert_ok(setting_write(&act, SETTING_DATABASE_NAME, &value));
    cr_assert_ok(setting_read(act.store, SETTING_DATABASE_NAME, &value));
    cr_assert_str_eq(value.text, "");
}

Test(setting, a_name_is_short_and_printable_and_no_token)
{
    struct setting_value value;
    cr_assert_refused(setting_parse(SETTING_DATABASE_NAME, "a name of 25 characters..", &value),
                      ERR_INVALID, "at most 24");
    cr_assert_ok(setting_parse(SETTING_DATABASE_NAME, "a name of 24 characters.", &value));
    cr_assert_str_eq(value.text, "a name of 24 characters.");
    cr_assert_ok(setting_parse(SETTING_DATABASE_NAME, "None", &value));
    cr_assert_str_eq(value.text, "");
    char long_name[4 * SETTING_NAME_MAX + 2] = "";
    for (int i = 0; i < SETTING_NAME_MAX; i++)
        strcat(long_name, "\U00020000");
    cr_assert_ok(setting_parse(SETTING_DATABASE_NAME, long_name, &value));
    cr_assert_str_eq(value.text, long_name);
    strcat(long_name, "x");
    cr_assert_eq(setting_parse(SETTING_DATABASE_NAME, long_name, &value), ERR_INVALID);
    cr_assert_refused(setting_parse(SETTING_DATABASE_NAME, "a\tb", &value), ERR_INVALID,
                      "printable");
    cr_assert_refused(setting_parse(SETTING_DATABASE_COLOUR, "pink", &value), ERR_INVALID,
                      "none, red, yellow, green or blue");
}
