/* The access report of `account list --access`. */
#ifndef GATEHOUSE_SRC_CLI_ACCESS_H
#define GATEHOUSE_SRC_CLI_ACCESS_H

#include "src/cli/command.h"

#include <gatehouse/account.h>
#include <gatehouse/account_list.h>

/* Prints a table; with --csv comma-separated values (RFC 4180), with --json an array. */
enum error cli_print_access(const struct call *call, const struct account_query *query) MUST_CHECK;

#endif
