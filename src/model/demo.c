#include <gatehouse/demo.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/vault.h>
#include <gatehouse/when.h>

#include "demo_data.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char demo_passphrase[] = "gatehouse demo";

enum { DAY = 86400 };

static enum error fill_groups(const struct act *act, int64_t numbers[static DEMO_GROUPS])
{
    enum error e = OK;
    for (size_t i = 0; !e && i < DEMO_GROUPS; i++) {
        e = group_create(act, demo_groups[i].name, &numbers[i]);
        for (size_t j = 0; !e && j < 4 && demo_groups[i].permissions[j]; j++) {
            int64_t permission;
            e = permission_find(act->store, demo_groups[i].permissions[j], &permission);
            if (!e) e = group_grant(act, numbers[i], permission, true);
        }
    }
    return e;
}

static enum error gather(const struct act *act, const struct demo_account *from,
                         struct account_details *details)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < DEMO_SETS_MAX && from->groups[i]; i++) {
        int64_t group;
        e = group_find(act->store, from->groups[i], &group);
        if (!e) e = id_set_add(&details->groups, group);
    }
    for (size_t i = 0; !e && i < DEMO_SETS_MAX && from->permissions[i]; i++) {
        int64_t permission;
        e = permission_find(act->store, from->permissions[i], &permission);
        if (!e) e = id_set_add(&details->permissions, permission);
    }
    details->description = strdup(from->description);
    details->owner = strdup(from->owner);
    if (!e && (!details->description || !details->owner)) e = fail(ERR_SYSTEM, "out of memory");
    return e;
}

static enum error fill_token(const struct act *act, int64_t account, const struct demo_token *from)
{
    struct act then = *act;
    then.now = act->now - from->created_days * (int64_t)DAY;
    int64_t expires = from->life_days ? then.now + from->life_days * (int64_t)DAY : WHEN_NEVER;
    struct secret *text;
    int64_t number;
    struct token_limits limits;
    enum error e = token_limits_parse(act->store, from->only, from->from, &limits);
    if (e) return e;
    const struct token_plan plan = {.name = from->name, .expires = expires, .limits = &limits};
    e = token_generate(&then, account, &plan, &number, &text);
    token_limits_free(&limits);
    if (e) return e;
    secret_free(text);
    if (from->used_minutes) {
        const struct token_pass pass = {.token = number, .account = account};
        char address[32];
        snprintf(address, sizeof address, "10.20.%d.%d", (int)(account % 8), (int)(number % 200));
        token_touch(act->store, act->now - from->used_minutes * (int64_t)60, &pass, address);
    }
    if (from->end == SUSPENDED) return token_set_suspended(act, number, true, NULL);
    return from->end == REVOKED ? token_revoke(act, number, NULL) : OK;
}

static enum error fill_account(const struct act *act, const struct demo_account *from)
{
    struct act then = *act;
    then.now = act->now - from->created_days * (int64_t)DAY;
    struct account_details details = {0};
    int64_t number = 0;
    enum error e = gather(act, from, &details);
    if (!e) e = account_create(&then, from->name, &details, &number);
    account_details_free(&details);
    for (size_t i = 0; !e && i < DEMO_TOKENS_MAX && from->tokens[i].name; i++)
        e = fill_token(act, number, &from->tokens[i]);
    return e || !from->inactive ? e : account_set_active(act, number, false, NULL);
}

static enum error fill(const struct act *act)
{
    int64_t numbers[DEMO_GROUPS];
    enum error e = fill_groups(act, numbers);
    for (size_t i = 0; !e && i < DEMO_ACCOUNTS; i++)
        e = fill_account(act, &demo_accounts[i]);
    return e;
}

static enum error create_vault(const struct act *act)
{
    struct secret *passphrase;
    enum error e = secret_new(sizeof demo_passphrase, &passphrase);
    if (e) return e;
    e = secret_set(passphrase, demo_passphrase, strlen(demo_passphrase));
    /* Nothing in it is worth a slow derivation. */
    const struct kdf_cost cost = {.operations = crypto_pwhash_OPSLIMIT_MIN,
                                  .memory = crypto_pwhash_MEMLIMIT_MIN};
    if (!e) e = vault_create(act, SLOT_PASSPHRASE, "demo", passphrase, cost);
    secret_free(passphrase);
    return e;
}

enum error demo_fill(const struct act *act)
{
    enum error e = create_vault(act);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, fill(act));
}
