/* What each change writes into the audit log: kind and subject, the account and the token
 * concerned, and the values before and after. After each of them the counters agree with the
 * rows. */
#include "tests/model/house.h"

#include <gatehouse/audit.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/bulk.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/search.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_query.h>
#include <sodium.h>
#include <stdio.h>

TestSuite(event, .init = house_open, .fini = house_close);

/* The newest event as one line: "kind|subject|account|token|before|after", "-" for nothing. */
static const char *last_event(void)
{
    static char text[2000];
    struct audit_event event;
    cr_assert_ok(audit_get(act.store, house_all_events(), &event));
    snprintf(text, sizeof text, "%s|%s|%lld|%lld|%s|%s", event.kind, event.subject,
             (long long)event.account, (long long)event.token, event.before ? event.before : "-",
             event.after ? event.after : "-");
    audit_event_free(&event);
    house_expect_sound();
    return text;
}

/* Prints both if they differ. */
#define expect(line) cr_expect_str_eq(last_event(), line, "%s, not %s", last_event(), line)

Test(event, of_accounts)
{
    struct account_details details = {.description = (char *)"Builds", .owner = (char *)"team"};
    int64_t number, group;
    expect("account.create|sa::ci-deploy|1|0|-|{}");
    cr_assert_ok(account_create(&act, "SA::New", &details, &number));
    expect("account.create|sa::new|2|0|-|{\"description\":\"Builds\",\"owner\":\"team\"}");
    cr_assert_ok(group_create(&act, "Build", &group));
    cr_assert_ok(id_set_add(&details.groups, group));
    cr_assert_ok(id_set_add(&details.permissions, 8));
    details.owner = (char *)"others";
    cr_assert_ok(account_update(&act, number, house_version(number), &details));
    expect("account.update|sa::new|2|0|{\"groups\":[],\"owner\":\"team\",\"permissions\":[]}|{"
           "\"groups\":[\"Build\"],\"owner\":\"others\",\"permissions\":[\"ingestion\"]}");
    cr_assert_ok(account_set_active(&act, number, false, NULL));
    expect("account.deactivate|sa::new|2|0|{\"active\":true}|{\"active\":false}");
    cr_assert_ok(account_set_active(&act, number, true, NULL));
    expect("account.activate|sa::new|2|0|{\"active\":false}|{\"active\":true}");
    cr_assert_ok(permission_grant(&act, number, 8, false, NULL));
    expect("account.revoke|sa::new|2|0|{\"permission\":\"ingestion\"}|-");
    cr_assert_ok(permission_grant(&act, number, 8, true, NULL));
    expect("account.grant|sa::new|2|0|-|{\"permission\":\"ingestion\"}");
    cr_assert_ok(group_set_member(&act, group, number, false, NULL));
    expect("account.leave|sa::new|2|0|{\"group\":\"Build\"}|-");
    cr_assert_ok(group_set_member(&act, group, number, true, NULL));
    expect("account.join|sa::new|2|0|-|{\"group\":\"Build\"}");
    house_token(number, "t", WHEN_NEVER);
    cr_assert_ok(account_delete(&act, number));
    expect("account.delete|sa::new|2|0|{\"active\":true,\"description\":\"Builds\",\"owner\":"
           "\"others\",\"tokens\":1}|-");
    id_set_free(&details.groups);
    id_set_free(&details.permissions);
}

Test(event, of_groups)
{
    struct group_details details = {.description = (char *)"Builds"};
    struct id_set joining = {0}, leaving = {0};
    int64_t group, other = house_account("other");
    cr_assert_ok(group_create(&act, "Build", &group));
    expect("group.create|Build|0|0|-|-");
    cr_assert_ok(group_rename(&act, group, "Builders"));
    expect("group.rename|Build|0|0|{\"name\":\"Build\"}|{\"name\":\"Builders\"}");
    cr_assert_ok(group_grant(&act, group, 8, true));
    expect("group.grant|Builders|0|0|-|{\"permission\":\"ingestion\"}");
    cr_assert_ok(group_grant(&act, group, 8, false));
    expect("group.revoke|Builders|0|0|{\"permission\":\"ingestion\"}|-");
    cr_assert_ok(group_set_member(&act, group, other, true, NULL));
    cr_assert_ok(id_set_add(&details.permissions, 8));
    cr_assert_ok(id_set_add(&joining, sa));
    cr_assert_ok(id_set_add(&leaving, other));
    struct group_details before;
    int64_t version;
    cr_assert_ok(group_details_load(act.store, group, &before, &version));
    group_details_free(&before);
    cr_assert_ok(group_update(&act, group, version, &details, &joining, &leaving));
    cr_assert_eq(house_events("group.update"), 1);
    cr_assert_eq(house_events("account.leave"), 1);
    expect("account.join|sa::ci-deploy|1|0|-|{\"group\":\"Builders\"}");
    cr_assert_ok(group_delete(&act, group));
    expect("group.delete|Builders|0|0|{\"members\":1,\"permissions\":1}|-");
    id_set_free(&details.permissions);
    id_set_free(&joining);
    id_set_free(&leaving);
}

