#include <gatehouse/setting.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>

#include "audit_internal.h"
#include "counter.h"
#include "token_internal.h"
#include "token_limits_internal.h"
#include <inttypes.h>
#include <string.h>

enum error token_event(const struct act *act, const char *kind, const struct token_row *row,
                       json_t *before, json_t *after)
{
    char subject[TOKEN_SUBJECT_SIZE];
    enum error e = token_subject(act->store, row, subject);
    if (!e) return audit_write_json(act, kind, subject, row->account, row->number, before, after);
    json_decref(before);
    json_decref(after);
    return e;
}

static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static enum error rename_token(const struct act *act, int64_t number, const char *name,
                               bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (e) return e;
    if (row.state == TOKEN_REVOKED)
        return fail(ERR_CONFLICT, "the token is revoked: its record stays as it is");
    *changed = strcmp(row.name, name) != 0;
    if (!*changed) return OK;
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET name = :name WHERE number = :number");
    bind_text(stmt, ":name", name);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    return e ? e
             : token_event(act, "token.rename", &row, event_field("name", row.name),
                           event_field("name", name));
}

enum error token_rename(const struct act *act, int64_t number, const char *name, bool *changed)
{
    bool ignored;
    enum error e = token_check_name(name);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, rename_token(act, number, name, changed ? changed : &ignored));
}

static enum error refuse_final(const struct token_row *row)
{
    if (row->state == TOKEN_REVOKED || row->state == TOKEN_EXPIRED)
        return fail(ERR_CONFLICT, "the token is %s for good: generate another",
                    token_state_text(row->state));
    return OK;
}

static enum error set_suspended(const struct act *act, int64_t number, bool suspended,
                                bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = refuse_final(&row);
    if (e) return e;
    *changed = (row.state == TOKEN_SUSPENDED) != suspended;
    if (!*changed) return OK;
    /* A suspended token already counts, but the limit may have been lowered since. */
    if (!suspended) e = token_check_limit(act->store, act->now, row.account, 0);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET suspended = :suspended WHERE number = :number");
    bind_int(stmt, ":suspended", suspended);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (e) return e;
    stmt =
        store_prepare(act->store, "UPDATE digest SET suspended = :suspended WHERE token = :number");
    bind_int(stmt, ":suspended", suspended);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    return token_event(act, suspended ? "token.suspend" : "token.resume", &row,
                       event_field("state", suspended ? "live" : "suspended"),
                       event_field("state", suspended ? "suspended" : "live"));
}

enum error token_set_suspended(const struct act *act, int64_t number, bool suspended, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store,
                     set_suspended(act, number, suspended, changed ? changed : &ignored));
}

static enum error revoke(const struct act *act, int64_t number, const char *from, bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (e) return e;
    *changed = row.state != TOKEN_REVOKED;
    if (!*changed) return OK;
    struct stmt *stmt = store_prepare(
        act->store, "UPDATE token SET revoked = :now, box = NULL WHERE number = :number");
    bind_int(stmt, ":now", act->now);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    store_truncate_after_commit(act->store);
    if (!e) e = run(act->store, "UPDATE digest SET dead = 1 WHERE token = :number", number);
    if (!e)
        e = run(act->store, "UPDATE account SET tokens = tokens - 1 WHERE number = :number",
                row.account);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    json_t *after = event_field("state", "revoked");
    if (after && from) json_object_set_new(after, "from", event_text(from));
    return token_event(act, "token.revoke", &row, event_field("state", token_state_text(row.state)),
                       after);
}

enum error token_revoke(const struct act *act, int64_t number, bool *changed)
{
    return token_revoke_from(act, number, NULL, changed);
}

enum error token_revoke_from(const struct act *act, int64_t number, const char *from, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, revoke(act, number, from, changed ? changed : &ignored));
}

static enum error read_box(struct store *store, const struct token_row *row,
                           const struct vault *vault, struct secret **text)
{
    struct stmt *stmt = store_prepare(store, "SELECT box FROM token WHERE number = :number");
    bind_int(stmt, ":number", row->number);
    bool found;
    enum error e = stmt_step(stmt, &found);
    if (e) return e;
    size_t size;
    const void *box = column_blob(stmt, "box", &size);
    e = vault_open_box(vault, row->number, row->account, box, size, text);
    stmt_reset(stmt);
    return e;
}

