/* A token stands in no text that is stored, whichever text it is and wherever in it. */
#include "house.h"

#include <gatehouse/audit_list.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/search.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_format.h>
#include <gatehouse/vault.h>
#include <stdio.h>

static int64_t token, group, permission;
static struct vault *vault;
static struct secret *passphrase;
static const struct kdf_cost cheap = {1, 8192};

static void open_all(void)
{
    house_open();
    cr_assert_ok(secret_new(64, &passphrase));
    cr_assert_ok(secret_set(passphrase, "correct horse battery", 21));
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, cheap));
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, passphrase, &vault));
    token = house_token(sa, "main", WHEN_NEVER);
    cr_assert_ok(group_create(&act, "ops", &group));
    cr_assert_ok(permission_create(&act, "own", "Own", "Ours.", &permission));
}

static void close_all(void)
{
    vault_lock(vault);
    secret_free(passphrase);
    house_close();
}

TestSuite(stored_text, .init = open_all, .fini = close_all);

static enum error create_account(const char *text)
{
    const struct account_details nothing = {0};
    int64_t number;
    return account_create(&act, text, &nothing, &number);
}

static enum error describe_account(const char *text)
{
    const struct account_details details = {.description = (char *)text};
    return account_update(&act, sa, house_version(sa), &details);
}

static enum error own_account(const char *text)
{
    const struct account_details details = {.owner = (char *)text};
    return account_update(&act, sa, house_version(sa), &details);
}

static enum error generate_token(const char *text)
{
    struct secret *secret;
    int64_t number;
    enum error e = token_generate(
        &act, sa, &(struct token_plan){.name = text, .expires = WHEN_NEVER}, &number, &secret);
    secret_free(secret);
    return e;
}

static enum error rename_token(const char *text)
{
    return token_rename(&act, token, text, NULL);
}

static enum error create_group(const char *text)
{
    int64_t number;
    return group_create(&act, text, &number);
}

static enum error rename_group(const char *text)
{
    return group_rename(&act, group, text);
}

static enum error describe_group(const char *text)
{
    const struct group_details details = {.description = (char *)text};
    const struct id_set none = {0};
    return group_update(&act, group, house_group_version(group), &details, &none, &none);
}

static enum error create_permission(const char *text)
{
    int64_t number;
    return permission_create(&act, text, "Name", "", &number);
}

static enum error name_permission(const char *text)
{
    return permission_edit(&act, permission, text, "Ours.", NULL);
}

static enum error explain_permission(const char *text)
{
    return permission_edit(&act, permission, "Own", text, NULL);
}

static enum error name_search(const char *text)
{
    struct search search = {0};
    snprintf(search.name, sizeof search.name, "%s", text);
    return search_save(&act, &search);
}

static enum error filter_search(const char *text)
{
    struct search search = {.name = "mine"};
    snprintf(search.filter, sizeof search.filter, "%s", text);
    return search_save(&act, &search);
}

static enum error label_slot(const char *text)
{
    return vault_add_slot(&act, vault, SLOT_PASSPHRASE, text, passphrase, cheap, NULL);
}

static enum error (*const entries[])(const char *text) = {
    create_account,    describe_account, own_account,    generate_token,  rename_token,
    create_group,      rename_group,     describe_group, name_permission, explain_permission,
    create_permission, name_search,      filter_search,  label_slot,
};

static void expect_nowhere(const struct secret *secret)
{
    cr_assert_not(strstr(error_message(), secret->bytes));
    static const char *const columns[] = {
        "account WHERE name || description || owner",
        "token WHERE name",
        "account_group WHERE name || description",
        "permission WHERE id || name || sentence",
        "search WHERE name || filter",
        "key_slot WHERE label",
        "event WHERE subject || coalesce(before, '') || coalesce(after, '')"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s LIKE '%%%.40s%%'", columns[i],
                 secret->bytes);
        cr_assert_eq(house_number(sql, 0), 0, "%s", columns[i]);
    }
}

Test(stored_text, a_token_is_refused_in_every_text_wherever_it_stands)
{
    static const char *const around[][2] = {
        {"", ""}, {"is ", "!"}, {"x", ""}, {"", "x"}, {"gth_", ""}};
    int64_t events = house_all_events();
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        for (size_t j = 0; j < sizeof around / sizeof *around; j++) {
            char text[64];
            struct secret *secret;
            cr_assert_ok(token_format_generate(&secret));
            snprintf(text, sizeof text, "%s%.40s%s", around[j][0], secret->bytes, around[j][1]);
            enum error e = entries[i](text);
            cr_assert_eq(e, ERR_INVALID, "entry %zu, form %zu: %d", i, j, (int)e);
            expect_nowhere(secret);
            secret_free(secret);
        }
    cr_assert_eq(house_all_events(), events);
    cr_assert_refused(rename_token("gth_0123456789abcdefghijABCDEFGHIJ05DYyq"), ERR_INVALID,
                      "revoke it");
}

/* A typo in it makes it no token, but most of one: it may be stored, and no sentence repeats it. */
Test(stored_text, no_sentence_repeats_what_looks_like_a_token)
{
    cr_assert_refused(create_account("gth_0123456789abcdefghijABCDEFGHIJ05DYyX!"), ERR_INVALID,
                      "gth_****");
    cr_assert_not(strstr(error_message(), "0123456789"));
}

/* Names that are in a database from before, or that another program wrote. */
static void expect_before(const char *change, const char *before)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(stmt_run(store_prepare(act.store, change)));
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_ok(rename_token("clean"));
    struct audit_event event;
    cr_assert_ok(audit_get(act.store, house_all_events(), &event));
    cr_assert_str_eq(event.kind, "token.rename");
    cr_assert_str_eq(event.before, before, "%s", event.before);
    cr_assert_not(strstr(event.subject, "0123456789"), "%s", event.subject);
    audit_event_free(&event);
}

Test(stored_text, an_event_does_not_repeat_a_token_that_is_stored_already)
{
    expect_before("UPDATE token SET name = 'a gth_0123456789abcdefghijABCDEFGHIJ05DYyq'",
                  "{\"name\":\"a gth_************************************\"}");
}

Test(stored_text, an_event_shows_a_byte_that_is_no_text)
{
    HOUSE_NEEDS_SQLITE();
    expect_before("UPDATE token SET name = CAST(x'61FF62' AS TEXT)", "{\"name\":\"a�b\"}");
}
