/* Statements: prepared at the first step, with the types of the values that were bound, because a
 * parameter without a type may be ambiguous. All values are sent and returned in binary. */
#include "postgres.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of types, as in the server's pg_type.dat. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_NUMERIC = 1700
};
enum { BINARY = 1 };

static struct postgres_stmt *of(struct stmt *stmt)
{
    return (struct postgres_stmt *)stmt;
}

enum error postgres_prepare(struct stmt *base)
{
    struct postgres_stmt *stmt = of(base);
    return postgres_translate(base->sql, &stmt->sql, &stmt->parameters, &stmt->count);
}

void postgres_reset(struct stmt *base)
{
    PQclear(of(base)->rows);
    of(base)->rows = NULL;
}

void postgres_clear(struct stmt *base)
{
    struct postgres_stmt *stmt = of(base);
    postgres_reset(base);
    for (size_t i = 0; i < stmt->count; i++)
        stmt->parameters[i].is_null = true;
}

void postgres_free(struct stmt *base)
{
    struct postgres_stmt *stmt = of(base);
    postgres_reset(base);
    for (size_t i = 0; i < stmt->count; i++)
        free(stmt->parameters[i].bytes);
    free(stmt->parameters);
    free(stmt->sql);
}

int postgres_parameter(struct stmt *base, const char *name)
{
    const struct postgres_stmt *stmt = of(base);
    size_t size = strlen(name);
    for (size_t i = 0; i < stmt->count; i++)
        if (stmt->parameters[i].name_size == size &&
            memcmp(stmt->parameters[i].name, name, size) == 0)
            return (int)i;
    return -1;
}

/* `value` NULL: null. */
static enum error bind(struct stmt *stmt, int index, Oid type, const void *value, size_t size)
{
    struct parameter *parameter = &of(stmt)->parameters[index];
    parameter->type = type;
    parameter->is_null = !value;
    if (!value) return OK;
    if (size > parameter->room || !parameter->bytes) {
        char *larger = realloc(parameter->bytes, size + 1);
        if (!larger) return fail_memory();
        parameter->bytes = larger;
        parameter->room = size + 1;
    }
    memcpy(parameter->bytes, value, size);
    parameter->size = (int)size;
    return OK;
}

enum error postgres_bind_int(struct stmt *stmt, int index, int64_t value)
{
    uint64_t bytes = htobe64((uint64_t)value);
    return bind(stmt, index, TYPE_INT8, &bytes, sizeof bytes);
}

enum error postgres_bind_no_number(struct stmt *stmt, int index)
{
    return bind(stmt, index, TYPE_INT8, NULL, 0);
}

enum error postgres_bind_text(struct stmt *stmt, int index, const char *value)
{
    return bind(stmt, index, TYPE_TEXT, value, value ? strlen(value) : 0);
}

enum error postgres_bind_blob(struct stmt *stmt, int index, const void *value, size_t size)
{
    return bind(stmt, index, TYPE_BYTEA, value, size);
}

/* Whether the statement that the server knows fits the values. */
static bool is_prepared(const struct postgres *store, const struct postgres_stmt *stmt)
{
    if (stmt->connected != store->connected || stmt->failures != store->failures) return false;
    for (size_t i = 0; i < stmt->count; i++)
        if (stmt->parameters[i].type != stmt->parameters[i].prepared) return false;
    return true;
}

static enum error send_prepare(struct postgres *store, struct postgres_stmt *stmt)
{
    Oid types[stmt->count + 1];
    /* A new name each time: the server keeps the statement with the types of before. */
    snprintf(stmt->label, sizeof stmt->label, "s%u", ++store->labels);
    for (size_t i = 0; i < stmt->count; i++)
        types[i] = stmt->parameters[i].prepared = stmt->parameters[i].type;
    stmt->connected = store->connected;
    stmt->failures = store->failures;
    return postgres_queue_add(
        store, PQsendPrepare(store->connection, stmt->label, stmt->sql, (int)stmt->count, types));
}

static enum error send_values(struct postgres *store, struct postgres_stmt *stmt)
{
    const char *values[stmt->count + 1];
    int sizes[stmt->count + 1], formats[stmt->count + 1];
    for (size_t i = 0; i < stmt->count; i++) {
        const struct parameter *parameter = &stmt->parameters[i];
        values[i] = parameter->is_null ? NULL : parameter->bytes;
        sizes[i] = parameter->size;
        formats[i] = BINARY;
    }
    return postgres_queue_add(store,
                              PQsendQueryPrepared(store->connection, stmt->label, (int)stmt->count,
                                                  values, sizes, formats, BINARY));
}

