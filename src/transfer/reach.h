/* Finds the tokens of an account that may do more after a change than before. */
#ifndef GATEHOUSE_SRC_TRANSFER_REACH_H
#define GATEHOUSE_SRC_TRANSFER_REACH_H

#include "src/transfer/job.h"

/* Reports the tokens of an account that may do more than before. */
struct reach {
    bool active;
    struct id_set permissions; /* effective ones */
    struct token_records *tokens;
};
enum error reach_load(struct job *job, int64_t account, struct reach *out) MUST_CHECK;
void reach_free(struct reach *reach);
enum error reach_compare(struct job *job, const char *account, const struct reach *before,
                         const struct reach *after) MUST_CHECK;
/* The same for an account that was not there: whatever is live is new. */
enum error reach_new(struct job *job, const struct wish_account *wish) MUST_CHECK;

#endif
