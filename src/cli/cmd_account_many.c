#include "src/cli/account.h"
#include "src/cli/commands.h"
#include "src/cli/many.h"

#include <gatehouse/impact_text.h>
#include <stdio.h>

static enum error set_active(const struct call *call, const char *typed, bool active,
                             struct outcome *outcome)
{
    struct account account;
    struct account_impact impact;
    bool changed;
    char id[ACCOUNT_ID_SIZE], hit[IMPACT_TEXT_SIZE], names[2 * IMPACT_TEXT_SIZE];
    enum error e = cli_account_load(call, typed, &account);
    int64_t number = account.row.number;
    if (!e) e = account_get_impact(call->act.store, call->act.now, number, &impact);
    if (!e) e = impact_names(call->act.store, call->act.now, number, names, sizeof names);
    if (!e) e = account_set_active(&call->act, number, active, &changed);
    if (e) return e;

    account_id_text(id, account.row.name);
    const char *word = active ? "active" : "inactive";
    impact_text(&impact, active ? "back at work" : "stopped", call->act.now, hit, sizeof hit);
    if (changed)
        snprintf(outcome->line, sizeof outcome->line, "%s %s · %s%s", id,
                 active ? "activated" : "deactivated", hit, names);
    else
        snprintf(outcome->line, sizeof outcome->line, "%s is already %s", id, word);
    outcome->object = json_pack("{s:s, s:b, s:b, s:I}", "id", id, "active", active, "changed",
                                changed, "live_tokens", (json_int_t)impact.live);
    return OK;
}

static enum error activate_one(const struct call *call, const char *typed, struct outcome *outcome)
{
    return set_active(call, typed, true, outcome);
}

static enum error activate_exec(struct call *call)
{
    return many_run(call, activate_one);
}

const struct command command_account_activate = {
    .words = "account activate",
    .arguments = "ID...",
    .least = 1,
    .most = -1,
    .sentence = "Switches accounts on; their tokens work again.",
    .example = "gatehouse account activate ci-deploy ci-docs",
    .opens = true,
    .exec = activate_exec,
};

static enum error deactivate_one(const struct call *call, const char *typed,
                                 struct outcome *outcome)
{
    return set_active(call, typed, false, outcome);
}

static enum error deactivate_exec(struct call *call)
{
    return many_run(call, deactivate_one);
}

const struct command command_account_deactivate = {
    .words = "account deactivate",
    .arguments = "ID...",
    .least = 1,
    .most = -1,
    .sentence = "Switches accounts off; all their tokens stop at once.",
    .example = "gatehouse account deactivate ci-legacy",
    .opens = true,
    .exec = deactivate_exec,
};

static enum error delete_one(const struct call *call, const char *typed, struct outcome *outcome)
{
    struct account account;
    struct account_impact impact;
    char id[ACCOUNT_ID_SIZE], hit[IMPACT_TEXT_SIZE], names[2 * IMPACT_TEXT_SIZE];
    enum error e = cli_account_load(call, typed, &account);
    int64_t number = account.row.number;
    if (!e) e = account_get_impact(call->act.store, call->act.now, number, &impact);
    if (!e) e = impact_names(call->act.store, call->act.now, number, names, sizeof names);
    if (!e) e = account_delete(&call->act, number);
    if (e) return e;
    account_id_text(id, account.row.name);
    impact_text(&impact, "stopped", call->act.now, hit, sizeof hit);
    snprintf(outcome->line, sizeof outcome->line, "%s deleted · %s%s", id, hit, names);
    outcome->object = json_pack("{s:s, s:b, s:I}", "id", id, "deleted", true, "live_tokens",
                                (json_int_t)impact.live);
    return OK;
}

static enum error delete_exec(struct call *call)
{
    enum error e = many_ask_yes(call, "delete");
    return e ? e : many_run(call, delete_one);
}

static const struct command_option delete_options[] = {
    {.name = "yes", .sentence = "needed to delete more than one"},
    {0},
};

const struct command command_account_delete = {
    .words = "account delete",
    .arguments = "ID...",
    .least = 1,
    .most = -1,
    .sentence = "Deletes accounts and their tokens, for good.",
    .example = "gatehouse account delete ci-old ci-older --yes",
    .options = delete_options,
    .opens = true,
    .exec = delete_exec,
};
