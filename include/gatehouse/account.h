/* Service accounts: their names, and reading a single one. */
#ifndef GATEHOUSE_ACCOUNT_H
#define GATEHOUSE_ACCOUNT_H

#include <gatehouse/actor.h>
#include <gatehouse/id_set.h>

enum {
    ACCOUNT_NAME_MAX = 64,
    ACCOUNT_DESCRIPTION_MAX = 1000, /* characters, of up to 4 bytes each */
    ACCOUNT_OWNER_MAX = 128,
    ACCOUNT_ID_SIZE = 4 + ACCOUNT_NAME_MAX + 1 /* "sa::" + name + terminating zero */
};

/* Turns what was typed, with or without "sa::", into a bare lower-case name. ERR_INVALID says what
 * is wrong. */
enum error account_parse_name(const char *typed, char name[static ACCOUNT_NAME_MAX + 1]) MUST_CHECK;
/* "sa::" + name. */
void account_id_text(char out[static ACCOUNT_ID_SIZE], const char *name);

/* An account, as a list has it. */
struct account_row {
    int64_t number;
    char name[ACCOUNT_NAME_MAX + 1];
    bool active;
    int64_t tokens;    /* not revoked: live, suspended or expired */
    bool ending;       /* one of them is expired or ends soon (WHEN_SOON) */
    int64_t last_used; /* latest use of any of its tokens; WHEN_NEVER */
    int64_t created;
    char owner[ACCOUNT_OWNER_MAX * 4 + 1];
    char description[ACCOUNT_DESCRIPTION_MAX * 4 + 1];
};

enum error account_get(struct store *store, int64_t now, int64_t number,
                       struct account_row *out) MUST_CHECK;
/* Finds an account by what was typed. ERR_NOT_FOUND or ERR_INVALID. */
enum error account_find(struct store *store, const char *typed, int64_t *number) MUST_CHECK;
/* Which of these names, as they are stored, an account has. */
enum error accounts_find(struct store *store, const char *const *names, size_t count,
                         bool *known) MUST_CHECK;
/* How many there are, counted, whatever the counters say. */
enum error accounts_total(struct store *store, int64_t *count) MUST_CHECK;

/* Everything that the Edit page stages and Update writes; concurrent edits of these fields
 * conflict. Free with account_details_free. */
struct account_details {
    char *description;
    char *owner;
    struct id_set groups;      /* group numbers, without Everyone */
    struct id_set permissions; /* numbers of explicitly granted permissions */
};
void account_details_free(struct account_details *details); /* frees the members and zeroes them */
/* *version (may be NULL): a number for these details, and another one for others. */
enum error account_details_load(struct store *store, int64_t number, struct account_details *out,
                                int64_t *version) MUST_CHECK;
/* Which fields differ. */
enum { DIFF_DESCRIPTION = 1, DIFF_OWNER = 2, DIFF_GROUPS = 4, DIFF_PERMISSIONS = 8 };
int account_details_diff(const struct account_details *a, const struct account_details *b);

/* Rule of two admins at once: `theirs`, except for what was changed here from `base` to `mine`; in
 * groups and permissions, one by one. The caller frees *out. */
enum error account_details_merge(const struct account_details *base,
                                 const struct account_details *mine,
                                 const struct account_details *theirs,
                                 struct account_details *out) MUST_CHECK;

/* What a change would affect: for confirmations and result lines. */
struct account_impact {
    bool active;
    int64_t working;    /* tokens that work now; 0 if it is inactive */
    int64_t waiting;    /* tokens that would work if it were active; 0 if it is */
    int64_t last_used;  /* the latest use among them; WHEN_NEVER */
    char last_from[64]; /* where that use came from; "" if unknown */
    int64_t knocking;   /* tokens that something goes on using: see token_is_knocking */
    int64_t denied;     /* the latest denial among them; WHEN_NEVER */
    char denied_from[64];
};
enum error account_get_impact(struct store *store, int64_t now, int64_t number,
                              struct account_impact *out) MUST_CHECK;

#endif
