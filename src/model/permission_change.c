#include <gatehouse/permission_change.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/text.h>

#include "audit_internal.h"
#include "counter.h"
#include <stdlib.h>
#include <string.h>

enum error permission_check_id(const char *id)
{
    size_t size = strlen(id);
    if (size == 0 || size > PERMISSION_ID_MAX ||
        strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_:./-") != size)
        return fail(ERR_INVALID, "“%s” is not a valid permission id: 1 to %d of a-z 0-9 _ : . / -",
                    id, PERMISSION_ID_MAX);
    if (strcmp(id, permission_reserved) == 0)
        return fail(ERR_CONFLICT, "%s is reserved: choose another id", permission_reserved);
    return stored_text_check("the permission's id", id);
}

enum error permission_check_texts(const char *name, const char *sentence)
{
    if (!text_is_name(name) || text_length(name) < 1 || text_length(name) > PERMISSION_NAME_MAX)
        return fail(ERR_INVALID, "a permission's name has 1 to %d visible characters",
                    PERMISSION_NAME_MAX);
    if (!text_is_printable(sentence, false) || text_length(sentence) > PERMISSION_SENTENCE_MAX)
        return fail(ERR_INVALID, "a permission's sentence has at most %d printable characters",
                    PERMISSION_SENTENCE_MAX);
    enum error e = stored_text_check("the permission's name", name);
    return e ? e : stored_text_check("the permission's sentence", sentence);
}

enum error permission_name_taken(struct store *store, const char *name, int64_t except, bool *taken)
{
    struct permissions *all = NULL;
    *taken = false;
    enum error e = permission_list(store, &all);
    for (size_t i = 0; !e && i < all->count && !*taken; i++)
        *taken = all->items[i].number != except && text_is_alike(all->items[i].name, name);
    free(all);
    return e;
}

static enum error refuse_taken(struct store *store, const char *name, int64_t except)
{
    bool taken;
    enum error e = permission_name_taken(store, name, except, &taken);
    return e || !taken
               ? e
               : fail(ERR_CONFLICT, "another permission is named “%s”: choose another name", name);
}

static json_t *texts(const char *name, const char *sentence)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", event_text(name));
    json_object_set_new(object, "sentence", event_text(sentence));
    return object;
}

static enum error create(const struct act *act, const char *id, const char *name,
                         const char *sentence, int64_t *number)
{
    int64_t taken;
    struct stmt *stmt = store_prepare(act->store, "SELECT 1 FROM permission WHERE id = :id");
    bind_text(stmt, ":id", id);
    enum error e = stmt_int(stmt, &taken);
    if (e == OK)
        return fail(ERR_CONFLICT, "the permission “%s” already exists: choose another id", id);
    if (e == ERR_NOT_FOUND) e = refuse_taken(act->store, name, 0);
    if (e) return e;
    stmt = store_prepare(act->store, "INSERT INTO permission (id, name, sentence) VALUES (:id, "
                                     ":name, :sentence) RETURNING number");
    bind_text(stmt, ":id", id);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":sentence", sentence);
    e = stmt_int(stmt, number);
    if (e) return e;
    return audit_write_json(act, "permission.create", id, 0, 0, NULL, texts(name, sentence));
}

enum error permission_create(const struct act *act, const char *id, const char *name,
                             const char *sentence, int64_t *number)
{
    enum error e = permission_check_id(id);
    if (!e) e = permission_check_texts(name, sentence);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, create(act, id, name, sentence, number));
}

static enum error edit(const struct act *act, int64_t number, const char *name,
                       const char *sentence, bool *changed)
{
    struct permission before;
    enum error e = permission_get(act->store, number, &before);
    if (e) return e;
    if (!name) name = before.name;
    if (!sentence) sentence = before.sentence;
    e = permission_check_texts(name, sentence);
    *changed = strcmp(before.name, name) != 0 || strcmp(before.sentence, sentence) != 0;
    if (e || !*changed) return e;
    if (strcmp(before.name, name) != 0) e = refuse_taken(act->store, name, number);
    if (e) return e;
    struct stmt *stmt = store_prepare(act->store, "UPDATE permission SET name = :name, sentence = "
                                                  ":sentence WHERE number = :number");
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":sentence", sentence);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    return audit_write_json(act, "permission.update", before.id, 0, 0,
                            texts(before.name, before.sentence), texts(name, sentence));
}

enum error permission_edit(const struct act *act, int64_t number, const char *name,
                           const char *sentence, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, edit(act, number, name, sentence, changed ? changed : &ignored));
}

static enum error delete_permission(const struct act *act, int64_t number)
{
    struct permission before;
    enum error e = permission_get(act->store, number, &before);
    if (e) return e;
    struct stmt *stmt = store_prepare(act->store, "DELETE FROM permission WHERE number = :number");
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    json_t *was = texts(before.name, before.sentence);
    json_object_set_new(was, "accounts", json_integer(before.accounts));
    json_object_set_new(was, "groups", json_integer(before.groups));
    return audit_write_json(act, "permission.delete", before.id, 0, 0, was, NULL);
}

enum error permission_delete(const struct act *act, int64_t number)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, delete_permission(act, number));
}
