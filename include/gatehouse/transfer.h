/* Import of accounts from Wavefront, and Gatehouse's own export and apply. */
#ifndef GATEHOUSE_TRANSFER_H
#define GATEHOUSE_TRANSFER_H

#include <gatehouse/actor.h>
#include <gatehouse/id_set.h>
#include <gatehouse/progress.h>

/* A JSON file that has been read. The memory of the parsed file is wiped when it is freed, because
 * an import holds tokens in the clear. */
struct transfer_file;
/* "-" reads standard input. ERR_INVALID names the line and column of what is not JSON. */
enum error transfer_read(const char *path, struct transfer_file **out) MUST_CHECK;
void transfer_free(struct transfer_file *file);
/* Whether others can read it; false for standard input. */
bool transfer_is_open_to_others(const struct transfer_file *file);

enum transfer_noun { TRANSFER_PERMISSION, TRANSFER_GROUP, TRANSFER_ACCOUNT, TRANSFER_TOKEN };
enum transfer_action { TRANSFER_CREATE, TRANSFER_CHANGE, TRANSFER_DELETE, TRANSFER_UNCHANGED };
enum { TRANSFER_NOUNS = 4, TRANSFER_ACTIONS = 4 };
const char *transfer_noun_text(enum transfer_noun noun);       /* "permission", ... */
const char *transfer_action_text(enum transfer_action action); /* "create", ... */

enum transfer_section {
    TRANSFER_HEAD,    /* a change to an existing group, Everyone first */
    TRANSFER_ITEM,    /* any other create, change or delete; what is unchanged is only counted */
    TRANSFER_WIDER,   /* a token that becomes live or may do more */
    TRANSFER_REFUSED, /* subject: the place in the file; detail: the reason */
    TRANSFER_NOTE,    /* a remark; subject: what it is about */
    TRANSFER_LEFT     /* of an apply that does not prune: there, but not in the file */
};
enum { TRANSFER_LEFT_MAX = 1000 }; /* lines for each noun */
struct transfer_line {
    enum transfer_section section;
    enum transfer_noun noun;
    enum transfer_action action;
    int64_t token; /* of TRANSFER_WIDER: its number; 0 otherwise */
    char *subject, *detail;
};

/* What was done, or would be. The caller frees it with transfer_report_free. */
struct transfer_report {
    size_t counts[TRANSFER_NOUNS][TRANSFER_ACTIONS];
    size_t left[TRANSFER_NOUNS]; /* more than have a line, if there are many */
    size_t refused;
    bool changed;        /* anything at all */
    int64_t event;       /* the newest one before the work began */
    struct id_set wider; /* the tokens that have such a line */
    size_t count;
    struct transfer_line *lines; /* in the order they were found, sections mixed */
};
void transfer_report_free(struct transfer_report *report);

struct transfer_options {
    bool dry_run;  /* rolled back at the end */
    bool prune;    /* apply: deletes what is not in the file */
    int64_t event; /* apply: ERR_CONFLICT unless this is the newest event; 0: any */
    const struct progress *progress;
};

/* Imports the accounts of Wavefront's `GET /api/v2/account/serviceaccount` (one, many, or the
 * answer of a search; with or without the envelope) in one transaction. Adds what is missing and
 * removes nothing; what is refused is skipped and reported. On an error nothing was changed; the
 * caller frees the report either way. */
enum error transfer_import(const struct act *act, const struct transfer_file *file,
                           const struct transfer_options *options,
                           struct transfer_report *report) MUST_CHECK;

/* Makes the database equal to an export, in one transaction. A malformed file is refused as a whole
 * (ERR_INVALID, with the place). Tokens that belong to another account, or that the rules do not
 * allow to become live again, are skipped and reported. */
enum error transfer_apply(const struct act *act, const struct transfer_file *file,
                          const struct transfer_options *options,
                          struct transfer_report *report) MUST_CHECK;

/* Passes the export to `write` piece by piece, after its event is committed. The same content gives
 * the same bytes. */
enum error transfer_export(const struct act *act,
                           enum error (*write)(const char *bytes, size_t size, void *arg),
                           void *arg) MUST_CHECK;

#endif
