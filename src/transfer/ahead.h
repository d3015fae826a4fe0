/* Reads which of some accounts and tokens are not in the database, for all of them at once: they
 * are then written without asking for each. */
#ifndef GATEHOUSE_SRC_TRANSFER_AHEAD_H
#define GATEHOUSE_SRC_TRANSFER_AHEAD_H

#include "src/transfer/job.h"

/* At most AHEAD_MAX accounts, with different names. Nothing else may write them before they are
 * written. */
enum { AHEAD_MAX = 256 };
enum error ahead_look(struct job *job, struct wish_account *const *wishes, size_t count) MUST_CHECK;

#endif
