/* Writes the export: readable, sorted, the same bytes for the same content, without any secret. */
#include "src/transfer/export.h"

#include <gatehouse/account_list.h>
#include <gatehouse/audit.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
#include <gatehouse/token_record.h>
#include <gatehouse/transfer.h>
#include <gatehouse/when.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A group or a permission, in the order of the export. */
struct name {
    int64_t number;
    size_t rank;
    char text[GROUP_NAME_MAX * 4 + 1];
};
_Static_assert(PERMISSION_ID_MAX < GROUP_NAME_MAX * 4, "an id fits");
struct names {
    size_t count;
    struct name *items; /* by number */
};

static int by_number(const void *a, const void *b)
{
    const struct name *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static int by_rank(const void *a, const void *b)
{
    const struct name *left = *(struct name *const *)a, *right = *(struct name *const *)b;
    return (left->rank > right->rank) - (left->rank < right->rank);
}

static enum error make(struct names *names, size_t count)
{
    *names =
        (struct names){.count = count, .items = calloc(count ? count : 1, sizeof *names->items)};
    return names->items ? OK : fail_memory();
}

static void rank(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        names->items[i].rank = i;
    qsort(names->items, names->count, sizeof *names->items, by_number);
}

static void copy_text(struct name *name, int64_t number, const char *text)
{
    name->number = number;
    strncpy(name->text, text, sizeof name->text - 1);
}

static enum error names_load_groups(struct store *store, struct names *out)
{
    struct group_rows *groups = NULL;
    enum error e = group_list(store, "", SIZE_MAX >> 1, &groups);
    if (!e) e = make(out, groups->count);
    for (size_t i = 0; !e && i < groups->count; i++)
        copy_text(&out->items[i], groups->items[i].number, groups->items[i].name);
    free(groups);
    if (!e) rank(out);
    return e;
}

static enum error names_load_permissions(struct store *store, struct names *out)
{
    struct permissions *catalogue = NULL;
    enum error e = permission_list(store, &catalogue);
    if (!e) e = make(out, catalogue->count);
    for (size_t i = 0; !e && i < catalogue->count; i++)
        copy_text(&out->items[i], catalogue->items[i].number, catalogue->items[i].id);
    free(catalogue);
    if (e) return e;
    qsort(out->items, out->count, sizeof *out->items, by_text);
    rank(out);
    return OK;
}

static void names_free(struct names *names)
{
    free(names->items);
    *names = (struct names){0};
}

/* `value`, or NULL where a part of it is missing because memory ran out. */
static json_t *whole(json_t *value, int failed)
{
    if (!failed) return value;
    json_decref(value);
    return NULL;
}

/* Any text; what is not UTF-8 is made visible. */
static json_t *names_text(const char *text)
{
    json_t *value = json_string(text);
    if (value) return value;
    size_t size = strlen(text) * 8 + 16;
    char *visible = malloc(size);
    if (!visible) return NULL;
    text_visible(visible, size, text, SIZE_MAX);
    value = json_string(visible);
    free(visible);
    return value;
}

/* The names of these numbers as a sorted list; NULL when out of memory. */
static json_t *names_json(const struct names *names, const struct id_set *set)
{
    /* The pointers are sorted. NOLINTBEGIN(bugprone-sizeof-expression) */
    const struct name **found = calloc(set->count ? set->count : 1, sizeof *found);
    json_t *list = found ? json_array() : NULL;
    size_t count = 0;
    for (size_t i = 0; list && i < set->count; i++) {
        const struct name wanted = {.number = set->ids[i]};
        found[count] = bsearch(&wanted, names->items, names->count, sizeof wanted, by_number);
        if (found[count]) count++;
    }
    if (list) qsort(found, count, sizeof *found, by_rank);
    /* NOLINTEND(bugprone-sizeof-expression) */
    int failed = 0;
    for (size_t i = 0; list && i < count; i++)
        failed |= json_array_append_new(list, names_text(found[i]->text));
    free(found);
    return whole(list, failed);
}

struct export
{
    struct store *store;
    int64_t now;
    enum error (*write)(const char *bytes, size_t size, void *arg);
    void *arg;
    struct names groups, permissions;
    size_t written; /* elements of the current list */
};

static enum error put(struct export *export, const char *text)
{
    return export->write(text, strlen(text), export->arg);
}

/* An element of a list, indented; takes `object`. */
static enum error put_object(struct export *export, json_t *object)
{
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
    json_decref(object);
    if (!text) return fail_memory();
    enum error e = put(export, export->written++ ? ",\n" : "\n");
    for (char *line = text, *end; !e && line; line = end) {
        end = strchr(line, '\n');
        if (end) *end++ = 0;
        e = put(export, "    ");
        if (!e) e = put(export, line);
        if (!e && end) e = put(export, "\n");
    }
    free(text);
    return e;
}

static enum error begin_list(struct export *export, const char *name)
{
    export->written = 0;
    enum error e = put(export, ",\n  \"");
    if (!e) e = put(export, name);
    return e ? e : put(export, "\": [");
}

static enum error end_list(struct export *export)
{
    return put(export, export->written ? "\n  ]" : "]");
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct permission *)a)->id, ((const struct permission *)b)->id);
}

