/* All rows of all tables, in the order in which they refer to each other. They are read in pages by
 * the primary key, so that memory does not grow with the table: PostgreSQL returns the whole answer
 * of a statement at once. */
#include <gatehouse/clone.h>

#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <gatehouse/doctor.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

enum kind { NUMBER, TEXT, BYTES };
enum { COLUMNS_MAX = 22, KEYS_MAX = 2, SQL_SIZE = 1000, PAGE_ROWS = 500 };

struct column {
    const char *name, *parameter;
    enum kind kind;
};
#define COLUMN(name, kind)                                                                         \
    {                                                                                              \
        name, ":" name, kind                                                                       \
    }

static const struct table {
    const char *name;
    bool numbered; /* it gives its column `number` by itself */
    int keys;      /* so many of the first columns are the primary key */
    struct column columns[COLUMNS_MAX];
} tables[] = {
    {"setting", false, 1, {COLUMN("name", TEXT), COLUMN("value", NUMBER), COLUMN("text", TEXT)}},
    {"counter", false, 1, {COLUMN("name", TEXT), COLUMN("value", NUMBER)}},
    {"account",
     true,
     1,
     {COLUMN("number", NUMBER), COLUMN("name", TEXT), COLUMN("description", TEXT),
      COLUMN("owner", TEXT), COLUMN("active", NUMBER), COLUMN("created", NUMBER),
      COLUMN("tokens", NUMBER), COLUMN("last_used", NUMBER)}},
    {"account_group",
     true,
     1,
     {COLUMN("number", NUMBER), COLUMN("name", TEXT), COLUMN("folded", TEXT),
      COLUMN("description", TEXT), COLUMN("system", NUMBER), COLUMN("members", NUMBER)}},
    {"membership", false, 2, {COLUMN("account_group", NUMBER), COLUMN("account", NUMBER)}},
    {"permission",
     true,
     1,
     {COLUMN("number", NUMBER), COLUMN("id", TEXT), COLUMN("name", TEXT), COLUMN("sentence", TEXT),
      COLUMN("accounts", NUMBER), COLUMN("groups", NUMBER)}},
    {"account_grant", false, 2, {COLUMN("account", NUMBER), COLUMN("permission", NUMBER)}},
    {"group_grant", false, 2, {COLUMN("account_group", NUMBER), COLUMN("permission", NUMBER)}},
    {"token",
     true,
     1,
     {COLUMN("number", NUMBER), COLUMN("account", NUMBER), COLUMN("name", TEXT),
      COLUMN("last_four", TEXT), COLUMN("created", NUMBER), COLUMN("expires", NUMBER),
      COLUMN("suspended", NUMBER), COLUMN("revoked", NUMBER), COLUMN("last_used", NUMBER),
      COLUMN("last_from", TEXT), COLUMN("box", BYTES), COLUMN("narrowed", NUMBER),
      COLUMN("canary", NUMBER), COLUMN("successor", NUMBER), COLUMN("rotated", NUMBER),
      COLUMN("imported", NUMBER), COLUMN("denied", NUMBER), COLUMN("denied_from", TEXT),
      COLUMN("denied_why", NUMBER)}},
    {"token_permission", false, 2, {COLUMN("token", NUMBER), COLUMN("permission", NUMBER)}},
    {"token_network", false, 2, {COLUMN("token", NUMBER), COLUMN("network", TEXT)}},
    {"digest",
     false,
     1,
     {COLUMN("digest", BYTES), COLUMN("token", NUMBER), COLUMN("account", NUMBER),
      COLUMN("expires", NUMBER), COLUMN("suspended", NUMBER), COLUMN("dead", NUMBER),
      COLUMN("checks", NUMBER)}},
    {"vault", false, 1, {COLUMN("id", BYTES), COLUMN("public_key", BYTES)}},
    {"key_slot",
     true,
     1,
     {COLUMN("number", NUMBER), COLUMN("kind", NUMBER), COLUMN("label", TEXT),
      COLUMN("created", NUMBER), COLUMN("operations", NUMBER), COLUMN("memory", NUMBER),
      COLUMN("salt", BYTES), COLUMN("nonce", BYTES), COLUMN("wrapped", BYTES)}},
    {"event",
     false,
     1,
     {COLUMN("sequence", NUMBER), COLUMN("at", NUMBER), COLUMN("uid", NUMBER),
      COLUMN("username", TEXT), COLUMN("login_uid", NUMBER), COLUMN("login", TEXT),
      COLUMN("claim", TEXT), COLUMN("host", TEXT), COLUMN("terminal", TEXT), COLUMN("kind", TEXT),
      COLUMN("subject", TEXT), COLUMN("account", NUMBER), COLUMN("token", NUMBER),
      COLUMN("before", TEXT), COLUMN("after", TEXT), COLUMN("hash", BYTES)}},
    {"search",
     false,
     1,
     {COLUMN("name", TEXT), COLUMN("filter", TEXT), COLUMN("facet", NUMBER), COLUMN("sort", NUMBER),
      COLUMN("descending", NUMBER)}},
};
enum { TABLES = sizeof tables / sizeof *tables };

