/* Imports Wavefront's service accounts, in the forms its API has returned since 2019. */
#include "src/transfer/ahead.h"
#include "src/transfer/leak.h"
#include "src/transfer/write.h"

#include <gatehouse/account_change.h>
#include <gatehouse/ascii.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An account of the file that can be imported. */
struct import_item {
    json_t *object;
    struct wish_account wish; /* without groups and permissions, which are written first */
};
struct import {
    struct job *job;
    size_t count;
    struct import_item *items;
    json_t *names;       /* name of an account -> its place */
    json_t *digests;     /* hex -> place */
    json_t *permissions; /* id -> number, once it is in the database */
    json_t *groups;      /* folded name -> {"name", "permissions": {id: true}} */
};

/* Takes ownership of `value`, which is NULL if memory ran out. */
static enum error keep(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0 ? OK : fail_memory();
}

/* In Wavefront's answers a missing field and null are the same. */
static bool is_there(json_t *object, const char *field)
{
    json_t *value = json_object_get(object, field);
    return value && !json_is_null(value);
}

/* Converts milliseconds since 1970 to seconds; false if the field is not a time. */
static bool read_time(json_t *object, const char *field, int64_t now, int64_t *out)
{
    static const json_int_t latest = INT64_C(253402300799) * 1000; /* the end of the year 9999 */
    *out = WHEN_NEVER;
    if (!is_there(object, field)) return true;
    json_t *value = json_object_get(object, field);
    json_int_t milliseconds = json_integer_value(value);
    if (!json_is_integer(value) || milliseconds < 0 || milliseconds > latest) return false;
    *out = milliseconds / 1000 < now ? milliseconds / 1000 : now;
    return true;
}

/* Why a field cannot be read; NULL if all can. */
static const char *wrong_token(json_t *object)
{
    if (!json_is_object(object)) return "this is not a token: an object is expected";
    if (!json_is_string(json_object_get(object, "tokenID")))
        return "its tokenID is missing or not a string";
    return NULL;
}

/* `reason` stays empty if the token can be imported. It must never contain the value. */
static void check_token(const struct import *import, json_t *object, struct wish_token *token,
                        char *reason, size_t size)
{
    struct token_record *record = &token->record;
    int64_t now = import->job->act->now;
    const char *wrong = wrong_token(object);
    const char *value = json_string_value(json_object_get(object, "tokenID"));
    size_t length = value ? strlen(value) : 0;
    const char *flaw = wrong ? NULL : token_value_flaw(value, length);
    if (wrong)
        snprintf(reason, size, "%s", wrong);
    else if (flaw)
        snprintf(reason, size, "its value %s", flaw);
    else if (!read_time(object, "dateGenerated", now, &record->created) ||
             !read_time(object, "lastUsed", now, &record->last_used))
        snprintf(reason, size, "one of its times is not a number of milliseconds since 1970");
    if (reason[0] || !value) return;
    token->value = value;
    token_digest(value, length, record->digest);
    record->expires = record->rotated = WHEN_NEVER;
    memcpy(record->last_four, value + length - 4, 4);
    record->imported = !token_format_valid(value, length);
}

/* Nor is a token because of its name. */
static enum error read_name(const struct import *import, json_t *object, struct wish_token *token)
{
    const char *text = json_string_value(json_object_get(object, "tokenName"));
    bool lost;
    char *name = text_clean(text ? text : "", false, TOKEN_NAME_MAX, &lost);
    if (!name) return fail_memory();
    if (token_check_name(name)) {
        name[0] = 0;
        lost = true;
    }
    snprintf(token->record.name, sizeof token->record.name, "%s", name);
    free(name);
    lost = lost || (is_there(object, "tokenName") && !text);
    return lost ? report_note(import->job->report, token->place,
                              "its name cannot be used as it is: it becomes “%s”",
                              token->record.name)
                : OK;
}

