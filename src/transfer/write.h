/* Writes what an import or an apply wishes for through the model, and adds it to the report.
 */
#ifndef GATEHOUSE_SRC_TRANSFER_WRITE_H
#define GATEHOUSE_SRC_TRANSFER_WRITE_H

#include "src/transfer/job.h"

enum error write_permission(struct job *job, const char *id, const char *name,
                            const char *sentence) MUST_CHECK;
/* For an existing group `details` are merged into what is there (job.merge), or replace it. */
enum error write_group(struct job *job, const char *name,
                       const struct group_details *details) MUST_CHECK;
enum error write_account(struct job *job, struct wish_account *wish) MUST_CHECK;

#endif
