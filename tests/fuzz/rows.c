/* What somebody who can write the file may write into it: any value of any type into any column. An
 * input is a list of such changes: table, column, row, type, size, and the bytes. */
#include "fuzz.h"

#include <sqlite3.h>
#include <string.h>

enum { COLUMNS_MAX = 256 };

/* One statement for each column: its parameters are the value and the row. */
static char *updates[COLUMNS_MAX];
static int update_count;

static int add_update(void *arg, int count, char **values, char **names)
{
    (void)arg, (void)count, (void)names;
    fuzz_check(update_count < COLUMNS_MAX);
    /* A table without row numbers: in all rows, where that is possible. */
    const char *where =
        values[2][0] == '1' ? "" : " WHERE rowid = (SELECT rowid FROM \"%w\" LIMIT 1 OFFSET ?2)";
    char *form = sqlite3_mprintf("UPDATE OR IGNORE \"%%w\" SET \"%%w\" = ?1%s", where);
    updates[update_count++] = sqlite3_mprintf(form, values[0], values[1], values[0]);
    sqlite3_free(form);
    return 0;
}

static void find_columns(sqlite3 *db)
{
    fuzz_check(
        sqlite3_exec(
            db,
            "SELECT t.name, c.name, t.wr FROM pragma_table_list t, pragma_table_info(t.name) c "
            "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid",
            add_update, NULL, NULL) == SQLITE_OK);
}

static void bind(sqlite3_stmt *stmt, unsigned type, const uint8_t *bytes, int size)
{
    int64_t number = 0;
    double real = 0;
    memcpy(&number, bytes, (size_t)size < sizeof number ? (size_t)size : sizeof number);
    memcpy(&real, &number, sizeof real);
    if (type % 5 == 0) sqlite3_bind_int64(stmt, 1, number);
    if (type % 5 == 1) sqlite3_bind_text(stmt, 1, (const char *)bytes, size, SQLITE_TRANSIENT);
    if (type % 5 == 2) sqlite3_bind_blob(stmt, 1, bytes, size, SQLITE_TRANSIENT);
    if (type % 5 == 3) sqlite3_bind_double(stmt, 1, real);
}

/* Longer than the input: the bytes again and again. */
static void change(sqlite3 *db, const uint8_t *data, size_t size)
{
    static uint8_t bytes[8192];
    while (size >= 5) {
        const char *sql = updates[data[0] % update_count];
        size_t count = data[3], times = data[1] % 8 == 7 ? 30 : 1;
        const uint8_t *value = data + 4;
        unsigned type = data[2];
        int row = data[1] / 8;
        if (count > size - 4) count = size - 4;
        for (size_t i = 0; i < times; i++)
            memcpy(bytes + i * count, value, count);
        sqlite3_stmt *stmt;
        fuzz_check(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK);
        bind(stmt, type, bytes, (int)(times * count));
        if (sqlite3_bind_parameter_count(stmt) > 1) sqlite3_bind_int(stmt, 2, row);
        sqlite3_step(stmt);
        sqlite3_finalize(stmt);
        data += 4 + count, size -= 4 + count;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_path();
    size_t whole;
    const uint8_t *sound = fuzz_database(&whole);
    fuzz_write(path, sound, whole);
    sqlite3 *db;
    fuzz_check(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_exec(db,
                 "PRAGMA ignore_check_constraints = 1; PRAGMA synchronous = OFF; PRAGMA "
                 "journal_mode = MEMORY; BEGIN",
                 NULL, NULL, NULL);
    if (!update_count) find_columns(db);
    change(db, data, size);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
    fuzz_read_database(path);
    return 0;
}
