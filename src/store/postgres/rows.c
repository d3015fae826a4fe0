/* Rows that wait: what writes one row each, and is not needed at once, is collected and sent as one
 * statement for many of them. Its parameters are arrays then, one for each of before, and the
 * statement reads their elements as the columns of a table:
 *
 *     INSERT INTO t (a, b) VALUES ($1, $2)  ->  INSERT INTO t (a, b) SELECT p1, p2 FROM <table>
 *     UPDATE t SET a = $1 WHERE b = $2      ->  UPDATE t SET a = p1 FROM <table> WHERE b = p2
 *     DELETE FROM t WHERE b = $1            ->  DELETE FROM t USING <table> WHERE b = p1 */
#include "postgres.h"

#include <assert.h>
#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An array as it is sent: its head, then the size of each element and its bytes. */
enum { HEAD_DIMENSIONS, HEAD_HAS_NULL, HEAD_TYPE, HEAD_COUNT, HEAD_FIRST, HEAD_FIELDS };
enum { HEAD_SIZE = HEAD_FIELDS * sizeof(uint32_t), NO_SIZE = -1 };

static void put(char *to, int64_t number)
{
    const uint32_t bytes = htobe32((uint32_t)number);
    memcpy(to, &bytes, sizeof bytes);
}

static enum error append(struct parameter *parameter)
{
    struct column *column = &parameter->column;
    const size_t size = parameter->is_null ? 0 : (size_t)parameter->size;
    if (!column->size) column->size = HEAD_SIZE;
    const size_t needed = column->size + sizeof(uint32_t) + size;
    if (needed > column->room) {
        char *larger = realloc(column->bytes, 2 * needed);
        if (!larger) return fail_memory();
        column->bytes = larger;
        column->room = 2 * needed;
    }
    put(column->bytes + column->size, parameter->is_null ? NO_SIZE : (int64_t)size);
    if (size) memcpy(column->bytes + column->size + sizeof(uint32_t), parameter->bytes, size);
    column->size = needed;
    column->has_null |= parameter->is_null;
    if (parameter->type) column->type = parameter->type;
    return OK;
}

/* Where a word of SQL begins, outside parentheses and quotes; NULL: nowhere. */
static const char *find_word(const char *sql, const char *word)
{
    int depth = 0;
    bool quoted = false;
    for (; *sql; sql++) {
        quoted ^= *sql == '\'';
        depth += *sql == '(' ? 1 : *sql == ')' ? -1 : 0;
        if (!quoted && !depth && strncmp(sql, word, strlen(word)) == 0) return sql;
    }
    return NULL;
}

static const char *find_end(const char *parenthesis)
{
    int depth = 0;
    do
        depth += *parenthesis == '(' ? 1 : *parenthesis == ')' ? -1 : 0;
    while (depth && *++parenthesis);
    return parenthesis;
}

struct writing {
    const struct postgres_stmt *stmt;
    char *text;
    size_t size, room;
};

__attribute__((format(printf, 2, 3))) static void add(struct writing *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(to->text + to->size, to->room - to->size, format, arguments);
    va_end(arguments);
    to->size += (size_t)size;
    assert(to->size < to->room);
}

/* A parameter that was never anything but null has no type. */
static void add_sql(struct writing *to, const char *from, const char *end)
{
    while (from < end) {
        if (*from != '$') {
            add(to, "%c", *from++);
            continue;
        }
        char *after;
        const size_t number = strtoul(from + 1, &after, 10);
        if (to->stmt->parameters[number - 1].column.type)
            add(to, "p%zu", number);
        else
            add(to, "NULL");
        from = after;
    }
}

static void add_table(struct writing *to, const char *word)
{
    const struct postgres_stmt *stmt = to->stmt;
    size_t count = 0;
    add(to, " %s unnest(", word);
    for (size_t i = 0; i < stmt->count; i++) {
        if (!stmt->parameters[i].column.type) continue;
        if (count) add(to, ", ");
        add(to, "$%zu", ++count);
    }
    add(to, ") AS waiting (");
    for (size_t i = 0; i < stmt->count; i++) {
        if (!stmt->parameters[i].column.type) continue;
        add(to, "p%zu", i + 1);
        if (--count) add(to, ", ");
    }
    add(to, ") ");
}

/* The statement for many rows; the caller frees it. */
static char *write_sql(const struct postgres_stmt *stmt)
{
    const size_t each = 48; /* a parameter is named three times, with its number */
    const char *sql = stmt->sql, *end = sql + strlen(sql), *where = find_word(sql, "WHERE ");
    const char *values = find_word(sql, "VALUES (");
    struct writing to = {.stmt = stmt, .room = strlen(sql) + each * stmt->count + 64};
    to.text = malloc(to.room);
    if (!to.text) return NULL;
    if (values) {
        const char *parenthesis = strchr(values, '('), *last = find_end(parenthesis);
        add_sql(&to, sql, values);
        add(&to, "SELECT ");
        add_sql(&to, parenthesis + 1, last);
        add_table(&to, "FROM");
        add_sql(&to, last + 1, end);
    } else {
        add_sql(&to, sql, where);
        add_table(&to, strncmp(sql, "UPDATE", 6) == 0 ? "FROM" : "USING");
        add_sql(&to, where, end);
    }
    return to.text;
}

