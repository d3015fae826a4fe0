/* The list of accounts: filtering, sorting, paging; and the access report. */
#ifndef GATEHOUSE_ACCOUNT_LIST_H
#define GATEHOUSE_ACCOUNT_LIST_H

#include <gatehouse/account.h>
#include <gatehouse/page.h>

enum account_sort {
    ACCOUNT_BY_ID,
    ACCOUNT_BY_STATUS,
    ACCOUNT_BY_TOKENS,
    ACCOUNT_BY_LAST_USED,
    ACCOUNT_BY_CREATED
};
enum account_status { ACCOUNT_ANY, ACCOUNT_ACTIVE, ACCOUNT_INACTIVE };

/* What a list shows. `filter`: words separated by blanks, all of which must match, ignoring case. A
 * word is a substring of the name (a leading "sa::" is ignored); words.h says which prefixes there
 * are. "" matches everything. */
struct account_query {
    const char *filter;
    enum account_status status;
    enum account_sort sort;
    bool descending;
    bool texts;         /* a row is only read for its texts; what else it says may be left out */
    int64_t group;      /* only its members; 0: all */
    int64_t permission; /* only those that hold it effectively; 0: all. Not together with a group */
};

/* Where a page starts: at this row. Rows are ordered by (sort key, name), or the exact reverse when
 * descending. */
struct account_place {
    int64_t key; /* sort key of that row; unused when sorted by ID */
    char name[ACCOUNT_NAME_MAX +
              1]; /* "": before the first row, or after the last when reading backward */
};
struct account_place account_place_of(const struct account_query *query,
                                      const struct account_row *row);

/* Reads the rows next to `from` and sets *count. */
enum error account_page(struct store *store, int64_t now, const struct account_query *query,
                        const struct account_place *from, struct page page,
                        struct account_row *rows, size_t *count) MUST_CHECK;
/* ERR_INVALID: a word has an unknown prefix ("team:") or state ("is:new"). All functions with a
 * query return the same. */
enum error account_filter_check(const char *filter) MUST_CHECK;
/* The numbers of all accounts that match, 8 bytes each. The caller frees the set with id_set_free.
 */
enum error account_numbers(struct store *store, const struct account_query *query,
                           struct id_set *out) MUST_CHECK;
/* The numbers of the accounts of an owner, compared as text_fold does; reads the owners of all.
 * ERR_NOT_FOUND if there is none. The caller frees the set. */
enum error account_numbers_of_owner(struct store *store, const char *owner,
                                    struct id_set *out) MUST_CHECK;
/* Whether a given account matches. */
enum error account_matches(struct store *store, const struct account_query *query, int64_t number,
                           bool *matches) MUST_CHECK;
/* How many match. Without filter and status this reads a counter. */
enum error account_count(struct store *store, const struct account_query *query,
                         int64_t *count) MUST_CHECK;
/* Estimates the position of a row: of some 200 rows picked evenly by number, how many match and how
 * many of those come before it. If too few match, the same for the unfiltered list. One look-up per
 * pick, however long the list is. */
struct sample {
    int64_t before, matching;
};
enum error account_sample(struct store *store, const struct account_query *query,
                          const struct account_place *place, struct sample *out) MUST_CHECK;
/* Calls `found` for each byte range of the name that a word of the filter matches: for
 * highlighting. */
void account_filter_matches(const char *filter, const char *name,
                            void (*found)(void *arg, size_t start, size_t length), void *arg);

/* The access report: who holds which permission, and through what. */
struct access_row {
    const char *owner, *account; /* the account's name without sa:: */
    bool active;
    const char *permission; /* id */
    const char *group;      /* NULL: explicit grant */
};

/* Calls `each` for every source of every permission of every account that matches `query`, ordered
 * by owner, name, permission; explicit grants first. The texts are valid until the next call. */
enum error access_read(struct store *store, const struct account_query *query,
                       enum error (*each)(const struct access_row *row, void *arg),
                       void *arg) MUST_CHECK;

#endif