/* The box may have been forged: what comes out of it must be the token that is checked. */
static enum error compare_digest(struct store *store, const struct token_row *row,
                                 const struct secret *text)
{
    uint8_t digest[TOKEN_DIGEST_SIZE];
    token_digest(text->bytes, text->size, digest);
    struct stmt *stmt =
        store_prepare(store, "SELECT 1 FROM digest WHERE digest = :digest AND token = :number");
    bind_blob(stmt, ":digest", digest, sizeof digest);
    bind_int(stmt, ":number", row->number);
    int64_t one;
    enum error e = stmt_int(stmt, &one);
    return e == ERR_NOT_FOUND
               ? fail(ERR_SECRET, "the sealed copy is not that of token %lld: revoke the token",
                      (long long)row->number)
               : e;
}

static enum error refuse_unsealed(const struct token_row *row)
{
    if (row->state == TOKEN_REVOKED)
        return fail(ERR_CONFLICT, "the token is revoked: its secret was cleared");
    if (!row->sealed)
        return fail(ERR_CONFLICT, "the secret of this token is not kept: it was shown once, or "
                                  "forgotten; rotate it");
    return OK;
}

/* A copy that is due to be forgotten must not be revealed just because nobody has deleted it yet.
 */
static enum error refuse_due(const struct act *act, const struct token_row *row)
{
    int64_t before;
    enum error e = token_due_before(act->store, SETTING_TOKEN_FORGET, act->now, &before);
    if (e || !before || row->created > before) return e;
    return fail(ERR_CONFLICT, "the secret of this token is old enough to be forgotten, by the "
                              "setting token.forget: rotate the token");
}

static enum error reveal(const struct act *act, int64_t number, const struct vault *vault,
                         const char *how, struct secret **text)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = refuse_unsealed(&row);
    if (!e) e = refuse_due(act, &row);
    if (!e && !vault) e = fail(ERR_LOCKED, "the vault is locked: unlock it first");
    if (!e) e = vault_check_current(act->store, vault);
    if (!e) e = read_box(act->store, &row, vault, text);
    if (!e) e = compare_digest(act->store, &row, *text);
    return e ? e : token_event(act, how, &row, NULL, NULL);
}

enum error token_reveal(const struct act *act, int64_t number, const struct vault *vault,
                        const char *how, struct secret **text)
{
    char kind[32] = "token.";
    strncat(kind, how, sizeof kind - sizeof "token.");
    *text = NULL;
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, reveal(act, number, vault, kind, text));
    /* The secret is only given out once its event is on disk. */
    if (e) {
        secret_free(*text);
        *text = NULL;
    }
    return e;
}

static json_t *one_time(const char *key, int64_t time)
{
    char text[WHEN_SIZE];
    when_iso(text, time);
    return json_pack("{s:s}", key, text);
}

static enum error write_expiry(struct store *store, int64_t number, int64_t expires)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE token SET expires = :expires WHERE number = :number");
    bind_time(stmt, ":expires", expires);
    bind_int(stmt, ":number", number);
    enum error e = stmt_run(stmt);
    if (e) return e;
    stmt = store_prepare(store, "UPDATE digest SET expires = :expires WHERE token = :number");
    bind_time(stmt, ":expires", expires);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    return e ? e : generation_bump(store);
}

static enum error set_expiry(const struct act *act, int64_t number, int64_t expires, bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = refuse_final(&row);
    if (e) return e;
    *changed = row.expires != expires;
    if (!*changed) return OK;
    e = token_check_expiry(act, row.created, expires);
    if (e) return e;
    if (row.successor && (expires == WHEN_NEVER || expires > row.expires))
        return fail(ERR_CONFLICT,
                    "the token is being replaced by token %" PRId64 ": it can only end earlier",
                    row.successor);
    e = write_expiry(act->store, number, expires);
    return e ? e
             : token_event(act, "token.expire", &row, one_time("expires", row.expires),
                           one_time("expires", expires));
}

enum error token_set_expiry(const struct act *act, int64_t number, int64_t expires, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_expiry(act, number, expires, changed ? changed : &ignored));
}

static enum error clear_box(const struct act *act, const struct token_row *row)
{
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET box = NULL WHERE number = :number");
    bind_int(stmt, ":number", row->number);
    enum error e = stmt_run(stmt);
    store_truncate_after_commit(act->store);
    return e ? e : token_event(act, "token.forget", row, NULL, NULL);
}

static enum error forget(const struct act *act, int64_t number, bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (e) return e;
    *changed = row.sealed;
    return row.sealed ? clear_box(act, &row) : OK;
}

enum error token_forget(const struct act *act, int64_t number, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, forget(act, number, changed ? changed : &ignored));
}

