#include "src/transfer/apply.h"

#include <gatehouse/when.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum error read_digest(const char *text, const char *place, uint8_t *out)
{
    size_t size;
    if (strlen(text) == (size_t)2 * TOKEN_DIGEST_SIZE &&
        sodium_hex2bin(out, TOKEN_DIGEST_SIZE, text, strlen(text), NULL, &size, NULL) == 0 &&
        size == TOKEN_DIGEST_SIZE)
        return OK;
    return fail(ERR_INVALID, "%s: a digest has %d hexadecimal digits", place,
                2 * TOKEN_DIGEST_SIZE);
}

static enum error read_time(json_t *object, const char *place, const char *field, int64_t *out)
{
    const char *text;
    *out = WHEN_NEVER;
    enum error e = apply_text(object, place, field, &text);
    if (!e && text) {
        e = when_parse_iso(text, out);
        if (e) e = apply_at(place, e);
    }
    return e;
}

static enum error read_state(json_t *object, const char *place, struct token_record *record)
{
    const char *state;
    enum error e = apply_text(object, place, "state", &state);
    if (e || !state || strcmp(state, "live") == 0) return e;
    record->revoked = strcmp(state, "revoked") == 0;
    record->suspended = strcmp(state, "suspended") == 0;
    if (record->revoked || record->suspended) return OK;
    return fail(ERR_INVALID, "%s.state: live, suspended or revoked is needed", place);
}

static enum error read_networks(json_t *object, const char *place, struct token_record *record)
{
    size_t i;
    json_t *list, *value;
    enum error e = apply_list(object, place, "networks", &list);
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE + 40], network[NETWORK_TEXT_SIZE];
        const char *typed = json_string_value(value);
        snprintf(at, sizeof at, "%s.networks[%zu]", place, i);
        if (e) break;
        if (!typed) return fail(ERR_INVALID, "%s: a text is needed", at);
        e = network_canonical(typed, network);
        e = e ? apply_at(at, e) : token_limits_add_network(&record->limits, network);
    }
    return e;
}

static enum error read_digests(json_t *object, const char *place, struct token_record *record)
{
    const char *digest, *successor = NULL;
    enum error e = apply_needed_text(object, place, "digest", &digest);
    if (!e) e = read_digest(digest, place, record->digest);
    if (!e) e = apply_text(object, place, "successor", &successor);
    record->has_successor = !e && successor;
    return record->has_successor ? read_digest(successor, place, record->successor) : e;
}

enum error apply_read_token(struct job *job, json_t *object, struct wish_token *token)
{
    static const char *const known[] = {"digest",    "name",        "state",    "created",
                                        "expires",   "permissions", "networks", "canary",
                                        "successor", "rotated",     NULL};
    struct token_record *record = &token->record;
    const char *place = token->place, *name;
    enum error e = apply_check_fields(object, place, known);
    if (!e) e = read_digests(object, place, record);
    if (!e) e = apply_text(object, place, "name", &name);
    if (!e && name && token_check_name(name)) e = apply_at(place, ERR_INVALID);
    if (e) return e;
    snprintf(record->name, sizeof record->name, "%s", name ? name : "");
    record->last_used = WHEN_NEVER;
    record->limits.narrowed = json_is_array(json_object_get(object, "permissions"));
    e = read_state(object, place, record);
    if (!e) e = read_time(object, place, "created", &record->created);
    if (!e) e = read_time(object, place, "expires", &record->expires);
    if (!e) e = read_time(object, place, "rotated", &record->rotated);
    if (!e) e = apply_bool(object, place, "canary", false, &record->limits.canary);
    if (!e) e = read_networks(object, place, record);
    return e ? e : apply_permissions(job, object, place, &record->limits.permissions);
}

static enum error read_groups(struct job *job, json_t *object, struct wish_account *wish)
{
    size_t i;
    json_t *list, *value;
    enum error e = apply_list(object, wish->place, "groups", &list);
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE + 40];
        int64_t number = 0;
        const char *name = json_string_value(value);
        snprintf(at, sizeof at, "%s.groups[%zu]", wish->place, i);
        if (e) break;
        if (!name) return fail(ERR_INVALID, "%s: the name of a group is needed", at);
        e = group_find(job->act->store, name, &number);
        if (e) return apply_at(at, e);
        if (number != GROUP_EVERYONE) e = id_set_add(&wish->details.groups, number);
    }
    return e;
}

static enum error read_tokens(struct job *job, json_t *object, struct wish_account *wish)
{
    size_t i;
    json_t *list, *value;
    enum error e = apply_list(object, wish->place, "tokens", &list);
    if (e) return e;
    size_t count = json_array_size(list);
    wish->tokens = calloc(count ? count : 1, sizeof *wish->tokens);
    if (!wish->tokens) return fail(ERR_SYSTEM, "out of memory");
    json_array_foreach(list, i, value)
    {
        struct wish_token *token = &wish->tokens[wish->count++];
        snprintf(token->place, sizeof token->place, "%.280s.tokens[%zu]", wish->place, i);
        e = apply_read_token(job, value, token);
        for (size_t k = 0; !e && k < i; k++)
            if (memcmp(wish->tokens[k].record.digest, token->record.digest, TOKEN_DIGEST_SIZE) == 0)
                e = fail(ERR_INVALID, "%s: this digest stands at %s already", token->place,
                         wish->tokens[k].place);
        if (e) return e;
    }
    return OK;
}

static enum error read_details(struct job *job, json_t *object, struct wish_account *wish)
{
    const char *description, *owner;
    enum error e = apply_text(object, wish->place, "description", &description);
    if (!e) e = apply_text(object, wish->place, "owner", &owner);
    if (e) return e;
    wish->details.description = strdup(description ? description : "");
    wish->details.owner = strdup(owner ? owner : "");
    if (!wish->details.description || !wish->details.owner)
        return fail(ERR_SYSTEM, "out of memory");
    e = account_check_details(&wish->details);
    if (e) return apply_at(wish->place, e);
    e = read_groups(job, object, wish);
    return e ? e : apply_permissions(job, object, wish->place, &wish->details.permissions);
}

enum error apply_read_account(struct job *job, json_t *object, struct wish_account *wish)
{
    static const char *const known[] = {"id",     "active",      "description", "owner",
                                        "groups", "permissions", "tokens",      NULL};
    const char *id;
    enum error e = apply_check_fields(object, wish->place, known);
    if (!e) e = apply_needed_text(object, wish->place, "id", &id);
    if (e) return e;
    e = account_parse_name(id, wish->name);
    if (e) return apply_at(wish->place, e);
    e = apply_bool(object, wish->place, "active", true, &wish->active);
    if (!e) e = read_details(job, object, wish);
    return e ? e : read_tokens(job, object, wish);
}
