#include "src/transfer/write.h"

#include "src/transfer/difference.h"
#include "src/transfer/job.h"

#include <gatehouse/account_change.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an account and its tokens may do, to report the tokens that may do more after a change. */
struct reach {
    bool active;
    struct id_set permissions; /* effective ones */
    struct token_records *tokens;
};

static enum error reach_load(struct job *job, int64_t account, struct reach *out)
{
    struct store *store = job->act->store;
    struct account_row row;
    struct permission_sources *sources = NULL;
    enum error e = account_get(store, job->act->now, account, &row);
    if (!e) e = token_records_load(store, account, &out->tokens);
    if (!e) e = permission_effective(store, account, &sources);
    for (size_t i = 0; !e && i < sources->count; i++)
        e = id_set_add(&out->permissions, sources->items[i].permission);
    free(sources);
    if (!e) out->active = row.active;
    return e;
}

static void reach_free(struct reach *reach)
{
    id_set_free(&reach->permissions);
    token_records_free(reach->tokens);
    reach->tokens = NULL;
}

static bool is_live(bool active, const struct token_record *record, int64_t now)
{
    return active && !record->revoked && !record->suspended && !record->limits.canary &&
           (record->expires == WHEN_NEVER || record->expires > now);
}

static bool has_more(const struct id_set *after, const struct id_set *before)
{
    for (size_t i = 0; i < after->count; i++)
        if (!id_set_has(before, after->ids[i])) return true;
    return false;
}

/* Whether a token gains a permission that its account holds afterwards, and that before either the
 * account did not hold or the token was not given. */
static bool gains(const struct reach *before, const struct token_record *was,
                  const struct reach *after, const struct token_record *is)
{
    for (size_t i = 0; i < after->permissions.count; i++) {
        int64_t permission = after->permissions.ids[i];
        bool now = !is->limits.narrowed || id_set_has(&is->limits.permissions, permission);
        bool then = id_set_has(&before->permissions, permission) &&
                    (!was->limits.narrowed || id_set_has(&was->limits.permissions, permission));
        if (now && !then) return true;
    }
    return is->limits.narrowed && was->limits.narrowed
               ? has_more(&is->limits.permissions, &was->limits.permissions)
               : was->limits.narrowed && !is->limits.narrowed;
}

static bool ends_later(const struct token_record *was, const struct token_record *is)
{
    return was->expires != WHEN_NEVER && (is->expires == WHEN_NEVER || is->expires > was->expires);
}

/* Why a token may do more than before; NULL if it may not. `was` is NULL for a new token. */
static const char *reason_of(const struct reach *before, const struct token_record *was,
                             const struct reach *after, const struct token_record *is, int64_t now)
{
    if (!is_live(after->active, is, now)) return NULL;
    if (!was) return "new";
    if (!is_live(before->active, was, now))
        return before->active ? "becomes live" : "its account becomes active";
    if (gains(before, was, after, is)) return "gains permissions";
    if (token_limits_open(&was->limits, &is->limits)) return "may be used from more networks";
    return ends_later(was, is) ? "expires later" : NULL;
}

static enum error reach_compare(struct job *job, const char *account, const struct reach *before,
                                const struct reach *after)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < after->tokens->count; i++) {
        const struct token_record *is = &after->tokens->items[i], *was = NULL;
        for (size_t k = 0; before->tokens && k < before->tokens->count && !was; k++)
            if (before->tokens->items[k].number == is->number) was = &before->tokens->items[k];
        const char *why = reason_of(before, was, after, is, job->act->now);
        if (why) e = report_wider(job->report, is->number, account, is->name, why);
    }
    return e;
}

/* For an account that is new: every live token may do more. */
static enum error reach_new(struct job *job, const struct wish_account *wish)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < wish->count; i++) {
        const struct token_record *record = &wish->tokens[i].record;
        if (record->number && is_live(wish->active, record, job->act->now))
            e = report_wider(job->report, record->number, wish->name, record->name, "new");
    }
    return e;
}