Test(event, of_permissions)
{
    int64_t number;
    cr_assert_ok(permission_create(&act, "new_thing", "New", "Is new.", &number));
    expect("permission.create|new_thing|0|0|-|{\"name\":\"New\",\"sentence\":\"Is new.\"}");
    cr_assert_ok(permission_edit(&act, number, "Newer", "Is new.", NULL));
    expect("permission.update|new_thing|0|0|{\"name\":\"New\",\"sentence\":\"Is "
           "new.\"}|{\"name\":\"Newer\",\"sentence\":\"Is new.\"}");
    cr_assert_ok(permission_edit(&act, number, "Newer", "Is newer.", NULL));
    expect("permission.update|new_thing|0|0|{\"name\":\"Newer\",\"sentence\":\"Is "
           "new.\"}|{\"name\":\"Newer\",\"sentence\":\"Is newer.\"}");
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, number, true));
    cr_assert_ok(permission_delete(&act, number));
    expect("permission.delete|new_thing|0|0|{\"accounts\":1,\"groups\":1,\"name\":\"Newer\","
           "\"sentence\":\"Is newer.\"}|-");
}

Test(event, of_tokens)
{
    struct token_limits limits;
    struct secret *text;
    int64_t token, next;
    char last_four[5], line[300];
    cr_assert_ok(token_limits_parse(act.store, "ingestion", "10.0.0.0/8", &limits));
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "t", .expires = NOON + 86400, .limits = &limits},
        &token, &text));
    snprintf(last_four, sizeof last_four, "%.4s", text->bytes + TOKEN_TEXT_SIZE - 4);
    secret_free(text);
    token_limits_free(&limits);
    snprintf(line, sizeof line,
             "token.generate|sa::ci-deploy/"
             "t|1|1|-|{\"expires\":\"2027-01-16T08:00:00Z\",\"last_four\":\"%.4s\",\"name\":\"t\","
             "\"networks\":[\"10.0.0.0/8\"],\"permissions\":[\"ingestion\"]}",
             last_four);
    expect(line);
    cr_assert_ok(token_rename(&act, token, "u", NULL));
    expect("token.rename|sa::ci-deploy/t|1|1|{\"name\":\"t\"}|{\"name\":\"u\"}");
    cr_assert_ok(token_set_suspended(&act, token, true, NULL));
    expect("token.suspend|sa::ci-deploy/u|1|1|{\"state\":\"live\"}|{\"state\":\"suspended\"}");
    cr_assert_ok(token_set_suspended(&act, token, false, NULL));
    expect("token.resume|sa::ci-deploy/u|1|1|{\"state\":\"suspended\"}|{\"state\":\"live\"}");
    cr_assert_ok(token_set_expiry(&act, token, NOON + 3600, NULL));
    expect("token.expire|sa::ci-deploy/"
           "u|1|1|{\"expires\":\"2027-01-16T08:00:00Z\"}|{\"expires\":\"2027-01-15T09:00:00Z\"}");
    cr_assert_ok(token_set_expiry(&act, token, WHEN_NEVER, NULL));
    expect("token.expire|sa::ci-deploy/"
           "u|1|1|{\"expires\":\"2027-01-15T09:00:00Z\"}|{\"expires\":\"never\"}");
    cr_assert_ok(token_rotate(&act, token, 60, &next, &text));
    secret_free(text);
    expect("token.rotate|sa::ci-deploy/"
           "u|1|1|-|{\"expires\":\"2027-01-15T08:01:00Z\",\"successor\":2}");
    cr_assert_ok(token_make_canary(&act, next, NULL));
    expect("token.make-canary|sa::ci-deploy/u|1|2|-|{\"canary\":true}");
    cr_assert_ok(token_revoke(&act, token, NULL));
    expect("token.revoke|sa::ci-deploy/u|1|1|{\"state\":\"live\"}|{\"state\":\"revoked\"}");
}

