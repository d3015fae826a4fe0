/* Reads an export and makes the database equal to it. Anything malformed refuses the whole file,
 * naming the place, so that a typo cannot become a change. */
#include "src/transfer/ahead.h"
#include "src/transfer/export.h"
#include "src/transfer/write.h"

#include <gatehouse/account_change.h>
#include <gatehouse/account_list.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds the place to the last error's sentence. */
static enum error at_place(const char *place, enum error e)
{
    char sentence[ERROR_MESSAGE_MAX];
    snprintf(sentence, sizeof sentence, "%s", error_message());
    return fail(e == ERR_NOT_FOUND || e == ERR_CONFLICT ? ERR_INVALID : e, "%s: %s", place,
                sentence);
}

static enum error check_fields(json_t *object, const char *place, const char *const *known)
{
    const char *field;
    json_t *unused;
    if (!json_is_object(object)) return fail(ERR_INVALID, "%s: an object is expected", place);
    json_object_foreach(object, field, unused)
    {
        bool found = false;
        for (size_t i = 0; known[i] && !found; i++)
            found = strcmp(known[i], field) == 0;
        if (!found) return fail(ERR_INVALID, "%s: unknown field “%s”", place, field);
    }
    return OK;
}

/* *out is NULL when the field is missing or null. */
static enum error read_text(json_t *object, const char *place, const char *field, const char **out)
{
    json_t *value = json_object_get(object, field);
    *out = json_string_value(value);
    if (!value || json_is_null(value) || *out) return OK;
    return fail(ERR_INVALID, "%s.%s: a string is expected", place, field);
}

static enum error read_needed_text(json_t *object, const char *place, const char *field,
                                   const char **out)
{
    enum error e = read_text(object, place, field, out);
    return e || *out ? e : fail(ERR_INVALID, "%s: the field “%s” is missing", place, field);
}

static enum error read_bool(json_t *object, const char *place, const char *field, bool missing,
                            bool *out)
{
    json_t *value = json_object_get(object, field);
    *out = value && !json_is_null(value) ? json_is_true(value) : missing;
    if (!value || json_is_null(value) || json_is_boolean(value)) return OK;
    return fail(ERR_INVALID, "%s.%s: true or false is expected", place, field);
}

static enum error read_list(json_t *object, const char *place, const char *field, json_t **out)
{
    json_t *value = json_object_get(object, field);
    *out = json_is_array(value) ? value : NULL;
    if (!value || json_is_null(value) || *out) return OK;
    return fail(ERR_INVALID, "%s%s%s: a list is expected", place, place[0] ? "." : "", field);
}

/* A list of permission ids, all in the catalogue; the reserved one is noted and skipped. */
static enum error read_permissions(struct job *job, json_t *object, const char *place,
                                   struct id_set *out)
{
    size_t i;
    json_t *list, *value;
    enum error e = read_list(object, place, "permissions", &list);
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE + 40];
        int64_t number = 0;
        const char *id = json_string_value(value);
        snprintf(at, sizeof at, "%s.permissions[%zu]", place, i);
        if (e) break;
        if (!id) return fail(ERR_INVALID, "%s: the id of a permission is expected", at);
        if (strcmp(id, permission_reserved) == 0) {
            e = report_note(job->report, at, "%s is reserved and was skipped", id);
            continue;
        }
        e = job_find_permission(job, id, &number);
        e = e ? at_place(at, e) : id_set_add(out, number);
    }
    return e;
}

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
    enum error e = read_text(object, place, field, &text);
    if (!e && text) {
        e = when_parse_iso(text, out);
        if (e) e = at_place(place, e);
    }
    return e;
}

static enum error read_state(json_t *object, const char *place, struct token_record *record)
{
    const char *state;
    enum error e = read_text(object, place, "state", &state);
    if (e || !state || strcmp(state, "live") == 0) return e;
    record->revoked = strcmp(state, "revoked") == 0;
    record->suspended = strcmp(state, "suspended") == 0;
    if (record->revoked || record->suspended) return OK;
    return fail(ERR_INVALID, "%s.state: live, suspended or revoked is expected", place);
}