/* The name, or if another permission has one like it, the id, or the id with a number. */
static enum error choose_name(struct job *job, const char *id, const char *name, int64_t except,
                              char out[static PERMISSION_NAME_MAX * 4 + 1])
{
    bool taken;
    snprintf(out, PERMISSION_NAME_MAX * 4 + 1, "%s", name);
    enum error e = permission_name_taken(job->act->store, out, except, &taken);
    for (int nth = 1; !e && taken; nth++) {
        if (nth == 1)
            snprintf(out, PERMISSION_NAME_MAX + 1, "%s", id);
        else
            snprintf(out, PERMISSION_NAME_MAX + 1, "%.*s (%d)", PERMISSION_NAME_MAX - 16, id, nth);
        e = permission_name_taken(job->act->store, out, except, &taken);
    }
    if (e || strcmp(out, name) == 0) return e;
    return report_note(job->report, id, "another permission is named “%s”: this one becomes “%s”",
                       name, out);
}

enum error write_permission(struct job *job, const char *id, const char *wished,
                            const char *sentence)
{
    const struct act *act = job->act;
    int64_t number = 0;
    bool changed = false;
    char name[PERMISSION_NAME_MAX * 4 + 1];
    enum error e = permission_find(act->store, id, &number);
    bool created = e == ERR_NOT_FOUND;
    if (created || (!e && !job->merge)) e = choose_name(job, id, wished, number, name);
    if (created && !e)
        e = permission_create(act, id, name, sentence, &number);
    else if (!e && !job->merge)
        e = permission_edit(act, number, name, sentence, &changed);
    if (e) return e;
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_PERMISSION,
                       created   ? TRANSFER_CREATE
                       : changed ? TRANSFER_CHANGE
                                 : TRANSFER_UNCHANGED,
                       id, NULL);
}

/* The ids of permissions, as "a, b". The caller frees it. */
static enum error list_ids(struct store *store, const struct id_set *set, char **out)
{
    size_t room = set->count * (PERMISSION_ID_MAX + 2) + 1, used = 0;
    char *text = malloc(room);
    if (!text) return fail_memory();
    text[0] = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct permission permission;
        enum error e = permission_get(store, set->ids[i], &permission);
        if (e) {
            free(text);
            return e;
        }
        used += (size_t)snprintf(text + used, room - used, "%s%s", i ? ", " : "", permission.id);
    }
    *out = text;
    return OK;
}

struct gain {
    struct job *job;
    const char *group;
};

static enum error say_gain(int64_t token, const char *account, const char *name, void *arg)
{
    struct gain *gain = arg;
    char why[600];
    snprintf(why, sizeof why, "group %s gives more", gain->group);
    return report_wider(gain->job->report, token, account, name, why);
}

/* What is in `a` but not in `b`. */
static enum error subtract(const struct id_set *a, const struct id_set *b, struct id_set *out)
{
    *out = (struct id_set){0};
    enum error e = OK;
    for (size_t i = 0; !e && i < a->count; i++)
        if (!id_set_has(b, a->ids[i])) e = id_set_add(out, a->ids[i]);
    return e;
}

static enum error change_group(struct job *job, const struct group *group, const char *name,
                               int64_t version, const struct group_details *before,
                               const struct group_details *after)
{
    struct gain gain = {job, group->name};
    const struct act *act = job->act;
    struct id_set gained;
    enum error e = subtract(&after->permissions, &before->permissions, &gained);
    for (size_t i = 0; !e && i < gained.count; i++)
        e = token_records_reached(act->store, act->now, group->number, gained.ids[i], say_gain,
                                  &gain);
    id_set_free(&gained);
    if (!e) e = group_update(act, group->number, version, after, NULL, NULL);
    return e || !name ? e : group_rename(act, group->number, name);
}

/* When merging, `after` becomes the union of what is there and what is wished for. */
static enum error merge_group(const struct group_details *present, const struct group_details *wish,
                              bool merge, struct group_details *after)
{
    const char *description = merge ? present->description : wish->description;
    *after = (struct group_details){.description = strdup(description ? description : "")};
    enum error e = after->description ? OK : fail_memory();
    if (!e) e = id_set_copy(&after->permissions, &wish->permissions);
    for (size_t i = 0; merge && !e && i < present->permissions.count; i++)
        e = id_set_add(&after->permissions, present->permissions.ids[i]);
    return e;
}