/* The SQL must live as long as the stores. */
struct sql {
    char first_page[SQL_SIZE], next_page[SQL_SIZE], insert[SQL_SIZE], empty[100];
};

/* A value of the primary key of the last row of a page. None of ours is longer. */
struct key {
    int64_t number;
    char bytes[512]; /* text has a zero at its end */
    size_t size;
};

struct clone {
    struct store *from, *to;
    const struct progress *progress;
    struct clone_done *done;
    struct sql sql[TABLES];
    char found[ERROR_MESSAGE_MAX]; /* the first finding; "": none */
};

static void add(char sql[static SQL_SIZE], const char *text)
{
    size_t size = strlen(sql);
    snprintf(sql + size, SQL_SIZE - size, "%s", text);
}

/* The names of the first `count` columns, or of their parameters. */
static void add_list(char sql[static SQL_SIZE], const struct table *table, int count,
                     bool parameters)
{
    for (int i = 0; i < count && table->columns[i].name; i++) {
        const struct column *column = &table->columns[i];
        add(sql, i ? ", " : "");
        add(sql, parameters ? column->parameter : column->name);
    }
}

static void write_page(const struct table *table, bool first, char sql[static SQL_SIZE])
{
    add(sql, "SELECT ");
    add_list(sql, table, COLUMNS_MAX, false);
    add(sql, " FROM ");
    add(sql, table->name);
    if (!first) {
        add(sql, " WHERE (");
        add_list(sql, table, table->keys, false);
        add(sql, ") > (");
        add_list(sql, table, table->keys, true);
        add(sql, ")");
    }
    add(sql, " ORDER BY ");
    add_list(sql, table, table->keys, false);
    add(sql, " LIMIT :rows");
}

static void write_sql(const struct table *table, struct sql *sql)
{
    *sql = (struct sql){0};
    write_page(table, true, sql->first_page);
    write_page(table, false, sql->next_page);
    snprintf(sql->empty, sizeof sql->empty, "DELETE FROM %s", table->name);
    snprintf(sql->insert, SQL_SIZE, "INSERT INTO %s (", table->name);
    add_list(sql->insert, table, COLUMNS_MAX, false);
    add(sql->insert, ") VALUES (");
    add_list(sql->insert, table, COLUMNS_MAX, true);
    add(sql->insert, ")");
}

static void carry_value(struct stmt *from, struct stmt *to, const struct column *column)
{
    const bool is_null = column_is_null(from, column->name);
    size_t size = 0;
    const void *bytes;
    switch (column->kind) {
    case NUMBER:
        if (is_null)
            bind_time(to, column->parameter, WHEN_NEVER);
        else
            bind_int(to, column->parameter, column_int(from, column->name));
        break;
    case TEXT:
        bind_text(to, column->parameter, is_null ? NULL : column_text(from, column->name));
        break;
    case BYTES:
        bytes = column_blob(from, column->name, &size);
        bind_blob(to, column->parameter, is_null ? NULL : bytes, size);
        break;
    }
}

static enum error report(const struct clone *clone)
{
    const struct progress *progress = clone->progress;
    if (!progress || !progress->step) return OK;
    if (!progress->step(progress->arg, (size_t)clone->done->rows, 0)) return OK;
    return fail(ERR_STOPPED, "stopped; nothing was copied");
}

static enum error keep_key(struct stmt *stmt, const struct column *column, struct key *key)
{
    const void *bytes = NULL;
    if (column->kind == NUMBER) {
        key->number = column_int(stmt, column->name);
        return OK;
    }
    if (column->kind == BYTES) {
        bytes = column_blob(stmt, column->name, &key->size);
    } else {
        bytes = column_text(stmt, column->name);
        key->size = strlen(bytes);
    }
    if (key->size >= sizeof key->bytes)
        return fail(ERR_STORE, "the database is damaged: gatehouse doctor says where");
    if (key->size) memcpy(key->bytes, bytes, key->size);
    key->bytes[key->size] = 0;
    return OK;
}

