/* What other files use of the group sub-commands. */
#ifndef GATEHOUSE_SRC_CLI_CMD_GROUP_H
#define GATEHOUSE_SRC_CLI_CMD_GROUP_H

#include "src/cli/command.h"

#include <gatehouse/group.h>

/* Finds a group by its name, ignoring case. */
enum error cli_group_load(const struct call *call, const char *name, struct group *out) MUST_CHECK;

#endif
