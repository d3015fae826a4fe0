#include "token_limits_write.h"

#include <gatehouse/permission.h>

#include "json.h"

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

/* By id: numbers would say nothing once a permission is gone. */
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
