/* One change to many accounts or tokens: one transaction, with one event for the act and one for
 * each row that changed. */
#ifndef GATEHOUSE_BULK_H
#define GATEHOUSE_BULK_H

#include <gatehouse/actor.h>
#include <gatehouse/id_set.h>
#include <gatehouse/progress.h>

enum bulk_kind {
    /* accounts */
    BULK_ACTIVATE,
    BULK_DEACTIVATE,
    BULK_DELETE,
    BULK_GRANT,    /* target: a permission */
    BULK_UNGRANT,  /* target: a permission */
    BULK_JOIN,     /* target: a group */
    BULK_LEAVE,    /* target: a group */
    BULK_SUSPEND,  /* every live token of the accounts; what changed are tokens */
    BULK_GENERATE, /* one token each, written to a file */
    /* tokens */
    BULK_TOKEN_SUSPEND,
    BULK_TOKEN_RESUME,
    BULK_TOKEN_REVOKE,
    BULK_TOKEN_EXPIRE,
    BULK_COUNT
};

struct bulk {
    enum bulk_kind kind;
    int64_t target;
    const char *reason; /* for the event of the act: "panic: group build"; NULL: none */
    int64_t expires;    /* of generated tokens, or what tokens get */
    const char *name;   /* of generated tokens */
    const char *path;   /* the file of generated tokens: new, 0600, lines "sa::name<TAB>token" */
};

struct bulk_result {
    struct id_set changed; /* accounts or tokens that were otherwise before; the caller's */
    size_t left;           /* rows that were so already, or are gone */
    int64_t first_left;    /* one of them; 0: none */
    int64_t event;         /* sequence of the event of the act; 0: nothing changed */
};

/* ERR_STOPPED: nothing was changed. Any error rolls everything back; a file that was begun is
 * removed. */
enum error bulk_run(const struct act *act, const struct bulk *bulk, const struct id_set *rows,
                    const struct progress *progress, struct bulk_result *result) MUST_CHECK;

/* What it would hit, for the question before. */
struct bulk_impact {
    size_t accounts, active;
    int64_t live;      /* live tokens of active accounts */
    int64_t last_used; /* the latest use among them */
    char last_from[64];
};
enum error bulk_get_impact(struct store *store, int64_t now, const struct id_set *accounts,
                           const struct progress *progress, struct bulk_impact *out) MUST_CHECK;

/* The same for tokens: `accounts` is how many of them are there, `live` how many work now. */
enum error bulk_get_token_impact(struct store *store, int64_t now, const struct id_set *tokens,
                                 const struct progress *progress,
                                 struct bulk_impact *out) MUST_CHECK;

/* Resumes the tokens that the act of event `sequence` suspended and that are suspended still. */
enum error bulk_undo_suspend(const struct act *act, int64_t sequence,
                             struct bulk_result *result) MUST_CHECK;

#endif
