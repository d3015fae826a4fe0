#include "fresh.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static PGconn *connection;
static char name[32];

static const char *server(void)
{
    return getenv("GATEHOUSE_TEST_POSTGRES_FOLDER");
}

bool fresh_is_postgres(void)
{
    return server() != NULL;
}

void fresh_run(const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(connection));
        abort();
    }
    PQclear(result);
}

/* Runs `before` NAME `after`. */
static void run(const char *before, const char *after)
{
    char sql[100];
    snprintf(sql, sizeof sql, "%s %s %s", before, name, after);
    fresh_run(sql);
}

static char address[FRESH_ADDRESS_SIZE];

const char *fresh_address(void)
{
    return address;
}

const char *fresh_make(void)
{
    static int made;
    /* Some schemas are left behind, and numbers of processes come again. */
    snprintf(name, sizeof name, "t%lld_%d_%d", (long long)time(NULL), (int)getpid(), ++made);
    snprintf(address, sizeof address,
             "postgresql:///postgres?host=%s&user=postgres&options=-csearch_path%%3D%s", server(),
             name);
    if (!connection) connection = PQconnectdb(address);
    run("CREATE SCHEMA", "");
    return address;
}

void fresh_drop(void)
{
    run("SET client_min_messages TO error; DROP SCHEMA IF EXISTS", "CASCADE");
    fresh_leave();
}

void fresh_leave(void)
{
    PQfinish(connection);
    connection = NULL;
}
