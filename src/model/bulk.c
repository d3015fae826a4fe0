#include <gatehouse/account_change.h>
#include <gatehouse/audit_kind.h>
#include <gatehouse/beside.h>
#include <gatehouse/bulk.h>
#include <gatehouse/membership.h>
#include <gatehouse/text.h>
#include <gatehouse/token.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>

#include "audit_internal.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file with the tokens of a generation: it has its name before they are committed. */
static enum error file_begin(const char *path, struct beside *file)
{
    if (beside_is_taken(path))
        return fail(ERR_CONFLICT, "%s already exists: name a new file", path);
    return beside_begin(path, file);
}

static enum error write_all(const struct beside *file, const char *bytes, size_t size)
{
    while (size) {
        ssize_t done = write(file->fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail(ERR_SYSTEM, "cannot write %s: %s", file->name, strerror(errno));
        bytes += done;
        size -= (size_t)done;
    }
    return OK;
}

/* Written directly from guarded memory, without a copy. */
static enum error file_add(const struct beside *file, const char *name, const struct secret *token)
{
    char head[96];
    int size = snprintf(head, sizeof head, "sa::%s\t", name);
    enum error e = write_all(file, head, (size_t)size);
    if (!e) e = write_all(file, token->bytes, token->size);
    return e ? e : write_all(file, "\n", 1);
}

/* Rows between two calls of progress. */
enum { CHUNK = 32, SET_CHUNK = 256, IMPACT_CHUNK = 256 };

struct work {
    const struct act *act;
    const struct bulk *bulk;
    struct beside *file; /* NULL: there is none, or it has its name */
    bool named;
    struct bulk_result *result;
};

static enum error suspend_all(const struct work *work, int64_t account, bool *changed)
{
    struct token_rows *tokens;
    enum error e = token_list(work->act->store, work->act->now, account, false, &tokens);
    if (e) return e;
    for (size_t i = 0; i < tokens->count && !e; i++) {
        const struct token_row *token = &tokens->items[i];
        if (!token_works(token, true)) continue; /* a canary stays on its guard */
        e = token_set_suspended(work->act, token->number, true, NULL);
        if (!e) e = id_set_add(&work->result->changed, token->number);
        *changed = true;
    }
    free(tokens);
    return e;
}

static enum error generate(const struct work *work, int64_t account)
{
    struct account_row row;
    struct secret *text;
    int64_t number;
    enum error e = account_get(work->act->store, work->act->now, account, &row);
    if (e) return e;
    e = token_generate(
        work->act, account,
        &(struct token_plan){.name = work->bulk->name, .expires = work->bulk->expires}, &number,
        &text);
    if (e == ERR_LIMIT)
        return fail(e, "sa::%s is at its token limit: unmark it, or revoke a token", row.name);
    if (e) return e;
    e = file_add(work->file, row.name, text);
    secret_free(text);
    return e;
}

static enum error change_one(const struct work *work, int64_t id, bool *changed)
{
    const struct act *act = work->act;
    enum bulk_kind kind = work->bulk->kind;
    switch (kind) {
    case BULK_SUSPEND:
        return suspend_all(work, id, changed);
    case BULK_TOKEN_SUSPEND:
    case BULK_TOKEN_RESUME:
        return token_set_suspended(act, id, kind == BULK_TOKEN_SUSPEND, changed);
    case BULK_TOKEN_REVOKE:
        return token_revoke(act, id, changed);
    case BULK_TOKEN_EXPIRE:
        return token_set_expiry(act, id, work->bulk->expires, changed);
    case BULK_GENERATE:
        *changed = true;
        return generate(work, id);
    case BULK_DELETE:
        *changed = true;
        return account_delete(act, id);
    case BULK_ACTIVATE: /* change_set */
    case BULK_DEACTIVATE:
    case BULK_GRANT:
    case BULK_UNGRANT:
    case BULK_JOIN:
    case BULK_LEAVE:
    case BULK_COUNT:
        break;
    }
    return OK;
}

static bool is_of_tokens(enum bulk_kind kind)
{
    return kind >= BULK_TOKEN_SUSPEND;
}

/* A rotated token can only end earlier; an expired one can only be revoked. */
static struct stmt *prepare_token(const struct work *work)
{
    struct stmt *stmt = store_prepare(
        work->act->store, "SELECT count(*) FROM token WHERE number = :id AND revoked IS NULL AND "
                          "(:revokes = 1 OR coalesce(expires, :never) > :now) AND (:expires = 0 OR "
                          "successor IS NULL OR :until <= coalesce(expires, :never))");
    int64_t until = work->bulk->expires;
    bind_int(stmt, ":revokes", work->bulk->kind == BULK_TOKEN_REVOKE);
    bind_int(stmt, ":expires", work->bulk->kind == BULK_TOKEN_EXPIRE);
    bind_int(stmt, ":until", until == WHEN_NEVER ? INT64_MAX : until);
    bind_int(stmt, ":never", INT64_MAX);
    bind_int(stmt, ":now", work->act->now);
    return stmt;
}

/* Rows that were deleted or became final since they were chosen are skipped. Checked beforehand,
 * because an inner failure rolls back the whole transaction. */
static enum error is_there(const struct work *work, int64_t id, bool *there)
{
    struct stmt *stmt =
        is_of_tokens(work->bulk->kind)
            ? prepare_token(work)
            : store_prepare(work->act->store, "SELECT count(*) FROM account WHERE number = :id");
    int64_t count = 0;
    bind_int(stmt, ":id", id);
    enum error e = stmt_int(stmt, &count);
    *there = count > 0;
    return e;
}

static void leave(struct bulk_result *result, int64_t id)
{
    if (!result->left++) result->first_left = id;
}

static bool is_of_sets(enum bulk_kind kind)
{
    return kind != BULK_DELETE && kind < BULK_SUSPEND;
}

static enum error change_set(const struct work *work, const struct id_set *accounts)
{
    const struct act *act = work->act;
    enum bulk_kind kind = work->bulk->kind;
    int64_t target = work->bulk->target;
    struct id_set *changed = &work->result->changed;
    enum error e;
    if (kind == BULK_GRANT || kind == BULK_UNGRANT)
        e = permission_grant_all(act, accounts, target, kind == BULK_GRANT, changed);
    else if (kind == BULK_JOIN || kind == BULK_LEAVE)
        e = group_set_members(act, target, accounts, kind == BULK_JOIN, changed);
    else
        e = account_set_active_all(act, accounts, kind == BULK_ACTIVATE, changed);
    for (size_t i = 0; !e && i < accounts->count; i++)
        if (!id_set_has(changed, accounts->ids[i])) leave(work->result, accounts->ids[i]);
    return e;
}

static enum error change_each(const struct work *work, const struct id_set *rows)
{
    enum error e = OK;
    for (size_t i = 0; i < rows->count && !e; i++) {
        bool changed = false, there;
        e = is_there(work, rows->ids[i], &there);
        if (!e && there) e = change_one(work, rows->ids[i], &changed);
        if (!e && !changed) leave(work->result, rows->ids[i]);
        if (!e && changed && work->bulk->kind != BULK_SUSPEND)
            e = id_set_add(&work->result->changed, rows->ids[i]);
    }
    return e;
}

static enum error change_all(const struct work *work, const struct id_set *rows,
                             const struct progress *progress)
{
    const bool sets = is_of_sets(work->bulk->kind);
    enum error e = OK;
    for (size_t at = 0; at < rows->count && !e;) {
        size_t left = rows->count - at, most = sets ? SET_CHUNK : CHUNK;
        const struct id_set chunk = {.ids = rows->ids + at, .count = left < most ? left : most};
        e = sets ? change_set(work, &chunk) : change_each(work, &chunk);
        at += chunk.count;
        if (!e && progress->step && progress->step(progress->arg, at, rows->count)) e = ERR_STOPPED;
    }
    return e == ERR_STOPPED ? fail(e, "stopped: nothing was changed") : e;
}

static const char *const kinds[] = {
    [BULK_ACTIVATE] = "accounts.activate", [BULK_DEACTIVATE] = "accounts.deactivate",
    [BULK_DELETE] = "accounts.delete",     [BULK_GRANT] = "accounts.grant",
    [BULK_UNGRANT] = "accounts.revoke",    [BULK_JOIN] = "accounts.join",
    [BULK_LEAVE] = "accounts.leave",       [BULK_SUSPEND] = "tokens.suspend",
    [BULK_GENERATE] = "tokens.generate",   [BULK_TOKEN_SUSPEND] = "tokens.suspend",
    [BULK_TOKEN_RESUME] = "tokens.resume", [BULK_TOKEN_REVOKE] = "tokens.revoke",
    [BULK_TOKEN_EXPIRE] = "tokens.expire",
};

/* The event of the act follows those of the rows: it says how many there are and which is the
 * first. */
static enum error write_act(const struct work *work, int64_t before)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    char subject[TEXT_COUNT_SIZE];
    struct bulk_result *result = work->result;
    enum bulk_kind kind = work->bulk->kind;
    size_t count = result->changed.count;
    if (count == 0) return OK;
    assert(kind < BULK_COUNT);
    bool tokens = kind == BULK_SUSPEND || is_of_tokens(kind);
    text_count(subject, (int64_t)count, tokens ? "token" : "account");
    json_t *after =
        json_pack("{s:I, s:I}", "changed", (json_int_t)count, "first", (json_int_t)before + 1);
    if (work->bulk->reason) json_object_set_new(after, "reason", event_text(work->bulk->reason));
    enum error e = audit_write_json(work->act, kinds[kind], subject, 0, 0, NULL, after);
    return e ? e : audit_head(work->act->store, &result->event, hash);
}