static enum error send(struct postgres *store, struct postgres_stmt *stmt)
{
    enum error e = postgres_queue_begin(store);
    if (!e && !is_prepared(store, stmt)) e = send_prepare(store, stmt);
    return e ? e : send_values(store, stmt);
}

enum error postgres_send(struct postgres *store, const char *sql)
{
    struct stmt *stmt = store_prepare(&store->base, sql);
    return stmt->broken ? stmt->broken : send(store, of(stmt));
}

static enum error run_now(struct postgres *store, struct postgres_stmt *stmt)
{
    enum error e = send(store, stmt);
    return e ? e : postgres_settle(store, &stmt->rows);
}

/* The first one of a transaction. */
static enum error run_first(struct postgres *store, struct postgres_stmt *stmt)
{
    const bool fresh = store->begins == POSTGRES_FRESH;
    enum error e = postgres_send(store, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (!e && fresh) e = postgres_send(store, "SELECT version, commits FROM gatehouse");
    if (!e) e = run_now(store, stmt);
    store->begins = POSTGRES_BEGUN;
    if (e || !fresh) return e;
    e = postgres_check_version(store, store->version);
    if (e) postgres_reset(&stmt->base);
    return e;
}

/* The connection may have been lost long ago, and nothing was done yet. */
static enum error run_or_connect_again(struct postgres *store, struct postgres_stmt *stmt)
{
    const enum postgres_begins begins = store->begins;
    enum error e = begins ? run_first(store, stmt) : run_now(store, stmt);
    if (!e || postgres_is_connected(store) || store_is_interrupted(&store->base)) return e;
    e = postgres_connect_again(store, PATIENCE_MS);
    if (e) return e;
    store->begins = begins;
    return begins ? run_first(store, stmt) : run_now(store, stmt);
}

/* Not in a transaction: it only reads. */
static enum error run_alone(struct postgres *store, struct postgres_stmt *stmt)
{
    enum error e = postgres_connect_again(store, PATIENCE_MS);
    if (!e) e = postgres_check_standby(store);
    return e ? e : run_or_connect_again(store, stmt);
}

static enum error run(struct postgres_stmt *stmt)
{
    struct postgres *store = postgres_of(stmt->base.store);
    stmt->row = -1;
    if (!store->in_transaction) return run_alone(store, stmt);
    return store->begins ? run_or_connect_again(store, stmt) : run_now(store, stmt);
}

/* In a transaction that writes, nobody waits for it. */
enum error postgres_execute(struct stmt *base)
{
    struct postgres *store = postgres_of(base->store);
    enum error e;
    if (store->writing) {
        e = send(store, of(base));
        return e ? e : postgres_queue_end(store);
    }
    e = run(of(base));
    postgres_reset(base);
    return e;
}

enum error postgres_step(struct stmt *base, bool *row)
{
    struct postgres_stmt *stmt = of(base);
    enum error e = stmt->rows ? OK : run(stmt);
    *row = !e && ++stmt->row < PQntuples(stmt->rows);
    if (!*row) postgres_reset(base);
    return e;
}

int postgres_column(struct stmt *base, const char *name)
{
    const PGresult *rows = of(base)->rows;
    for (int i = 0; i < PQnfields(rows); i++)
        if (strcmp(PQfname(rows, i), name) == 0) return i;
    return -1;
}

bool postgres_column_is_null(struct stmt *base, int index)
{
    return PQgetisnull(of(base)->rows, of(base)->row, index);
}

/* A sum of numbers has this type: digits to the base 10,000, the first of them worth its power of
 * `weight`. Ours are whole. */
static int64_t read_numeric(const char *value)
{
    enum { HEAD = 4, NEGATIVE = 0x4000 };
    uint16_t head[HEAD], digit;
    int64_t number = 0;
    memcpy(head, value, sizeof head);
    int digits = be16toh(head[0]), weight = (int16_t)be16toh(head[1]);
    for (int i = 0; i <= weight; i++) {
        if (i < digits)
            memcpy(&digit, value + sizeof head + (size_t)i * sizeof digit, sizeof digit);
        number = number * 10000 + (i < digits ? be16toh(digit) : 0);
    }
    return be16toh(head[2]) == NEGATIVE ? -number : number;
}

int64_t postgres_column_int(struct stmt *base, int index)
{
    const struct postgres_stmt *stmt = of(base);
    const char *value = PQgetvalue(stmt->rows, stmt->row, index);
    uint64_t eight;
    uint32_t four;
    uint16_t two;
    if (PQgetisnull(stmt->rows, stmt->row, index)) return 0;
    switch (PQftype(stmt->rows, index)) {
    case TYPE_BOOL:
        return *value;
    case TYPE_INT2:
        memcpy(&two, value, sizeof two);
        return (int16_t)be16toh(two);
    case TYPE_INT4:
        memcpy(&four, value, sizeof four);
        return (int32_t)be32toh(four);
    case TYPE_INT8:
        memcpy(&eight, value, sizeof eight);
        return (int64_t)be64toh(eight);
    case TYPE_NUMERIC:
        return read_numeric(value);
    case TYPE_TEXT:
        return strtoll(value, NULL, 10);
    default: /* a bug in a query is found by the first test that runs it */
        fprintf(stderr, "gatehouse: column %s is not a number in: %s\n", PQfname(stmt->rows, index),
                stmt->base.sql);
        abort();
    }
}

const char *postgres_column_text(struct stmt *base, int index)
{
    struct postgres_stmt *stmt = of(base);
    if (PQgetisnull(stmt->rows, stmt->row, index)) return NULL;
    Oid type = PQftype(stmt->rows, index);
    if (type != TYPE_BOOL && type != TYPE_INT2 && type != TYPE_INT4 && type != TYPE_INT8)
        return PQgetvalue(stmt->rows, stmt->row, index);
    const int64_t number = postgres_column_int(base, index);
    snprintf(stmt->number, sizeof stmt->number, "%" PRId64, number);
    return stmt->number;
}

const void *postgres_column_blob(struct stmt *base, int index, size_t *size)
{
    const struct postgres_stmt *stmt = of(base);
    *size = (size_t)PQgetlength(stmt->rows, stmt->row, index);
    return *size ? PQgetvalue(stmt->rows, stmt->row, index) : NULL;
}

/* A sequence that gave no number yet has no last one. */
enum error postgres_last_number(struct store *store, const char *table, int64_t *number)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence(:table, "
               "'number') AS regclass)), 0)");
    bind_text(stmt, ":table", table);
    return stmt_int(stmt, number);
}

