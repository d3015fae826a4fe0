/* SQL that is put together from parts: lists with filters. */
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

#endif