static enum error import_token(struct import *import, json_t *object, struct wish_account *wish,
                               const char *place)
{
    struct wish_token *token = &wish->tokens[wish->count];
    char hex[2 * TOKEN_DIGEST_SIZE + 1], reason[ERROR_MESSAGE_MAX] = "";
    *token = (struct wish_token){0};
    snprintf(token->place, sizeof token->place, "%.300s", place);
    check_token(import, object, token, reason, sizeof reason);
    if (reason[0]) return report_refused(import->job->report, place, reason);
    enum error e = read_name(import, object, token);
    if (e) return e;
    sodium_bin2hex(hex, sizeof hex, token->record.digest, TOKEN_DIGEST_SIZE);
    json_t *before = json_object_get(import->digests, hex);
    if (before) {
        snprintf(reason, sizeof reason, "the same token is in the file already, at %s",
                 json_string_value(before));
        return report_refused(import->job->report, place, reason);
    }
    wish->count++;
    return keep(import->digests, hex, json_string(place));
}

static enum error import_tokens(struct import *import, json_t *list, struct wish_account *wish)
{
    size_t i, count = json_array_size(list);
    json_t *object;
    enum error e = OK;
    wish->tokens = calloc(count ? count : 1, sizeof *wish->tokens);
    if (!wish->tokens) return fail_memory();
    json_array_foreach(list, i, object)
    {
        char place[PLACE_SIZE + 32];
        snprintf(place, sizeof place, "%.280s%stokens[%zu]", wish->place, wish->place[0] ? "." : "",
                 i);
        if (!e) e = import_token(import, object, wish, place);
    }
    return e;
}