static enum error take_numbers(struct store *store, struct numbers *numbers, int64_t count)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT setval(sequence, nextval(sequence) + :more) FROM (SELECT "
               "CAST(pg_get_serial_sequence(:table, 'number') AS regclass) AS sequence) named");
    bind_text(stmt, ":table", numbers->table);
    bind_int(stmt, ":more", count - 1);
    enum error e = stmt_int(stmt, &numbers->last);
    numbers->next = numbers->last - count + 1;
    return e;
}

/* A transaction that takes many asks for more and more at once; those that are left are lost. */
enum error postgres_take_number(struct store *base, const char *table, int64_t *number)
{
    enum { MOST = 256, TABLES = sizeof((struct postgres *)0)->numbers / sizeof(struct numbers) };
    struct numbers *numbers = postgres_of(base)->numbers, *end = numbers + TABLES - 1;
    while (numbers < end && numbers->table && strcmp(numbers->table, table) != 0)
        numbers++;
    if (!numbers->table || strcmp(numbers->table, table) != 0)
        *numbers = (struct numbers){.table = table, .next = 1};
    enum error e = OK;
    if (numbers->next > numbers->last) {
        int64_t before = numbers->taken;
        numbers->taken = before * 8 > MOST ? MOST : before ? before * 8 : 1;
        e = take_numbers(base, numbers, numbers->taken);
    }
    *number = numbers->next++;
    return e;
}

enum error postgres_raise_number(struct store *store, const char *table, int64_t number)
{
    int64_t last;
    enum error e = postgres_last_number(store, table, &last);
    if (e || number <= last) return e;
    struct stmt *stmt =
        store_prepare(store, "SELECT setval(pg_get_serial_sequence(:table, 'number'), :number)");
    bind_text(stmt, ":table", table);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}