static enum error make_canary(const struct act *act, int64_t number, bool *changed)
{
    struct token_row row;
    struct token_limits limits;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = refuse_final(&row);
    if (e) return e;
    *changed = !row.canary;
    if (row.canary) return OK;
    e = token_limits_load(act->store, number, &limits);
    if (e) return e;
    limits.canary = true;
    e = token_limits_write(act->store, number, &limits);
    token_limits_free(&limits);
    if (!e) e = generation_bump(act->store);
    return e ? e
             : token_event(act, "token.make-canary", &row, NULL, json_pack("{s:b}", "canary", 1));
}

enum error token_make_canary(const struct act *act, int64_t number, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, make_canary(act, number, changed ? changed : &ignored));
}

/* If the successor was revoked, the old token may be rotated again. */
static enum error refuse(const struct act *act, const struct token_row *row)
{
    struct token_row next;
    if (row->canary)
        return fail(ERR_CONFLICT, "the token is a canary, which never passes: generate another");
    if (row->state == TOKEN_SUSPENDED)
        return fail(ERR_CONFLICT, "the token is suspended: resume it first, or generate another");
    enum error e = refuse_final(row);
    if (e || !row->successor) return e;
    e = token_get(act->store, act->now, row->successor, &next);
    if (e == ERR_NOT_FOUND) return OK;
    if (e || next.state == TOKEN_REVOKED) return e;
    return fail(ERR_CONFLICT, "the token is being replaced by token %" PRId64 " already",
                row->successor);
}

/* The lifetime of the old token, counted from now, within the longest lifetime. */
static enum error plan_expiry(const struct act *act, const struct token_row *old, int64_t *expires)
{
    int64_t days;
    enum error e = setting_get(act->store, SETTING_TOKEN_EXPIRY_LONGEST, &days);
    if (e) return e;
    *expires = old->expires;
    int64_t life;
    if (old->expires != WHEN_NEVER && (__builtin_sub_overflow(old->expires, old->created, &life) ||
                                       __builtin_add_overflow(act->now, life, expires)))
        return fail(ERR_STORE, "the times of token %" PRId64 " are damaged: gatehouse doctor",
                    old->number);
    const int64_t longest = act->now + days * DAY_SECONDS;
    if (days && (*expires == WHEN_NEVER || *expires > longest)) *expires = longest;
    return OK;
}

static enum error link_old(const struct act *act, const struct token_row *old, int64_t successor,
                           int64_t ends)
{
    char text[WHEN_SIZE];
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET successor = :successor, rotated = :now WHERE "
                                  "number = :number");
    bind_int(stmt, ":successor", successor);
    bind_int(stmt, ":now", act->now);
    bind_int(stmt, ":number", old->number);
    enum error e = stmt_run(stmt);
    if (!e) e = write_expiry(act->store, old->number, ends);
    if (e) return e;
    when_iso(text, ends);
    return token_event(
        act, "token.rotate", old, NULL,
        json_pack("{s:s, s:I}", "expires", text, "successor", (json_int_t)successor));
}

static enum error rotate(const struct act *act, int64_t number, int64_t grace, int64_t *successor,
                         struct secret **text)
{
    struct token_row old, next = {0};
    struct token_limits limits;
    enum error e = token_get(act->store, act->now, number, &old);
    if (!e) e = refuse(act, &old);
    if (!e) e = plan_expiry(act, &old, &next.expires);
    if (!e) e = token_limits_load(act->store, number, &limits);
    if (e) return e;
    next.account = old.account;
    next.predecessor = number;
    memcpy(next.name, old.name, sizeof next.name);
    e = token_issue(act, &next, &limits, text);
    token_limits_free(&limits);
    if (e) return e;
    *successor = next.number;
    /* Without a grace the token ends now: it is valid while now < expires. */
    int64_t ends = act->now + grace;
    if (old.expires != WHEN_NEVER && old.expires < ends) ends = old.expires;
    return link_old(act, &old, next.number, ends);
}

enum error token_rotate(const struct act *act, int64_t number, int64_t grace, int64_t *successor,
                        struct secret **text)
{
    *text = NULL;
    *successor = 0;
    if (grace < 0 || grace > TOKEN_GRACE_MOST)
        return fail(ERR_INVALID, "the grace period can be 0 to %d days",
                    TOKEN_GRACE_MOST / DAY_SECONDS);
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, rotate(act, number, grace, successor, text));
    if (e) {
        secret_free(*text);
        *text = NULL;
    }
    return e;
}