static enum error read_networks(json_t *object, const char *place, struct token_record *record)
{
    size_t i;
    json_t *list, *value;
    enum error e = read_list(object, place, "networks", &list);
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE + 40], network[NETWORK_TEXT_SIZE];
        const char *typed = json_string_value(value);
        snprintf(at, sizeof at, "%s.networks[%zu]", place, i);
        if (e) break;
        if (!typed) return fail(ERR_INVALID, "%s: a string is expected", at);
        e = network_canonical(typed, network);
        e = e ? at_place(at, e) : token_limits_add_network(&record->limits, network);
    }
    return e;
}

static enum error read_digests(json_t *object, const char *place, struct token_record *record)
{
    const char *digest, *successor = NULL;
    enum error e = read_needed_text(object, place, "digest", &digest);
    if (!e) e = read_digest(digest, place, record->digest);
    if (!e) e = read_text(object, place, "successor", &successor);
    record->has_successor = !e && successor;
    return record->has_successor ? read_digest(successor, place, record->successor) : e;
}

static enum error read_last_four(json_t *object, const char *place, struct token_record *record)
{
    const char *text;
    enum error e = read_text(object, place, "last_four", &text);
    if (e || !text || !*text) return e;
    if (strlen(text) != 4 || !text_is_name(text))
        return fail(ERR_INVALID, "%s.last_four: four characters are expected", place);
    memcpy(record->last_four, text, 4);
    return OK;
}

static enum error read_token(struct job *job, json_t *object, struct wish_token *token)
{
    static const char *const known[] = {
        "digest",   "name",     "last_four", "state",     "created", "expires", "permissions",
        "networks", "imported", "canary",    "successor", "rotated", NULL};
    struct token_record *record = &token->record;
    const char *place = token->place, *name;
    enum error e = check_fields(object, place, known);
    if (!e) e = read_digests(object, place, record);
    if (!e) e = read_text(object, place, "name", &name);
    if (!e && name && token_check_name(name)) e = at_place(place, ERR_INVALID);
    if (e) return e;
    snprintf(record->name, sizeof record->name, "%s", name ? name : "");
    record->last_used = WHEN_NEVER;
    record->limits.narrowed = json_is_array(json_object_get(object, "permissions"));
    e = read_state(object, place, record);
    if (!e) e = read_time(object, place, "created", &record->created);
    if (!e) e = read_time(object, place, "expires", &record->expires);
    if (!e) e = read_time(object, place, "rotated", &record->rotated);
    if (!e) e = read_last_four(object, place, record);
    if (!e) e = read_bool(object, place, "imported", false, &record->imported);
    if (!e) e = read_bool(object, place, "canary", false, &record->limits.canary);
    if (!e) e = read_networks(object, place, record);
    return e ? e : read_permissions(job, object, place, &record->limits.permissions);
}

static enum error read_groups(struct job *job, json_t *object, struct wish_account *wish)
{
    size_t i;
    json_t *list, *value;
    enum error e = read_list(object, wish->place, "groups", &list);
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE + 40];
        int64_t number = 0;
        const char *name = json_string_value(value);
        snprintf(at, sizeof at, "%s.groups[%zu]", wish->place, i);
        if (e) break;
        if (!name) return fail(ERR_INVALID, "%s: the name of a group is expected", at);
        e = job_find_group(job, name, &number);
        if (e) return at_place(at, e);
        if (number != GROUP_EVERYONE) e = id_set_add(&wish->details.groups, number);
    }
    return e;
}

static enum error read_tokens(struct job *job, json_t *object, struct wish_account *wish)
{
    size_t i;
    json_t *list, *value;
    enum error e = read_list(object, wish->place, "tokens", &list);
    if (e) return e;
    size_t count = json_array_size(list);
    wish->tokens = calloc(count ? count : 1, sizeof *wish->tokens);
    if (!wish->tokens) return fail_memory();
    json_array_foreach(list, i, value)
    {
        struct wish_token *token = &wish->tokens[wish->count++];
        snprintf(token->place, sizeof token->place, "%.280s.tokens[%zu]", wish->place, i);
        e = read_token(job, value, token);
        for (size_t k = 0; !e && k < i; k++)
            if (memcmp(wish->tokens[k].record.digest, token->record.digest, TOKEN_DIGEST_SIZE) == 0)
                e = fail(ERR_INVALID, "%s: the same digest is at %s", token->place,
                         wish->tokens[k].place);
        if (e) return e;
    }
    return OK;
}

