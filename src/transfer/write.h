/* Writing the wishes of an import or an apply through the model, each with its line of the report.
 */
#ifndef GATEHOUSE_SRC_TRANSFER_WRITE_H
#define GATEHOUSE_SRC_TRANSFER_WRITE_H

#include "src/transfer/job.h"

enum error write_permission(struct job *job, const char *id, const char *name,
                            const char *sentence) MUST_CHECK;
/* With `details` of an existing group joined to what is there (merge), or in its place. */
enum error write_group(struct job *job, const char *name,
                       const struct group_details *details) MUST_CHECK;
enum error write_account(struct job *job, struct wish_account *wish) MUST_CHECK;

#endif
