#include "src/cli/commands.h"
#include "src/cli/many.h"
#include "src/cli/token.h"

#include <gatehouse/token_change.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>

enum { LINE_MAX_SIZE = sizeof((struct outcome *)0)->line };

/* The row as it is after the change. */
enum error cli_token_report(const struct call *call, int64_t number, bool changed, const char *done,
                            struct outcome *outcome)
{
    struct token_row row;
    char id[ACCOUNT_ID_SIZE], ago[WHEN_SIZE], used[WHEN_SIZE + 80];
    enum error e = token_get(call->act.store, call->act.now, number, &row);
    if (!e) e = cli_token_account_id(call, row.account, id);
    if (e) return e;
    when_relative(ago, row.last_used, call->act.now);
    snprintf(used, sizeof used, row.last_used == WHEN_NEVER ? "not used yet" : "last used %s%s%s",
             ago, row.last_from[0] ? " from " : "", row.last_from);
    snprintf(outcome->line, LINE_MAX_SIZE, "token %" PRId64 " of %s %s%s · %s", number, id,
             changed ? "" : "was already ", done, used);
    outcome->object =
        json_pack("{s:I, s:s, s:o, s:s, s:b}", "token", (json_int_t)number, "account", id, "name",
                  json_text(row.name), "state", token_state_text(row.state), "changed", changed);
    if (outcome->object) {
        json_object_set_new(outcome->object, "last_used", json_time(row.last_used));
        json_object_set_new(outcome->object, "last_from", json_text(row.last_from));
    }
    return OK;
}

static enum error rename_exec(struct call *call)
{
    int64_t number;
    bool changed;
    struct outcome outcome = {0};
    enum error e = token_find(call->act.store, call->argv[0], &number);
    if (!e) e = token_rename(&call->act, number, call->argv[1], &changed);
    if (!e)
        e = cli_token_report(call, number, changed, changed ? "renamed" : "called that", &outcome);
    if (!e && call->json) return print_json(outcome.object);
    if (!e) print_line("%s", outcome.line);
    json_decref(outcome.object);
    return e;
}

const struct command command_token_rename = {
    .words = "token rename",
    .arguments = "REF NAME",
    .least = 2,
    .most = 2,
    .sentence = "Gives a token another name.",
    .example = "gatehouse token rename 12 github-main",
    .opens = true,
    .exec = rename_exec,
};

static enum error suspend_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, ref, &number);
    if (!e) e = token_set_suspended(&call->act, number, true, &changed);
    return e ? e : cli_token_report(call, number, changed, "suspended", outcome);
}

static enum error suspend_exec(struct call *call)
{
    return many_run(call, suspend_one);
}

const struct command command_token_suspend = {
    .words = "token suspend",
    .arguments = "REF...",
    .least = 1,
    .most = -1,
    .sentence = "Stops tokens until they are resumed.",
    .example = "gatehouse token suspend ci-deploy/github",
    .opens = true,
    .exec = suspend_exec,
};

static enum error resume_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, ref, &number);
    if (!e) e = token_set_suspended(&call->act, number, false, &changed);
    return e ? e : cli_token_report(call, number, changed, changed ? "resumed" : "in use", outcome);
}

static enum error resume_exec(struct call *call)
{
    return many_run(call, resume_one);
}

const struct command command_token_resume = {
    .words = "token resume",
    .arguments = "REF...",
    .least = 1,
    .most = -1,
    .sentence = "Lets suspended tokens work again.",
    .example = "gatehouse token resume ci-deploy/github",
    .opens = true,
    .exec = resume_exec,
};

static enum error revoke_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, ref, &number);
    if (!e) e = token_revoke(&call->act, number, &changed);
    return e ? e : cli_token_report(call, number, changed, "revoked", outcome);
}

static enum error revoke_exec(struct call *call)
{
    enum error e = many_ask_yes(call, "revoke");
    return e ? e : many_run(call, revoke_one);
}

static const struct command_option revoke_options[] = {
    {.name = "yes", .sentence = "needed to revoke more than one"},
    {0},
};

const struct command command_token_revoke = {
    .words = "token revoke",
    .arguments = "REF...",
    .least = 1,
    .most = -1,
    .sentence = "Revokes tokens, for good.",
    .example = "gatehouse token revoke 12",
    .options = revoke_options,
    .opens = true,
    .exec = revoke_exec,
};
