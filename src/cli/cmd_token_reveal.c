#include <gatehouse/token_change.h>

#include "src/cli/commands.h"
#include "src/cli/token.h"
#include "src/cli/unlock.h"

#include <inttypes.h>

/* Asks for no passphrase when it would be in vain. */
static enum error check_sealed(const struct token_row *row)
{
    if (row->sealed) return OK;
    return fail(ERR_CONFLICT,
                "token %" PRId64 " is not kept, so it cannot be shown again: generate a new one",
                row->number);
}

static enum error open_token(const struct call *call, const char *how, struct token_row *row,
                             struct secret **secret)
{
    struct vault *vault = NULL;
    enum error e = cli_token_load(call, call->argv[0], row);
    if (!e) e = check_sealed(row);
    if (!e) e = unlock_vault(call, &vault);
    if (!e) e = token_reveal(&call->act, row->number, vault, how, secret);
    vault_lock(vault);
    return e;
}

static enum error describe(const struct call *call, const struct token_row *row, json_t **object)
{
    char id[ACCOUNT_ID_SIZE];
    enum error e = cli_token_account_id(call, row->account, id);
    if (!e) *object = json_pack("{s:I, s:s}", "token", (json_int_t)row->number, "account", id);
    return e;
}

static enum error reveal_exec(struct call *call)
{
    struct token_row row;
    struct secret *secret = NULL;
    json_t *object = NULL;
    enum error e = open_token(call, "reveal", &row, &secret);
    if (!e && !call->json) e = print_secret(secret);
    if (!e && call->json) e = describe(call, &row, &object);
    if (!e && call->json) e = print_json_secret(object, "secret", secret);
    secret_free(secret);
    return e;
}

static const struct command_option options[] = {UNLOCK_OPTIONS, {0}};

const struct command command_token_reveal = {
    .words = "token reveal",
    .arguments = "REF",
    .least = 1,
    .most = 1,
    .sentence = "Prints a token that is kept, alone.",
    .example = "gatehouse token reveal ci-deploy/github --key-file /etc/gatehouse/vault.key",
    .options = options,
    .opens = true,
    .exec = reveal_exec,
};

static enum error copy_exec(struct call *call)
{
    if (!call->options->copy)
        return fail(ERR_SYSTEM, "there is no clipboard here; gatehouse token reveal prints it");
    struct token_row row;
    struct secret *secret = NULL;
    json_t *object = NULL;
    char said[ERROR_MESSAGE_MAX] = "";
    enum error e = open_token(call, "copy", &row, &secret);
    if (!e) e = call->options->copy(call->act.store, secret, said, sizeof said);
    secret_free(secret);
    if (!e && !call->json) print_line("%s", said);
    if (!e && call->json) e = describe(call, &row, &object);
    if (e || !call->json) return e;
    if (object) json_object_set_new(object, "said", json_text(said));
    return print_json(object);
}

const struct command command_token_copy = {
    .words = "token copy",
    .arguments = "REF",
    .least = 1,
    .most = 1,
    .sentence = "Sends a token that is kept to the clipboard of this terminal.",
    .example = "gatehouse token copy 12",
    .options = options,
    .opens = true,
    .exec = copy_exec,
};