Test(event, of_settings_and_searches)
{
    struct search search = {
        .name = "soon", .facet = TOKENS_ENDING, .filter = "ci", .sort = TOKENS_BY_EXPIRES};
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 5));
    expect("setting.set|token.limit|0|0|{\"value\":20}|{\"value\":5}");
    cr_assert_ok(search_save(&act, &search));
    expect("search.save|soon|0|0|-|{\"descending\":false,\"facet\":\"ending\",\"filter\":\"ci\","
           "\"sort\":\"expires\"}");
    cr_assert_ok(search_delete(&act, "soon"));
    expect("search.delete|soon|0|0|{\"descending\":false,\"facet\":\"ending\",\"filter\":\"ci\","
           "\"sort\":\"expires\"}|-");
}

Test(event, of_the_vault_and_its_tokens)
{
    struct secret *passphrase, *text;
    struct vault *vault;
    int64_t slot, token;
    const struct kdf_cost cheap = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
    cr_assert_ok(secret_new(64, &passphrase));
    cr_assert_ok(secret_set(passphrase, "correct horse battery", 21));
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "main", passphrase, cheap));
    expect("slot.add|slot 1|0|0|-|{\"kind\":\"passphrase\",\"label\":\"main\"}");
    token = house_token(sa, "t", WHEN_NEVER);
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, passphrase, &vault));
    expect("vault.unlock|vault|0|0|-|{\"kind\":\"passphrase\"}");
    cr_assert_eq(house_events("vault.unlock-try"), 1);
    cr_assert_ok(vault_add_slot(&act, vault, SLOT_PASSPHRASE, "spare", passphrase, cheap, &slot));
    expect("slot.add|slot 2|0|0|-|{\"kind\":\"passphrase\",\"label\":\"spare\"}");
    cr_assert_ok(vault_change_slot(&act, vault, slot, passphrase, cheap));
    expect("slot.change|slot 2|0|0|-|{\"kind\":\"passphrase\",\"label\":\"spare\"}");
    cr_assert_ok(vault_remove_slot(&act, slot));
    expect("slot.remove|slot 2|0|0|{\"kind\":\"passphrase\",\"label\":\"spare\"}|-");
    cr_assert_ok(token_reveal(&act, token, vault, "peek", &text));
    secret_free(text);
    expect("token.peek|sa::ci-deploy/t|1|1|-|-");
    cr_assert_ok(token_forget(&act, token, NULL));
    expect("token.forget|sa::ci-deploy/t|1|1|-|-");
    vault_lock(vault);
    secret_free(passphrase);
}

Test(event, of_an_act_on_many)
{
    struct id_set rows = {0};
    struct bulk_result result;
    cr_assert_ok(id_set_add(&rows, sa));
    cr_assert_ok(id_set_add(&rows, house_account("other")));
    cr_assert_ok(bulk_run(&act, &(struct bulk){.kind = BULK_DEACTIVATE, .reason = "panic"}, &rows,
                          NULL, &result));
    id_set_free(&result.changed);
    expect("accounts.deactivate|2 accounts|0|0|-|{\"changed\":2,\"first\":3,\"reason\":\"panic\"}");
    cr_assert_ok(
        bulk_run(&act, &(struct bulk){.kind = BULK_GRANT, .target = 8}, &rows, NULL, &result));
    id_set_free(&result.changed);
    expect("accounts.grant|2 accounts|0|0|-|{\"changed\":2,\"first\":6}");
    cr_assert_ok(bulk_run(&act, &(struct bulk){.kind = BULK_DELETE}, &rows, NULL, &result));
    id_set_free(&result.changed);
    expect("accounts.delete|2 accounts|0|0|-|{\"changed\":2,\"first\":9}");
    id_set_free(&rows);
}

Test(event, a_nested_value_is_printed_and_not_called_none)
{
    struct audit_event event = {
        .after = (char *)"{\"account\":{\"changed\":0,\"created\":2},\"empty\":{},\"refused\":1}"};
    char line[200];
    audit_change_text(&event, line, sizeof line);
    cr_assert_str_eq(line, "account changed 0, created 2 · empty none · refused 1");
}