static enum error put_permissions(struct export *export)
{
    struct permissions *catalogue = NULL;
    enum error e = permission_list(export->store, &catalogue);
    if (e) return e;
    qsort(catalogue->items, catalogue->count, sizeof *catalogue->items, by_id);
    e = begin_list(export, "permissions");
    for (size_t i = 0; !e && i < catalogue->count; i++) {
        const struct permission *permission = &catalogue->items[i];
        e = put_object(export, json_pack("{s:o, s:o, s:o}", "id", names_text(permission->id),
                                         "name", names_text(permission->name), "sentence",
                                         names_text(permission->sentence)));
    }
    free(catalogue);
    return e ? e : end_list(export);
}

static enum error put_group(struct export *export, const struct group *group)
{
    struct group_details details;
    enum error e = group_details_load(export->store, group->number, &details, NULL);
    if (e) return e;
    e = put_object(export, json_pack("{s:o, s:o, s:o}", "name", names_text(group->name),
                                     "description", names_text(details.description), "permissions",
                                     names_json(&export->permissions, &details.permissions)));
    group_details_free(&details);
    return e;
}

static enum error put_groups(struct export *export)
{
    struct group_rows *groups = NULL;
    enum error e = group_list(export->store, "", SIZE_MAX >> 1, &groups);
    if (!e) e = begin_list(export, "groups");
    for (size_t i = 0; !e && i < groups->count; i++)
        e = put_group(export, &groups->items[i]);
    free(groups);
    return e ? e : end_list(export);
}

static json_t *time_json(int64_t time)
{
    char text[WHEN_SIZE];
    if (time == WHEN_NEVER) return json_null();
    when_iso(text, time);
    return json_string(text);
}

static json_t *digest_json(const uint8_t digest[static TOKEN_DIGEST_SIZE])
{
    char hex[2 * TOKEN_DIGEST_SIZE + 1];
    sodium_bin2hex(hex, sizeof hex, digest, TOKEN_DIGEST_SIZE);
    return json_string(hex);
}

/* What every token has, then what only some have. The state ignores expiry, or the same content
 * would give other bytes tomorrow. */
