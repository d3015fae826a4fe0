#include "bare_postgres.h"
#include "bench.h"
#include "figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void die(PGconn *connection, const char *what)
{
    fprintf(stderr, "bench: bare libpq: %s: %s\n", what, PQerrorMessage(connection));
    exit(2);
}

PGconn *pg_connect(const char *address)
{
    PGconn *connection = PQconnectdb(address);
    if (PQstatus(connection) != CONNECTION_OK) die(connection, address);
    pg_run(connection, "SET client_min_messages TO warning");
    return connection;
}

void pg_run(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) die(connection, sql);
    PQclear(result);
}

int64_t pg_int(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) die(connection, sql);
    int64_t value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return value;
}

double pg_round_trip_ms(PGconn *connection)
{
    enum { TIMES = 40 };
    double least = 1e9;
    for (int i = 0; i < TIMES; i++) {
        double begun = now_ms();
        pg_run(connection, "SELECT 1");
        double took = now_ms() - begun;
        if (took < least) least = took;
    }
    return least;
}

static const char update[] = "UPDATE account SET active = $2 WHERE number = $1";
static const char insert[] =
    "INSERT INTO event (sequence, at, uid, username, login, claim, host, terminal, kind, subject, "
    "account, before, after, hash) VALUES ($2, 1700000000, 0, 'root', '', '', 'host', 'pts/0', "
    "'account.deactivate', 'sa::ingest-eu-west-prod-000001', $1, '{\"active\":true}', "
    "'{\"active\":false}', '\\x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef')";

static void prepare(PGconn *connection, const char *name, const char *sql)
{
    PGresult *result = PQprepare(connection, name, sql, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) die(connection, sql);
    PQclear(result);
}

static void send(PGconn *connection, const char *name, int64_t first, int64_t second)
{
    char numbers[2][24];
    const char *const values[] = {numbers[0], numbers[1]};
    snprintf(numbers[0], sizeof numbers[0], "%" PRId64, first);
    snprintf(numbers[1], sizeof numbers[1], "%" PRId64, second);
    if (!PQsendQueryPrepared(connection, name, 2, values, NULL, NULL, 0)) die(connection, name);
}

static void wait_for_all(PGconn *connection)
{
    ExecStatusType status = PGRES_COMMAND_OK;
    if (!PQpipelineSync(connection)) die(connection, "waiting");
    while (status != PGRES_PIPELINE_SYNC) {
        PGresult *result = PQgetResult(connection);
        if (!result) continue;
        status = PQresultStatus(result);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
            status != PGRES_PIPELINE_SYNC)
            die(connection, "a statement");
        PQclear(result);
    }
}

double pg_set_active_ms(PGconn *connection, int64_t count, int active)
{
    enum { AT_ONCE = 500 };
    int64_t head = pg_int(connection, "SELECT max(sequence) FROM event");
    char sql[80];
    pg_run(connection, "DEALLOCATE ALL");
    prepare(connection, "update", update);
    prepare(connection, "insert", insert);
    double begun = now_ms();
    pg_run(connection, "BEGIN");
    PQenterPipelineMode(connection);
    for (int64_t i = 1; i <= count; i++) {
        send(connection, "update", i, active);
        send(connection, "insert", i, head + i);
        if (i % AT_ONCE == 0) wait_for_all(connection);
    }
    wait_for_all(connection);
    PQexitPipelineMode(connection);
    pg_run(connection, "COMMIT");
    double took = now_ms() - begun;
    snprintf(sql, sizeof sql, "DELETE FROM event WHERE sequence > %" PRId64, head);
    pg_run(connection, sql);
    return took;
}

