#include "src/cli/cmd_token.h"
#include "src/cli/many.h"
#include "src/cli/print.h"

#include <gatehouse/impact_text.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/token_query.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_SIZE = sizeof((struct outcome *)0)->line };

/* The last use and the last denial, for programs. */
static void add_use(json_t *object, const struct token_item *item, int64_t now)
{
    const struct token_row *row = &item->token;
    if (!object) return;
    json_object_set_new(object, "last_used", json_time(row->last_used));
    json_object_set_new(object, "last_from", json_text(row->last_from));
    json_object_set_new(object, "denied", json_time(row->denied));
    json_object_set_new(object, "denied_from", json_text(row->denied_from));
    json_object_set_new(object, "denied_why", json_text(token_denial_text(row->denied_why)));
    json_object_set_new(object, "knocking",
                        json_boolean(token_is_knocking(row, item->account_active, now)));
}

/* Reports the row as it is after the change. */
static enum error report(const struct call *call, int64_t number, bool changed, const char *done,
                         struct outcome *outcome)
{
    struct token_item item;
    const struct token_row *row = &item.token;
    char id[ACCOUNT_ID_SIZE], used[2 * IMPACT_TEXT_SIZE];
    enum error e = token_item_get(call->act.store, call->act.now, number, &item);
    if (e) return e;
    account_id_text(id, item.account_name);
    impact_token_text(row, item.account_active, call->act.now, used, sizeof used);
    snprintf(outcome->line, LINE_MAX_SIZE, "token %" PRId64 " of %s %s%s · %s", number, id,
             changed ? "" : "was already ", done, used);
    outcome->changed = changed;
    outcome->object =
        json_pack("{s:I, s:s, s:o, s:s, s:b}", "token", (json_int_t)number, "account", id, "name",
                  json_text(row->name), "state", token_state_text(row->state), "changed", changed);
    add_use(outcome->object, &item, call->act.now);
    return OK;
}

static enum error rename_exec(struct call *call)
{
    int64_t number;
    bool changed;
    struct outcome outcome = {0};
    enum error e = token_find(call->act.store, call->act.now, call->argv[0], &number);
    if (!e) e = token_rename(&call->act, number, call->argv[1], &changed);
    if (!e) e = report(call, number, changed, changed ? "renamed" : "called that", &outcome);
    if (!e && call->json) return print_json(outcome.object);
    if (!e) print_line("%s", outcome.line);
    json_decref(outcome.object);
    return e;
}

static enum error suspend_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, call->act.now, ref, &number);
    if (!e) e = token_set_suspended(&call->act, number, true, &changed);
    return e ? e : report(call, number, changed, "suspended", outcome);
}

static enum error suspend_exec(struct call *call)
{
    return many_run(call, NULL, suspend_one);
}

static enum error resume_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, call->act.now, ref, &number);
    if (!e) e = token_set_suspended(&call->act, number, false, &changed);
    return e ? e : report(call, number, changed, changed ? "resumed" : "in use", outcome);
}

static enum error resume_exec(struct call *call)
{
    return many_run(call, NULL, resume_one);
}

static enum error parse_grace(const struct call *call, int64_t *grace)
{
    const char *typed = call_value(call, "grace");
    *grace = TOKEN_GRACE_DEFAULT;
    return typed ? when_parse_length(typed, call->act.now, grace) : OK;
}

/* Prints the successor; of the old one only what is no good sign, beside it. */
static enum error print_rotated(const struct call *call, const struct token_item *old,
                                const struct token_row *next, const struct secret *secret)
{
    char id[ACCOUNT_ID_SIZE], denied[IMPACT_TEXT_SIZE];
    account_id_text(id, old->account_name);
    impact_denied_text(&old->token, old->account_active, call->act.now, denied, sizeof denied);
    if (*denied)
        print_warning("token %" PRId64 ", which it replaces: %s", old->token.number, denied);
    json_t *object = json_pack("{s:I, s:s, s:o, s:o, s:I, s:o}", "token", (json_int_t)next->number,
                               "account", id, "name", json_text(next->name), "expires",
                               json_time(next->expires), "replaces", (json_int_t)old->token.number,
                               "old_expires", json_time(old->token.expires));
    add_use(object, old, call->act.now);
    return cli_token_print_new(call, next->number, object, secret);
}

static enum error rotate_exec(struct call *call)
{
    struct token_item old;
    struct token_row next;
    struct secret *secret = NULL;
    int64_t grace, replaced, number;
    enum error e = parse_grace(call, &grace);
    if (!e) e = token_find(call->act.store, call->act.now, call->argv[0], &replaced);
    if (!e) e = token_rotate(&call->act, replaced, grace, &number, &secret);
    if (!e) e = token_item_get(call->act.store, call->act.now, replaced, &old);
    if (!e) e = token_get(call->act.store, call->act.now, number, &next);
    if (!e) e = print_rotated(call, &old, &next, secret);
    secret_free(secret);
    return e;
}

static const struct command_option rotate_options[] = {
    {.name = "grace",
     .value = "TIME",
     .sentence = "how long the old token keeps working: 0 to 30d; default 24h"},
    {0},
};

static enum error expire_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    const int64_t *expires = call->arg;
    int64_t number;
    bool changed;
    char until[WHEN_SIZE], line[64];
    enum error e = token_find(call->act.store, call->act.now, ref, &number);
    if (!e) e = token_set_expiry(&call->act, number, *expires, &changed);
    if (e) return e;
    when_end(until, *expires);
    if (*expires == WHEN_NEVER)
        snprintf(line, sizeof line, "set to never expire");
    else
        snprintf(line, sizeof line, "set to expire %s %s", strchr(until, 'T') ? "at" : "on", until);
    return report(call, number, changed, line, outcome);
}

