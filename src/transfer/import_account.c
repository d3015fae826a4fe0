/* Which accounts and tokens of Wavefront are taken over, and why others are not. */
#include "src/transfer/import.h"

#include <gatehouse/when.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Missing and null are the same in Wavefront's answers. */
static bool is_there(json_t *object, const char *field)
{
    json_t *value = json_object_get(object, field);
    return value && !json_is_null(value);
}

/* NULL when every field has a type that can be read; else the reason. */
static const char *wrong_type(json_t *object)
{
    if (!json_is_object(object)) return "this is no account: an object is needed";
    if (!json_is_string(json_object_get(object, "identifier")))
        return "it has no identifier, or one that is no text";
    if (is_there(object, "description") && !json_is_string(json_object_get(object, "description")))
        return "its description is no text";
    if (is_there(object, "active") && !json_is_boolean(json_object_get(object, "active")))
        return "“active” is neither true nor false";
    static const char *const lists[] = {"tokens", "groups", "userGroups", "roles"};
    static const char *const reasons[] = {"its tokens are no list", "its groups are no list",
                                          "its userGroups are no list", "its roles are no list"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (is_there(object, lists[i]) && !json_is_array(json_object_get(object, lists[i])))
            return reasons[i];
    return NULL;
}

static enum error check_identifier(struct import *import, const char *identifier,
                                   struct wish_account *wish, char *reason, size_t size)
{
    if (strncasecmp(identifier, "sa::", 4) != 0) {
        snprintf(reason, size, "“%.100s” is no service account: sa:: is missing", identifier);
        return OK;
    }
    enum error e = account_parse_name(identifier, wish->name);
    if (e == ERR_INVALID) {
        snprintf(reason, size, "%s", error_message());
        return OK;
    }
    json_t *before = json_object_get(import->names, wish->name);
    if (before)
        snprintf(reason, size, "sa::%s stands in the file already, at %s", wish->name,
                 json_string_value(before));
    return e;
}

static enum error read_description(json_t *object, struct wish_account *wish, char *reason,
                                   size_t size)
{
    const char *text = json_string_value(json_object_get(object, "description"));
    wish->details.description = strdup(text ? text : "");
    if (!wish->details.description) return fail(ERR_SYSTEM, "out of memory");
    if (account_check_details(&wish->details)) snprintf(reason, size, "%s", error_message());
    return OK;
}

/* Those that are there already count, too. */
static enum error check_limit(struct import *import, const struct wish_account *wish, char *reason,
                              size_t size)
{
    const struct act *act = import->job->act;
    int64_t account, limit;
    struct token_counts counts = {0};
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
        snprintf(reason, size, "it would have %" PRId64 " tokens in use and may have %" PRId64,
                 counts.used, limit);
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
    if (!e && !reason[0]) e = read_description(object, wish, reason, size);
    if (e || reason[0]) return e;
    wish->active = !json_is_false(json_object_get(object, "active"));
    e = import_tokens(import, json_object_get(object, "tokens"), wish);
    return e ? e : check_limit(import, wish, reason, size);
}

enum error import_account(struct import *import, json_t *object, const char *place)
{
    struct import_item *item = &import->items[import->count];
    char reason[ERROR_MESSAGE_MAX] = "";
    *item = (struct import_item){.object = object};
    snprintf(item->wish.place, sizeof item->wish.place, "%s", place);
    enum error e = check_account(import, object, &item->wish, reason, sizeof reason);
    if (e || reason[0]) {
        wish_account_free(&item->wish);
        return e ? e : report_refused(import->job->report, place[0] ? place : "the file", reason);
    }
    import->count++;
    json_object_set_new(import->names, item->wish.name, json_string(place[0] ? place : "the top"));
    return OK;
}

/* Milliseconds since 1970 as seconds; false for what is no time. */
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

/* The reason when one of the fields cannot be read, else NULL. */
static const char *wrong_token(json_t *object)
{
    if (!json_is_object(object)) return "this is no token: an object is needed";
    if (!json_is_string(json_object_get(object, "tokenID")))
        return "it has no tokenID, or one that is no text";
    if (is_there(object, "tokenName") && !json_is_string(json_object_get(object, "tokenName")))
        return "its tokenName is no text";
    return NULL;
}

/* `reason` stays empty when it can be taken over. The value itself must stand in no reason. */
static void check_token(const struct import *import, json_t *object, struct wish_token *token,
                        char *reason, size_t size)
{
    struct token_record *record = &token->record;
    int64_t now = import->job->act->now;
    const char *wrong = wrong_token(object);
    const char *value = json_string_value(json_object_get(object, "tokenID"));
    const char *name = json_string_value(json_object_get(object, "tokenName"));
    size_t length = value ? strlen(value) : 0;
    const char *flaw = wrong ? NULL : token_value_flaw(value, length);
    if (wrong)
        snprintf(reason, size, "%s", wrong);
    else if (flaw)
        snprintf(reason, size, "its value %s", flaw);
    else if (name && token_check_name(name))
        snprintf(reason, size, "%s", error_message());
    else if (!read_time(object, "dateGenerated", now, &record->created) ||
             !read_time(object, "lastUsed", now, &record->last_used))
        snprintf(reason, size, "a time of it is no number of milliseconds since 1970");
    if (reason[0] || !value) return;
    token->value = value;
    token_digest(value, length, record->digest);
    record->expires = record->rotated = WHEN_NEVER;
    memcpy(record->last_four, value + length - 4, 4);
    snprintf(record->name, sizeof record->name, "%s", name ? name : "");
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
    sodium_bin2hex(hex, sizeof hex, token->record.digest, TOKEN_DIGEST_SIZE);
    json_t *before = json_object_get(import->digests, hex);
    if (before) {
        snprintf(reason, sizeof reason, "the same token stands in the file already, at %s",
                 json_string_value(before));
        return report_refused(import->job->report, place, reason);
    }
    wish->count++;
    json_object_set_new(import->digests, hex, json_string(place));
    return OK;
}

enum error import_tokens(struct import *import, json_t *list, struct wish_account *wish)
{
    size_t i, count = json_array_size(list);
    json_t *object;
    enum error e = OK;
    wish->tokens = calloc(count ? count : 1, sizeof *wish->tokens);
    if (!wish->tokens) return fail(ERR_SYSTEM, "out of memory");
    json_array_foreach(list, i, object)
    {
        char place[PLACE_SIZE + 32];
        snprintf(place, sizeof place, "%.280s%stokens[%zu]", wish->place, wish->place[0] ? "." : "",
                 i);
        if (!e) e = import_token(import, object, wish, place);
    }
    return e;
}
