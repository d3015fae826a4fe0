/* The list of accounts: filter, order, pages, and the report of who holds what. */
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

/* Fills `rows` with those beside `from` and sets *count. */
enum error account_page(struct store *store, int64_t now, const struct account_query *query,
                        const struct account_place *from, struct page page,
                        struct account_row *rows, size_t *count) MUST_CHECK;
/* The numbers of all that match; the caller's, to be freed with id_set_free. 8 bytes for each. */
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

/* The access report: who holds what through what, by owner. */
struct access_row {
    const char *owner, *account; /* the account's name without sa:: */
    bool active;
    const char *permission; /* id */
    const char *group;      /* NULL: explicit */
};

/* Calls `each` for every account that matches (filter and status of `query`), every permission it
 * holds and every source of it: by owner, name, permission, explicit first. Texts live until the
 * next call. */
enum error access_read(struct store *store, const struct account_query *query,
                       enum error (*each)(const struct access_row *row, void *arg),
                       void *arg) MUST_CHECK;

#endif