/* For a single row, its own event is enough. */
static bool is_bulk(const struct work *work, const struct id_set *rows)
{
    return rows->count > 1 || work->bulk->reason || work->bulk->kind == BULK_SUSPEND;
}

static enum error file_finish(struct work *work)
{
    struct beside *file = work->file;
    work->file = NULL;
    enum error e = beside_finish(file);
    work->named = !e;
    return e;
}

static enum error run(struct work *work, const struct id_set *rows, const struct progress *progress)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t before;
    enum error e = audit_head(work->act->store, &before, hash);
    if (!e) e = change_all(work, rows, progress);
    if (!e && is_bulk(work, rows)) e = write_act(work, before);
    return e || !work->file ? e : file_finish(work);
}

enum error bulk_run(const struct act *act, const struct bulk *bulk, const struct id_set *rows,
                    const struct progress *progress, struct bulk_result *result)
{
    static const struct progress quiet = {0};
    *result = (struct bulk_result){0};
    struct work work = {.act = act, .bulk = bulk, .result = result};
    struct beside file;
    enum error e = OK;
    if (bulk->kind == BULK_GENERATE) {
        e = file_begin(bulk->path, &file);
        if (!e) work.file = &file;
    }
    if (!e) e = store_begin(act->store);
    if (!e) e = store_end(act->store, run(&work, rows, progress ? progress : &quiet));
    if (work.file) beside_drop(work.file);
    if (e && work.named) unlink(bulk->path);
    if (e) {
        id_set_free(&result->changed);
        *result = (struct bulk_result){0};
    }
    return e;
}

