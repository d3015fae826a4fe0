#include "src/transfer/reach.h"

#include <gatehouse/when.h>
#include <stdlib.h>
#include <string.h>

enum error reach_load(struct job *job, int64_t account, struct reach *out)
{
    struct store *store = job->act->store;
    struct account row;
    struct permission_sources *sources = NULL;
    enum error e = account_get(store, job->act->now, account, &row);
    if (!e) e = token_records_load(store, account, &out->tokens);
    if (!e) e = permission_effective(store, account, &sources);
    for (size_t i = 0; !e && i < sources->count; i++)
        e = id_set_add(&out->permissions, sources->items[i].permission);
    free(sources);
    if (!e) out->active = row.row.active;
    return e;
}

void reach_free(struct reach *reach)
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

static bool opens_networks(const struct token_record *was, const struct token_record *is)
{
    if (was->limits.network_count == 0) return false;
    if (is->limits.network_count == 0) return true;
    for (size_t i = 0; i < is->limits.network_count; i++) {
        bool there = false;
        for (size_t k = 0; k < was->limits.network_count && !there; k++)
            there = strcmp(is->limits.networks[i], was->limits.networks[k]) == 0;
        if (!there) return true;
    }
    return false;
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
    if (opens_networks(was, is)) return "may be used from more networks";
    return ends_later(was, is) ? "expires later" : NULL;
}

enum error reach_compare(struct job *job, const char *account, const struct reach *before,
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

enum error reach_new(struct job *job, const struct wish_account *wish)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < wish->count; i++) {
        const struct token_record *record = &wish->tokens[i].record;
        if (record->number && is_live(wish->active, record, job->act->now))
            e = report_wider(job->report, record->number, wish->name, record->name, "new");
    }
    return e;
}
