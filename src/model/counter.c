#include "counter.h"

#include <stdlib.h>
#include <string.h>

/* What is to be added to one number. */
struct sum {
    const char *sql;  /* its address says which table */
    const char *name; /* of a counter; NULL: `id` says which row */
    int64_t id, by;
};

/* Written when there are as many as this: few are different even if many rows change. */
enum { SUMS_MAX = 64 };
struct sums {
    struct store_pending base;
    size_t count;
    struct sum items[SUMS_MAX];
};

static enum error write_sum(struct store *store, const struct sum *sum)
{
    if (!sum->by) return OK;
    struct stmt *stmt = store_prepare(store, sum->sql);
    bind_int(stmt, ":by", sum->by);
    if (sum->name)
        bind_text(stmt, ":name", sum->name);
    else
        bind_int(stmt, ":id", sum->id);
    return stmt_run(stmt);
}

static enum error write_sums(struct store *store, struct store_pending *pending)
{
    struct sums *sums = (struct sums *)pending;
    enum error e = OK;
    for (size_t i = 0; !e && i < sums->count; i++)
        e = write_sum(store, &sums->items[i]);
    sums->count = 0;
    return e;
}

static void drop_sums(struct store_pending *pending)
{
    free(pending);
}

static bool is_same(const struct sum *a, const struct sum *b)
{
    if (a->sql != b->sql) return false;
    return a->name ? strcmp(a->name, b->name) == 0 : a->id == b->id;
}

static enum error collect(struct store *store, const struct sum *sum)
{
    struct sums *sums = (struct sums *)store_find_pending(store, write_sums);
    if (!sums) {
        sums = calloc(1, sizeof *sums);
        if (!sums) return fail_memory();
        sums->base = (struct store_pending){write_sums, drop_sums, NULL};
        store_add_pending(store, &sums->base);
    }
    for (size_t i = 0; i < sums->count; i++)
        if (is_same(&sums->items[i], sum)) {
            sums->items[i].by += sum->by;
            return OK;
        }
    enum error e = sums->count == SUMS_MAX ? write_sums(store, &sums->base) : OK;
    sums->items[sums->count++] = *sum;
    return e;
}

enum error counter_add(struct store *store, const char *name, int64_t by)
{
    static const char sql[] = "UPDATE counter SET value = value + :by WHERE name = :name";
    return collect(store, &(struct sum){.sql = sql, .name = name, .by = by});
}

enum error counter_add_to(struct store *store, const char *sql, int64_t id, int64_t by)
{
    return collect(store, &(struct sum){.sql = sql, .id = id, .by = by});
}

enum error counter_settle(struct store *store)
{
    struct store_pending *sums = store_find_pending(store, write_sums);
    return sums ? write_sums(store, sums) : OK;
}

enum error counter_get(struct store *store, const char *name, int64_t *value)
{
    enum error e = counter_settle(store);
    if (e) return e;
    struct stmt *stmt = store_prepare(store, "SELECT value FROM counter WHERE name = :name");
    bind_text(stmt, ":name", name);
    e = stmt_int(stmt, value);
    if (!e && *value < 0) *value = 0; /* damaged */
    return e == ERR_NOT_FOUND ? fail(ERR_STORE, "the counter “%s” is missing", name) : e;
}

enum error generation_bump(struct store *store)
{
    return counter_add(store, "generation", 1);
}
