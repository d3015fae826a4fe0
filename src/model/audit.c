#include "audit_hash.h"
#include "audit_syslog.h"

#include <string.h>

enum error audit_head(struct store *store, int64_t *sequence, uint8_t hash[static AUDIT_HASH_SIZE])
{
    struct stmt *stmt =
        store_prepare(store, "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1");
    *sequence = 0;
    memset(hash, 0, AUDIT_HASH_SIZE);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    size_t size;
    const void *bytes = column_blob(stmt, "hash", &size);
    *sequence = column_int(stmt, "sequence");
    if (size == AUDIT_HASH_SIZE) memcpy(hash, bytes, size);
    stmt_reset(stmt);
    return OK;
}

static enum error insert(struct store *store, const struct event_record *r, const uint8_t *hash)
{
    struct stmt *stmt = store_prepare(
        store, "INSERT INTO event (sequence, at, uid, user, login_uid, login, claim, host, "
               "terminal, kind, subject, account, token, before, after, hash) VALUES (:sequence, "
               ":at, :uid, :user, :login_uid, :login, :claim, :host, :terminal, :kind, :subject, "
               ":account, :token, :before, :after, :hash)");
    bind_int(stmt, ":sequence", r->sequence);
    bind_int(stmt, ":at", r->at);
    bind_int(stmt, ":uid", r->uid);
    bind_text(stmt, ":user", r->user);
    if (r->has_login) bind_int(stmt, ":login_uid", r->login_uid);
    bind_text(stmt, ":login", r->login);
    bind_text(stmt, ":claim", r->claim);
    bind_text(stmt, ":host", r->host);
    bind_text(stmt, ":terminal", r->terminal);
    bind_text(stmt, ":kind", r->kind);
    bind_text(stmt, ":subject", r->subject);
    if (r->has_account) bind_int(stmt, ":account", r->account);
    if (r->has_token) bind_int(stmt, ":token", r->token);
    bind_text(stmt, ":before", r->before);
    bind_text(stmt, ":after", r->after);
    bind_blob(stmt, ":hash", hash, AUDIT_HASH_SIZE);
    return stmt_run(stmt);
}

enum error audit_write(const struct act *act, const struct audit_entry *entry)
{
    const struct actor *actor = act->actor;
    uint8_t previous[AUDIT_HASH_SIZE], hash[AUDIT_HASH_SIZE];
    int64_t head;
    enum error e = audit_head(act->store, &head, previous);
    if (e) return e;
    const struct event_record record = {
        .sequence = head + 1,
        .at = act->now,
        .uid = actor->uid,
        .user = actor->user,
        .has_login = actor->has_login,
        .login_uid = actor->login_uid,
        .login = actor->login,
        .claim = actor->sudo_claim,
        .host = actor->host,
        .terminal = actor->terminal,
        .kind = entry->kind,
        .subject = entry->subject ? entry->subject : "",
        .has_account = entry->account != 0,
        .account = entry->account,
        .has_token = entry->token != 0,
        .token = entry->token,
        .before = entry->before,
        .after = entry->after,
    };
    audit_hash(previous, &record, hash);
    e = insert(act->store, &record, hash);
    if (!e) store_after_commit(act->store, audit_syslog, record.sequence);
    return e;
}
