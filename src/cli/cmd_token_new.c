#include "src/cli/commands.h"
#include "src/cli/token.h"

#include <gatehouse/when.h>
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
    const char *name = call_value(call, "name"), *until = call_value(call, "expires");
    int64_t account, number, expires = WHEN_NEVER;
    struct secret *secret = NULL;
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_find(call->act.store, call->argv[0], &account);
    if (!e && until) e = when_parse_expiry(until, call->act.now, &expires);
    if (!e) e = cli_token_account_id(call, account, id);
    if (!e) e = token_generate(&call->act, account, name ? name : "", expires, &number, &secret);
    if (!e)
        e = cli_token_print_new(call, number,
                                json_pack("{s:I, s:s, s:o, s:o}", "token", (json_int_t)number,
                                          "account", id, "name", json_text(name ? name : ""),
                                          "expires", json_time(expires)),
                                secret);
    secret_free(secret);
    return e;
}

static const struct command_option options[] = {
    {.name = "name", .value = "NAME", .sentence = "a name for people; need not be unique"},
    {.name = "expires",
     .value = "WHEN",
     .sentence = "90d (also h, m, w), a date (its last second, UTC) or never"},
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