static enum error read_details(struct job *job, json_t *object, struct wish_account *wish)
{
    const char *description, *owner;
    enum error e = read_text(object, wish->place, "description", &description);
    if (!e) e = read_text(object, wish->place, "owner", &owner);
    if (e) return e;
    wish->details.description = strdup(description ? description : "");
    wish->details.owner = strdup(owner ? owner : "");
    if (!wish->details.description || !wish->details.owner) return fail_memory();
    e = account_check_details(&wish->details);
    if (e) return at_place(wish->place, e);
    e = read_groups(job, object, wish);
    return e ? e : read_permissions(job, object, wish->place, &wish->details.permissions);
}

static enum error read_account(struct job *job, json_t *object, struct wish_account *wish)
{
    static const char *const known[] = {"id",     "active",      "description", "owner",
                                        "groups", "permissions", "tokens",      NULL};
    const char *id;
    enum error e = check_fields(object, wish->place, known);
    if (!e) e = read_needed_text(object, wish->place, "id", &id);
    if (e) return e;
    e = account_parse_name(id, wish->name);
    if (e) return at_place(wish->place, e);
    e = read_bool(object, wish->place, "active", true, &wish->active);
    if (!e) e = read_details(job, object, wish);
    return e ? e : read_tokens(job, object, wish);
}

/* Collected first, because the list must not change while it is read. */
static enum error collect_accounts(struct job *job, json_t *named, struct id_set *out)
{
    enum { PAGE = 100 };
    static const struct account_query all = {.filter = ""};
    struct account_place from = {0};
    struct account_row *rows = calloc(PAGE, sizeof *rows);
    size_t count = PAGE;
    enum error e = rows ? OK : fail_memory();
    while (!e && count == PAGE) {
        e = account_page(job->act->store, job->act->now, &all, &from, (struct page){.max = PAGE},
                         rows, &count);
        for (size_t i = 0; !e && i < count; i++)
            if (!json_object_get(named, rows[i].name)) e = id_set_add(out, rows[i].number);
        if (count) from = account_place_of(&all, &rows[count - 1]);
    }
    free(rows);
    return e;
}

static enum error delete_account(struct job *job, int64_t number)
{
    struct account_row account;
    char id[ACCOUNT_ID_SIZE];
    char tokens[TEXT_COUNT_SIZE];
    enum error e = account_get(job->act->store, job->act->now, number, &account);
    if (e) return e;
    account_id_text(id, account.name);
    if (!job->options->prune) return report_left(job->report, TRANSFER_ACCOUNT, id);
    e = account_delete(job->act, number);
    return e ? e
             : report_item(job->report, TRANSFER_ITEM, TRANSFER_ACCOUNT, TRANSFER_DELETE, id, "%s",
                           text_count(tokens, account.tokens, "token"));
}

/* Each prune_ function deletes what the file does not name, or says that it is left. `named` is
 * keyed by permission id, folded group name and bare account name.
 *
 * By then all accounts of the file are there: if there are as many, there is no other. */
static enum error prune_accounts(struct job *job, json_t *named)
{
    struct id_set gone = {0};
    int64_t total;
    enum error e = accounts_total(job->act->store, &total);
    if (e || total == (int64_t)json_object_size(named)) return e;
    e = collect_accounts(job, named, &gone);
    size_t count = gone.count;
    if (!job->options->prune && count > TRANSFER_LEFT_MAX) count = TRANSFER_LEFT_MAX;
    for (size_t i = 0; !e && i < count; i++)
        e = delete_account(job, gone.ids[i]);
    if (!e && !job->options->prune) job->report->left[TRANSFER_ACCOUNT] = gone.count;
    id_set_free(&gone);
    return e;
}

