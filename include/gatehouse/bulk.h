/* One change to many accounts or tokens, in one transaction: an event for each row that changed,
 * and one for the act as a whole. */
#ifndef GATEHOUSE_BULK_H
#define GATEHOUSE_BULK_H

#include <gatehouse/actor.h>
#include <gatehouse/id_set.h>
#include <gatehouse/progress.h>
#include <gatehouse/revert.h>

enum bulk_kind {
    /* accounts */
    BULK_ACTIVATE,
    BULK_DEACTIVATE,
    BULK_DELETE,
    BULK_GRANT,    /* target: a permission */
    BULK_UNGRANT,  /* target: a permission */
    BULK_JOIN,     /* target: a group */
    BULK_LEAVE,    /* target: a group */
    BULK_SUSPEND,  /* every token of the accounts that works, or would if its account were active;
                    * the result counts tokens */
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
    int64_t expires;    /* of generated tokens, or the new expiry */
    const char *name;   /* of generated tokens */
    const char *path;   /* a new file for generated tokens, 0600, lines "sa::name<TAB>token" */
};

struct bulk_result {
    struct id_set changed; /* accounts or tokens that changed; the caller frees it */
    size_t left;           /* rows that needed no change, or no longer exist */
    int64_t first_left;    /* one of them; 0: none */
    int64_t event;         /* sequence of the event of the act; 0: nothing changed */
};

/* Any error, ERR_STOPPED included, rolls everything back and removes the file that was begun. */
enum error bulk_run(const struct act *act, const struct bulk *bulk, const struct id_set *rows,
                    const struct progress *progress, struct bulk_result *result) MUST_CHECK;

/* What a change would affect, for the confirmation. */
struct bulk_impact {
    size_t accounts, active;
    size_t live, suspended; /* of tokens: how many are */
    int64_t working;        /* tokens that work now */
    int64_t waiting;        /* tokens of inactive accounts that would work if these were active */
    int64_t last_used;      /* the latest use among those */
    char last_from[64];
    int64_t knocking; /* as in account_impact */
    int64_t denied;
    char denied_from[64];
};
enum error bulk_get_impact(struct store *store, int64_t now, const struct id_set *accounts,
                           const struct progress *progress, struct bulk_impact *out) MUST_CHECK;

/* The same for tokens: `accounts` counts those that exist, `working` those that work now, `waiting`
 * those that would if they were resumed. */
enum error bulk_get_token_impact(struct store *store, int64_t now, const struct id_set *tokens,
                                 const struct progress *progress,
                                 struct bulk_impact *out) MUST_CHECK;

/* Resumes the tokens that the act of event `sequence` suspended, except where somebody has decided
 * about one of them since. ERR_NOT_FOUND if that event is not such an act. */
enum error bulk_undo_suspend(const struct act *act, int64_t sequence,
                             struct revert_result *result) MUST_CHECK;

#endif
