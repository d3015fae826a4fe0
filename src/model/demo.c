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

enum { DAY = 86400, FIRST_DAY = 1000 /* before all others */ };

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

/* What happened before now, in the order of its time, as a log must have it. */
struct step {
    int created_days;
    size_t account;
    const struct demo_token *token; /* NULL: the account itself */
};
enum { STEPS_MAX = DEMO_ACCOUNTS * (DEMO_TOKENS_MAX + 1) };

static int compare_steps(const void *first, const void *second)
{
    const struct step *a = first, *b = second;
    if (a->created_days != b->created_days) return a->created_days > b->created_days ? -1 : 1;
    if (a->account != b->account) return a->account < b->account ? -1 : 1;
    return (a->token > b->token) - (a->token < b->token);
}

static size_t plan(struct step steps[static STEPS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < DEMO_ACCOUNTS; i++) {
        steps[count++] = (struct step){demo_accounts[i].created_days, i, NULL};
        for (size_t j = 0; j < DEMO_TOKENS_MAX && demo_accounts[i].tokens[j].name; j++)
            steps[count++] = (struct step){demo_accounts[i].tokens[j].created_days, i,
                                           &demo_accounts[i].tokens[j]};
    }
    qsort(steps, count, sizeof *steps, compare_steps);
    return count;
}

static enum error fill_token(const struct act *act, int64_t now, int64_t account,
                             const struct demo_token *from, int64_t *number)
{
    int64_t expires = from->life_days ? act->now + from->life_days * (int64_t)DAY : WHEN_NEVER;
    struct secret *text;
    struct token_limits limits;
    enum error e = token_limits_parse(act->store, from->only, from->from, &limits);
    if (e) return e;
    const struct token_plan plan = {.name = from->name, .expires = expires, .limits = &limits};
    e = token_generate(act, account, &plan, number, &text);
    token_limits_free(&limits);
    if (e) return e;
    secret_free(text);
    if (from->used_minutes) {
        const struct token_pass pass = {.token = *number, .account = account};
        char address[32];
        snprintf(address, sizeof address, "10.20.%d.%d", (int)(account % 8), (int)(*number % 200));
        token_touch(act->store, now - from->used_minutes * (int64_t)60, &pass, address);
    }
    return OK;
}

static enum error fill_account(const struct act *act, const struct demo_account *from,
                               int64_t *number)
{
    struct account_details details = {0};
    enum error e = gather(act, from, &details);
    if (!e) e = account_create(act, from->name, &details, number);
    account_details_free(&details);
    return e;
}

static struct act days_before(const struct act *act, int days)
{
    struct act then = *act;
    then.now -= days * (int64_t)DAY;
    return then;
}

/* What ended, ended just now. */
static enum error finish(const struct act *act, const struct step *step, int64_t number)
{
    if (!step->token)
        return demo_accounts[step->account].inactive ? account_set_active(act, number, false, NULL)
                                                     : OK;
    if (step->token->end == SUSPENDED) return token_set_suspended(act, number, true, NULL);
    return step->token->end == REVOKED ? token_revoke(act, number, NULL) : OK;
}

static enum error fill_steps(const struct act *act)
{
    struct step steps[STEPS_MAX];
    int64_t owners[DEMO_ACCOUNTS], made[STEPS_MAX];
    size_t count = plan(steps);
    enum error e = OK;
    for (size_t i = 0; i < count && !e; i++) {
        const struct step *step = &steps[i];
        struct act then = days_before(act, step->created_days);
        e = step->token ? fill_token(&then, act->now, owners[step->account], step->token, &made[i])
                        : fill_account(&then, &demo_accounts[step->account], &made[i]);
        if (!e && !step->token) owners[step->account] = made[i];
    }
    for (size_t i = 0; i < count && !e; i++)
        e = finish(act, &steps[i], made[i]);
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

static enum error fill(const struct act *act)
{
    int64_t numbers[DEMO_GROUPS];
    struct act first = days_before(act, FIRST_DAY);
    enum error e = fill_groups(&first, numbers);
    return e ? e : fill_steps(act);
}

enum error demo_fill(const struct act *act)
{
    struct act first = days_before(act, FIRST_DAY);
    enum error e = create_vault(&first);
    if (!e) e = store_begin(act->store);
    return e ? e : store_end(act->store, fill(act));
}
