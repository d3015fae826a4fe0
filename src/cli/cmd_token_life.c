#include "src/cli/commands.h"
#include "src/cli/many.h"
#include "src/cli/token.h"

#include <gatehouse/token_change.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>

/* A grace as people write it: "24h", "7d"; the parser of expiries knows the forms. */
static enum error parse_grace(const struct call *call, int64_t *grace)
{
    const char *typed = call_value(call, "grace");
    int64_t until;
    *grace = TOKEN_GRACE_DEFAULT;
    if (!typed) return OK;
    *grace = 0;
    if (typed[0] == '0') return OK;
    enum error e = when_parse_expiry(typed, call->act.now, &until);
    if (!e && until == WHEN_NEVER)
        return fail(ERR_INVALID, "a grace ends: write 0, 24h or 7d, 30d at the most");
    *grace = until - call->act.now;
    return e;
}

static enum error rotate_exec(struct call *call)
{
    struct token_row old = {0}, next = {0};
    struct secret *secret = NULL;
    int64_t grace, number;
    char id[ACCOUNT_ID_SIZE];
    enum error e = parse_grace(call, &grace);
    if (!e) e = cli_token_load(call, call->argv[0], &old);
    if (!e) e = cli_token_account_id(call, old.account, id);
    if (!e) e = token_rotate(&call->act, old.number, grace, &number, &secret);
    if (!e) e = token_get(call->act.store, call->act.now, old.number, &old);
    if (!e) e = token_get(call->act.store, call->act.now, number, &next);
    if (!e)
        e = cli_token_print_new(
            call, number,
            json_pack("{s:I, s:s, s:o, s:o, s:I, s:o}", "token", (json_int_t)number, "account", id,
                      "name", json_text(next.name), "expires", json_time(next.expires), "replaces",
                      (json_int_t)old.number, "old_expires", json_time(old.expires)),
            secret);
    secret_free(secret);
    return e;
}

static const struct command_option rotate_options[] = {
    {.name = "grace",
     .value = "TIME",
     .sentence = "how long the old one goes on working: 0 to 30d; 24h unless given"},
    {0},
};

const struct command command_token_rotate = {
    .words = "token rotate",
    .arguments = "REF",
    .least = 1,
    .most = 1,
    .sentence = "Generates a token's successor and prints it; the old one ends after a grace.",
    .example = "gatehouse token rotate ci-deploy/github --grace 7d",
    .options = rotate_options,
    .opens = true,
    .exec = rotate_exec,
};

static enum error expire_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    const int64_t *expires = call->arg;
    int64_t number;
    bool changed;
    char until[WHEN_SIZE], line[64];
    enum error e = token_find(call->act.store, ref, &number);
    if (!e) e = token_set_expiry(&call->act, number, *expires, &changed);
    if (e) return e;
    when_iso(until, *expires);
    if (*expires == WHEN_NEVER)
        snprintf(line, sizeof line, "set to expire never");
    else
        snprintf(line, sizeof line, "set to expire at %s", until);
    return cli_token_report(call, number, changed, line, outcome);
}

static enum error expire_exec(struct call *call)
{
    const char *until = call_value(call, "at");
    int64_t expires;
    if (!until) return fail(ERR_USAGE, "say when: --at never, --at 90d or --at 2027-01-31");
    enum error e = when_parse_expiry(until, call->act.now, &expires);
    if (e) return e;
    call->arg = &expires;
    e = many_run(call, expire_one);
    call->arg = NULL;
    return e;
}

static const struct command_option expire_options[] = {
    {.name = "at",
     .value = "WHEN",
     .sentence = "90d (also h, m, w), a date (its last second, UTC) or never"},
    {0},
};

const struct command command_token_expire = {
    .words = "token expire",
    .arguments = "REF...",
    .least = 1,
    .most = -1,
    .sentence = "Gives tokens another expiry.",
    .example = "gatehouse token expire 12 --at 30d",
    .options = expire_options,
    .opens = true,
    .exec = expire_exec,
};

static enum error forget_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, ref, &number);
    if (!e) e = token_forget(&call->act, number, &changed);
    return e ? e : cli_token_report(call, number, changed, "forgotten: it works on", outcome);
}

static enum error forget_exec(struct call *call)
{
    return many_run(call, forget_one);
}

const struct command command_token_forget = {
    .words = "token forget",
    .arguments = "REF...",
    .least = 1,
    .most = -1,
    .sentence = "Clears the sealed copies: the tokens work on, but cannot be copied any more.",
    .example = "gatehouse token forget ci-deploy/github",
    .opens = true,
    .exec = forget_exec,
};

static enum error canary_one(const struct call *call, const char *ref, struct outcome *outcome)
{
    int64_t number;
    bool changed;
    enum error e = token_find(call->act.store, ref, &number);
    if (!e) e = token_make_canary(&call->act, number, &changed);
    return e ? e : cli_token_report(call, number, changed, "a canary", outcome);
}

static enum error canary_exec(struct call *call)
{
    enum error e = many_ask_yes(call, "stop");
    return e ? e : many_run(call, canary_one);
}

static const struct command_option canary_options[] = {
    {.name = "yes", .sentence = "needed for more than one"},
    {0},
};

const struct command command_token_canary = {
    .words = "token canary",
    .arguments = "REF...",
    .least = 1,
    .most = -1,
    .sentence = "Makes tokens canaries, for good: they never pass, and each use is an event.",
    .example = "gatehouse token canary ci-deploy/old",
    .options = canary_options,
    .opens = true,
    .exec = canary_exec,
};