/* Why a field has the wrong type; NULL if all are right. */
static const char *wrong_type(json_t *object)
{
    if (!json_is_object(object)) return "this is not an account: an object is expected";
    if (!json_is_string(json_object_get(object, "identifier")))
        return "its identifier is missing or not a string";
    if (is_there(object, "active") && !json_is_boolean(json_object_get(object, "active")))
        return "“active” is neither true nor false";
    static const char *const lists[] = {"tokens", "groups", "userGroups", "roles"};
    static const char *const reasons[] = {"its tokens are not a list", "its groups are not a list",
                                          "its userGroups are not a list",
                                          "its roles are not a list"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (is_there(object, lists[i]) && !json_is_array(json_object_get(object, lists[i])))
            return reasons[i];
    return NULL;
}

static enum error check_identifier(struct import *import, const char *identifier,
                                   struct wish_account *wish, char *reason, size_t size)
{
    if (ascii_ncasecmp(identifier, "sa::", 4) != 0) {
        snprintf(reason, size, "“%.100s” is not a service account: sa:: is missing", identifier);
        return OK;
    }
    enum error e = account_parse_name(identifier, wish->name);
    if (e == ERR_INVALID) {
        snprintf(reason, size, "%s", error_message());
        return OK;
    }
    json_t *before = json_object_get(import->names, wish->name);
    if (before)
        snprintf(reason, size, "sa::%s is in the file already, at %s", wish->name,
                 json_string_value(before));
    return e;
}

/* No account is skipped because of its description: what cannot be imported of it is left out, and
 * that is said. */
static enum error read_description(struct import *import, json_t *object, struct wish_account *wish)
{
    json_t *value = json_object_get(object, "description");
    const char *text = json_string_value(value), *what = NULL;
    bool lost = false, strange = value && !json_is_null(value) && !text;
    wish->details.description = text_clean(text ? text : "", true, ACCOUNT_DESCRIPTION_MAX, &lost);
    if (!wish->details.description) return fail_memory();
    if (strange)
        what = "is not a string, and was left out";
    else if (text && text_length(text) > ACCOUNT_DESCRIPTION_MAX)
        what = "is too long, and was cut";
    else if (lost)
        what = "had characters that cannot be shown; they were left out";
    if (account_check_details(&wish->details)) {
        wish->details.description[0] = 0;
        what = "cannot be used, and was left out";
    }
    return what ? report_note(import->job->report, wish->place[0] ? wish->place : "the file",
                              "the description of sa::%s %s", wish->name, what)
                : OK;
}

/* Which of some accounts of the file are not in the database, by their place after `from`. */
static enum error look_for_names(struct import *import, json_t *accounts, size_t from,
                                 bool absent[static AHEAD_MAX])
{
    char parsed[AHEAD_MAX][ACCOUNT_NAME_MAX + 1];
    const char *names[AHEAD_MAX] = {0};
    bool known[AHEAD_MAX];
    size_t places[AHEAD_MAX], count = 0;
    memset(absent, 0, AHEAD_MAX * sizeof *absent);
    for (size_t i = 0; i < AHEAD_MAX && from + i < json_array_size(accounts); i++) {
        json_t *object = json_array_get(accounts, from + i);
        const char *identifier = json_string_value(json_object_get(object, "identifier"));
        names[count] = parsed[count];
        places[count] = i;
        if (identifier && !account_parse_name(identifier, parsed[count])) count++;
    }
    enum error e = accounts_find(import->job->act->store, names, count, known);
    for (size_t i = 0; !e && i < count; i++)
        absent[places[i]] = !known[i];
    return e;
}

/* The tokens that are there already count, too. */
static enum error check_limit(struct import *import, const struct wish_account *wish, char *reason,
                              size_t size)
{
    const struct act *act = import->job->act;
    int64_t account, limit;
    struct token_counts counts = {0};
    char used[TEXT_COUNT_SIZE];
    if ((int64_t)wish->count <= import->job->token_limit && wish->is_absent) return OK;
    enum error e = account_find(act->store, wish->name, &account);
    bool exists = !e;
    if (e && e != ERR_NOT_FOUND) return e;
    e = token_get_counts(act->store, act->now, exists ? account : 0, &counts);
    limit = counts.limit;
    for (size_t i = 0; !e && i < wish->count; i++) {
        struct digest_holder holder;
        e = digest_find_holder(act->store, wish->tokens[i].record.digest, &holder);
        if (!holder.known) counts.used++;
    }
    if (!e && counts.used > limit)
        snprintf(reason, size, "it would have %s in use, and %s are allowed",
                 text_count(used, counts.used, "token"), number_text(limit).text);
    return e;
}

static enum error check_account(struct import *import, json_t *object, struct wish_account *wish,
                                char *reason, size_t size)
{
    const char *type = wrong_type(object);
    if (type) {
        snprintf(reason, size, "%s", type);
        return OK;
    }
    enum error e = check_identifier(
        import, json_string_value(json_object_get(object, "identifier")), wish, reason, size);
    if (!e && !reason[0]) e = read_description(import, object, wish);
    if (e || reason[0]) return e;
    wish->active = !json_is_false(json_object_get(object, "active"));
    e = import_tokens(import, json_object_get(object, "tokens"), wish);
    return e ? e : check_limit(import, wish, reason, size);
}

/* Checks one account and keeps it, or reports why not. `absent`: it is not in the database. */
static enum error import_account(struct import *import, json_t *object, const char *place,
                                 bool absent)
{
    struct import_item *item = &import->items[import->count];
    char reason[ERROR_MESSAGE_MAX] = "";
    *item = (struct import_item){.object = object, .wish.is_absent = absent};
    snprintf(item->wish.place, sizeof item->wish.place, "%s", place);
    enum error e = check_account(import, object, &item->wish, reason, sizeof reason);
    if (e || reason[0]) {
        wish_account_free(&item->wish);
        return e ? e : report_refused(import->job->report, place[0] ? place : "the file", reason);
    }
    import->count++;
    return keep(import->names, item->wish.name, json_string(place[0] ? place : "the top"));
}

/* Groups and permissions of Wavefront: the "groups" of an account are permissions. "userGroups" are
 * groups; their permissions are in the group itself (2019) or in its roles (later), and become
 * those of the group. Roles of the account become explicit permissions.
 *
 * A collector says what to do with each permission that is valid. */
struct collector {
    struct import *import;
    json_t *into;         /* a set of ids; NULL: none */
    struct id_set *found; /* their numbers; NULL: not in the database yet */
    bool quiet;           /* problems have been reported before */
};

static enum error refuse(const struct collector *to, const char *place, const char *reason)
{
    return to->quiet ? OK : report_refused(to->import->job->report, place, reason);
}

static enum error take_permission(const struct collector *to, json_t *value, const char *place)
{
    const char *id = json_string_value(value);
    if (!id) return refuse(to, place, "this is not a permission: a string is expected");
    if (strcmp(id, permission_reserved) == 0) {
        if (to->quiet) return OK;
        return report_note(to->import->job->report, place, "%s is reserved and was skipped", id);
    }
    if (permission_check_id(id)) return refuse(to, place, error_message());
    if (to->found) {
        json_t *number = json_object_get(to->import->permissions, id);
        return id_set_add(to->found, json_integer_value(number));
    }
    enum error e = keep(to->import->permissions, id, json_integer(0));
    return e || !to->into ? e : keep(to->into, id, json_true());
}

static enum error take_permissions(const struct collector *to, json_t *list, const char *place)
{
    size_t i;
    json_t *value;
    enum error e = OK;
    if (list && !json_is_null(list) && !json_is_array(list))
        return refuse(to, place, "these permissions are not a list");
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE];
        snprintf(at, sizeof at, "%s[%zu]", place, i);
        if (!e) e = take_permission(to, value, at);
    }
    return e;
}

