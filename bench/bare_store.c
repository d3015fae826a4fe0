/* The floor of commands: programs that read the same with bare SQLite.
 *     bare-store lookup FILE DIGEST    one token by its digest, in hexadecimal
 *     bare-store row FILE              one row of a small table
 *     bare-store list FILE             every account, as JSON
 *     bare-store events FILE           every event, added up */
#include "bare.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word, *sql;
} queries[] = {
    {"lookup", "SELECT token, account, expires, suspended, dead FROM digest WHERE digest = ?1"},
    {"row", "SELECT value FROM counter WHERE name = 'accounts'"},
    {"events",
     "SELECT sum(sequence + at + length(kind) + length(subject) + length(hash)) FROM event"},
    {"list", "SELECT number, name, active, tokens, last_used, created, owner, description, EXISTS "
             "(SELECT 1 FROM token WHERE token.account = account.number AND token.revoked IS NULL "
             "AND token.expires < 1800000000) FROM account ORDER BY name"},
};

static int read_digest(const char *text, unsigned char digest[static 32])
{
    for (int i = 0; i < 32; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1) return 1;
        digest[i] = (unsigned char)byte;
    }
    return 0;
}

static void print_account(sqlite3_stmt *row)
{
    printf("{\"id\":\"sa::%s\",\"number\":%lld,\"active\":%d,\"tokens\":%d,\"last_used\":%lld,"
           "\"created\":%lld,\"owner\":\"%s\",\"description\":\"%s\",\"ending\":%d}\n",
           (const char *)sqlite3_column_text(row, 1), sqlite3_column_int64(row, 0),
           sqlite3_column_int(row, 2), sqlite3_column_int(row, 3), sqlite3_column_int64(row, 4),
           sqlite3_column_int64(row, 5), (const char *)sqlite3_column_text(row, 6),
           (const char *)sqlite3_column_text(row, 7), sqlite3_column_int(row, 8));
}

static int run(sqlite3 *db, const char *sql, const unsigned char *digest)
{
    sqlite3_stmt *stmt;
    int rows = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL)) return 1;
    if (digest) sqlite3_bind_blob(stmt, 1, digest, 32, SQLITE_STATIC);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        rows++;
        if (sqlite3_column_count(stmt) == 9)
            print_account(stmt);
        else
            printf("%lld\n", sqlite3_column_int64(stmt, 0));
    }
    sqlite3_finalize(stmt);
    return rows == 0;
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    unsigned char digest[32];
    const char *sql = NULL;
    for (size_t i = 0; argc > 2 && i < sizeof queries / sizeof *queries; i++)
        if (!strcmp(argv[1], queries[i].word)) sql = queries[i].sql;
    if (!sql || (argc > 3 && read_digest(argv[3], digest))) return 2;
    if (sqlite3_open_v2(argv[2], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)) return 2;
    sqlite3_exec(db, BARE_MAP, NULL, NULL, NULL);
    int status = run(db, sql, argc > 3 ? digest : NULL);
    sqlite3_close(db);
    return status;
}
