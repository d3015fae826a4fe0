/* SQL that is put together from parts, and lists of the rows that it finds. */
#ifndef GATEHOUSE_MODEL_SQL_H
#define GATEHOUSE_MODEL_SQL_H

#include <gatehouse/store.h>

enum { SQL_MAX = 4096 };

/* What a search looks at first, along the order of its list: so many rows for each that it wants,
 * then more, and at last all of them another way. Where one in WINDOW_MOST matches, the page is
 * full before; where fewer do, there are few to be sorted. */
enum { WINDOW_LEAST = 30, WINDOW_GROWS = 5, WINDOW_MOST = 150 };

struct sql {
    size_t size;
    char text[SQL_MAX];
};

void sql_add(struct sql *sql, const char *part);
/* As sql_add, from a printf() format; only for parts of SQL, never for values. */
__attribute__((format(printf, 2, 3))) void sql_format(struct sql *sql, const char *format, ...);
/* "%text%" for LIKE … ESCAPE '\', with the signs of the text taken literally; cut where it does not
 * fit. */
void sql_pattern(char *out, size_t out_size, const char *text, size_t size);
/* The parameter of a filter's word: ":word0", … */
enum { SQL_WORDS = 4 };
extern const char *const sql_words[SQL_WORDS];
/* As store_prepare. Statements are found again by the address of their text, so each text is kept
 * once for good: only for texts of which there are few, never with a value inside. */
struct stmt *sql_prepare(struct store *store, const struct sql *sql);

/* Steps `stmt` to its end and reads each row into a struct whose first member is size_t count and
 * whose items start at `head` bytes. *out is the caller's, to be freed with free(). */
enum error rows_collect(struct stmt *stmt, size_t head, size_t item,
                        void (*read)(struct stmt *stmt, void *item), void **out) MUST_CHECK;
/* Turns `count` rows of `item` bytes round: what was read backward is handed out in list order. */
void rows_reverse(void *rows, size_t count, size_t item);

/* A few rows of a table, picked evenly by number, each by one look-up. The numbers say when a row
 * was made, so what is picked is fair to any order but for chance. */
#define SAMPLE_PICKS                                                                               \
    "WITH RECURSIVE pick(step) AS (VALUES (0) UNION ALL SELECT step + 1 FROM pick WHERE step < "   \
    "199) "
/* The row of a pick; needs SAMPLE_PICKS before the SELECT and `pick` before the table. */
#define SAMPLE_NUMBER(table)                                                                       \
    "(SELECT min(one.number) FROM " table " one WHERE one.number > step * (SELECT max(number) "    \
    "FROM " table ") / 200)"

enum { SAMPLE_LEAST = 20 }; /* fewer that match say too little */

#endif
