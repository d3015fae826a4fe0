#include "rows.h"

#include <stdlib.h>

enum error rows_collect(struct stmt *stmt, size_t head, size_t item,
                        void (*read)(struct stmt *stmt, void *item), void **out)
{
    size_t count = 0, room = 16;
    char *list = calloc(1, head + room * item);
    bool row = true;
    enum error e = list ? OK : fail(ERR_SYSTEM, "out of memory");
    while (!e && !(e = stmt_step(stmt, &row)) && row) {
        if (count == room) {
            char *larger = realloc(list, head + (room *= 2) * item);
            if (!larger) {
                e = fail(ERR_SYSTEM, "out of memory");
                break;
            }
            list = larger;
        }
        read(stmt, list + head + count++ * item);
    }
    stmt_reset(stmt);
    if (e) {
        free(list);
        return e;
    }
    *(size_t *)(void *)list = count;
    *out = list;
    return OK;
}
