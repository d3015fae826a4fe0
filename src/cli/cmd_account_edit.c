#include "src/cli/account.h"
#include "src/cli/commands.h"
#include "src/cli/token.h"

#include <gatehouse/when.h>
#include <stdlib.h>
#include <string.h>

static enum error replace(char **text, const char *with)
{
    if (!with) return OK;
    char *copy = strdup(with);
    if (!copy) return fail(ERR_SYSTEM, "out of memory");
    free(*text);
    *text = copy;
    return OK;
}

static enum error read_details(const struct call *call, struct account_details *details)
{
    enum error e = replace(&details->description, call_value(call, "description"));
    return e ? e : replace(&details->owner, call_value(call, "owner"));
}

static enum error print_account(const struct call *call, int64_t number, const char *done)
{
    struct account account;
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_get(call->act.store, call->act.now, number, &account);
    if (e) return e;
    if (call->json) return print_json(cli_account_json(&account.row));
    account_id_text(id, account.row.name);
    print_line("%s %s", id, done);
    return OK;
}

struct created {
    int64_t account, token;
    struct secret *secret; /* of the first token, if one was asked for */
};

static enum error create(const struct call *call, struct created *created)
{
    struct account_details details = {.description = strdup(""), .owner = strdup("")};
    const char *token = call_value(call, "token");
    enum error e = details.description && details.owner ? OK : fail(ERR_SYSTEM, "out of memory");
    if (!e) e = read_details(call, &details);
    if (!e) e = account_create(&call->act, call->argv[0], &details, &created->account);
    struct token_plan plan = {.name = token};
    if (!e) e = token_parse_expiry(call->act.store, call->act.now, NULL, &plan.expires);
    if (!e && token)
        e = token_generate(&call->act, created->account, &plan, &created->token, &created->secret);
    account_details_free(&details);
    return e;
}

static enum error print_created(const struct call *call, const struct created *created)
{
    if (!created->secret) return print_account(call, created->account, "created");
    struct account account;
    enum error e = account_get(call->act.store, call->act.now, created->account, &account);
    if (e) return e;
    json_t *object = cli_account_json(&account.row);
    if (object) json_object_set_new(object, "token", json_integer(created->token));
    return cli_token_print_new(call, created->token, object, created->secret);
}

static enum error create_exec(struct call *call)
{
    struct created created = {0};
    enum error e = store_begin(call->act.store);
    if (!e) e = store_end(call->act.store, create(call, &created));
    if (!e) e = print_created(call, &created);
    secret_free(created.secret);
    return e;
}

static const struct command_option create_options[] = {
    {.name = "description", .value = "TEXT", .sentence = "what it is for"},
    {.name = "owner", .value = "TEXT", .sentence = "who answers for it"},
    {.name = "token",
     .value = "NAME",
     .sentence = "generate a first token and print it, alone; NAME may be empty"},
    {0},
};

const struct command command_account_create = {
    .words = "account create",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .sentence = "Creates an account.",
    .example = "gatehouse account create ci-deploy --owner team-platform --token github",
    .options = create_options,
    .opens = true,
    .exec = create_exec,
};

static enum error edit(const struct call *call, int64_t *number)
{
    struct account_details details = {0};
    int64_t version;
    enum error e = account_find(call->act.store, call->argv[0], number);
    if (!e) e = account_details_load(call->act.store, *number, &details, &version);
    if (!e) e = read_details(call, &details);
    if (!e) e = account_update(&call->act, *number, version, &details);
    account_details_free(&details);
    return e;
}

static enum error edit_exec(struct call *call)
{
    if (!call_has(call, "description") && !call_has(call, "owner"))
        return fail(ERR_USAGE, "say what to change: --description TEXT or --owner TEXT");
    int64_t number = 0;
    enum error e = store_begin(call->act.store);
    if (!e) e = store_end(call->act.store, edit(call, &number));
    return e ? e : print_account(call, number, "updated");
}

static const struct command_option edit_options[] = {
    {.name = "description", .value = "TEXT", .sentence = "what it is for"},
    {.name = "owner", .value = "TEXT", .sentence = "who answers for it"},
    {0},
};

const struct command command_account_edit = {
    .words = "account edit",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .sentence = "Changes the description or the owner of an account.",
    .example = "gatehouse account edit ci-deploy --description 'Deploys main'",
    .options = edit_options,
    .opens = true,
    .exec = edit_exec,
};