static enum error delete_group(struct job *job, const struct group *group)
{
    char members[TEXT_COUNT_SIZE];
    if (!job->options->prune) return report_left(job->report, TRANSFER_GROUP, group->name);
    enum error e = group_delete(job->act, group->number);
    return e ? e
             : report_item(job->report, TRANSFER_HEAD, TRANSFER_GROUP, TRANSFER_DELETE, group->name,
                           "%s", text_count(members, group->members, "member"));
}

static enum error prune_groups(struct job *job, json_t *named)
{
    struct group_rows *groups = NULL;
    enum error e = group_list(job->act->store, "", SIZE_MAX >> 1, &groups);
    for (size_t i = 0; !e && i < groups->count; i++) {
        const struct group *group = &groups->items[i];
        if (!group->system && !json_object_get(named, group->folded)) e = delete_group(job, group);
    }
    free(groups);
    return e;
}

static enum error delete_permission(struct job *job, const struct permission *permission)
{
    if (!job->options->prune) return report_left(job->report, TRANSFER_PERMISSION, permission->id);
    enum error e = permission_delete(job->act, permission->number);
    return e ? e
             : report_item(job->report, TRANSFER_ITEM, TRANSFER_PERMISSION, TRANSFER_DELETE,
                           permission->id, NULL);
}

static enum error prune_permissions(struct job *job, json_t *named)
{
    struct permissions *catalogue = NULL;
    enum error e = permission_list(job->act->store, &catalogue);
    for (size_t i = 0; !e && i < catalogue->count; i++)
        if (!json_object_get(named, catalogue->items[i].id))
            e = delete_permission(job, &catalogue->items[i]);
    free(catalogue);
    return e;
}

static enum error check_head(json_t *root)
{
    static const char *const known[] = {"format", "version",  "permissions",
                                        "groups", "accounts", NULL};
    const char *format = json_string_value(json_object_get(root, "format"));
    if (!format || strcmp(format, EXPORT_FORMAT) != 0)
        return fail(ERR_INVALID, "the file is not an export of Gatehouse: its format is not “%s”",
                    EXPORT_FORMAT);
    if (json_integer_value(json_object_get(root, "version")) != EXPORT_VERSION)
        return fail(ERR_INVALID, "this Gatehouse does not know the version of the export");
    return check_fields(root, "the file", known);
}

/* Each key may occur once. */
static enum error note_name(json_t *named, const char *key, const char *place)
{
    if (json_object_get(named, key))
        return fail(ERR_INVALID, "%s: “%s” occurs twice in the file", place, key);
    if (json_object_set_new(named, key, json_true())) return fail_memory();
    return OK;
}

static enum error apply_permission(struct job *job, json_t *object, const char *place,
                                   json_t *named)
{
    static const char *const known[] = {"id", "name", "sentence", NULL};
    const char *id, *name, *sentence;
    enum error e = check_fields(object, place, known);
    if (!e) e = read_needed_text(object, place, "id", &id);
    if (!e) e = read_text(object, place, "name", &name);
    if (!e) e = read_text(object, place, "sentence", &sentence);
    if (e) return e;
    if (strcmp(id, permission_reserved) == 0)
        return report_note(job->report, place, "%s is reserved and was skipped", id);
    name = name ? name : id;
    sentence = sentence ? sentence : "";
    e = permission_check_id(id);
    if (!e) e = permission_check_texts(name, sentence);
    if (e) return at_place(place, e);
    e = note_name(named, id, place);
    return e ? e : write_permission(job, id, name, sentence);
}

static enum error read_group(struct job *job, json_t *object, const char *place, json_t *named,
                             const char **name, struct group_details *details)
{
    static const char *const known[] = {"name", "description", "permissions", NULL};
    const char *description;
    enum error e = check_fields(object, place, known);
    if (!e) e = read_needed_text(object, place, "name", name);
    if (!e) e = read_text(object, place, "description", &description);
    if (e) return e;
    if (group_check_name(*name)) return at_place(place, ERR_INVALID);
    details->description = strdup(description ? description : "");
    char *folded = text_fold(*name);
    if (!folded || !details->description) e = fail_memory();
    if (!e) e = note_name(named, folded, place);
    free(folded);
    if (!e && group_check_description(details->description)) e = at_place(place, ERR_INVALID);
    return e ? e : read_permissions(job, object, place, &details->permissions);
}

