/* SQL that is put together from parts: lists with filters. */
#ifndef GATEHOUSE_MODEL_SQL_H
#define GATEHOUSE_MODEL_SQL_H

#include <gatehouse/store.h>

enum { SQL_MAX = 2400 };

struct sql {
    size_t size;
    char text[SQL_MAX];
};

void sql_add(struct sql *sql, const char *part);
/* As store_prepare. Statements are found again by the address of their text, so each text is kept
 * once for good: only for texts of which there are few, never with a value inside. */
struct stmt *sql_prepare(struct store *store, const struct sql *sql);

#endif
