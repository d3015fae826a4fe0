/* What import and apply print. */
#ifndef GATEHOUSE_SRC_CLI_TRANSFER_H
#define GATEHOUSE_SRC_CLI_TRANSFER_H

#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/transfer.h>

/* Changes to groups that are there first, then everything else, then what becomes live or wider,
 * what was refused, and how many of each. `done`: it happened; else it would. */
void transfer_print(const struct transfer_report *report, bool done);
/* The same as one object. */
enum error transfer_print_json(const struct transfer_report *report, bool done) MUST_CHECK;

#endif