static enum error expire_exec(struct call *call)
{
    const char *until = call_value(call, "at");
    int64_t expires;
    if (!until)
        return fail(ERR_USAGE,
                    "when should it expire? Give --at never, --at 90d or --at 2027-01-31");
    enum error e = when_parse_expiry(until, call->act.now, &expires);
    if (e) return e;
    /* cppcheck-suppress autoVariables ; it is taken back below */
    call->arg = &expires;
    e = many_run(call, &(struct many_question){"change when", "tokens expire"}, expire_one);
    call->arg = NULL;
    return e;
}

/* What cannot be taken back, or not once it has happened. */
/* Releases of clang-format disagree about these lines. */
/* clang-format off */
#define YES_OPTION {.name = "yes", .sentence = "required for more than one"}
/* clang-format on */
static const struct command_option final_options[] = {YES_OPTION, {0}};

static const struct command_option expire_options[] = {
    {.name = "at",
     .value = "WHEN",
     .sentence = "90d (also h, m, w), a date (to the end of it, UTC), a time or never"},
    YES_OPTION,
    {0},
};

static enum error forget_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, call->act.now, ref, &number);
    if (!e) e = token_forget(&call->act, number, &changed);
    return e ? e : report(call, number, changed, "forgotten: it can no longer be copied", outcome);
}

static enum error forget_exec(struct call *call)
{
    return many_run(call, &(struct many_question){"forget the secrets of", "tokens, permanently"},
                    forget_one);
}

static enum error canary_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, call->act.now, ref, &number);
    if (!e) e = token_make_canary(&call->act, number, &changed);
    return e ? e : report(call, number, changed, changed ? "made a canary" : "a canary", outcome);
}

static enum error canary_exec(struct call *call)
{
    return many_run(call, &(struct many_question){"make", "tokens canaries, permanently"},
                    canary_one);
}

static enum error revoke_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    struct token_row row;
    char done[WHEN_SIZE + 16] = "revoked", ago[WHEN_SIZE];
    enum error e = token_find(call->act.store, call->act.now, ref, &number);
    if (!e) e = token_revoke(&call->act, number, &changed);
    if (!e) e = token_get(call->act.store, call->act.now, number, &row);
    if (e) return e;
    when_relative(ago, row.revoked, call->act.now);
    if (!changed) snprintf(done, sizeof done, "revoked %s", ago);
    return report(call, number, changed, done, outcome);
}

static enum error revoke_exec(struct call *call)
{
    return many_run(call, &(struct many_question){"revoke", "tokens, permanently"}, revoke_one);
}

const struct cli_command cli_token_change_commands[] = {
    {
        .words = "token rename",
        .arguments = "REF NAME",
        .least = 2,
        .most = 2,
        .sentence = "Renames a token.",
        .example = "gatehouse token rename 12 github-main",
        .store = CLI_WRITES,
        .exec = rename_exec,
    },
    {
        .words = "token suspend",
        .arguments = "REF...",
        .least = 1,
        .most = -1,
        .sentence = "Suspends tokens: they stop working until they are resumed.",
        .example = "gatehouse token suspend ci-deploy/github",
        .store = CLI_WRITES,
        .exec = suspend_exec,
    },
    {
        .words = "token resume",
        .arguments = "REF...",
        .least = 1,
        .most = -1,
        .sentence = "Resumes suspended tokens: they work again.",
        .example = "gatehouse token resume ci-deploy/github",
        .store = CLI_WRITES,
        .exec = resume_exec,
    },
    {
        .words = "token rotate",
        .arguments = "REF",
        .least = 1,
        .most = 1,
        .sentence = "Generates a token's successor and prints it; the old token expires after a "
                    "grace period.",
        .example = "gatehouse token rotate ci-deploy/github --grace 7d",
        .options = rotate_options,
        .store = CLI_WRITES,
        .exec = rotate_exec,
    },
    {
        .words = "token expire",
        .arguments = "REF...",
        .least = 1,
        .most = -1,
        .sentence = "Changes when tokens expire.",
        .example = "gatehouse token expire 12 --at 30d",
        .options = expire_options,
        .store = CLI_WRITES,
        .exec = expire_exec,
    },
    {
        .words = "token forget",
        .arguments = "REF...",
        .least = 1,
        .most = -1,
        .sentence =
            "Clears the sealed copies: the tokens keep working, but can no longer be copied.",
        .example = "gatehouse token forget ci-deploy/github",
        .options = final_options,
        .store = CLI_WRITES,
        .exec = forget_exec,
    },
    {
        .words = "token canary",
        .arguments = "REF...",
        .least = 1,
        .most = -1,
        .sentence = "Makes tokens canaries, permanently: they are never accepted, and each use is "
                    "an event.",
        .example = "gatehouse token canary ci-deploy/old",
        .options = final_options,
        .store = CLI_WRITES,
        .exec = canary_exec,
    },
    {
        .words = "token revoke",
        .arguments = "REF...",
        .least = 1,
        .most = -1,
        .sentence = "Revokes tokens, permanently.",
        .example = "gatehouse token revoke 12",
        .options = final_options,
        .store = CLI_WRITES,
        .exec = revoke_exec,
    },
    {0},
};
