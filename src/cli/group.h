/* What the group sub-commands share. */
#ifndef GATEHOUSE_SRC_CLI_GROUP_H
#define GATEHOUSE_SRC_CLI_GROUP_H

#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/group.h>

/* By its name, without regard to case. */
enum error cli_group_load(const struct call *call, const char *name, struct group *out) MUST_CHECK;
/* The fields of the list. NULL when out of memory. */
json_t *cli_group_json(const struct group *group);

#endif
