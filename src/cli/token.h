/* What the token sub-commands share. */
#ifndef GATEHOUSE_SRC_CLI_TOKEN_H
#define GATEHOUSE_SRC_CLI_TOKEN_H

#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/account.h>
#include <gatehouse/token.h>

/* By REF. */
enum error cli_token_load(const struct call *call, const char *ref,
                          struct token_row *out) MUST_CHECK;
/* The account's ID; "" when the account is gone. */
enum error cli_token_account_id(const struct call *call, int64_t account,
                                char id[static ACCOUNT_ID_SIZE]) MUST_CHECK;
/* One line and one object about a token that was changed, or was so already: what was done to it,
 * when it was last used and from where. */
struct outcome;
enum error cli_token_report(const struct call *call, int64_t number, bool changed, const char *done,
                            struct outcome *outcome) MUST_CHECK;
/* A secret that exists already: alone, or as the last field of `object` (released) for JSON. When
 * that fails the sentence says how to get rid of the token. */
enum error cli_token_print_new(const struct call *call, int64_t number, json_t *object,
                               const struct secret *secret) MUST_CHECK;

#endif