static json_t *token_json(const struct export *export, const struct token_record *record)
{
    int failed = 0;
    json_t *token =
        json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "digest", digest_json(record->digest), "name",
                  names_text(record->name), "last_four", names_text(record->last_four), "state",
                  record->revoked     ? "revoked"
                  : record->suspended ? "suspended"
                                      : "live",
                  "created", time_json(record->created), "expires", time_json(record->expires));
    if (record->limits.narrowed)
        failed |= json_object_set_new(
            token, "permissions", names_json(&export->permissions, &record->limits.permissions));
    if (record->limits.network_count) {
        json_t *networks = json_array();
        for (size_t i = 0; i < record->limits.network_count; i++)
            failed |= json_array_append_new(networks, names_text(record->limits.networks[i]));
        failed |= json_object_set_new(token, "networks", networks);
    }
    if (record->imported) failed |= json_object_set_new(token, "imported", json_true());
    if (record->limits.canary) failed |= json_object_set_new(token, "canary", json_true());
    if (record->has_successor)
        failed |= json_object_set_new(token, "successor", digest_json(record->successor));
    if (record->rotated != WHEN_NEVER)
        failed |= json_object_set_new(token, "rotated", time_json(record->rotated));
    return whole(token, failed);
}

static json_t *account_json(const struct export *export, const struct account_row *row,
                            const struct account_details *details,
                            const struct token_records *tokens)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, row->name);
    int failed = 0;
    json_t *list = json_array();
    for (size_t i = 0; i < tokens->count; i++)
        failed |= json_array_append_new(list, token_json(export, &tokens->items[i]));
    return json_pack(
        "{s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "id", names_text(id), "active", row->active,
        "description", names_text(details->description), "owner", names_text(details->owner),
        "groups", names_json(&export->groups, &details->groups), "permissions",
        names_json(&export->permissions, &details->permissions), "tokens", whole(list, failed));
}

static enum error put_account(struct export *export, const struct account_row *row)
{
    struct account_details details = {0};
    struct token_records *tokens = NULL;
    enum error e = account_details_load(export->store, row->number, &details, NULL);
    if (!e) e = token_records_load(export->store, row->number, &tokens);
    if (!e) e = put_object(export, account_json(export, row, &details, tokens));
    account_details_free(&details);
    token_records_free(tokens);
    return e;
}

static enum error put_accounts(struct export *export)
{
    enum { PAGE = 100 };
    static const struct account_query all = {.filter = ""};
    struct account_place from = {0};
    struct account_row *rows = calloc(PAGE, sizeof *rows);
    size_t count = PAGE;
    enum error e = rows ? begin_list(export, "accounts") : fail_memory();
    while (!e && count == PAGE) {
        e = account_page(export->store, export->now, &all, &from, (struct page){.max = PAGE}, rows,
                         &count);
        for (size_t i = 0; !e && i < count; i++)
            e = put_account(export, &rows[i]);
        if (count) from = account_place_of(&all, &rows[count - 1]);
    }
    free(rows);
    return e ? e : end_list(export);
}

static enum error put_all(struct export *export)
{
    char head[80];
    snprintf(head, sizeof head, "{\n  \"format\": \"%s\",\n  \"version\": %d", EXPORT_FORMAT,
             EXPORT_VERSION);
    enum error e = names_load_groups(export->store, &export->groups);
    if (!e) e = names_load_permissions(export->store, &export->permissions);
    if (!e) e = put(export, head);
    if (!e) e = put_permissions(export);
    if (!e) e = put_groups(export);
    if (!e) e = put_accounts(export);
    return e ? e : put(export, "\n}\n");
}

static enum error write_event(const struct act *act)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store,
                     audit_write(act, &(struct audit_entry){.kind = "database.export"}));
}

enum error transfer_export(const struct act *act,
                           enum error (*write)(const char *bytes, size_t size, void *arg),
                           void *arg)
{
    struct export export = {.store = act->store, .now = act->now, .write = write, .arg = arg};
    /* As with a secret, the event is committed before anything is written. */
    enum error e = store_is_read_only(act->store) ? OK : write_event(act);
    if (!e) e = store_begin_read(act->store);
    if (!e) e = store_end(act->store, put_all(&export));
    names_free(&export.groups);
    names_free(&export.permissions);
    return e;
}