static enum error read_range(struct store *store, int64_t sequence, int64_t *first)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT kind, after FROM event WHERE sequence = :sequence");
    bind_int(stmt, ":sequence", sequence);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    json_t *after = NULL;
    const struct audit_kind *kind = row ? audit_kind_find(column_text(stmt, "kind")) : NULL;
    if (kind && !strcmp(kind->name, kinds[BULK_SUSPEND]))
        after = json_loads(column_text(stmt, "after"), 0, NULL);
    stmt_reset(stmt);
    *first = json_integer_value(json_object_get(after, "first"));
    json_decref(after);
    return *first ? OK
                  : fail(ERR_NOT_FOUND, "event %" PRId64 " did not suspend the tokens of accounts",
                         sequence);
}

enum error bulk_undo_suspend(const struct act *act, int64_t sequence, struct revert_result *result)
{
    int64_t first;
    *result = (struct revert_result){0};
    enum error e = read_range(act->store, sequence, &first);
    if (e) return e;
    const struct revert revert = {.act = {first, sequence}};
    return revert_run(act, &revert, NULL, result);
}

static void add(struct bulk_impact *out, const struct account_impact *one)
{
    out->accounts++;
    out->active += one->active;
    out->working += one->working;
    out->waiting += one->waiting;
    out->knocking += one->knocking;
    if (one->last_used > out->last_used) {
        out->last_used = one->last_used;
        memcpy(out->last_from, one->last_from, sizeof out->last_from);
    }
    if (one->denied > out->denied) {
        out->denied = one->denied;
        memcpy(out->denied_from, one->denied_from, sizeof out->denied_from);
    }
}

