/* What import and apply share. Both read a file into wishes and write these through the model, in
 * one transaction; a dry run does the same work without events and rolls it back. */
#ifndef GATEHOUSE_SRC_TRANSFER_JOB_H
#define GATEHOUSE_SRC_TRANSFER_JOB_H

#include <gatehouse/group.h>
#include <gatehouse/keybox.h>
#include <gatehouse/permission.h>
#include <gatehouse/token_record.h>
#include <gatehouse/transfer.h>
#include <jansson.h>

struct transfer_file {
    json_t *root;
    char *name; /* without its folder: for events */
    bool open_to_others;
};

enum { PLACE_SIZE = 320 };

struct job {
    const struct act *act; /* from job_run on its own, which rehearses a dry run */
    struct act own_act;
    const struct transfer_file *file;
    const struct transfer_options *options;
    struct transfer_report *report;
    const char *kind;    /* of the event: "database.import" */
    bool merge;          /* an import merges; an apply replaces */
    int64_t token_limit; /* the setting token.limit */
    int64_t longest;     /* the setting token.expiry.longest */
    bool keeps_tokens;   /* vault_keeps_tokens; then: */
    uint8_t seal_key[KEYBOX_PUBLIC_SIZE];
    json_t *groups;      /* numbers by name, of those that were asked for */
    json_t *permissions; /* the same by id */
    size_t long_lived;   /* tokens taken that outlive the setting token.expiry.longest */
};

/* Runs `work` in one transaction that ends with the event of the job if anything changed. */
enum error job_run(struct job *job, enum error (*work)(struct job *job)) MUST_CHECK;
/* As permission_find and group_find, but each is read once: to be called when no more of them are
 * made or renamed. */
enum error job_find_permission(struct job *job, const char *id, int64_t *number) MUST_CHECK;
enum error job_find_group(struct job *job, const char *name, int64_t *number) MUST_CHECK;
/* Reports progress; ERR_STOPPED if the caller asks to stop. */
enum error job_step(const struct job *job, size_t done, size_t total) MUST_CHECK;

/* Each adds to the report. report_item counts the action, and adds a line unless nothing changes;
 * `format` may be NULL: no detail. */
enum error report_item(struct transfer_report *report, enum transfer_section section,
                       enum transfer_noun noun, enum transfer_action action, const char *subject,
                       const char *format, ...) __attribute__((format(printf, 6, 7))) MUST_CHECK;
enum error report_wider(struct transfer_report *report, int64_t token, const char *account,
                        const char *name, const char *why) MUST_CHECK;
/* What an apply leaves although the file does not name it; of many, only the first are listed. */
enum error report_left(struct transfer_report *report, enum transfer_noun noun,
                       const char *subject) MUST_CHECK;
enum error report_refused(struct transfer_report *report, const char *place,
                          const char *reason) MUST_CHECK;
enum error report_note(struct transfer_report *report, const char *about, const char *format, ...)
    __attribute__((format(printf, 3, 4))) MUST_CHECK;

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
    bool is_absent;  /* no account has the name: known from ahead_look until it is written */
    int64_t written; /* tokens in use, of an account that was absent */
    /* New tokens that are not revoked, and the latest use of any; counted: with the account. */
    int64_t created, last_used;
    bool counted;
};
void wish_account_free(struct wish_account *wish); /* frees the insides */

#endif
