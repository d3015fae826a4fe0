/* Inside of transfer: what import and apply share. Both read a file into wishes and write these
 * through the model, inside of one transaction; a dry run is the same work rolled back. */
#ifndef GATEHOUSE_SRC_TRANSFER_JOB_H
#define GATEHOUSE_SRC_TRANSFER_JOB_H

#include "src/transfer/file.h"
#include "src/transfer/report.h"

#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/token_record.h>

enum { PLACE_SIZE = 320 };

struct job {
    const struct act *act;
    const struct transfer_file *file;
    const struct transfer_options *options;
    struct transfer_report *report;
    const char *kind; /* of the event: "database.import" */
    bool merge;       /* an import adds; an apply makes equal */
};

/* Runs `work` in one transaction, with the event of the act at its end if anything changed. */
enum error job_run(struct job *job, enum error (*work)(struct job *job)) MUST_CHECK;
/* ERR_STOPPED when the caller's progress says so. */
enum error job_step(const struct job *job, size_t done, size_t total) MUST_CHECK;

struct wish_token {
    struct token_record record;
    const char *value; /* NULL: not known */
    char place[PLACE_SIZE];
};
struct wish_account {
    char name[ACCOUNT_NAME_MAX + 1];
    char place[PLACE_SIZE];
    bool active;
    struct account_details details;
    size_t count;
    struct wish_token *tokens;
};
void wish_account_free(struct wish_account *wish); /* frees the insides */

enum error write_permission(struct job *job, const char *id, const char *name,
                            const char *sentence) MUST_CHECK;
/* With `details` of an existing group joined to what is there (merge), or in its place. */
enum error write_group(struct job *job, const char *name,
                       const struct group_details *details) MUST_CHECK;
enum error write_account(struct job *job, struct wish_account *wish) MUST_CHECK;

/* The tokens of an account. `present` are those before. */
enum error write_tokens(struct job *job, int64_t account, struct wish_account *wish,
                        const struct token_records *present) MUST_CHECK;
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
