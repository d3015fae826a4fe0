#include "make_db.h"

#include "make_db_rows.h"
#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <gatehouse/token_format.h>
#include <stdlib.h>
#include <string.h>

enum { INDICES_MAX = 64 };

struct indices {
    size_t count;
    /* SQL, of which the store keeps the address. */
    char *making[INDICES_MAX], *dropping[INDICES_MAX];
};

static enum error run(struct store *store, const char *sql)
{
    return stmt_run(store_prepare(store, sql));
}

/* Indices are faster to make when the rows are there. */
static enum error drop_indices(struct store *store, struct indices *indices)
{
    size_t count = 0;
    struct stmt *stmt = store_prepare(
        store,
        "SELECT sql, 'DROP INDEX ' || name AS dropping FROM sqlite_master WHERE type = 'index' AND "
        "sql IS NOT NULL");
    bool row = true;
    enum error e = OK;
    while (count < INDICES_MAX && !(e = stmt_step(stmt, &row)) && row) {
        indices->making[count] = strdup(column_text(stmt, "sql"));
        indices->dropping[count] = strdup(column_text(stmt, "dropping"));
        if (!indices->making[count] || !indices->dropping[count]) abort();
        count++;
    }
    stmt_reset(stmt);
    indices->count = count;
    for (size_t i = 0; i < count && !e; i++)
        e = run(store, indices->dropping[i]);
    return e;
}

static enum error make_indices(struct store *store, const struct indices *indices)
{
    enum error e = OK;
    for (size_t i = 0; i < indices->count && !e; i++)
        e = run(store, indices->making[i]);
    return e;
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(((const struct made_token *)a)->key, ((const struct made_token *)b)->key,
                  sizeof((const struct made_token *)a)->key);
}

static enum error add_digest(struct store *store, const struct made_token *token)
{
    unsigned char digest[TOKEN_DIGEST_SIZE] = {0};
    memcpy(digest, token->key, sizeof token->key);
    memcpy(digest + sizeof token->key, &token->number, sizeof token->number);
    struct stmt *stmt = store_prepare(
        store, "INSERT INTO digest (digest, token, account, expires, suspended, dead) VALUES "
               "(:digest, :token, :account, :expires, :suspended, :dead)");
    bind_blob(stmt, ":digest", digest, sizeof digest);
    bind_int(stmt, ":token", token->number);
    bind_int(stmt, ":account", token->account);
    bind_time(stmt, ":expires", token->expires);
    bind_int(stmt, ":suspended", token->suspended);
    bind_int(stmt, ":dead", token->revoked);
    return stmt_run(stmt);
}

/* The table is clustered on the digest: in its order the rows only ever join the end. */
static enum error add_digests(struct maker *maker)
{
    size_t count = (size_t)maker->wanted->tokens;
    qsort(maker->tokens, count, sizeof *maker->tokens, compare_digests);
    enum error e = OK;
    for (size_t i = 0; i < count && !e; i++)
        e = add_digest(maker->store, &maker->tokens[i]);
    return e;
}

static enum error count_all(struct store *store)
{
    static const char *const counts[] = {
        "UPDATE counter SET value = (SELECT count(*) FROM account) WHERE name = 'accounts'",
        "UPDATE counter SET value = (SELECT count(*) FROM account WHERE active = 0) WHERE name = "
        "'inactive'",
        "UPDATE counter SET value = (SELECT count(*) FROM token) WHERE name = 'tokens'",
        "UPDATE account_group SET members = (SELECT count(*) FROM membership m WHERE "
        "m.account_group = number)",
        "UPDATE permission SET accounts = (SELECT count(*) FROM account_grant g WHERE "
        "g.permission = number), groups = (SELECT count(*) FROM group_grant g WHERE g.permission = "
        "number)",
    };
    enum error e = OK;
    for (size_t i = 0; i < sizeof counts / sizeof *counts && !e; i++)
        e = run(store, counts[i]);
    return e;
}

static enum error fill(struct maker *maker, struct indices *indices)
{
    struct actor actor;
    actor_current(&actor);
    const struct act act = {.store = maker->store, .actor = &actor, .now = maker->wanted->now};
    enum error e = drop_indices(maker->store, indices);
    if (!e) e = make_groups(maker);
    if (!e) e = make_accounts(maker);
    if (!e) e = add_digests(maker);
    if (!e) e = make_indices(maker->store, indices);
    if (!e) e = count_all(maker->store);
    if (!e)
        e = audit_write(&act, &(struct audit_entry){.kind = "database.fill", .subject = "bench"});
    return e;
}

/* A file that is torn by a crash is made anew: nothing here needs the disk's promise. References
 * hold by the way the rows are made, and tokens come before their account. */
static enum error prepare(struct store *store)
{
    enum error e = run(store, "PRAGMA cache_size = -400000");
    if (!e) e = run(store, "PRAGMA synchronous = OFF");
    if (!e) e = run(store, "PRAGMA foreign_keys = OFF");
    if (!e) e = store_leave_log(store);
    return e ? e : run(store, "PRAGMA journal_mode = MEMORY");
}

enum error make_db(const char *path, const struct make_db *wanted)
{
    struct maker maker = {.wanted = wanted, .state = wanted->seed};
    struct indices indices = {0};
    maker.tokens = calloc((size_t)wanted->tokens + 1, sizeof *maker.tokens);
    if (!maker.tokens) return fail(ERR_SYSTEM, "out of memory");
    enum error e = database_open(path, STORE_CREATE, &maker.store);
    if (!e) {
        e = prepare(maker.store);
        if (!e) e = store_begin(maker.store);
        if (!e) e = store_end(maker.store, fill(&maker, &indices));
        store_close(maker.store);
    }
    for (size_t i = 0; i < indices.count; i++) {
        free(indices.making[i]);
        free(indices.dropping[i]);
    }
    free(maker.tokens);
    return e;
}
