#include "src/cli/commands.h"
#include "src/cli/token.h"

#include <gatehouse/token_limits.h>
#include <inttypes.h>

enum error cli_token_print_new(const struct call *call, int64_t number, json_t *object,
                               const struct secret *secret)
{
    enum error e;
    if (call->json) {
        e = print_json_secret(object, "secret", secret);
    } else {
        json_decref(object);
        e = print_secret(secret);
    }
    if (!e) return OK;
    return fail(e,
                "token %" PRId64 " exists but could not be printed; revoke it: gatehouse token "
                "revoke %" PRId64,
                number, number);
}

static enum error generate_exec(struct call *call)
{
    const char *name = call_value(call, "name");
    int64_t account, number;
    struct secret *secret = NULL;
    struct token_limits limits = {0};
    struct token_plan plan = {.name = name ? name : "", .limits = &limits};
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_find(call->act.store, call->argv[0], &account);
    if (!e)
        e = token_parse_expiry(call->act.store, call->act.now, call_value(call, "expires"),
                               &plan.expires);
    if (!e)
        e = token_limits_parse(call->act.store, call_value(call, "only"), call_value(call, "from"),
                               &limits);
    limits.canary = call_has(call, "canary");
    if (!e) e = cli_token_account_id(call, account, id);
    if (!e) e = token_generate(&call->act, account, &plan, &number, &secret);
    if (!e)
        e = cli_token_print_new(call, number,
                                json_pack("{s:I, s:s, s:o, s:o}", "token", (json_int_t)number,
                                          "account", id, "name", json_text(plan.name), "expires",
                                          json_time(plan.expires)),
                                secret);
    secret_free(secret);
    token_limits_free(&limits);
    return e;
}

static const struct command_option options[] = {
    {.name = "name", .value = "NAME", .sentence = "a name for people; need not be unique"},
    {.name = "expires",
     .value = "WHEN",
     .sentence = "90d (also h, m, w), a date (its last second, UTC) or never; else the default of "
                 "the settings"},
    {.name = "only",
     .value = "PERMISSIONS",
     .sentence = "ids, separated by commas: what the account may do beside these, the token may "
                 "not"},
    {.name = "from",
     .value = "NETWORKS",
     .sentence = "10.0.0.0/8,2001:db8::/32: good from there alone"},
    {.name = "canary", .sentence = "never passes; each use of it is an event"},
    {0},
};

const struct command command_token_generate = {
    .words = "token generate",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .sentence = "Generates a token and prints it, alone.",
    .example = "gatehouse token generate ci-deploy --name github --expires 90d",
    .options = options,
    .opens = true,
    .exec = generate_exec,
};