static enum error apply_group(struct job *job, json_t *object, const char *place, json_t *named)
{
    struct group_details details = {0};
    const char *name;
    enum error e = read_group(job, object, place, named, &name, &details);
    if (!e) e = write_group(job, name, &details);
    group_details_free(&details);
    return e;
}

/* Some accounts, which are read before the first of them is written. */
static enum error read_some(struct job *job, json_t *list, size_t from, json_t *named,
                            struct wish_account **wishes, size_t count)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < count; i++) {
        struct wish_account *wish = wishes[i] = calloc(1, sizeof *wish);
        if (!wish) return fail_memory();
        snprintf(wish->place, sizeof wish->place, "accounts[%zu]", from + i);
        e = read_account(job, json_array_get(list, from + i), wish);
        if (!e) e = note_name(named, wish->name, wish->place);
    }
    return e ? e : ahead_look(job, wishes, count);
}

static enum error apply_accounts(struct job *job, json_t *list, json_t *named, size_t *done,
                                 size_t total)
{
    size_t all = json_array_size(list);
    enum error e = OK;
    for (size_t from = 0; !e && from < all; from += AHEAD_MAX) {
        struct wish_account *wishes[AHEAD_MAX] = {0};
        size_t count = all - from < AHEAD_MAX ? all - from : AHEAD_MAX;
        e = read_some(job, list, from, named, wishes, count);
        for (size_t i = 0; i < count; i++) {
            if (!e) e = job_step(job, (*done)++, total);
            if (!e) e = write_account(job, wishes[i]);
            if (wishes[i]) wish_account_free(wishes[i]);
            free(wishes[i]);
        }
    }
    return e;
}

struct kind {
    const char *field;
    /* NULL: apply_accounts */
    enum error (*apply)(struct job *job, json_t *object, const char *place, json_t *named);
    enum error (*prune)(struct job *job, json_t *named);
    json_t *named;
};

static enum error apply_kind(struct job *job, const struct kind *kind, size_t *done, size_t total)
{
    json_t *list, *object;
    size_t i;
    enum error e = read_list(job->file->root, "", kind->field, &list);
    if (!e && !kind->apply) return apply_accounts(job, list, kind->named, done, total);
    json_array_foreach(list, i, object)
    {
        char place[PLACE_SIZE];
        snprintf(place, sizeof place, "%s[%zu]", kind->field, i);
        if (!e) e = job_step(job, (*done)++, total);
        if (!e) e = kind->apply(job, object, place, kind->named);
    }
    return e;
}

static enum error prune(struct job *job, const struct kind *kind)
{
    /* A kind that the file does not speak of is not its business. */
    if (!json_is_array(json_object_get(job->file->root, kind->field))) return OK;
    return kind->prune(job, kind->named);
}

static enum error work(struct job *job)
{
    struct kind kinds[] = {{"permissions", apply_permission, prune_permissions, json_object()},
                           {"groups", apply_group, prune_groups, json_object()},
                           {"accounts", NULL, prune_accounts, json_object()}};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    size_t done = 0, total = 0;
    enum error e = check_head(job->file->root);
    for (int i = 0; i < KINDS; i++)
        total += json_array_size(json_object_get(job->file->root, kinds[i].field));
    for (int i = 0; i < KINDS && !e; i++)
        e = apply_kind(job, &kinds[i], &done, total);
    /* Accounts first: what they no longer need can then be deleted, too. */
    for (int i = KINDS - 1; i >= 0 && !e; i--)
        e = prune(job, &kinds[i]);
    if (!e) e = job_step(job, total, total);
    for (int i = 0; i < KINDS; i++)
        json_decref(kinds[i].named);
    return e;
}

enum error transfer_apply(const struct act *act, const struct transfer_file *file,
                          const struct transfer_options *options, struct transfer_report *report)
{
    struct job job = {
        .act = act, .file = file, .options = options, .report = report, .kind = "database.apply"};
    return job_run(&job, work);
}
