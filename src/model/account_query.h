/* Inside of the model: what a query of accounts means in SQL. */
#ifndef GATEHOUSE_MODEL_ACCOUNT_QUERY_H
#define GATEHOUSE_MODEL_ACCOUNT_QUERY_H

#include "account_row.h"
#include "sql.h"

enum { ACCOUNT_WORDS = SQL_WORDS };

struct account_word {
    const char *column;
    char pattern[2 * ACCOUNT_OWNER_MAX * 4 + 8]; /* for LIKE, escaped by a backslash */
};
struct account_filter {
    const struct account_query *query;
    size_t count;
    struct account_word words[ACCOUNT_WORDS];
    bool everyone; /* the group or permission leaves all accounts */
    bool sparse;   /* it leaves few of them */
    bool all;      /* nothing is asked for */
};

enum error account_filter_read(struct store *store, const struct account_query *query,
                               struct account_filter *out) MUST_CHECK;
/* What the rows are ordered by before the name: an expression. */
const char *account_sort_key(enum account_sort sort);
/* " WHERE …" over the table account, and its parameters. Where it is sparse, the group or the
 * permission is asked for its accounts; else each account for it. */
void account_filter_add(struct sql *sql, const struct account_filter *filter);
/* "(SELECT …)": those in the group, or that hold the permission. */
void account_set_add(struct sql *sql, const struct account_filter *filter);
void account_filter_bind(struct stmt *stmt, const struct account_filter *filter);

#endif
