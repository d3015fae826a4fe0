/* prepare SERVER NAME=TYPE...: makes the tables of Gatehouse, reads statements from its standard
 * input, each with a zero after it, prepares them as the driver writes them, and prints those that
 * are refused. Exit status 1 if there are any. */
#include "src/store/postgres/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char schema_postgres_sql[];

/* What each name is bound to, from the arguments: ":now=int". */
static Oid type_of(const struct parameter *parameter, char **types)
{
    static const struct {
        const char *word;
        Oid type;
    } kinds[] = {{"blob", 17}, {"int", 20}, {"text", 25}};
    const char *kind = NULL;
    for (; *types && !kind; types++)
        if (strncmp(*types, parameter->name, parameter->name_size) == 0 &&
            (*types)[parameter->name_size] == '=')
            kind = *types + parameter->name_size + 1;
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].word, kind) == 0) return kinds[i].type;
    return 0; /* the server infers it */
}

static bool is_accepted(PGconn *connection, const char *sql, char **bound)
{
    char *translated;
    struct parameter *parameters;
    size_t count;
    if (postgres_translate(sql, &translated, &parameters, &count)) abort();
    Oid types[count + 1];
    for (size_t i = 0; i < count; i++)
        types[i] = type_of(&parameters[i], bound);
    bool is_empty = !translated[strspn(translated, " ")]; /* it is for SQLite */
    PGresult *result = PQprepare(connection, "", translated, (int)count, types);
    bool accepted = is_empty || PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!accepted) printf("%s    %s\n", PQresultErrorMessage(result), translated);
    PQclear(result);
    free(translated);
    free(parameters);
    return accepted;
}

int main(int argc, char **argv)
{
    char *sql = NULL;
    size_t room = 0, refused = 0, count = 0;
    if (argc < 2) return 2;
    PGconn *connection = PQconnectdb(argv[1]);
    if (PQstatus(connection) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        return 2;
    }
    PQclear(
        PQexec(connection, "CREATE TEMPORARY TABLE gatehouse (version BIGINT, commits BIGINT)"));
    PGresult *made = PQexec(connection, schema_postgres_sql);
    if (PQresultStatus(made) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        return 2;
    }
    PQclear(made);
    for (; getdelim(&sql, &room, 0, stdin) > 0; count++)
        refused += !is_accepted(connection, sql, argv + 2);
    free(sql);
    PQfinish(connection);
    printf("%zu statements, %zu refused\n", count, refused);
    return refused > 0;
}
