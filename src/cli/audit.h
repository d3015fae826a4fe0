/* What the sub-commands of the audit log share. */
#ifndef GATEHOUSE_SRC_CLI_AUDIT_H
#define GATEHOUSE_SRC_CLI_AUDIT_H

#include "src/cli/command.h"

#include <gatehouse/audit.h>
#include <gatehouse/audit_list.h>
#include <jansson.h>

enum { CLI_AUDIT_PAGE = 200 };

json_t *cli_audit_json(const struct audit_event *event);
/* Prints events from where the query begins, the oldest first, and then those that come, until the
 * program is stopped. */
enum error cli_audit_follow(const struct call *call, const struct audit_query *query) MUST_CHECK;

#endif