static enum error take_roles(const struct collector *to, json_t *list, const char *place)
{
    size_t i;
    json_t *role;
    enum error e = OK;
    if (list && !json_is_null(list) && !json_is_array(list))
        return refuse(to, place, "these roles are not a list");
    json_array_foreach(list, i, role)
    {
        char at[PLACE_SIZE];
        snprintf(at, sizeof at, "%s[%zu].permissions", place, i);
        if (e) break;
        if (!json_is_object(role)) {
            at[strlen(at) - strlen(".permissions")] = 0;
            e = refuse(to, at, "this is not a role: an object is expected");
        } else {
            e = take_permissions(to, json_object_get(role, "permissions"), at);
        }
    }
    return e;
}

/* The folded name of a group of the file, which the caller frees. NULL with the reason why it is
 * refused, or without one if memory ran out. */
static char *check_group(json_t *object, const char **reason)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    char *folded = NULL;
    *reason = NULL;
    if (!json_is_object(object))
        *reason = "this is not a group: an object is expected";
    else if (!name)
        *reason = "the name of this group is missing or not a string";
    else if (group_check_name(name))
        *reason = error_message();
    else
        folded = text_fold(name);
    return folded;
}

static enum error gather_group(struct import *import, json_t *object, const char *place)
{
    const char *reason;
    char at[PLACE_SIZE + 16];
    char *folded = check_group(object, &reason);
    if (reason) return report_refused(import->job->report, place, reason);
    if (!folded) return fail_memory();
    enum error e = OK;
    json_t *group = json_object_get(import->groups, folded);
    if (!group) {
        group = json_pack("{s:O, s:{}}", "name", json_object_get(object, "name"), "permissions");
        e = keep(import->groups, folded, group);
    }
    free(folded);
    if (e) return e;
    const struct collector to = {.import = import, .into = json_object_get(group, "permissions")};
    snprintf(at, sizeof at, "%.280s.permissions", place);
    e = take_permissions(&to, json_object_get(object, "permissions"), at);
    snprintf(at, sizeof at, "%.280s.roles", place);
    return e ? e : take_roles(&to, json_object_get(object, "roles"), at);
}