static enum error update_group(struct job *job, int64_t number, const char *name,
                               const struct group_details *wish)
{
    struct group_details present = {0}, after = {0};
    struct group group;
    char *text = NULL;
    int64_t version;
    enum error e = group_get(job->act->store, number, &group);
    if (!e) e = group_details_load(job->act->store, number, &present, &version);
    if (!e) e = merge_group(&present, wish, job->merge, &after);
    const char *rename = job->merge || group.system ? NULL : name;
    if (!e) e = difference_of_group(job->act->store, &group, rename, &present, &after, &text);
    if (!e && *text) e = change_group(job, &group, rename, version, &present, &after);
    if (!e)
        e = report_item(job->report, *text ? TRANSFER_HEAD : TRANSFER_ITEM, TRANSFER_GROUP,
                        *text ? TRANSFER_CHANGE : TRANSFER_UNCHANGED, group.name, "%s", text);
    free(text);
    group_details_free(&present);
    group_details_free(&after);
    return e;
}

static enum error create_group(struct job *job, const char *name, const struct group_details *wish)
{
    int64_t number, version;
    struct group_details present = {0}, after = {0};
    char *ids = NULL;
    enum error e = group_create(job->act, name, &number);
    if (!e) e = group_details_load(job->act->store, number, &present, &version);
    if (!e) e = merge_group(&present, wish, false, &after);
    if (!e) e = group_update(job->act, number, version, &after, NULL, NULL);
    if (!e) e = list_ids(job->act->store, &after.permissions, &ids);
    if (!e)
        e = report_item(job->report, TRANSFER_ITEM, TRANSFER_GROUP, TRANSFER_CREATE, name, "%s%s",
                        *ids ? "gives " : "", ids);
    free(ids);
    group_details_free(&present);
    group_details_free(&after);
    return e;
}

enum error write_group(struct job *job, const char *name, const struct group_details *details)
{
    int64_t number;
    enum error e = group_find(job->act->store, name, &number);
    if (e == ERR_NOT_FOUND) return create_group(job, name, details);
    return e ? e : update_group(job, number, name, details);
}

static bool in_use(const struct token_record *record, int64_t now)
{
    return !record->revoked && (record->expires == WHEN_NEVER || record->expires > now);
}

static const struct token_record *find_record(const struct token_records *records,
                                              const uint8_t *digest)
{
    for (size_t i = 0; records && i < records->count; i++)
        if (memcmp(records->items[i].digest, digest, TOKEN_DIGEST_SIZE) == 0)
            return &records->items[i];
    return NULL;
}

/* "sa::ci/github", or if there is no name, with the number. */
static void subject_of(const struct wish_account *wish, const struct token_record *record,
                       char *out, size_t size)
{
    if (record->name[0])
        snprintf(out, size, "sa::%s/%s", wish->name, record->name);
    else
        snprintf(out, size, "sa::%s/#%" PRId64, wish->name, record->number);
}

/* The reason why a digest that is not among the account's tokens must not be written; "" if it may.
 */
static enum error refuse_holder(struct store *store, const struct token_record *record,
                                char *reason, size_t size)
{
    struct digest_holder holder;
    reason[0] = 0;
    if (record->is_unknown) return OK;
    enum error e = digest_find_holder(store, record->digest, &holder);
    if (e || !holder.known) return e;
    if (holder.account_name[0] && holder.account != record->account)
        snprintf(reason, size, "this token belongs to sa::%s", holder.account_name);
    else if (!record->revoked)
        snprintf(reason, size, "this token %s and stays dead",
                 holder.account_name[0] ? "was revoked here" : "belonged to a deleted account");
    return OK;
}

