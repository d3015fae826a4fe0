#include "counter.h"

enum error counter_add(struct store *store, const char *name, int64_t by)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE counter SET value = value + :by WHERE name = :name");
    bind_int(stmt, ":by", by);
    bind_text(stmt, ":name", name);
    return stmt_run(stmt);
}

enum error counter_get(struct store *store, const char *name, int64_t *value)
{
    struct stmt *stmt = store_prepare(store, "SELECT value FROM counter WHERE name = :name");
    bind_text(stmt, ":name", name);
    enum error e = stmt_int(stmt, value);
    if (!e && *value < 0) *value = 0; /* damaged */
    return e == ERR_NOT_FOUND ? fail(ERR_STORE, "the counter “%s” is missing", name) : e;
}

enum error generation_bump(struct store *store)
{
    return counter_add(store, "generation", 1);
}
