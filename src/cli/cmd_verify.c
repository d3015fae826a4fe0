#include "src/cli/commands.h"
#include "src/cli/print.h"

#include <arpa/inet.h>
#include <gatehouse/account.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 512 };

/* What passed, and all that its account may do. */
struct answer {
    struct token_pass pass;
    json_t *permissions; /* ids */
};

static enum error check_address(const char *from)
{
    uint8_t bytes[sizeof(struct in6_addr)];
    if (!from || inet_pton(AF_INET, from, bytes) == 1 || inet_pton(AF_INET6, from, bytes) == 1)
        return OK;
    return fail(ERR_INVALID, "“%s” is no IPv4 or IPv6 address", from);
}

static enum error load_permissions(struct store *store, struct answer *answer)
{
    struct permission_sources *sources = NULL;
    struct permissions *catalogue = NULL;
    enum error e = permission_effective(store, answer->pass.account, &sources);
    if (!e) e = permission_list(store, &catalogue);
    answer->permissions = json_array();
    int64_t last = 0;
    for (size_t i = 0; !e && i < sources->count; i++) {
        int64_t number = sources->items[i].permission;
        for (size_t k = 0; number != last && k < catalogue->count; k++)
            if (catalogue->items[k].number == number)
                json_array_append_new(answer->permissions, json_text(catalogue->items[k].id));
        last = number;
    }
    free(sources);
    free(catalogue);
    return e;
}

static enum error check(struct call *call, const struct secret *token, int64_t permission,
                        struct answer *answer)
{
    enum error e = store_begin_read(call->act.store);
    if (e) return e;
    e = token_check(call->act.store, call->act.now, token->bytes, token->size, permission,
                    &answer->pass, NULL);
    if (!e) e = load_permissions(call->act.store, answer);
    return store_end(call->act.store, e);
}

/* One and the same for everything that is not a pass; why is for admins. */
static enum error deny(struct call *call)
{
    call->status = EXIT_NO;
    if (call->json) return print_json(json_pack("{s:b}", "allowed", 0));
    puts("denied");
    return OK;
}

static enum error allow(const struct call *call, const struct answer *answer)
{
    char id[ACCOUNT_ID_SIZE], number[32], expires[WHEN_SIZE];
    account_id_text(id, answer->pass.account_name);
    if (call->json)
        return print_json(json_pack("{s:b, s:s, s:I, s:o, s:O}", "allowed", 1, "account", id,
                                    "token", (json_int_t)answer->pass.token, "expires",
                                    json_time(answer->pass.expires), "permissions",
                                    answer->permissions));
    snprintf(number, sizeof number, "%" PRId64, answer->pass.token);
    when_iso(expires, answer->pass.expires);
    print_field("Account ID", id);
    print_field("Token", number);
    print_field("Expires", expires);
    const char *label = "Permissions";
    for (size_t i = 0; i < json_array_size(answer->permissions); i++, label = "")
        print_field(label, json_string_value(json_array_get(answer->permissions, i)));
    return OK;
}

static enum error answer_and_record(struct call *call, const struct secret *token,
                                    int64_t permission)
{
    struct answer answer = {0};
    enum error e = check(call, token, permission, &answer);
    if (e == ERR_NOT_FOUND)
        e = deny(call);
    else if (!e)
        e = allow(call, &answer);
    if (!e) e = cli_flush();
    if (!e && call->status == EXIT_DONE && !call->options->read_only)
        token_touch(call->act.store, call->act.now, &answer.pass);
    json_decref(answer.permissions);
    return e;
}

static enum error verify_exec(struct call *call)
{
    const char *id = call_value(call, "permission");
    int64_t permission = 0;
    enum error e = check_address(call_value(call, "from"));
    if (!e && id) e = permission_find(call->act.store, id, &permission);
    if (e) return e;
    struct secret *token = NULL;
    /* Typed by a person it must not be echoed. */
    e = isatty(STDIN_FILENO) ? secret_ask("Token: ", &token)
                             : secret_read_line(STDIN_FILENO, LINE_SIZE, &token);
    if (e == ERR_INVALID) return deny(call); /* longer than a line may be */
    if (!e) e = answer_and_record(call, token, permission);
    secret_free(token);
    return e;
}

static const struct command_option options[] = {
    {.name = "permission", .value = "ID", .sentence = "ask for this permission, too"},
    {.name = "from", .value = "ADDRESS", .sentence = "where the request came from"},
    {0},
};

const struct command command_verify = {
    .words = "verify",
    .sentence = "Says whether the token on standard input is good.",
    .example = "gatehouse verify --permission agent_management < token",
    .options = options,
    .opens = true,
    .exec = verify_exec,
};
