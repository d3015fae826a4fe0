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
    cr_assert_refused(setting_parse(SETTING_DATABASE_NAME, "a\tb", &value), ERR_INVALID,
                      "printable");
    cr_assert_refused(setting_parse(SETTING_DATABASE_COLOUR, "pink", &value), ERR_INVALID,
                      "none, red, yellow, green or blue");
}
