/* What events decide: things such as whether an account is active, or what a group is called. An
 * act is taken back thing by thing, and only where no later event decided about the same thing. */
#ifndef GATEHOUSE_MODEL_DECISION_H
#define GATEHOUSE_MODEL_DECISION_H

#include <gatehouse/audit_list.h>
#include <gatehouse/permission.h>

#include <jansson.h>

/* Groups and permissions are in events by name; see decision_follow. */
enum thing_kind {
    THING_NONE,
    THING_ACTIVE,
    THING_DETAILS, /* of an account: several of the things below, as its texts say */
    THING_DESCRIPTION,
    THING_OWNER,
    THING_MEMBER,
    THING_GRANT,
    THING_SUSPENDED,
    THING_TOKEN_NAME,
    THING_EXPIRY,
    THING_GROUP_NAME,
    THING_GROUP_DESCRIPTION,
    THING_GROUP_GRANT,
    THING_PERMISSION,
    THING_SETTING,
};

/* Of a group itself. */
bool thing_is_of_group(enum thing_kind kind);

/* A kind of event that can be taken back. */
struct reversible {
    const char *kind;
    enum thing_kind thing;
    bool adds;         /* a membership or a grant */
    const char *noun;  /* of which it tells; NULL: named by the subject, however many there are */
    const char *done;  /* "sa::ci was …", "3 tokens were …" */
    const char *again; /* once it is taken back: "sa::ci is …" */
    const char *act;   /* the event of taking back many together; NULL: none */
};
/* NULL: events of this kind cannot be. */
const struct reversible *reversible_find(const char *kind);

/* One thing that an event decided. */
struct thing {
    enum thing_kind kind;
    int64_t account, token;
    char name[260];                    /* the group (as it is called now), permission or setting */
    char grant[PERMISSION_ID_MAX + 1]; /* of a group */
};

/* Follows a group or a permission, named as it was when event `sequence` was written, through what
 * happened to it since. *deleted: the event that deleted it; 0: it is there, under `name`. */
enum error decision_follow(struct store *store, bool group, int64_t sequence, char *name,
                           size_t size, int64_t *deleted) MUST_CHECK;
/* Which events count as decisions: those of a range, but for others that were settled. */
struct later_events {
    struct event_range range;
    const struct event_range *settled;
    size_t settled_count;
};
/* The newest of them that decided about the thing; *sequence 0: none did. */
enum error decision_find(struct store *store, const struct later_events *later,
                         const struct thing *thing, int64_t *sequence) MUST_CHECK;

/* The object of an event's `before` or `after`; NULL if there is none. json_decref. */
json_t *decision_json(const char *text);
/* A text field of the JSON text `json`, "" if it has none; returns `out`. */
const char *decision_text(const char *json, const char *key, char *out, size_t size);
/* The texts of one list that the other does not have: of `was` (`added` false), then of `is`. Ends
 * with the first error of `take`. NULL is an empty list. */
enum error decision_each_change(json_t *was, json_t *is,
                                enum error (*take)(const char *name, bool added, void *arg),
                                void *arg) MUST_CHECK;

#endif
