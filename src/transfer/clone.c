/* All rows of all tables, in the order in which they refer to each other. */
#include <gatehouse/clone.h>

#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <gatehouse/doctor.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

enum kind { NUMBER, TEXT, BYTES };
enum { COLUMNS_MAX = 22, SQL_SIZE = 1000, STEP_ROWS = 500 };

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
    struct column columns[COLUMNS_MAX];
} tables[] = {
    {"setting", false, {COLUMN("name", TEXT), COLUMN("value", NUMBER), COLUMN("text", TEXT)}},
    {"counter", false, {COLUMN("name", TEXT), COLUMN("value", NUMBER)}},
    {"account",
     true,
     {COLUMN("number", NUMBER), COLUMN("name", TEXT), COLUMN("description", TEXT),
      COLUMN("owner", TEXT), COLUMN("active", NUMBER), COLUMN("created", NUMBER),
      COLUMN("version", NUMBER), COLUMN("tokens", NUMBER), COLUMN("last_used", NUMBER)}},
    {"account_group",
     true,
     {COLUMN("number", NUMBER), COLUMN("name", TEXT), COLUMN("folded", TEXT),
      COLUMN("description", TEXT), COLUMN("system", NUMBER), COLUMN("members", NUMBER),
      COLUMN("version", NUMBER)}},
    {"membership", false, {COLUMN("account_group", NUMBER), COLUMN("account", NUMBER)}},
    {"permission",
     true,
     {COLUMN("number", NUMBER), COLUMN("id", TEXT), COLUMN("name", TEXT), COLUMN("sentence", TEXT),
      COLUMN("accounts", NUMBER), COLUMN("groups", NUMBER)}},
    {"account_grant", false, {COLUMN("account", NUMBER), COLUMN("permission", NUMBER)}},
    {"group_grant", false, {COLUMN("account_group", NUMBER), COLUMN("permission", NUMBER)}},
    {"token",
     true,
     {COLUMN("number", NUMBER), COLUMN("account", NUMBER), COLUMN("name", TEXT),
      COLUMN("last_four", TEXT), COLUMN("created", NUMBER), COLUMN("expires", NUMBER),
      COLUMN("suspended", NUMBER), COLUMN("revoked", NUMBER), COLUMN("last_used", NUMBER),
      COLUMN("last_from", TEXT), COLUMN("box", BYTES), COLUMN("narrowed", NUMBER),
      COLUMN("canary", NUMBER), COLUMN("successor", NUMBER), COLUMN("rotated", NUMBER),
      COLUMN("imported", NUMBER), COLUMN("denied", NUMBER), COLUMN("denied_from", TEXT),
      COLUMN("denied_why", NUMBER)}},
    {"token_permission", false, {COLUMN("token", NUMBER), COLUMN("permission", NUMBER)}},
    {"token_network", false, {COLUMN("token", NUMBER), COLUMN("network", TEXT)}},
    {"digest",
     false,
     {COLUMN("digest", BYTES), COLUMN("token", NUMBER), COLUMN("account", NUMBER),
      COLUMN("expires", NUMBER), COLUMN("suspended", NUMBER), COLUMN("dead", NUMBER),
      COLUMN("checks", NUMBER)}},
    {"vault", false, {COLUMN("id", BYTES), COLUMN("public_key", BYTES)}},
    {"key_slot",
     true,
     {COLUMN("number", NUMBER), COLUMN("kind", NUMBER), COLUMN("label", TEXT),
      COLUMN("created", NUMBER), COLUMN("operations", NUMBER), COLUMN("memory", NUMBER),
      COLUMN("salt", BYTES), COLUMN("nonce", BYTES), COLUMN("wrapped", BYTES)}},
    {"event",
     false,
     {COLUMN("sequence", NUMBER), COLUMN("at", NUMBER), COLUMN("uid", NUMBER),
      COLUMN("username", TEXT), COLUMN("login_uid", NUMBER), COLUMN("login", TEXT),
      COLUMN("claim", TEXT), COLUMN("host", TEXT), COLUMN("terminal", TEXT), COLUMN("kind", TEXT),
      COLUMN("subject", TEXT), COLUMN("account", NUMBER), COLUMN("token", NUMBER),
      COLUMN("before", TEXT), COLUMN("after", TEXT), COLUMN("hash", BYTES)}},
    {"search",
     false,
     {COLUMN("name", TEXT), COLUMN("filter", TEXT), COLUMN("facet", NUMBER), COLUMN("sort", NUMBER),
      COLUMN("descending", NUMBER)}},
};
enum { TABLES = sizeof tables / sizeof *tables };

/* The SQL must live as long as the stores. */
struct sql {
    char select[SQL_SIZE], insert[SQL_SIZE], empty[100];
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

static void write_sql(const struct table *table, struct sql *sql)
{
    char values[SQL_SIZE] = "";
    snprintf(sql->select, SQL_SIZE, "SELECT ");
    snprintf(sql->insert, SQL_SIZE, "INSERT INTO %s (", table->name);
    snprintf(sql->empty, sizeof sql->empty, "DELETE FROM %s", table->name);
    for (const struct column *column = table->columns; column->name; column++) {
        const char *comma = column == table->columns ? "" : ", ";
        add(sql->select, comma);
        add(sql->select, column->name);
        add(sql->insert, comma);
        add(sql->insert, column->name);
        add(values, comma);
        add(values, column->parameter);
    }
    add(sql->select, " FROM ");
    add(sql->select, table->name);
    add(sql->insert, ") VALUES (");
    add(sql->insert, values);
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

static enum error report(struct clone *clone)
{
    const struct progress *progress = clone->progress;
    if (++clone->done->rows % STEP_ROWS || !progress || !progress->step) return OK;
    if (!progress->step(progress->arg, (size_t)clone->done->rows, 0)) return OK;
    return fail(ERR_STOPPED, "stopped; nothing was copied");
}

static enum error carry_rows(struct clone *clone, const struct table *table, const struct sql *sql)
{
    struct stmt *from = store_prepare(clone->from, sql->select);
    enum error e = OK;
    while (stmt_next(from, &e)) {
        struct stmt *to = store_prepare(clone->to, sql->insert);
        for (const struct column *column = table->columns; column->name; column++)
            carry_value(from, to, column);
        e = stmt_run(to);
        if (!e) e = report(clone);
    }
    return e;
}

static enum error carry_number(struct clone *clone, const struct table *table)
{
    int64_t last = 0;
    enum error e = table->numbered ? store_last_number(clone->from, table->name, &last) : OK;
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