/* A rotation may exceed the limit by one until it ends. */
static enum error refuse_limit(const struct job *job, const struct wish_account *wish,
                               const struct token_record *record, char *reason, size_t size)
{
    struct token_counts counts = {.used = wish->written};
    char most[TEXT_COUNT_SIZE];
    int64_t more = 0;
    enum error e = OK;
    if (!in_use(record, job->act->now)) return OK;
    for (size_t i = 0; i < wish->count; i++)
        if (wish->tokens[i].record.has_successor) more = 1;
    if (!wish->is_absent)
        e = token_get_counts(job->act->store, job->act->now, record->account, &counts);
    if (!e && counts.used >= job->token_limit + more)
        snprintf(reason, size, "the account would have more than %s in use",
                 text_count(most, job->token_limit, "token"));
    return e;
}

/* A token that is already there may live longer than a new one could. */
static void count_long_lived(struct job *job, const struct token_record *record)
{
    job->long_lived += in_use(record, job->act->now) &&
                       token_lives_too_long(job->longest, record->created, record->expires);
}

static void count_token(struct wish_account *wish, const struct token_record *record)
{
    wish->created += !record->revoked;
    if (record->last_used > wish->last_used) wish->last_used = record->last_used;
}

/* Of a new account whose tokens are all written, because nothing can refuse one: its row is made
 * with their count. */
static void count_ahead(const struct job *job, struct wish_account *wish)
{
    wish->counted = (int64_t)wish->count <= job->token_limit;
    for (size_t i = 0; i < wish->count; i++)
        wish->counted = wish->counted && wish->tokens[i].record.is_unknown;
    for (size_t i = 0; wish->counted && i < wish->count; i++)
        count_token(wish, &wish->tokens[i].record);
}

static enum error create_token(struct job *job, struct wish_account *wish, struct wish_token *token)
{
    struct token_record *record = &token->record;
    struct secret *value = NULL;
    char reason[200], subject[ACCOUNT_ID_SIZE + 300];
    enum error e = refuse_holder(job->act->store, record, reason, sizeof reason);
    if (!e && !reason[0]) e = refuse_limit(job, wish, record, reason, sizeof reason);
    if (!e && reason[0]) return report_refused(job->report, token->place, reason);
    if (!e && token->value) {
        e = secret_new(TOKEN_VALUE_MAX, &value);
        if (!e) e = secret_set(value, token->value, strlen(token->value));
    }
    if (!e) count_long_lived(job, record);
    if (!e) e = token_record_create(job->act, record, value, &record->number);
    secret_free(value);
    if (e) return e;
    wish->written += in_use(record, job->act->now);
    if (!wish->counted) count_token(wish, record);
    subject_of(wish, record, subject, sizeof subject);
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_CREATE, subject, "%s",
                       record->revoked     ? "revoked"
                       : record->suspended ? "suspended"
                                           : "");
}

/* Why a token must not become what the file says: revocation and expiry are final. */
static const char *refuse_change(const struct job *job, const struct token_record *before,
                                 const struct token_record *after)
{
    if (before->revoked && !after->revoked) return "this token was revoked here and stays dead";
    if (!before->revoked && !in_use(before, job->act->now) && in_use(after, job->act->now))
        return "this token has expired";
    return NULL;
}

/* A canary stays one. */
static enum error keep_canary(struct job *job, const char *subject,
                              const struct token_record *before, struct token_record *after)
{
    if (!before->limits.canary || after->limits.canary) return OK;
    after->limits.canary = true;
    return report_note(job->report, subject, "is a canary here and stays one");
}

static enum error change_token(struct job *job, struct wish_account *wish, struct wish_token *token,
                               const struct token_record *before)
{
    struct token_record *after = &token->record;
    char subject[ACCOUNT_ID_SIZE + 300], *changes = NULL;
    after->number = before->number;
    subject_of(wish, before, subject, sizeof subject);
    const char *final = refuse_change(job, before, after);
    if (final) return report_refused(job->report, token->place, final);
    enum error e = keep_canary(job, subject, before, after);
    int diff = token_record_diff(before, after) & ~RECORD_SUCCESSOR;
    if (!e && diff & (RECORD_EXPIRES | RECORD_CREATED)) count_long_lived(job, after);
    if (!e) e = difference_of_token(job->act->store, before, after, &changes);
    if (!e) e = token_record_update(job->act, before, after);
    if (!e)
        e = report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN,
                        diff ? TRANSFER_CHANGE : TRANSFER_UNCHANGED, subject, "%s", changes);
    free(changes);
    return e;
}

