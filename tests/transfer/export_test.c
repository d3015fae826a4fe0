/* What an export contains. */
#include <gatehouse/group_change.h>

#include "taken.h"

#include <jansson.h>

TestSuite(export, .init = taken_open, .fini = taken_close);

static char *text;
static size_t text_size;

static enum error keep(const char *bytes, size_t size, void *arg)
{
    (void)arg;
    text = realloc(text, text_size + size + 1);
    cr_assert(text);
    memcpy(text + text_size, bytes, size);
    text_size += size;
    text[text_size] = 0;
    return OK;
}

static enum error refuse(const char *bytes, size_t size, void *arg)
{
    (void)bytes, (void)size, (void)arg;
    return fail(ERR_SYSTEM, "no room");
}

static json_t *exported(void)
{
    free(text);
    text = NULL;
    text_size = 0;
    cr_assert_ok(transfer_export(&act, keep, NULL));
    json_t *root = json_loads(text, 0, NULL);
    cr_assert(root, "no JSON: %s", text);
    free(text);
    text = NULL;
    return root;
}

static void expect_text(json_t *object, const char *field, const char *value)
{
    const char *found = json_string_value(json_object_get(object, field));
    cr_assert(found, "%s is no text", field);
    cr_assert_str_eq(found, value, "%s: %s", field, found);
}

Test(export, an_empty_database_has_every_section)
{
    cr_assert_ok(account_delete(&act, sa));
    json_t *root = exported();
    expect_text(root, "format", "gatehouse-export");
    cr_assert_eq(json_integer_value(json_object_get(root, "version")), 1);
    cr_assert_eq(json_array_size(json_object_get(root, "accounts")), 0);
    cr_assert(json_is_array(json_object_get(root, "accounts")));
    cr_assert_eq(json_array_size(json_object_get(root, "groups")), 1);
    cr_assert_gt(json_array_size(json_object_get(root, "permissions")), 10);
    json_decref(root);
    cr_assert_eq(house_events("database.export"), 1);
}

Test(export, an_account_has_its_names_in_order_and_its_tokens_with_their_limits)
{
    struct account_details details = {.description = (char *)"Builds", .owner = (char *)"team"};
    struct token_limits limits;
    struct secret *secret;
    int64_t beta, alpha, token;
    cr_assert_ok(group_create(&act, "Beta", &beta));
    cr_assert_ok(group_create(&act, "alpha", &alpha));
    cr_assert_ok(id_set_add(&details.groups, beta));
    cr_assert_ok(id_set_add(&details.groups, alpha));
    cr_assert_ok(id_set_add(&details.permissions, permission_named("log_management")));
    cr_assert_ok(id_set_add(&details.permissions, permission_named("ingestion")));
    cr_assert_ok(account_update(&act, sa, house_version(sa), &details));
    cr_assert_ok(token_limits_parse(act.store, "log_management, ingestion", "192.0.2.1, 10.0.0.0/8",
                                    &limits));
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "t", .expires = NOON + 3600, .limits = &limits},
        &token, &secret));
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    json_t *root = exported(), *account = json_array_get(json_object_get(root, "accounts"), 0);
    expect_text(account, "id", "sa::ci-deploy");
    expect_text(account, "description", "Builds");
    expect_text(account, "owner", "team");
    cr_assert(json_is_true(json_object_get(account, "active")));
    json_t *groups = json_object_get(account, "groups"),
           *permissions = json_object_get(account, "permissions");
    cr_assert_eq(json_array_size(groups), 2);
    cr_assert_str_eq(json_string_value(json_array_get(groups, 0)), "alpha");
    cr_assert_eq(json_array_size(permissions), 2);
    cr_assert_str_eq(json_string_value(json_array_get(permissions, 0)), "ingestion");
    json_t *one = json_array_get(json_object_get(account, "tokens"), 0);
    expect_text(one, "digest", digest_of(token));
    expect_text(one, "name", "t");
    expect_text(one, "state", "suspended");
    expect_text(one, "created", "2027-01-15T08:00:00Z");
    expect_text(one, "expires", "2027-01-15T09:00:00Z");
    cr_assert_eq(json_array_size(json_object_get(one, "permissions")), 2);
    cr_assert_eq(json_array_size(json_object_get(one, "networks")), 2);
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(one, "networks"), 0)),
                     "10.0.0.0/8");
    json_decref(root);
    secret_free(secret);
    token_limits_free(&limits);
    id_set_free(&details.groups);
    id_set_free(&details.permissions);
}

Test(export, a_token_has_only_the_fields_that_say_something)
{
    int64_t token = house_token(sa, "t", WHEN_NEVER), successor;
    struct secret *secret;
    json_t *root = exported();
    json_t *one = json_array_get(
        json_object_get(json_array_get(json_object_get(root, "accounts"), 0), "tokens"), 0);
    expect_text(one, "state", "live");
    cr_assert(json_is_null(json_object_get(one, "expires")));
    cr_assert_eq(json_string_length(json_object_get(one, "last_four")), 4);
    cr_assert_eq(json_object_size(one), 6);
    json_decref(root);
    cr_assert_ok(token_rotate(&act, token, 60, &successor, &secret));
    secret_free(secret);
    cr_assert_ok(token_make_canary(&act, successor, NULL));
    cr_assert_ok(token_revoke(&act, token, NULL));
    root = exported();
    json_t *tokens =
        json_object_get(json_array_get(json_object_get(root, "accounts"), 0), "tokens");
    cr_assert_eq(json_array_size(tokens), 2);
    for (size_t i = 0; i < 2; i++) {
        one = json_array_get(tokens, i);
        bool old = strcmp(json_string_value(json_object_get(one, "digest")), digest_of(token)) == 0;
        expect_text(one, "state", old ? "revoked" : "live");
        if (old) expect_text(one, "successor", digest_of(successor));
        if (old) expect_text(one, "rotated", "2027-01-15T08:00:00Z");
        cr_assert_eq(json_is_true(json_object_get(one, "canary")), !old);
    }
    json_decref(root);
}

Test(export, every_account_is_in_it_once_however_many_there_are)
{
    for (int i = 0; i < 230; i++) {
        char name[16];
        snprintf(name, sizeof name, "n-%03d", i);
        house_account(name);
    }
    json_t *root = exported(), *accounts = json_object_get(root, "accounts");
    cr_assert_eq(json_array_size(accounts), 231);
    for (size_t i = 1; i < 231; i++)
        cr_assert_lt(
            strcmp(json_string_value(json_object_get(json_array_get(accounts, i - 1), "id")),
                   json_string_value(json_object_get(json_array_get(accounts, i), "id"))),
            0);
    json_decref(root);
}

Test(export, it_is_on_record_even_when_it_cannot_be_written)
{
    cr_assert_refused(transfer_export(&act, refuse, NULL), ERR_SYSTEM, "no room");
    cr_assert_eq(house_events("database.export"), 1);
}
