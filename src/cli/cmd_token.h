/* What other files use of the token sub-commands. */
#ifndef GATEHOUSE_SRC_CLI_CMD_TOKEN_H
#define GATEHOUSE_SRC_CLI_CMD_TOKEN_H

#include "src/cli/command.h"

#include <gatehouse/account.h>
#include <gatehouse/token.h>
#include <jansson.h>

/* Finds a token by its number or by ID/NAME. */
enum error cli_token_load(const struct call *call, const char *ref,
                          struct token_row *out) MUST_CHECK;
/* The account's ID; "" when the account is gone. */
enum error cli_token_account_id(const struct call *call, int64_t account,
                                char id[static ACCOUNT_ID_SIZE]) MUST_CHECK;
/* The columns that tokens can be sorted by, as a sentence, and as sort_read wants them. */
#define TOKEN_SORT_COLUMNS "account, name, token, state, created, expires or last-used"
const char *const *cli_token_sort_words(void);
/* Prints the secret of a new token: alone, or for JSON as the last field of `object` (released). On
 * failure the sentence says how to revoke the token. */
enum error cli_token_print_new(const struct call *call, int64_t number, json_t *object,
                               const struct secret *secret) MUST_CHECK;

#endif
