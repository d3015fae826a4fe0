/* What the account sub-commands share. */
#ifndef GATEHOUSE_SRC_CLI_ACCOUNT_H
#define GATEHOUSE_SRC_CLI_ACCOUNT_H

#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/account.h>

/* By what was typed. */
enum error cli_account_load(const struct call *call, const char *typed,
                            struct account *out) MUST_CHECK;
/* The fields of the list. NULL when out of memory. */
json_t *cli_account_json(const struct account_row *row);

#endif
