/* What other files use of the account sub-commands. */
#ifndef GATEHOUSE_SRC_CLI_CMD_ACCOUNT_H
#define GATEHOUSE_SRC_CLI_CMD_ACCOUNT_H

#include "src/cli/command.h"

#include <gatehouse/account.h>

/* Finds an account by its ID, with or without “sa::”. */
enum error cli_account_load(const struct call *call, const char *typed,
                            struct account_row *out) MUST_CHECK;

#endif