/* An import leaves a known token as it is. */
static enum error keep_token(struct job *job, struct wish_token *token,
                             const struct token_record *present)
{
    token->record.number = present->number;
    if (present->revoked)
        return report_refused(job->report, token->place,
                              "this token was revoked here and stays dead");
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_UNCHANGED, "", NULL);
}

/* Deletes the tokens that the file does not name, or says that they are left. */
static enum error prune_tokens(struct job *job, struct wish_account *wish,
                               const struct token_records *present)
{
    enum error e = OK;
    for (size_t i = 0; !e && present && i < present->count; i++) {
        const struct token_record *record = &present->items[i];
        char subject[ACCOUNT_ID_SIZE + 300];
        bool wished = false;
        for (size_t k = 0; k < wish->count && !wished; k++)
            wished = memcmp(wish->tokens[k].record.digest, record->digest, TOKEN_DIGEST_SIZE) == 0;
        if (wished) continue;
        subject_of(wish, record, subject, sizeof subject);
        if (!job->options->prune) {
            e = report_left(job->report, TRANSFER_TOKEN, subject);
            continue;
        }
        e = token_record_delete(job->act, record);
        if (!e)
            e = report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_DELETE, subject,
                            NULL);
    }
    return e;
}

static enum error link_one(struct job *job, const struct wish_account *wish,
                           const struct wish_token *token, const struct token_record *before)
{
    const struct token_record *record = &token->record;
    struct digest_holder holder = {0}, former = {0};
    char subject[ACCOUNT_ID_SIZE + 300];
    enum error e = OK;
    if (record->has_successor) {
        e = digest_find_holder(job->act->store, record->successor, &holder);
        if (!e && (!holder.token || holder.account != record->account))
            return report_refused(job->report, token->place,
                                  "its successor is not a token of this account");
    }
    if (!e)
        e = token_record_link(job->act, record, record->has_successor ? record->successor : NULL);
    if (!e && before && before->has_successor)
        e = digest_find_holder(job->act->store, before->successor, &former);
    if (e || !before) return e;
    subject_of(wish, record, subject, sizeof subject);
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_CHANGE, subject,
                       "successor: %s%.0" PRId64 " → %s%.0" PRId64, former.token ? "#" : "none",
                       former.token, holder.token ? "#" : "none", holder.token);
}

/* Once all tokens are written, because a successor may be anywhere in the list. */
static enum error link_successors(struct job *job, const struct wish_account *wish,
                                  const struct token_records *present)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < wish->count; i++) {
        const struct token_record *record = &wish->tokens[i].record;
        const struct token_record *before = find_record(present, record->digest);
        bool differs =
            before ? token_record_diff(before, record) & RECORD_SUCCESSOR : record->has_successor;
        if (record->number && differs) e = link_one(job, wish, &wish->tokens[i], before);
    }
    return e;
}

/* Tokens that exist already come first: those that are deleted no longer count against the limit.
 */
static enum error write_tokens(struct job *job, int64_t account, struct wish_account *wish,
                               const struct token_records *present)
{
    enum error e = OK;
    if (!job->merge) e = prune_tokens(job, wish, present);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; !e && i < wish->count; i++) {
            struct wish_token *token = &wish->tokens[i];
            const struct token_record *before = find_record(present, token->record.digest);
            if ((before ? 0 : 1) != pass) continue;
            token->record.account = account;
            token->record.account_name = wish->name;
            token->record.seal_key = job->keeps_tokens ? job->seal_key : NULL;
            if (token->record.created == WHEN_NEVER)
                token->record.created = before ? before->created : job->act->now;
            if (!before)
                e = create_token(job, wish, token);
            else
                e = job->merge ? keep_token(job, token, before)
                               : change_token(job, wish, token, before);
        }
    if (!e && !wish->counted)
        e = token_records_count(job->act->store, account, wish->created, wish->last_used);
    if (!e && !job->merge) e = link_successors(job, wish, present);
    return e;
}

