/* Service accounts: rules, reading in pages, changing. SQL in src/model/account*.c. */
#ifndef GATEHOUSE_ACCOUNT_H
#define GATEHOUSE_ACCOUNT_H

#include <gatehouse/act.h>
#include <stdbool.h>

enum {
    ACCOUNT_NAME_MAX = 64,
    ACCOUNT_DESCRIPTION_MAX = 1000, /* characters; 4 bytes each at the most */
    ACCOUNT_OWNER_MAX = 128,
    ACCOUNT_ID_SIZE = 4 + ACCOUNT_NAME_MAX + 1 /* "sa::" + name + zero */
};

/* The rule in words, for every face: "1 to 64 of a-z 0-9 . _ -, starting with a letter or digit".
 */
extern const char account_name_rule[];

/* Checks and lower-cases what was typed, with or without "sa::", into a bare name. ERR_INVALID says
 * what is wrong. */
enum error account_parse_name(const char *typed, char name[static ACCOUNT_NAME_MAX + 1]) MUST_CHECK;
/* "sa::" + name. */
void account_id_text(char out[static ACCOUNT_ID_SIZE], const char *name);

/* One row of the list. */
struct account_row {
    int64_t number;
    char name[ACCOUNT_NAME_MAX + 1];
    bool active;
    int64_t tokens;    /* not revoked (live, suspended, expired) */
    bool ending;       /* one of them is expired or ends within 14 days */
    int64_t last_used; /* latest use of any of its tokens; WHEN_NEVER */
    int64_t created;
    char owner[ACCOUNT_OWNER_MAX * 4 + 1];
    char description[ACCOUNT_DESCRIPTION_MAX * 4 + 1];
};

enum account_sort {
    ACCOUNT_BY_ID,
    ACCOUNT_BY_STATUS,
    ACCOUNT_BY_TOKENS,
    ACCOUNT_BY_LAST_USED,
    ACCOUNT_BY_CREATED
};
enum account_status { ACCOUNT_ANY, ACCOUNT_ACTIVE, ACCOUNT_INACTIVE };

/* What a list shows. `filter`: words separated by blanks, all of which must match; a word is a
 * substring of the name ("sa::" in front of it is dropped), `d:word` of the description, `o:word`
 * of the owner; without regard to case. "" matches all. */
struct account_query {
    const char *filter;
    enum account_status status;
    enum account_sort sort;
    bool descending;
    int64_t group;      /* members of it only; 0: all */
    int64_t permission; /* those that hold it effectively; 0: all. Not together with a group */
    const char *owner;  /* exactly this one; NULL: all */
};

/* The row a page starts beside. Rows are ordered by (sort key, name), or the exact reverse when
 * descending. */
struct account_place {
    int64_t key;                     /* sort key of that row; unused when sorted by ID */
    char name[ACCOUNT_NAME_MAX + 1]; /* "" = before the first row (or, backward, after the last) */
};
struct account_place account_place_of(const struct account_query *query,
                                      const struct account_row *row);

/* A page of up to `max` rows after `from` (or before it when `backward`; rows are in list order
 * either way). `inclusive` starts at the place itself. Keyset: cost does not depend on the
 * position. Fills rows, sets *count. */
enum error account_page(struct store *store, int64_t now, const struct account_query *query,
                        const struct account_place *from, bool backward, bool inclusive,
                        struct account_row *rows, size_t max, size_t *count) MUST_CHECK;
/* The numbers of all that match; the caller's, to be freed with id_set_free. 8 bytes for each. */
struct id_set;
enum error account_numbers(struct store *store, const struct account_query *query,
                           struct id_set *out) MUST_CHECK;
/* Whether one account matches. */
enum error account_matches(struct store *store, const struct account_query *query, int64_t number,
                           bool *matches) MUST_CHECK;
/* How many match. Without a filter or status: from the counters. */
enum error account_count(struct store *store, const struct account_query *query,
                         int64_t *count) MUST_CHECK;
/* About where a place stands in the list: of some 200 rows picked by number, how many match, and
 * how many of these stand before it. When too few match, of all rows in that order. A look-up for
 * each pick, however long the list is. */
struct sample {
    int64_t before, matching;
};
enum error account_sample(struct store *store, const struct account_query *query,
                          const struct account_place *place, struct sample *out) MUST_CHECK;
/* Whether a name matches the name words of a filter; used to draw matches: calls `found` for each
 * matched byte range. */
void account_filter_matches(const char *filter, const char *name,
                            void (*found)(void *arg, size_t start, size_t length), void *arg);

/* The whole account. */
struct account {
    struct account_row row;
    int64_t version; /* grows with description, owner, groups, explicit permissions: for rule 12 */
};
enum error account_get(struct store *store, int64_t now, int64_t number,
                       struct account *out) MUST_CHECK;
/* By what was typed: ERR_NOT_FOUND or ERR_INVALID. */
enum error account_find(struct store *store, const char *typed, int64_t *number) MUST_CHECK;

/* Groups and explicit permissions as the forms stage them: ids, sorted, without Everyone. */
struct id_set {
    size_t count;
    int64_t *ids; /* malloc'd; id_set_free */
    size_t capacity;
};
void id_set_free(struct id_set *set);
bool id_set_has(const struct id_set *set, int64_t id);
enum error id_set_add(struct id_set *set, int64_t id) MUST_CHECK; /* sorted, without doubles */
void id_set_remove(struct id_set *set, int64_t id);
bool id_set_equal(const struct id_set *a, const struct id_set *b);
enum error id_set_copy(struct id_set *to, const struct id_set *from) MUST_CHECK;

/* Everything that Update writes, and that conflicts are about. Strings are owned;
 * account_details_free. */
struct account_details {
    char *description;
    char *owner;
    struct id_set groups;      /* group numbers, Everyone left out */
    struct id_set permissions; /* explicit ones, by permission number */
};
void account_details_free(struct account_details *details); /* frees the insides, zeroes */
enum error account_details_load(struct store *store, int64_t number, struct account_details *out,
                                int64_t *version) MUST_CHECK;
/* Which fields differ. */
enum { DIFF_DESCRIPTION = 1, DIFF_OWNER = 2, DIFF_GROUPS = 4, DIFF_PERMISSIONS = 8 };
int account_details_diff(const struct account_details *a, const struct account_details *b);

/* Lengths and characters of description and owner; NULL is fine. Part of every change; for those
 * who must know before they begin one. */
enum error account_check_details(const struct account_details *details) MUST_CHECK;

/* Each is one transaction with its audit events. Already so: OK and no event. */
enum error account_create(const struct act *act, const char *typed_name,
                          const struct account_details *details, int64_t *number) MUST_CHECK;
/* ERR_CONFLICT when `version` is not the present one. */
enum error account_update(const struct act *act, int64_t number, int64_t version,
                          const struct account_details *details) MUST_CHECK;
/* *changed (may be NULL) says whether it was otherwise before. */
enum error account_set_active(const struct act *act, int64_t number, bool active,
                              bool *changed) MUST_CHECK;
enum error account_delete(const struct act *act, int64_t number) MUST_CHECK;

/* What a change would hit: for confirmations and result lines. */
struct account_impact {
    bool active;
    int64_t live;       /* tokens that work, or would if the account were active */
    int64_t last_used;  /* the latest use among them; WHEN_NEVER */
    char last_from[64]; /* where that came from; "" if not known */
};
enum error account_get_impact(struct store *store, int64_t now, int64_t number,
                              struct account_impact *out) MUST_CHECK;

#endif
