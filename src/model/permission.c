#include <gatehouse/account.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>

#include "json.h"
#include "permission_row.h"
#include "rows.h"
#include <stdlib.h>
#include <string.h>

static void read_permission(struct stmt *stmt, void *item)
{
    struct permission *permission = item;
    permission->number = column_int(stmt, "number");
    column_copy(stmt, "id", permission->id, sizeof permission->id);
    column_copy(stmt, "name", permission->name, sizeof permission->name);
    column_copy(stmt, "sentence", permission->sentence, sizeof permission->sentence);
}

enum error permission_list(struct store *store, struct permissions **out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT number, id, name, sentence FROM permission ORDER BY name, id");
    return rows_collect(stmt, sizeof(struct permissions), sizeof(struct permission),
                        read_permission, (void **)out);
}

enum error permission_find(struct store *store, const char *id, int64_t *number)
{
    struct stmt *stmt = store_prepare(store, "SELECT number FROM permission WHERE id = :id");
    bind_text(stmt, ":id", id);
    enum error e = stmt_int(stmt, number);
    return e == ERR_NOT_FOUND
               ? fail(e, "there is no permission “%s”: gatehouse permission list shows them", id)
               : e;
}

static const char reserved[] = "token_management";

enum error permission_read_id(struct store *store, int64_t permission, bool granted,
                              char id[static PERMISSION_ID_MAX + 1])
{
    struct stmt *stmt = store_prepare(store, "SELECT id FROM permission WHERE number = :number");
    bind_int(stmt, ":number", permission);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "that permission is gone: it was deleted");
    column_copy(stmt, "id", id, PERMISSION_ID_MAX + 1);
    stmt_reset(stmt);
    if (granted && strcmp(id, reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: grant another permission", reserved);
    return OK;
}

static enum error check_texts(const char *id, const char *name, const char *sentence)
{
    size_t size = strlen(id);
    if (size == 0 || size > PERMISSION_ID_MAX ||
        strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_:./-") != size)
        return fail(ERR_INVALID, "“%s” is no permission id: 1 to %d of a-z 0-9 _ : . / -", id,
                    PERMISSION_ID_MAX);
    if (strcmp(id, reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: choose another id", reserved);
    if (!text_is_printable(name, false) || text_length(name) < 1 ||
        text_length(name) > PERMISSION_NAME_MAX)
        return fail(ERR_INVALID, "a permission's name has 1 to %d printable characters",
                    PERMISSION_NAME_MAX);
    if (!text_is_printable(sentence, false) || text_length(sentence) > PERMISSION_SENTENCE_MAX)
        return fail(ERR_INVALID, "a permission's sentence has at most %d printable characters",
                    PERMISSION_SENTENCE_MAX);
    return OK;
}

static enum error create(const struct act *act, const char *id, const char *name,
                         const char *sentence, int64_t *number)
{
    int64_t taken;
    struct stmt *stmt = store_prepare(act->store, "SELECT 1 FROM permission WHERE id = :id");
    bind_text(stmt, ":id", id);
    enum error e = stmt_int(stmt, &taken);
    if (e == OK) return fail(ERR_CONFLICT, "the permission “%s” exists: choose another id", id);
    if (e != ERR_NOT_FOUND) return e;
    stmt = store_prepare(act->store, "INSERT INTO permission (id, name, sentence) VALUES (:id, "
                                     ":name, :sentence)");
    bind_text(stmt, ":id", id);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":sentence", sentence);
    e = stmt_run(stmt);
    if (e) return e;
    *number = store_last_id(act->store);
    json_t *after = json_object();
    json_object_set_new(after, "name", event_text(name));
    json_object_set_new(after, "sentence", event_text(sentence));
    return audit_write_json(act, "permission.create", id, 0, 0, NULL, after);
}

enum error permission_create(const struct act *act, const char *id, const char *name,
                             const char *sentence, int64_t *number)
{
    enum error e = check_texts(id, name, sentence);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, create(act, id, name, sentence, number));
}

static enum error grant(const struct act *act, int64_t account, int64_t permission, bool granted)
{
    char id[PERMISSION_ID_MAX + 1];
    enum error e = permission_read_id(act->store, permission, granted, id);
    if (e) return e;
    struct account_details details;
    int64_t version;
    e = account_details_load(act->store, account, &details, &version);
    if (e) return e;
    if (granted)
        e = id_set_add(&details.permissions, permission);
    else
        id_set_remove(&details.permissions, permission);
    if (!e) e = account_update(act, account, version, &details);
    account_details_free(&details);
    return e;
}

enum error permission_grant(const struct act *act, int64_t account, int64_t permission,
                            bool granted)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, grant(act, account, permission, granted));
}
