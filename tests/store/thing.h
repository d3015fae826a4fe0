/* A database with a table of things, in a folder of its own, for the tests of the store. */
#ifndef GATEHOUSE_TESTS_STORE_THING_H
#define GATEHOUSE_TESTS_STORE_THING_H

#include <gatehouse/store.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct migration first[] = {{.sql = "CREATE TABLE thing (name TEXT, size INTEGER)"}};
static const struct migration both[] = {{.sql = "CREATE TABLE thing (name TEXT, size INTEGER)"},
                                        {.sql = "ALTER TABLE thing ADD COLUMN colour TEXT"}};
static const struct schema one = {first, 1, NULL}, two = {both, 2, NULL};
static char folder[32], path[64];

static inline void start(void)
{
    strcpy(folder, "/tmp/gatehouse-test-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
}

static inline void stop(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

static inline void make(const struct schema *schema)
{
    struct store *store;
    cr_assert_eq(store_open(path, STORE_CREATE, schema, &store), OK, "%s", error_message());
    store_close(store);
}

static inline enum error insert(struct store *store, const char *name)
{
    struct stmt *stmt = store_prepare(store, "INSERT INTO thing (name) VALUES (:name)");
    bind_text(stmt, ":name", name);
    return stmt_run(stmt);
}

static inline int64_t count(struct store *store)
{
    int64_t value;
    cr_assert_eq(stmt_int(store_prepare(store, "SELECT count(*) FROM thing"), &value), OK);
    return value;
}

/* Of the file with this suffix, in bytes. */
static inline int64_t size_of(const char *suffix)
{
    char name[80];
    struct stat info;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &info) ? 0 : (int64_t)info.st_size;
}

#endif