double pg_lookup_rate(PGconn *connection)
{
    enum { AT_ONCE = 16, DIGESTS = 400, SECONDS = 3 };
    PGresult *digests = PQexec(connection, "SELECT digest FROM digest LIMIT 400");
    if (PQntuples(digests) != DIGESTS) die(connection, "digests");
    prepare(connection, "lookup",
            "SELECT token, account, expires, suspended, dead FROM digest WHERE digest = $1");
    PQenterPipelineMode(connection);
    double begun = now_ms(), took = 0;
    int done = 0;
    for (; took < SECONDS * 1000; took = now_ms() - begun) {
        for (int i = 0; i < AT_ONCE; i++) {
            const char *digest = PQgetvalue(digests, done++ % DIGESTS, 0);
            if (!PQsendQueryPrepared(connection, "lookup", 1, &digest, NULL, NULL, 1))
                die(connection, "a look-up");
        }
        wait_for_all(connection);
    }
    PQexitPipelineMode(connection);
    PQclear(digests);
    return done / took * 1000;
}

/* Rows as COPY writes them. */
struct rows {
    size_t count;
    struct row {
        char *bytes;
        int size;
    } * items;
};

static void read_rows(PGconn *connection, const char *sql, struct rows *rows)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COPY_OUT) die(connection, sql);
    PQclear(result);
    size_t room = 0;
    char *bytes;
    for (int size; (size = PQgetCopyData(connection, &bytes, 0)) > 0;) {
        if (rows->count == room) {
            room = room ? 2 * room : 1024;
            rows->items = realloc(rows->items, room * sizeof *rows->items);
            if (!rows->items) bench_die("memory");
        }
        rows->items[rows->count++] = (struct row){bytes, size};
    }
    PQclear(PQgetResult(connection));
}

static void write_rows(PGconn *connection, const char *sql, const struct rows *rows)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COPY_IN) die(connection, sql);
    PQclear(result);
    for (size_t i = 0; i < rows->count; i++)
        if (PQputCopyData(connection, rows->items[i].bytes, rows->items[i].size) != 1)
            die(connection, sql);
    if (PQputCopyEnd(connection, NULL) != 1) die(connection, sql);
    result = PQgetResult(connection);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) die(connection, sql);
    PQclear(result);
    PQclear(PQgetResult(connection));
}

static void free_rows(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        PQfreemem(rows->items[i].bytes);
    free(rows->items);
}

/* What is generated is not written. */
static const struct {
    const char *name, *columns;
} tables[] = {
    {"account", "number, name, description, owner, active, created, tokens, last_used"},
    {"account_grant", "account, permission"},
    {"token", "number, account, name, last_four, created, expires, suspended, revoked, last_used, "
              "last_from, box, narrowed, canary, successor, rotated, imported"},
    {"digest", "digest, token, account, expires, suspended, dead, checks"},
    {"event",
     "sequence, at, uid, username, login_uid, login, claim, host, terminal, kind, subject, "
     "account, token, before, after, hash"},
};
enum { TABLES = sizeof tables / sizeof *tables };

double pg_copy_ms(PGconn *connection)
{
    struct rows rows[TABLES] = {0};
    char sql[512];
    pg_run(connection, "DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare");
    for (size_t i = 0; i < TABLES; i++) {
        snprintf(sql, sizeof sql, "CREATE TABLE bare.%s (LIKE %s INCLUDING ALL)", tables[i].name,
                 tables[i].name);
        pg_run(connection, sql);
        snprintf(sql, sizeof sql, "COPY %s (%s) TO STDOUT", tables[i].name, tables[i].columns);
        read_rows(connection, sql, &rows[i]);
    }
    double begun = now_ms();
    pg_run(connection, "BEGIN");
    for (size_t i = 0; i < TABLES; i++) {
        snprintf(sql, sizeof sql, "COPY bare.%s (%s) FROM STDIN", tables[i].name,
                 tables[i].columns);
        write_rows(connection, sql, &rows[i]);
    }
    pg_run(connection, "COMMIT");
    double took = now_ms() - begun;
    for (size_t i = 0; i < TABLES; i++)
        free_rows(&rows[i]);
    pg_run(connection, "DROP SCHEMA bare CASCADE");
    return took;
}
