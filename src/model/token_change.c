#include <gatehouse/when.h>

#include "counter.h"
#include "json.h"
#include "token_row.h"
#include "vault_keys.h"
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

static json_t *one_text(const char *key, const char *value)
{
    json_t *object = json_object();
    json_object_set_new(object, key, event_text(value));
    return object;
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
             : token_event(act, "token.rename", &row, one_text("name", row.name),
                           one_text("name", name));
}

enum error token_rename(const struct act *act, int64_t number, const char *name, bool *changed)
{
    bool ignored;
    enum error e = token_check_name(name);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, rename_token(act, number, name, changed ? changed : &ignored));
}

enum error token_refuse_final(const struct token_row *row)
{
    if (row->state == TOKEN_REVOKED || row->state == TOKEN_EXPIRED)
        return fail(ERR_CONFLICT, "the token is %s, which is final: generate another",
                    token_state_text(row->state));
    return OK;
}

static enum error set_suspended(const struct act *act, int64_t number, bool suspended,
                                bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = token_refuse_final(&row);
    if (e) return e;
    *changed = (row.state == TOKEN_SUSPENDED) != suspended;
    if (!*changed) return OK;
    /* It counts already; but the limit may have been lowered since. */
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
                       one_text("state", suspended ? "live" : "suspended"),
                       one_text("state", suspended ? "suspended" : "live"));
}

enum error token_set_suspended(const struct act *act, int64_t number, bool suspended, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store,
                     set_suspended(act, number, suspended, changed ? changed : &ignored));
}

static enum error revoke(const struct act *act, int64_t number, bool *changed)
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
    if (!e) e = run(act->store, "UPDATE digest SET dead = 1 WHERE token = :number", number);
    if (!e)
        e = run(act->store, "UPDATE account SET tokens = tokens - 1 WHERE number = :number",
                row.account);
    if (!e) e = generation_bump(act->store);
    if (e) return e;
    return token_event(act, "token.revoke", &row, one_text("state", token_state_text(row.state)),
                       one_text("state", "revoked"));
}

enum error token_revoke(const struct act *act, int64_t number, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, revoke(act, number, changed ? changed : &ignored));
    /* The sealed copy must not live on in the write-ahead log. */
    if (!e) store_truncate_log(act->store);
    return e;
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

/* The box may be somebody's work: what came out of it must be the token that is checked. */
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

static enum error reveal(const struct act *act, int64_t number, const struct vault *vault,
                         const char *how, struct secret **text)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = refuse_unsealed(&row);
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
    /* What the policy has forgotten by now must not come out because nobody cleared it yet. */
    enum error e = token_forget_due(act, NULL);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, reveal(act, number, vault, kind, text));
    /* Without its event on the disk the secret is not given out. */
    if (e) {
        secret_free(*text);
        *text = NULL;
    }
    return e;
}
