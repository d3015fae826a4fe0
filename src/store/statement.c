#include <gatehouse/when.h>

#include "driver.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A bug in a query is found by the first test that runs it. */
static _Noreturn void bug(const struct stmt *stmt, const char *what, const char *name)
{
    fprintf(stderr, "gatehouse: %s %s in: %s\n", what, name, stmt->sql);
    abort();
}

static struct stmt *find(struct store *store, const char *sql, struct stmt ***bucket)
{
    *bucket = &store->statements[((uintptr_t)sql >> 3) % STATEMENT_BUCKETS];
    for (struct stmt *stmt = **bucket; stmt; stmt = stmt->next)
        if (stmt->sql == sql) return stmt;
    return NULL;
}

struct stmt *store_prepare(struct store *store, const char *sql)
{
    static struct stmt no_memory = {.broken = ERR_SYSTEM};
    struct stmt **bucket;
    if (!sql) return &no_memory;
    struct stmt *stmt = find(store, sql, &bucket);
    if (!stmt) {
        stmt = calloc(1, store->driver->statement_size);
        if (!stmt) return &no_memory;
        *stmt = (struct stmt){.store = store, .sql = sql, .next = *bucket};
        *bucket = stmt;
    }
    stmt->broken = OK;
    if (stmt->ready) {
        store->driver->clear(stmt);
        return stmt;
    }
    stmt->broken = store->driver->prepare(stmt);
    stmt->ready = !stmt->broken;
    return stmt;
}

void store_free_statements(struct store *store)
{
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++) {
        while (store->statements[i]) {
            struct stmt *stmt = store->statements[i];
            store->statements[i] = stmt->next;
            store->driver->free(stmt);
            free(stmt->parameters.items);
            free(stmt->columns.items);
            free(stmt);
        }
    }
}

/* Names are requested in the same order every time, so the next one is likely to match. */
static int recall(struct names *names, const char *text)
{
    for (size_t tried = 0; tried < names->count; tried++) {
        if (names->next >= names->count) names->next = 0;
        const struct name *name = &names->items[names->next++];
        if (name->text == text) return name->index;
    }
    return -1;
}

/* Without memory for it, the name is simply looked up again next time. */
static void remember(struct names *names, const char *text, int index)
{
    struct name *larger = realloc(names->items, (names->count + 1) * sizeof *larger);
    if (!larger) return;
    larger[names->count++] = (struct name){text, index};
    names->items = larger;
    names->next = names->count;
}

static int parameter(struct stmt *stmt, const char *name)
{
    const struct driver *driver = stmt->store->driver;
    int index = recall(&stmt->parameters, name);
    if (index < 0) {
        index = driver->parameter(stmt, name);
        if (index < 0) bug(stmt, "no parameter", name);
        remember(&stmt->parameters, name, index);
    }
    assert(driver->parameter(stmt, name) == index);
    return index;
}

static void note(struct stmt *stmt, enum error e)
{
    if (e && !stmt->broken) stmt->broken = e;
}

void bind_int(struct stmt *stmt, const char *name, int64_t value)
{
    if (stmt->ready) note(stmt, stmt->store->driver->bind_int(stmt, parameter(stmt, name), value));
}

void bind_text(struct stmt *stmt, const char *name, const char *value)
{
    if (stmt->ready) note(stmt, stmt->store->driver->bind_text(stmt, parameter(stmt, name), value));
}

void bind_blob(struct stmt *stmt, const char *name, const void *value, size_t size)
{
    if (stmt->ready)
        note(stmt, stmt->store->driver->bind_blob(stmt, parameter(stmt, name), value, size));
}

void bind_time(struct stmt *stmt, const char *name, int64_t time)
{
    if (time != WHEN_NEVER)
        bind_int(stmt, name, time);
    else if (stmt->ready)
        note(stmt, stmt->store->driver->bind_no_number(stmt, parameter(stmt, name)));
}

/* What was wrong with preparing or binding. */
static enum error broken(const struct stmt *stmt)
{
    return !stmt->ready && stmt->broken == ERR_SYSTEM ? fail_memory() : stmt->broken;
}

enum error stmt_step(struct stmt *stmt, bool *row)
{
    *row = false;
    enum error e = broken(stmt);
    return e ? e : stmt->store->driver->step(stmt, row);
}

bool stmt_next(struct stmt *stmt, enum error *e)
{
    bool row = false;
    if (!*e) *e = stmt_step(stmt, &row);
    if (!row) stmt_reset(stmt);
    return row;
}

enum error stmt_run(struct stmt *stmt)
{
    bool row = true;
    enum error e = broken(stmt);
    if (!e && stmt->store->driver->execute) return stmt->store->driver->execute(stmt);
    while (!e && row)
        e = stmt_step(stmt, &row);
    return e;
}

enum error stmt_run_later(struct stmt *stmt, int rank)
{
    enum error e = broken(stmt);
    if (e || !stmt->store->driver->execute_later) return e ? e : stmt_run(stmt);
    return stmt->store->driver->execute_later(stmt, rank);
}

enum error stmt_int(struct stmt *stmt, int64_t *value)
{
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return ERR_NOT_FOUND;
    *value = stmt->store->driver->column_int(stmt, 0);
    stmt_reset(stmt);
    return OK;
}

void stmt_reset(struct stmt *stmt)
{
    if (stmt->ready) stmt->store->driver->reset(stmt);
}

static int column(struct stmt *stmt, const char *name)
{
    const struct driver *driver = stmt->store->driver;
    int index = recall(&stmt->columns, name);
    if (index < 0) {
        index = driver->column(stmt, name);
        if (index < 0) bug(stmt, "no column", name);
        remember(&stmt->columns, name, index);
    }
    assert(driver->column(stmt, name) == index);
    return index;
}

int64_t column_int(struct stmt *stmt, const char *name)
{
    return stmt->store->driver->column_int(stmt, column(stmt, name));
}

const char *column_text(struct stmt *stmt, const char *name)
{
    const char *text = stmt->store->driver->column_text(stmt, column(stmt, name));
    return text ? text : "";
}

const void *column_blob(struct stmt *stmt, const char *name, size_t *size)
{
    return stmt->store->driver->column_blob(stmt, column(stmt, name), size);
}

bool column_is_null(struct stmt *stmt, const char *name)
{
    return stmt->store->driver->column_is_null(stmt, column(stmt, name));
}

int64_t column_time(struct stmt *stmt, const char *name)
{
    const struct driver *driver = stmt->store->driver;
    int index = column(stmt, name);
    return driver->column_is_null(stmt, index) ? WHEN_NEVER : driver->column_int(stmt, index);
}

void column_copy(struct stmt *stmt, const char *name, char *out, size_t out_size)
{
    const char *text = column_text(stmt, name);
    size_t size = strnlen(text, out_size);
    if (size == out_size) {
        size--;
        /* The analyser does not know that strnlen() has read this far.
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    memcpy(out, text, size);
    out[size] = 0;
}

int64_t store_changes(struct store *store)
{
    return store->driver->changes(store);
}

enum error store_last_number(struct store *store, const char *table, int64_t *number)
{
    return store->driver->last_number(store, table, number);
}

enum error store_take_number(struct store *store, const char *table, int64_t *number)
{
    return store->driver->take_number(store, table, number);
}

enum error store_raise_number(struct store *store, const char *table, int64_t number)
{
    return store->driver->raise_number(store, table, number);
}