static Oid array_of(Oid type)
{
    enum { INT8_ARRAY = 1016, TEXT_ARRAY = 1009, BYTEA_ARRAY = 1001 };
    return type == TYPE_INT8 ? INT8_ARRAY : type == TYPE_TEXT ? TEXT_ARRAY : BYTEA_ARRAY;
}

static void finish_array(struct column *column, size_t rows)
{
    const int64_t head[HEAD_FIELDS] = {[HEAD_DIMENSIONS] = 1,
                                       [HEAD_HAS_NULL] = column->has_null,
                                       [HEAD_TYPE] = column->type,
                                       [HEAD_COUNT] = (int64_t)rows,
                                       [HEAD_FIRST] = 1};
    for (size_t i = 0; i < HEAD_FIELDS; i++)
        put(column->bytes + i * sizeof(uint32_t), head[i]);
}

/* It is planned anew each time: a plan that is kept may read all of a table that was small then. */
static enum error send_rows(struct postgres *store, struct postgres_stmt *stmt)
{
    const char *values[stmt->count + 1];
    int sizes[stmt->count + 1], formats[stmt->count + 1], count = 0;
    Oid types[stmt->count + 1];
    char *sql = write_sql(stmt);
    if (!sql) return fail_memory();
    for (size_t i = 0; i < stmt->count; i++) {
        struct column *column = &stmt->parameters[i].column;
        if (!column->type) continue;
        finish_array(column, stmt->waiting);
        values[count] = column->bytes;
        sizes[count] = (int)column->size;
        types[count] = array_of(column->type);
        formats[count++] = 1;
    }
    enum error e = postgres_queue_begin(store);
    if (!e)
        e = postgres_queue_add(store, PQsendQueryParams(store->connection, sql, count, types,
                                                        values, sizes, formats, 1));
    free(sql);
    return e;
}

static void forget(struct postgres_stmt *stmt)
{
    stmt->waiting = 0;
    for (size_t i = 0; i < stmt->count; i++) {
        struct column *column = &stmt->parameters[i].column;
        column->size = 0;
        column->has_null = false;
        column->type = 0;
    }
    if (stmt->keys) memset(stmt->keys, 0, KEY_SLOTS * sizeof *stmt->keys);
}

void postgres_drop_rows(struct postgres *store)
{
    for (; store->waiting; store->waiting = store->waiting->next)
        forget(store->waiting);
}

enum error postgres_send_rows(struct postgres *store)
{
    enum error e = OK;
    for (; !e && store->waiting; store->waiting = store->waiting->next) {
        e = send_rows(store, store->waiting);
        forget(store->waiting);
    }
    postgres_drop_rows(store);
    return e;
}

/* What says which row is updated: the parameters after WHERE. */
static uint64_t hash_key(const struct postgres_stmt *stmt)
{
    uint64_t hash = 14695981039346656037U;
    for (const char *at = find_word(stmt->sql, "WHERE "); (at = strchr(at, '$')); at++) {
        const struct parameter *key = &stmt->parameters[strtoul(at + 1, NULL, 10) - 1];
        for (int i = 0; !key->is_null && i < key->size; i++)
            hash = (hash ^ (uint8_t)key->bytes[i]) * 1099511628211U;
    }
    return hash ? hash : 1;
}

/* An update of many rows changes each of them once: those that wait are sent if one of them may be
 * this one. */
static enum error note_key(struct postgres *store, struct postgres_stmt *stmt)
{
    if (!stmt->keys) stmt->keys = calloc(KEY_SLOTS, sizeof *stmt->keys);
    if (!stmt->keys) return fail_memory();
    const uint64_t hash = hash_key(stmt);
    size_t slot = hash % KEY_SLOTS;
    while (stmt->keys[slot] && stmt->keys[slot] != hash)
        slot = (slot + 1) % KEY_SLOTS;
    enum error e = stmt->keys[slot] ? postgres_send_rows(store) : OK;
    stmt->keys[slot] = hash;
    return e;
}

/* After those that came earlier and those of lower ranks. */
static void begin_to_wait(struct postgres *store, struct postgres_stmt *stmt, int rank)
{
    struct postgres_stmt **place = &store->waiting;
    while (*place && (*place)->rank <= rank)
        place = &(*place)->next;
    stmt->rank = rank;
    stmt->next = *place;
    *place = stmt;
}

enum error postgres_execute_later(struct stmt *base, int rank)
{
    struct postgres *store = postgres_of(base->store);
    struct postgres_stmt *stmt = (struct postgres_stmt *)base;
    if (!store->writing) return postgres_execute(base);
    enum error e = strncmp(stmt->sql, "UPDATE", 6) == 0 ? note_key(store, stmt) : OK;
    if (!e && !stmt->waiting) begin_to_wait(store, stmt, rank);
    for (size_t i = 0; !e && i < stmt->count; i++)
        e = append(&stmt->parameters[i]);
    if (!e && ++stmt->waiting == ROWS_MAX) e = postgres_send_rows(store);
    return e ? e : postgres_queue_end(store);
}