static void place_in(const struct import_item *item, const char *field, char *out)
{
    snprintf(out, PLACE_SIZE, "%.280s%s%s", item->wish.place, item->wish.place[0] ? "." : "",
             field);
}

/* The same lists are read twice: to gather the permissions, and later to find their numbers. */
static enum error take_own(const struct collector *to, const struct import_item *item)
{
    char place[PLACE_SIZE];
    place_in(item, "groups", place);
    enum error e = take_permissions(to, json_object_get(item->object, "groups"), place);
    place_in(item, "roles", place);
    return e ? e : take_roles(to, json_object_get(item->object, "roles"), place);
}

/* Gathers the groups and permissions of an account, and reports what is refused. */
static enum error import_gather(struct import *import, const struct import_item *item)
{
    const struct collector to = {.import = import};
    char place[PLACE_SIZE], at[PLACE_SIZE + 32];
    size_t i;
    json_t *group;
    enum error e = take_own(&to, item);
    place_in(item, "userGroups", place);
    json_array_foreach(json_object_get(item->object, "userGroups"), i, group)
    {
        snprintf(at, sizeof at, "%s[%zu]", place, i);
        if (!e) e = gather_group(import, group, at);
    }
    return e;
}

/* Fills in groups and permissions of an account; all of them are in the database already. */
static enum error import_resolve(struct import *import, struct import_item *item)
{
    const struct collector to = {
        .import = import, .found = &item->wish.details.permissions, .quiet = true};
    size_t i;
    json_t *object;
    enum error e = take_own(&to, item);
    json_array_foreach(json_object_get(item->object, "userGroups"), i, object)
    {
        const char *reason;
        int64_t number = 0;
        char *folded = check_group(object, &reason);
        free(folded);
        if (e || reason) continue;
        e = job_find_group(import->job, json_string_value(json_object_get(object, "name")),
                           &number);
        if (!e && number != GROUP_EVERYONE) e = id_set_add(&item->wish.details.groups, number);
    }
    return e;
}

/* Finds the accounts: a list, a single one, or the "items" of a search, each at the top or as the
 * "response" of an envelope. */
static enum error find_accounts(json_t *root, const char *place, json_t **accounts, char *where)
{
    json_t *response = json_object_get(root, "response"), *items = json_object_get(root, "items");
    snprintf(where, PLACE_SIZE, "%s", place);
    *accounts = root;
    if (json_is_array(root) || json_object_get(root, "identifier")) return OK;
    if (items) {
        snprintf(where, PLACE_SIZE, "%s%sitems", place, place[0] ? "." : "");
        *accounts = items;
        if (json_is_array(items)) return OK;
    } else if (response && !place[0]) {
        return find_accounts(response, "response", accounts, where);
    }
    return fail(ERR_INVALID,
                "the file holds no service accounts: there is no list, no items and no identifier "
                "%s%s",
                where[0] ? "in " : "at its top", where);
}

static enum error check_status(struct job *job, json_t *root)
{
    json_t *status = json_object_get(root, "status");
    const char *result = json_string_value(json_object_get(status, "result"));
    if (result && strcmp(result, "OK") != 0)
        return fail(ERR_INVALID, "the file is an error response (status %s): request it again",
                    result);
    json_t *response = json_object_get(root, "response");
    json_t *more = json_object_get(response ? response : root, "moreItems");
    if (!json_is_true(more)) return OK;
    return report_note(job->report, "moreItems",
                       "this response is incomplete: Wavefront has more accounts than the file");
}

