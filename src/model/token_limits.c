#include <gatehouse/permission.h>
#include <gatehouse/token_limits.h>

#include "audit_internal.h"
#include "token_limits_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void token_limits_free(struct token_limits *limits)
{
    id_set_free(&limits->permissions);
    free(limits->networks);
    *limits = (struct token_limits){0};
}

enum error token_limits_add_network(struct token_limits *limits, const char *typed)
{
    char network[NETWORK_TEXT_SIZE] = ""; /* zeroed, because it is compared as a whole */
    size_t at = 0;
    enum error e = network_canonical(typed, network);
    if (e) return e;
    while (at < limits->network_count && strcmp(limits->networks[at], network) < 0)
        at++;
    if (at < limits->network_count && strcmp(limits->networks[at], network) == 0) return OK;
    char(*larger)[NETWORK_TEXT_SIZE] =
        realloc(limits->networks, (limits->network_count + 1) * sizeof *larger);
    if (!larger) return fail_memory();
    limits->networks = larger;
    memmove(larger + at + 1, larger + at, (limits->network_count - at) * sizeof *larger);
    memcpy(larger[at], network, sizeof network);
    limits->network_count++;
    return OK;
}

static enum error add_permission(struct store *store, const char *typed,
                                 struct token_limits *limits)
{
    int64_t number;
    enum error e = permission_find_typed(store, typed, &number);
    return e ? e : id_set_add(&limits->permissions, number);
}

/* What stands between two commas: one id or name; names may contain blanks, so only what is not a
 * name is several ids. */
static enum error add_permissions(struct store *store, char *part, struct token_limits *limits)
{
    char *rest = NULL;
    part += strspn(part, " \t");
    for (size_t size = strlen(part); size && strchr(" \t", part[size - 1]); size--)
        part[size - 1] = 0;
    if (!*part) return OK;
    enum error e = add_permission(store, part, limits);
    if (e != ERR_NOT_FOUND || !strpbrk(part, " \t")) return e;
    e = OK;
    for (char *id = strtok_r(part, " \t", &rest); id && !e; id = strtok_r(NULL, " \t", &rest))
        e = add_permission(store, id, limits);
    return e;
}

static enum error parse(struct store *store, const char *permissions, const char *networks,
                        struct token_limits *out)
{
    enum error e = OK;
    char *list = strdup(permissions ? permissions : ""), *rest = NULL;
    char *other = strdup(networks ? networks : "");
    if (!list || !other) e = fail_memory();
    if (!e)
        for (char *part = strtok_r(list, ",", &rest); part && !e; part = strtok_r(NULL, ",", &rest))
            e = add_permissions(store, part, out);
    if (!e)
        for (char *net = strtok_r(other, ", \t", &rest); net && !e;
             net = strtok_r(NULL, ", \t", &rest))
            e = token_limits_add_network(out, net);
    free(list);
    free(other);
    return e;
}

enum error token_limits_parse(struct store *store, const char *permissions, const char *networks,
                              struct token_limits *out)
{
    *out = (struct token_limits){.narrowed = permissions != NULL};
    enum error e = parse(store, permissions, networks, out);
    if (e) token_limits_free(out);
    return e;
}

static enum error load_flags(struct store *store, int64_t token, struct token_limits *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT narrowed, canary FROM token WHERE number = :token");
    bind_int(stmt, ":token", token);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "there is no token %lld", (long long)token);
    out->narrowed = column_int(stmt, "narrowed");
    out->canary = column_int(stmt, "canary");
    stmt_reset(stmt);
    return OK;
}

static enum error load_sets(struct store *store, int64_t token, struct token_limits *out)
{
    enum error e = OK;
    struct stmt *stmt =
        store_prepare(store, "SELECT permission FROM token_permission WHERE token = :token");
    bind_int(stmt, ":token", token);
    while (stmt_next(stmt, &e))
        e = id_set_add(&out->permissions, column_int(stmt, "permission"));
    if (e) return e;
    stmt = store_prepare(store, "SELECT network FROM token_network WHERE token = :token");
    bind_int(stmt, ":token", token);
    while (stmt_next(stmt, &e))
        e = token_limits_add_network(out, column_text(stmt, "network"));
    return e;
}

enum error token_limits_load(struct store *store, int64_t token, struct token_limits *out)
{
    *out = (struct token_limits){0};
    enum error e = load_flags(store, token, out);
    if (!e) e = load_sets(store, token, out);
    if (e) token_limits_free(out);
    return e;
}

