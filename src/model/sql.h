/* Building SQL from parts, and collecting the rows of a statement. */
#ifndef GATEHOUSE_MODEL_SQL_H
#define GATEHOUSE_MODEL_SQL_H

#include <gatehouse/store.h>

enum { SQL_MAX = 4096 };

/* How far a search looks along its list: at first WINDOW_LEAST rows for each one that is wanted,
 * then WINDOW_GROWS times as many, up to WINDOW_MOST; then all matches are found and sorted. If one
 * row in WINDOW_MOST matches, the page is full before that; if fewer do, there are few to sort. */
enum { WINDOW_LEAST = 30, WINDOW_GROWS = 5, WINDOW_MOST = 150 };

struct sql {
    size_t size;
    char text[SQL_MAX];
};

void sql_add(struct sql *sql, const char *part);
/* As sql_add, with a printf format; only for parts of SQL, never for values. */
__attribute__((format(printf, 2, 3))) void sql_format(struct sql *sql, const char *format, ...);
/* "%text%" for LIKE … ESCAPE '\', with wildcards in the text escaped; cut if it does not fit. */
void sql_pattern(char *out, size_t out_size, const char *text, size_t size);
/* The parameter of a filter's word: ":word0", … */
enum { SQL_WORDS = 4 };
extern const char *const sql_words[SQL_WORDS];
/* As store_prepare. Statements are cached by the address of their text, so every distinct text is
 * kept for ever: there must be few of them, and none may contain a value. */
struct stmt *sql_prepare(struct store *store, const struct sql *sql);

/* The numbers in a list that is bound by bind_numbers, as what is after IN. */
#define SQL_NUMBERS(parameter)                                                                     \
    "(" SQL_SQLITE("SELECT value FROM json_each(" parameter ")")                                   \
        SQL_POSTGRES("SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(" parameter  \
                     " AS json))") ")"
/* The texts in a list, as a table with the column value. Look up each by a subquery: with IN or a
 * join, PostgreSQL may decide to read all of the other table, and keeps to that while it grows. */
#define SQL_TEXTS(parameter)                                                                       \
    SQL_SQLITE("json_each(" parameter ")")                                                         \
    SQL_POSTGRES("json_array_elements_text(CAST(" parameter " AS json))")
enum error bind_numbers(struct stmt *stmt, const char *name, const int64_t *numbers,
                        size_t count) MUST_CHECK;

/* Whether `select` has a row, looked for anew for each row that the statement returns. For an
 * EXISTS PostgreSQL may read all rows beforehand: it does not know yet that a page has few. */
#define SQL_HAS(select) "(" select " LIMIT 1) IS NOT NULL"

/* Reads all rows of `stmt` into one allocation: a struct whose first member is size_t count and
 * whose items start at `head` bytes. The caller frees *out with free(). */
enum error rows_collect(struct stmt *stmt, size_t head, size_t item,
                        void (*read)(struct stmt *stmt, void *item), void **out) MUST_CHECK;
/* Reverses `count` rows of `item` bytes each: rows that were read backward are returned in list
 * order. */
void rows_reverse(void *rows, size_t count, size_t item);

/* The rank of a row that may be written later (stmt_run_later). */
enum {
    RANK_FREE,    /* refers to no row of these */
    RANK_ACCOUNT, /* refers to an account, or changes one */
    RANK_TOKEN    /* the same of a token */
};

/* Picks some rows of a table evenly by number, each with one look-up. Numbers follow the time of
 * creation, so the picks are representative of any other order. */
#define SAMPLE_PICKS                                                                               \
    "WITH RECURSIVE pick(step) AS (VALUES (0) UNION ALL SELECT step + 1 FROM pick WHERE step < "   \
    "199) "
/* The row of a pick; needs SAMPLE_PICKS before the SELECT, and `pick` before the table. */
#define SAMPLE_NUMBER(table)                                                                       \
    "(SELECT min(one.number) FROM " table " one WHERE one.number > step * (SELECT max(number) "    \
    "FROM " table ") / 200)"

enum { SAMPLE_LEAST = 20 }; /* fewer matches say too little */

#endif
