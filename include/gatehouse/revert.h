/* Undoing an act: the reverse of each change that its events record, as changes with events of
 * their own. What somebody has decided about the same thing since is kept. */
#ifndef GATEHOUSE_REVERT_H
#define GATEHOUSE_REVERT_H

#include <gatehouse/audit.h>
#include <gatehouse/progress.h>

/* An act to be taken back, and acts that were taken back before: neither they nor what took them
 * back counts as a decision about anything. */
struct revert {
    struct event_range act;
    const struct event_range *settled;
    size_t settled_count;
};

struct revert_result {
    size_t changed; /* changes that were taken back */
    size_t left;    /* changes that were not */
    char **reasons; /* of these: "sa::ci: the account was activated by alice 2 min ago" */
    struct event_range events; /* what was written; first 0: nothing */
};
void revert_result_free(struct revert_result *result);

/* Whether everything an act changed can be taken back, as far as nobody has decided since. */
enum error revert_is_possible(struct store *store, struct event_range act,
                              bool *possible) MUST_CHECK;
/* One transaction. ERR_NOT_FOUND if there is no such act; ERR_STOPPED by `progress` (may be NULL);
 * after any error nothing was changed. */
enum error revert_run(const struct act *act, const struct revert *revert,
                      const struct progress *progress, struct revert_result *result) MUST_CHECK;

/* What an act did: "sa::ci was deactivated", "3 tokens were suspended"; or how things are once it
 * is taken back: "sa::ci is active again". */
enum error revert_describe(struct store *store, struct event_range act, bool taken_back, char *out,
                           size_t size) MUST_CHECK;

#endif
