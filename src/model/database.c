#include <gatehouse/database.h>

#include "group_internal.h"
#include <errno.h>
#include <gatehouse/memory.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Embedded at build time from schema*.sql and data/permissions.json. */
extern const char schema_sql[];
extern const char schema_2_sql[];
extern const char schema_postgres_sql[];
extern const char schema_3_sql[];
extern const char schema_4_sql[];
extern const char schema_5_sql[];
extern const char schema_6_sql[];
extern const char schema_7_sql[];
extern const char schema_8_sql[];
extern const char schema_9_sql[];
extern const char schema_postgres_9_sql[];
extern const char catalogue_json[];

static enum error install_permission(struct store *store, json_t *item)
{
    struct stmt *stmt = store_prepare(store, "INSERT INTO permission (id, name, sentence) VALUES "
                                             "(:id, :name, :sentence)");
    bind_text(stmt, ":id", json_string_value(json_object_get(item, "id")));
    bind_text(stmt, ":name", json_string_value(json_object_get(item, "name")));
    bind_text(stmt, ":sentence", json_string_value(json_object_get(item, "description")));
    return stmt_run(stmt);
}

static enum error install_catalogue(struct store *store)
{
    json_t *catalogue = json_loads(catalogue_json, 0, NULL);
    if (!catalogue) return fail(ERR_SYSTEM, "the built-in catalogue of permissions is damaged");
    enum error e = OK;
    size_t i;
    json_t *item;
    json_array_foreach(catalogue, i, item)
    {
        if (!e) e = install_permission(store, item);
    }
    json_decref(catalogue);
    return e;
}

static enum error fill_new(struct store *store, void *arg)
{
    (void)arg;
    struct stmt *stmt =
        store_prepare(store, "INSERT INTO account_group (number, name, folded, description, "
                             "system) VALUES (1, 'Everyone', 'everyone', 'Every account', 1)");
    enum error e = stmt_run(stmt);
    return e ? e : install_catalogue(store);
}

static enum error refold(struct store *store, void *arg)
{
    (void)arg;
    return group_refold(store);
}

static const struct migration migrations[] = {
    {.sql = schema_sql, .postgres = schema_postgres_sql, .after = fill_new},
    {.sql = schema_2_sql},
    {.sql = schema_3_sql},
    {.sql = schema_4_sql},
    {.sql = schema_5_sql, .after = refold},
    {.sql = schema_6_sql},
    {.sql = schema_7_sql},
    {.sql = schema_8_sql},
    {.sql = schema_9_sql, .postgres = schema_postgres_9_sql}};
static const struct schema schema = {.migrations = migrations,
                                     .count = sizeof migrations / sizeof *migrations};

static void watch_json(void)
{
    json_set_alloc_funcs(memory_allocate, free);
}

/* An event must not lack what there was no memory for. */
static void watch_memory(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_json);
}

enum error database_open(const char *path, enum store_mode mode, struct store **out)
{
    watch_memory();
    return store_open(path, mode, &schema, out);
}

enum error database_create(const char *path, enum error (*fill)(struct store *store, void *arg),
                           void *arg)
{
    watch_memory();
    return store_create(path, &schema, fill, arg);
}

enum error database_open_memory(struct store **out)
{
    watch_memory();
    return store_open_memory(&schema, out);
}

static enum error join(char *out, size_t out_size, const char *folder, const char *rest)
{
    int size = snprintf(out, out_size, "%s%s", folder, rest);
    if (size < 0 || (size_t)size >= out_size)
        return fail(ERR_USAGE, "the path of the database is too long");
    return OK;
}

static enum error check_given(const char *given, char *out, size_t out_size)
{
    if (strstr(given, "://") && !store_is_address(given))
        return fail(ERR_USAGE,
                    "“%s” is neither a path nor an address of PostgreSQL (postgresql://…)", given);
    return join(out, out_size, given, "");
}

enum error database_path(const char *given, char *out, size_t out_size)
{
    static const char system_path[] = "/var/lib/gatehouse/gatehouse.db";
    const char *variable = getenv("GATEHOUSE_DB");
    if (given) return check_given(given, out, out_size);
    if (variable && *variable) return check_given(variable, out, out_size);
    if (access(system_path, F_OK) == 0) return join(out, out_size, system_path, "");
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (data && *data == '/') return join(out, out_size, data, "/gatehouse/gatehouse.db");
    if (home && *home) return join(out, out_size, home, "/.local/share/gatehouse/gatehouse.db");
    return fail(ERR_USAGE, "HOME is not set: name the database with --db PATH");
}

static void cut(char *from, size_t size)
{
    memmove(from, from + size, strlen(from + size) + 1);
}

/* USER:PASSWORD@ before the first host. */
static void cut_password_of_user(char *user)
{
    const size_t size = strcspn(user, "/?");
    const char *at = memrchr(user, '@', size);
    char *colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;
    if (colon) cut(colon, (size_t)(at - colon));
}

void database_name(const char *path, char out[static DATABASE_NAME_SIZE])
{
    static const char word[] = "password=";
    snprintf(out, DATABASE_NAME_SIZE, "%s", path);
    if (!store_is_address(path)) return;
    cut_password_of_user(strstr(out, "://") + strlen("://"));
    for (char *at = strstr(out, word); at; at = strstr(at, word)) {
        at += strlen(word);
        cut(at, strcspn(at, "&"));
    }
}

enum error database_make_folder(const char *path)
{
    if (store_is_address(path)) return OK;
    char *copy = strdup(path);
    if (!copy) return fail_memory();
    enum error e = OK;
    for (char *slash = strchr(copy + 1, '/'); slash && !e; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(copy, 0700) != 0 && errno != EEXIST)
            e = fail(ERR_SYSTEM, "cannot create the folder %s: %s", copy, strerror(errno));
        *slash = '/';
    }
    free(copy);
    return e;
}
