/* Databases of every earlier version: made by its schema files, filled with a little of everything
 * that version knew, then opened by the program of today. */
#include "tests/expect.h"

#include <gatehouse/database.h>
#include <gatehouse/doctor.h>
#include <gatehouse/secret.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/gatehouse-migration-XXXXXX", path[64];
static struct store *store;

/* Of version 1; Everyone and the catalogue are what a new database begins with. */
static const char some_of_all[] =
    "INSERT INTO account_group (number, name, folded, description, system) VALUES "
    "(1, 'Everyone', 'everyone', 'Every account', 1);"
    "INSERT INTO account_group (number, name, folded, members) VALUES (2, 'Build', 'build', 1);"
    "INSERT INTO permission (number, id, name, sentence) VALUES (1, 'read', 'Read', 'Reads'), "
    "(2, 'write', 'Write', 'Writes');"
    "INSERT INTO account (name, description, owner, active, created, tokens) VALUES "
    "('ci', 'Builds', 'mara', 1, 1700000000, 2), ('old', '', '', 0, 1700000001, 0);"
    "INSERT INTO membership VALUES (2, 1);"
    "INSERT INTO account_grant VALUES (1, 1);"
    "INSERT INTO group_grant VALUES (2, 2);"
    "INSERT INTO token (account, name, last_four, created, expires) VALUES "
    "(1, 'first', 'Xabc', 1700000002, NULL), (1, 'second', 'Xabd', 1700000003, 1900000000);"
    "INSERT INTO digest (digest, token, account, expires) VALUES "
    "(randomblob(32), 1, 1, NULL), (randomblob(32), 2, 1, 1900000000);"
    "UPDATE counter SET value = 2 WHERE name = 'accounts';"
    "UPDATE counter SET value = 1 WHERE name = 'inactive';";

static void run(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK, "%s", message);
}

/* The file of a version; NULL if there is none. */
static FILE *open_version(int version)
{
    char name[sizeof SCHEMA_FOLDER + 32];
    if (version == 1)
        snprintf(name, sizeof name, "%s/schema.sql", SCHEMA_FOLDER);
    else
        snprintf(name, sizeof name, "%s/schema_%d.sql", SCHEMA_FOLDER, version);
    return fopen(name, "r");
}

static void run_version(sqlite3 *db, int version)
{
    static char sql[64 * 1024];
    FILE *file = open_version(version);
    cr_assert(file);
    sql[fread(sql, 1, sizeof sql - 1, file)] = 0;
    fclose(file);
    run(db, sql);
}

static int newest(void)
{
    int version = 0;
    for (FILE *file; (file = open_version(version + 1)); version++)
        fclose(file);
    return version;
}

static void make(int version)
{
    char sql[96];
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    for (int v = 1; v <= version; v++) {
        run_version(db, v);
        if (v == 1) run(db, some_of_all);
    }
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             STORE_APPLICATION_ID, version);
    run(db, sql);
    sqlite3_close(db);
}

static void begin(void)
{
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/gatehouse.db", folder);
    cr_assert_ok(crypto_init());
}

static void end(void)
{
    char command[80];
    if (store) store_close(store);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(migration, .init = begin, .fini = end);

static int64_t ask(const char *sql)
{
    int64_t value = -1;
    cr_assert_ok(stmt_int(store_prepare(store, sql), &value));
    return value;
}

static void note(const char *sentence, void *version)
{
    cr_assert_fail("from version %d: %s", *(int *)version, sentence);
}

/* The doctor compares every table, index and trigger with a new database's, and every counter with
 * what it counts. */
Test(migration, a_database_of_any_earlier_version_becomes_a_sound_one_of_today)
{
    for (int version = 1; version < newest(); version++) {
        make(version);
        cr_assert_ok(database_open(path, STORE_OPEN, &store));
        cr_assert_eq(store_schema_version(store), newest());
        cr_assert_ok(doctor_run(store, NULL, note, &version));
        store_close(store);
        store = NULL;
        cr_assert_eq(unlink(path), 0);
    }
}

Test(migration, what_was_in_it_is_still_there)
{
    make(1);
    cr_assert_ok(database_open(path, STORE_OPEN, &store));
    cr_assert_eq(ask("SELECT count(*) FROM account WHERE (name, description, owner, active) IN "
                     "(VALUES ('ci', 'Builds', 'mara', 1), ('old', '', '', 0))"),
                 2);
    cr_assert_eq(ask("SELECT count(*) FROM token WHERE account = 1 AND revoked IS NULL"), 2);
    cr_assert_eq(ask("SELECT count(*) FROM membership WHERE account = 1 AND account_group = 2"), 1);
    cr_assert_eq(ask("SELECT count(*) FROM account_grant NATURAL JOIN (SELECT 1 AS account)"), 1);
    cr_assert_eq(ask("SELECT count(*) FROM group_grant WHERE account_group = 2"), 1);
}

Test(migration, the_program_knows_every_file_of_the_schema)
{
    cr_assert_ok(database_open(path, STORE_CREATE, &store));
    cr_assert_eq(store_schema_version(store), newest());
}