/* Merges what is there into what is wished for; an import sets a description only if there is none.
 */
static enum error merge_details(const struct account_details *present, struct account_details *wish)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < present->groups.count; i++)
        e = id_set_add(&wish->groups, present->groups.ids[i]);
    for (size_t i = 0; !e && i < present->permissions.count; i++)
        e = id_set_add(&wish->permissions, present->permissions.ids[i]);
    char *description = present->description[0] || !wish->description ? strdup(present->description)
                                                                      : strdup(wish->description);
    char *owner = strdup(present->owner);
    free(wish->description);
    free(wish->owner);
    wish->description = description;
    wish->owner = owner;
    return e || (description && owner) ? e : fail_memory();
}

static enum error note_activity(struct job *job, const char *id, bool active)
{
    return report_note(job->report, id, "stays %s, although the file says %s",
                       active ? "active" : "inactive", active ? "inactive" : "active");
}

static enum error create_account(struct job *job, struct wish_account *wish, int64_t *number)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, wish->name);
    count_ahead(job, wish);
    const struct account_start start = {wish->active, wish->created, wish->last_used};
    enum error e = account_create_absent(job->act, wish->name, &wish->details, &start, number);
    return e ? e
             : report_item(job->report, TRANSFER_ITEM, TRANSFER_ACCOUNT, TRANSFER_CREATE, id, "%s",
                           wish->active ? "" : "inactive");
}

static enum error update_account(struct job *job, struct wish_account *wish, int64_t number,
                                 bool *changed)
{
    struct store *store = job->act->store;
    struct account_row account;
    struct account_details present;
    int64_t version;
    char id[ACCOUNT_ID_SIZE], *changes = NULL;
    account_id_text(id, wish->name);
    enum error e = account_get(store, job->act->now, number, &account);
    if (!e) e = account_details_load(store, number, &present, &version);
    if (e) return e;
    bool was = account.active, is = job->merge ? was : wish->active;
    if (job->merge) e = merge_details(&present, &wish->details);
    if (!e) e = difference_of_account(store, &present, &wish->details, was, is, &changes);
    if (!e && account_details_diff(&present, &wish->details))
        e = account_update(job->act, number, version, &wish->details);
    account_details_free(&present);
    if (!e && job->merge && was != wish->active) e = note_activity(job, id, was);
    if (!e) e = account_set_active(job->act, number, is, NULL);
    *changed = !e && *changes;
    if (!e)
        e = report_item(job->report, TRANSFER_ITEM, TRANSFER_ACCOUNT,
                        *changed ? TRANSFER_CHANGE : TRANSFER_UNCHANGED, id, "%s", changes);
    free(changes);
    return e;
}

static size_t token_changes(const struct job *job)
{
    const size_t *counts = job->report->counts[TRANSFER_TOKEN];
    return counts[TRANSFER_CREATE] + counts[TRANSFER_CHANGE] + counts[TRANSFER_DELETE];
}

static enum error write_existing(struct job *job, struct wish_account *wish, int64_t number)
{
    struct reach before = {0}, after = {0};
    bool changed = false;
    size_t tokens = token_changes(job);
    enum error e = reach_load(job, number, &before);
    if (!e) e = update_account(job, wish, number, &changed);
    if (!e) e = write_tokens(job, number, wish, before.tokens);
    if (!e && (changed || token_changes(job) != tokens)) {
        e = reach_load(job, number, &after);
        if (!e) e = reach_compare(job, wish->name, &before, &after);
    }
    reach_free(&before);
    reach_free(&after);
    return e;
}

static enum error write_new(struct job *job, struct wish_account *wish)
{
    int64_t number;
    enum error e = create_account(job, wish, &number);
    if (!e) e = write_tokens(job, number, wish, NULL);
    return e ? e : reach_new(job, wish);
}

enum error write_account(struct job *job, struct wish_account *wish)
{
    int64_t number;
    wish->created = 0;
    wish->last_used = WHEN_NEVER;
    if (wish->is_absent) return write_new(job, wish);
    enum error e = account_find(job->act->store, wish->name, &number);
    return e ? e : write_existing(job, wish, number);
}