static void bind_key(struct stmt *stmt, const struct column *column, const struct key *key)
{
    if (column->kind == NUMBER)
        bind_int(stmt, column->parameter, key->number);
    else if (column->kind == TEXT)
        bind_text(stmt, column->parameter, key->bytes);
    else
        bind_blob(stmt, column->parameter, key->bytes, key->size);
}

static enum error carry_row(struct clone *clone, const struct table *table, const char *insert,
                            struct stmt *from)
{
    struct stmt *to = store_prepare(clone->to, insert);
    for (const struct column *column = table->columns; column->name; column++)
        carry_value(from, to, column);
    clone->done->rows++;
    return stmt_run(to);
}

/* The rows after `keys`, which become those of the last. */
static enum error carry_page(struct clone *clone, const struct table *table, const struct sql *sql,
                             bool first, struct key keys[static KEYS_MAX], int *count)
{
    struct stmt *from = store_prepare(clone->from, first ? sql->first_page : sql->next_page);
    enum error e = OK;
    bind_int(from, ":rows", PAGE_ROWS);
    for (int i = 0; i < table->keys && !first; i++)
        bind_key(from, &table->columns[i], &keys[i]);
    for (*count = 0; stmt_next(from, &e); ++*count) {
        e = carry_row(clone, table, sql->insert, from);
        for (int i = 0; i < table->keys && !e; i++)
            e = keep_key(from, &table->columns[i], &keys[i]);
    }
    return e ? e : report(clone);
}

static enum error carry_rows(struct clone *clone, const struct table *table, const struct sql *sql)
{
    struct key keys[KEYS_MAX] = {{0}};
    int count = 0;
    enum error e = carry_page(clone, table, sql, true, keys, &count);
    while (!e && count == PAGE_ROWS)
        e = carry_page(clone, table, sql, false, keys, &count);
    return e;
}

static enum error carry_number(struct clone *clone, const struct table *table)
{
    int64_t last = 0;
    if (!table->numbered) return OK;
    enum error e = store_last_number(clone->from, table->name, &last);
    return e || !last ? e : store_raise_number(clone->to, table->name, last);
}

/* A new database has a few rows already. */
static enum error carry_all(struct clone *clone)
{
    enum error e = OK;
    for (int i = TABLES - 1; i >= 0 && !e; i--)
        e = stmt_run(store_prepare(clone->to, clone->sql[i].empty));
    for (int i = 0; i < TABLES && !e; i++) {
        e = carry_rows(clone, &tables[i], &clone->sql[i]);
        if (!e) e = carry_number(clone, &tables[i]);
    }
    return e;
}

static void note(const char *sentence, void *arg)
{
    struct clone *clone = arg;
    if (!clone->found[0]) snprintf(clone->found, sizeof clone->found, "%s", sentence);
}

static enum error verify(struct clone *clone)
{
    uint8_t there[AUDIT_HASH_SIZE] = {0}, here[AUDIT_HASH_SIZE] = {0};
    int64_t last = 0;
    enum error e = doctor_run(clone->to, NULL, note, clone);
    if (!e && clone->found[0])
        e = fail(ERR_CONFLICT, "the copy is not sound, and was not kept: %s", clone->found);
    if (!e) e = audit_head(clone->from, &clone->done->last_event, there);
    if (!e) e = audit_head(clone->to, &last, here);
    if (e || (last == clone->done->last_event && memcmp(here, there, sizeof here) == 0)) return e;
    return fail(ERR_CONFLICT, "the copy ends with another event, and was not kept");
}

static enum error fill(struct store *store, void *arg)
{
    struct clone *clone = arg;
    clone->to = store;
    enum error e = store_begin(store);
    if (e) return e;
    e = carry_all(clone);
    return store_end(store, e ? e : verify(clone));
}

enum error clone_database(const char *from, const char *to, const struct progress *progress,
                          struct clone_done *done)
{
    struct clone clone = {.progress = progress, .done = done};
    *done = (struct clone_done){0};
    for (int i = 0; i < TABLES; i++)
        write_sql(&tables[i], &clone.sql[i]);
    enum error e = database_open(from, STORE_READ_ONLY, &clone.from);
    if (e) return e;
    e = store_begin_read(clone.from);
    if (!e) e = store_end(clone.from, database_create(to, fill, &clone));
    store_close(clone.from);
    return e;
}
