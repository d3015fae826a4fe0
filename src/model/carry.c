#include <gatehouse/audit_verify.h>
#include <gatehouse/carry.h>
#include <gatehouse/token_change.h>

#include "audit_internal.h"
#include "counter.h"
#include <string.h>

static enum error carry_numbers(struct store *store, struct store *present)
{
    static const char *const tables[] = {"account", "account_group", "permission", "token",
                                         "key_slot"};
    enum error e = OK;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && !e; i++) {
        int64_t number;
        e = store_last_number(present, tables[i], &number);
        if (!e) e = store_raise_number(store, tables[i], number);
    }
    return e;
}

static enum error carry_generation(struct store *store, struct store *present)
{
    int64_t own, other;
    enum error e = counter_get(store, "generation", &own);
    if (!e) e = counter_get(present, "generation", &other);
    if (e) return e;
    return counter_add(store, "generation", other > own ? other - own + 1 : 1);
}

/* Whether the event `sequence` of a log has this hash; event 0 is the beginning of all. */
static enum error has_event(struct store *store, int64_t sequence,
                            const uint8_t hash[static AUDIT_HASH_SIZE], bool *has)
{
    struct stmt *stmt = store_prepare(store, "SELECT hash FROM event WHERE sequence = :sequence");
    bind_int(stmt, ":sequence", sequence);
    bool row;
    enum error e = stmt_step(stmt, &row);
    *has = !e && sequence == 0;
    if (e || !row) return e;
    size_t size;
    const void *bytes = column_blob(stmt, "hash", &size);
    *has = size == AUDIT_HASH_SIZE && memcmp(bytes, hash, size) == 0;
    stmt_reset(stmt);
    return OK;
}

static enum error copy_event(struct store *store, struct stmt *stmt)
{
    struct event_record record;
    size_t size;
    const void *hash = column_blob(stmt, "hash", &size);
    if (size != AUDIT_HASH_SIZE) return fail(ERR_STORE, "the audit log is damaged");
    event_read(stmt, &record);
    return event_insert(store, &record, hash);
}

static enum error copy_events(struct store *store, struct store *present, int64_t after)
{
    struct stmt *stmt =
        store_prepare(present, "SELECT " EVENT_COLUMNS " FROM event WHERE sequence > :after ORDER "
                               "BY sequence");
    bind_int(stmt, ":after", after);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = copy_event(store, stmt);
    return e;
}

/* What was archived since the copy was made is archived for the copy, too. */
static enum error drop_archived(struct store *store, struct store *present)
{
    int64_t begins;
    uint8_t ignored[AUDIT_HASH_SIZE];
    enum error e = audit_beginning(present, &begins, ignored);
    if (e) return e;
    struct stmt *stmt = store_prepare(store, "DELETE FROM event WHERE sequence <= :begins");
    bind_int(stmt, ":begins", begins);
    return stmt_run(stmt);
}

static enum error carry_events(struct store *store, struct store *present)
{
    int64_t own = 0, other = 0, checked;
    uint8_t own_hash[AUDIT_HASH_SIZE], other_hash[AUDIT_HASH_SIZE];
    bool begins = false;
    if (audit_verify(present, &checked)) return OK; /* what cannot be believed is not carried on */
    enum error e = audit_head(store, &own, own_hash);
    if (!e) e = audit_head(present, &other, other_hash);
    if (e || other <= own) return e;
    e = has_event(present, own, own_hash, &begins);
    if (!e && !begins) e = stmt_run(store_prepare(store, "DELETE FROM event"));
    if (!e) e = copy_events(store, present, begins ? own : 0);
    return e ? e : drop_archived(store, present);
}

/* A token that could pass here once more. */
static enum error find_other(const struct act *act, const void *digest, size_t size, int64_t *token)
{
    struct stmt *stmt = store_prepare(
        act->store,
        "SELECT t.number FROM digest d JOIN token t ON t.number = d.token WHERE d.digest = :digest "
        "AND t.canary = 0 AND t.revoked IS NULL AND (t.expires IS NULL OR t.expires > :now)");
    bind_int(stmt, ":now", act->now);
    bind_blob(stmt, ":digest", digest, size);
    enum error e = stmt_int(stmt, token);
    if (e == ERR_NOT_FOUND) *token = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error carry_canaries(const struct act *act, struct store *present)
{
    struct stmt *stmt = store_prepare(
        present,
        "SELECT d.digest FROM token t JOIN digest d ON d.token = t.number WHERE t.canary = 1");
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        size_t size;
        int64_t token;
        const void *digest = column_blob(stmt, "digest", &size);
        e = find_other(act, digest, size, &token);
        if (!e && token) e = token_make_canary(act, token, NULL);
    }
    return e;
}

static enum error find_token(struct store *store, const void *digest, size_t size, int64_t *token)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT t.number FROM digest d JOIN token t ON t.number = d.token WHERE d.digest = "
               ":digest AND d.dead = 0");
    bind_blob(stmt, ":digest", digest, size);
    enum error e = stmt_int(stmt, token);
    if (e == ERR_NOT_FOUND) *token = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* A row for a digest that this database does not know, so that no import can revive it. */
static enum error insert_dead(struct store *store, const void *digest, size_t size)
{
    struct stmt *stmt = store_prepare(
        store, "INSERT INTO digest (digest, token, account, dead) VALUES (:digest, 0, 0, 1) ON "
               "CONFLICT (digest) DO UPDATE SET dead = 1");
    bind_blob(stmt, ":digest", digest, size);
    return stmt_run(stmt);
}

static enum error make_dead(const struct act *act, const void *digest, size_t size,
                            int64_t *stopped)
{
    int64_t token;
    enum error e = find_token(act->store, digest, size, &token);
    if (e || !token) return e ? e : insert_dead(act->store, digest, size);
    ++*stopped;
    return token_revoke(act, token, NULL);
}

static enum error carry_dead(const struct act *act, struct store *present, int64_t *stopped)
{
    struct stmt *stmt = store_prepare(present, "SELECT digest FROM digest WHERE dead = 1");
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        size_t size;
        const void *digest = column_blob(stmt, "digest", &size);
        e = make_dead(act, digest, size, stopped);
    }
    return e;
}

enum error carry_over(const struct act *act, struct store *present, int64_t *stay_dead)
{
    *stay_dead = 0;
    enum error e = carry_numbers(act->store, present);
    if (!e) e = carry_generation(act->store, present);
    if (!e) e = carry_events(act->store, present);
    if (!e) e = carry_canaries(act, present);
    return e ? e : carry_dead(act, present, stay_dead);
}