enum error token_allowed(struct store *store, int64_t token, int64_t account, struct id_set *out)
{
    struct permission_sources *sources = NULL;
    struct token_limits limits;
    *out = (struct id_set){0};
    enum error e = token_limits_load(store, token, &limits);
    if (e) return e;
    e = permission_effective(store, account, &sources);
    for (size_t i = 0; !e && i < sources->count; i++) {
        int64_t permission = sources->items[i].permission;
        if (!limits.narrowed || id_set_has(&limits.permissions, permission))
            e = id_set_add(out, permission);
    }
    free(sources);
    token_limits_free(&limits);
    if (e) id_set_free(out);
    return e;
}

/* Appends what fits. */
static void add(char *out, size_t out_size, const char *before, const char *text)
{
    size_t used = strlen(out);
    if (used < out_size) snprintf(out + used, out_size - used, "%s%s", before, text);
}

enum error token_limits_text(struct store *store, const struct token_limits *limits, char *out,
                             size_t out_size)
{
    out[0] = 0;
    if (limits->canary) add(out, out_size, "", "a canary: it never passes");
    if (limits->narrowed && limits->permissions.count == 0)
        add(out, out_size, *out ? "; " : "", "no permission at all");
    for (size_t i = 0; i < limits->permissions.count; i++) {
        struct permission permission;
        enum error e = permission_get(store, limits->permissions.ids[i], &permission);
        if (e) return e;
        add(out, out_size, i ? ", " : *out ? "; only " : "only ", permission.name);
    }
    for (size_t i = 0; i < limits->network_count; i++)
        add(out, out_size, i ? ", " : *out ? "; from " : "from ", limits->networks[i]);
    return OK;
}

static enum error run(struct store *store, const char *sql, int64_t token)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":token", token);
    return stmt_run(stmt);
}

static enum error write_flags(struct store *store, int64_t token, const struct token_limits *limits)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE token SET narrowed = :narrowed, canary = :canary WHERE number = :token");
    bind_int(stmt, ":narrowed", limits->narrowed);
    bind_int(stmt, ":canary", limits->canary);
    bind_int(stmt, ":token", token);
    enum error e = stmt_run(stmt);
    if (e) return e;
    stmt = store_prepare(store, "UPDATE digest SET checks = :checks WHERE token = :token");
    bind_int(stmt, ":checks",
             (limits->narrowed ? CHECK_NARROWED : 0) |
                 (limits->network_count ? CHECK_NETWORKS : 0) |
                 (limits->canary ? CHECK_CANARY : 0));
    bind_int(stmt, ":token", token);
    return stmt_run(stmt);
}

enum error token_limits_write(struct store *store, int64_t token, const struct token_limits *limits)
{
    enum error e = write_flags(store, token, limits);
    if (!e) e = run(store, "DELETE FROM token_permission WHERE token = :token", token);
    if (!e) e = run(store, "DELETE FROM token_network WHERE token = :token", token);
    for (size_t i = 0; !e && i < limits->permissions.count; i++) {
        struct stmt *stmt = store_prepare(
            store, "INSERT INTO token_permission (token, permission) VALUES (:token, :permission)");
        bind_int(stmt, ":token", token);
        bind_int(stmt, ":permission", limits->permissions.ids[i]);
        e = stmt_run(stmt);
    }
    for (size_t i = 0; !e && i < limits->network_count; i++) {
        struct stmt *stmt = store_prepare(
            store, "INSERT INTO token_network (token, network) VALUES (:token, :network)");
        bind_int(stmt, ":token", token);
        bind_text(stmt, ":network", limits->networks[i]);
        e = stmt_run(stmt);
    }
    return e;
}

/* By id: numbers would mean nothing once a permission is deleted. */
json_t *token_limits_permissions_json(struct store *store, const struct token_limits *limits)
{
    if (!limits->narrowed) return json_null();
    json_t *ids = json_array();
    for (size_t i = 0; i < limits->permissions.count; i++) {
        struct permission permission;
        if (!permission_get(store, limits->permissions.ids[i], &permission))
            json_array_append_new(ids, event_text(permission.id));
    }
    return ids;
}

json_t *token_limits_networks_json(const struct token_limits *limits)
{
    json_t *networks = json_array();
    for (size_t i = 0; i < limits->network_count; i++)
        json_array_append_new(networks, event_text(limits->networks[i]));
    return networks;
}

bool token_limits_open(const struct token_limits *before, const struct token_limits *after)
{
    if (before->network_count == 0) return false;
    if (after->network_count == 0) return true;
    for (size_t i = 0; i < after->network_count; i++) {
        bool covered = false;
        for (size_t k = 0; k < before->network_count && !covered; k++)
            covered = network_covers(before->networks[k], after->networks[i]);
        if (!covered) return true;
    }
    return false;
}