static enum error check_all(struct import *import, json_t *accounts, const char *where)
{
    enum error e = OK;
    size_t i, count = json_array_size(accounts);
    json_t *object;
    bool absent[AHEAD_MAX];
    import->items = calloc(count ? count : 1, sizeof *import->items);
    if (!import->items) return fail_memory();
    if (!json_is_array(accounts)) return import_account(import, accounts, where, false);
    json_array_foreach(accounts, i, object)
    {
        char place[PLACE_SIZE];
        snprintf(place, sizeof place, "%.280s[%zu]", where, i);
        if (!e && i % AHEAD_MAX == 0) e = look_for_names(import, accounts, i, absent);
        if (!e) e = import_account(import, object, place, absent[i % AHEAD_MAX]);
    }
    return e;
}

static enum error write_permissions(struct import *import)
{
    const char *id;
    json_t *number;
    enum error e = OK;
    json_object_foreach(import->permissions, id, number)
    {
        int64_t found = 0;
        if (!e) e = write_permission(import->job, id, id, "Imported.");
        if (!e) e = permission_find(import->job->act->store, id, &found);
        if (!e) json_integer_set(number, found);
    }
    return e;
}

static enum error write_one_group(struct import *import, json_t *group)
{
    struct group_details details = {0};
    const char *id;
    json_t *unused;
    enum error e = OK;
    json_object_foreach(json_object_get(group, "permissions"), id, unused)
    {
        int64_t number = 0;
        if (!e) e = permission_find(import->job->act->store, id, &number);
        if (!e) e = id_set_add(&details.permissions, number);
    }
    if (!e)
        e = write_group(import->job, json_string_value(json_object_get(group, "name")), &details);
    group_details_free(&details);
    return e;
}

/* Everyone first: its changes affect every account. */
static enum error write_groups(struct import *import)
{
    const char *folded;
    json_t *group, *everyone = json_object_get(import->groups, "everyone");
    enum error e = everyone ? write_one_group(import, everyone) : OK;
    json_object_foreach(import->groups, folded, group)
    {
        if (!e && group != everyone) e = write_one_group(import, group);
    }
    return e;
}

static enum error look_ahead(struct import *import, size_t from)
{
    struct wish_account *wishes[AHEAD_MAX];
    size_t count = 0;
    while (count < AHEAD_MAX && from + count < import->count) {
        wishes[count] = &import->items[from + count].wish;
        count++;
    }
    return ahead_look(import->job, wishes, count);
}

static enum error write_accounts(struct import *import)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < import->count; i++) {
        e = job_step(import->job, i, import->count);
        if (!e && i % AHEAD_MAX == 0) e = look_ahead(import, i);
        if (!e) e = import_resolve(import, &import->items[i]);
        if (!e) e = write_account(import->job, &import->items[i].wish);
    }
    return e ? e : job_step(import->job, import->count, import->count);
}

static enum error take_over(struct import *import)
{
    json_t *root = import->job->file->root, *accounts;
    char where[PLACE_SIZE];
    enum error e = check_status(import->job, root);
    if (!e) e = leaks_remove(import->job);
    if (!e) e = find_accounts(root, "", &accounts, where);
    if (!e) e = check_all(import, accounts, where);
    for (size_t i = 0; !e && i < import->count; i++)
        e = import_gather(import, &import->items[i]);
    if (!e) e = write_permissions(import);
    if (!e) e = write_groups(import);
    return e ? e : write_accounts(import);
}

static enum error work(struct job *job)
{
    struct import import = {.job = job,
                            .names = json_object(),
                            .digests = json_object(),
                            .permissions = json_object(),
                            .groups = json_object()};
    enum error e = take_over(&import);
    for (size_t i = 0; i < import.count; i++)
        wish_account_free(&import.items[i].wish);
    free(import.items);
    json_decref(import.names);
    json_decref(import.digests);
    json_decref(import.permissions);
    json_decref(import.groups);
    return e;
}

enum error transfer_import(const struct act *act, const struct transfer_file *file,
                           const struct transfer_options *options, struct transfer_report *report)
{
    struct job job = {.act = act,
                      .file = file,
                      .options = options,
                      .report = report,
                      .kind = "database.import",
                      .merge = true};
    return job_run(&job, work);
}