static enum error add_account(struct store *store, int64_t now, int64_t number,
                              struct bulk_impact *out)
{
    struct account_impact one;
    enum error e = account_get_impact(store, now, number, &one);
    if (!e) add(out, &one);
    return e;
}

static enum error add_token(struct store *store, int64_t now, int64_t number,
                            struct bulk_impact *out)
{
    struct token_row row;
    struct account_row account;
    enum error e = token_get(store, now, number, &row);
    if (e) return e;
    e = account_get(store, now, row.account, &account);
    if (e) return e;
    struct account_impact one = {
        .active = account.active, .last_used = WHEN_NEVER, .denied = WHEN_NEVER};
    one.working = token_works(&row, account.active);
    if (one.working) {
        one.last_used = row.last_used;
        memcpy(one.last_from, row.last_from, sizeof one.last_from);
    }
    one.waiting = row.state == TOKEN_SUSPENDED && account.active && !row.canary;
    one.knocking = token_is_knocking(&row, account.active, now);
    if (one.knocking) {
        one.denied = row.denied;
        memcpy(one.denied_from, row.denied_from, sizeof one.denied_from);
    }
    out->live += row.state == TOKEN_LIVE;
    out->suspended += row.state == TOKEN_SUSPENDED;
    add(out, &one);
    return OK;
}

static enum error add_all(struct store *store, int64_t now, const struct id_set *rows,
                          enum error (*add_row)(struct store *, int64_t, int64_t,
                                                struct bulk_impact *),
                          const struct progress *progress, struct bulk_impact *out)
{
    *out = (struct bulk_impact){.last_used = WHEN_NEVER, .denied = WHEN_NEVER};
    for (size_t i = 0; i < rows->count; i++) {
        enum error e = add_row(store, now, rows->ids[i], out);
        if (e && e != ERR_NOT_FOUND) return e;
        if (i % IMPACT_CHUNK == 0 && progress && progress->step &&
            progress->step(progress->arg, i, rows->count))
            return fail(ERR_STOPPED, "stopped: nothing was changed");
    }
    return OK;
}

/* In one transaction: all rows are of one state, and the locks are taken only once. */
enum error bulk_get_impact(struct store *store, int64_t now, const struct id_set *accounts,
                           const struct progress *progress, struct bulk_impact *out)
{
    enum error e = store_begin_read(store);
    if (e) return e;
    return store_end(store, add_all(store, now, accounts, add_account, progress, out));
}

enum error bulk_get_token_impact(struct store *store, int64_t now, const struct id_set *tokens,
                                 const struct progress *progress, struct bulk_impact *out)
{
    enum error e = store_begin_read(store);
    if (e) return e;
    return store_end(store, add_all(store, now, tokens, add_token, progress, out));
}
