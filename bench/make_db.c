#include "make_db.h"

#include <gatehouse/account.h>
#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <gatehouse/token_format.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAKE_GROUPS = 200 };

/* What the digest row of a token needs to know about it. */
struct made_token {
    uint64_t key[2]; /* the first bytes of its digest */
    int64_t number, account, expires;
    bool suspended, revoked;
};

struct maker {
    struct store *store;
    const struct make_db *wanted;
    uint64_t state;
    struct made_token *tokens; /* as many as requested */
};

enum { OWNERS = 60 };

/* splitmix64: small, fast, the same everywhere. */
static uint64_t draw(struct maker *maker)
{
    uint64_t z = maker->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t below(struct maker *maker, int64_t limit)
{
    return (int64_t)(draw(maker) % (uint64_t)limit);
}

/* Small numbers are common, large ones rare. */
static int64_t skewed(struct maker *maker, int64_t limit)
{
    int64_t a = below(maker, limit), b = below(maker, limit), c = below(maker, limit);
    return a < b ? (a < c ? a : c) : (b < c ? b : c);
}

static const char *const works[] = {"ingest",  "proxy",   "agent",   "ci",        "deploy",
                                    "backup",  "report",  "alert",   "dashboard", "sync",
                                    "billing", "checks",  "gateway", "collector", "mailer",
                                    "search",  "catalog", "orders",  "pricing",   "stock"};
static const char *const regions[] = {"eu-west",  "eu-north", "us-east", "us-west",
                                      "ap-south", "sa-east",  "af-south"};
static const char *const stages[] = {"prod", "prod", "prod", "stage", "test", "dev"};
#define PICK(maker, list) list[below(maker, sizeof list / sizeof *list)]

static enum error make_groups(struct maker *maker)
{
    enum error e = OK;
    for (int64_t i = 2; i <= MAKE_GROUPS && !e; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s-%s-%" PRId64, PICK(maker, works), PICK(maker, stages), i);
        struct stmt *stmt = store_prepare(
            maker->store, "INSERT INTO account_group (number, name, folded) VALUES (:number, "
                          ":name, :name)");
        bind_int(stmt, ":number", i);
        bind_text(stmt, ":name", name);
        e = stmt_run(stmt);
        for (int64_t k = below(maker, 4); k >= 0 && !e; k--) {
            stmt = store_prepare(maker->store,
                                 "INSERT OR IGNORE INTO group_grant (account_group, permission) "
                                 "SELECT :number, number FROM permission ORDER BY (number * :salt) "
                                 "% 17 LIMIT 1");
            bind_int(stmt, ":number", i);
            bind_int(stmt, ":salt", 1 + below(maker, 16));
            e = stmt_run(stmt);
        }
    }
    return e;
}

static enum error add_membership(struct maker *maker, int64_t account)
{
    struct stmt *stmt = store_prepare(
        maker->store,
        "INSERT OR IGNORE INTO membership (account_group, account) VALUES (:group, :account)");
    bind_int(stmt, ":group", 2 + skewed(maker, MAKE_GROUPS - 1));
    bind_int(stmt, ":account", account);
    return stmt_run(stmt);
}

static enum error add_grant(struct maker *maker, int64_t account)
{
    struct stmt *stmt = store_prepare(
        maker->store, "INSERT INTO account_grant (account, permission) SELECT :account, number "
                      "FROM permission LIMIT 1 OFFSET :place");
    bind_int(stmt, ":account", account);
    bind_int(stmt, ":place", below(maker, 10));
    return stmt_run(stmt);
}

/* The tokens of an account depend only on its number. */
static int64_t first_token(const struct make_db *wanted, int64_t account)
{
    return wanted->tokens * account / wanted->accounts;
}

/* How many of an account's tokens are not revoked, and the latest use of any. */
struct tally {
    int64_t live, last_used;
};

static void draw_token(struct maker *maker, struct made_token *token, struct tally *tally,
                       int64_t *created, int64_t *revoked, int64_t *used)
{
    const int64_t now = maker->wanted->now, age = 1 + below(maker, 900);
    token->expires = WHEN_NEVER;
    if (!below(maker, 3)) token->expires = now + (below(maker, 500) - 60) * DAY_SECONDS;
    *used = below(maker, 8) ? now - skewed(maker, age * DAY_SECONDS) : WHEN_NEVER;
    *created = now - age * DAY_SECONDS;
    *revoked = below(maker, 12) ? WHEN_NEVER : now - below(maker, 999999);
    token->suspended = !below(maker, 60);
    token->revoked = *revoked != WHEN_NEVER;
    token->key[0] = draw(maker);
    token->key[1] = draw(maker);
    tally->live += !token->revoked;
    if (*used > tally->last_used) tally->last_used = *used;
}

static enum error add_token(struct maker *maker, struct made_token *token, struct tally *tally)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char name[32], last_four[5] = "";
    int64_t created, revoked, used;
    draw_token(maker, token, tally, &created, &revoked, &used);
    snprintf(name, sizeof name, "%s-%" PRId64, PICK(maker, works), below(maker, 50));
    for (size_t i = 0; i < 4; i++)
        last_four[i] = letters[below(maker, sizeof letters - 1)];
    struct stmt *stmt = store_prepare(
        maker->store,
        "INSERT INTO token (number, account, name, last_four, created, expires, suspended, "
        "revoked, "
        "last_used, last_from) VALUES (:number, :account, :name, :last_four, :created, :expires, "
        ":suspended, :revoked, :last_used, :last_from)");
    bind_int(stmt, ":number", token->number);
    bind_int(stmt, ":account", token->account);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":last_four", last_four);
    bind_int(stmt, ":created", created);
    bind_time(stmt, ":expires", token->expires);
    bind_int(stmt, ":suspended", token->suspended);
    bind_time(stmt, ":revoked", revoked);
    bind_time(stmt, ":last_used", used);
    bind_text(stmt, ":last_from", used == WHEN_NEVER ? NULL : "10.20.30.40");
    return stmt_run(stmt);
}

static enum error insert_account(struct maker *maker, int64_t number, const struct tally *tally)
{
    char name[ACCOUNT_NAME_MAX + 1], description[128], owner[32];
    snprintf(name, sizeof name, "%s-%s-%s-%06" PRId64, PICK(maker, works), PICK(maker, regions),
             PICK(maker, stages), number);
    snprintf(description, sizeof description, "Does the %s of team %" PRId64, PICK(maker, works),
             below(maker, OWNERS));
    snprintf(owner, sizeof owner, "team-%" PRId64, below(maker, OWNERS));
    struct stmt *stmt = store_prepare(
        maker->store, "INSERT INTO account (number, name, description, owner, active, created, "
                      "tokens, last_used) VALUES (:number, :name, :description, :owner, :active, "
                      ":created, :tokens, :last_used)");
    bind_int(stmt, ":number", number);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":description", description);
    bind_text(stmt, ":owner", owner);
    bind_int(stmt, ":active", below(maker, 20) != 0);
    bind_int(stmt, ":created", maker->wanted->now - (1 + below(maker, 1500)) * DAY_SECONDS);
    bind_int(stmt, ":tokens", tally->live);
    bind_time(stmt, ":last_used", tally->last_used);
    return stmt_run(stmt);
}

static enum error add_account(struct maker *maker, int64_t number)
{
    const struct make_db *wanted = maker->wanted;
    struct tally tally = {.last_used = WHEN_NEVER};
    enum error e = OK;
    for (int64_t t = first_token(wanted, number - 1); t < first_token(wanted, number) && !e; t++) {
        maker->tokens[t] = (struct made_token){.number = t + 1, .account = number};
        e = add_token(maker, &maker->tokens[t], &tally);
    }
    if (!e) e = insert_account(maker, number, &tally);
    if (!e && below(maker, 4)) e = add_membership(maker, number);
    if (!e && !below(maker, 3)) e = add_membership(maker, number);
    return e || below(maker, 10) ? e : add_grant(maker, number);
}

/* Accounts with their tokens, counted as they are made; fills maker->tokens. */
static enum error make_accounts(struct maker *maker)
{
    enum error e = OK;
    for (int64_t i = 1; i <= maker->wanted->accounts && !e; i++)
        e = add_account(maker, i);
    return e;
}

enum { INDICES_MAX = 64 };

struct indices {
    size_t count;
    /* SQL; static, because the store caches statements by its address. */
    char *making[INDICES_MAX], *dropping[INDICES_MAX];
};

static enum error run(struct store *store, const char *sql)
{
    return stmt_run(store_prepare(store, sql));
}

/* Indices are faster to build once the rows are there. */
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

/* The table is clustered by digest: in that order, rows are only ever appended. */
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
        e = audit_write(&act, &(struct audit_entry){.kind = "database.import", .subject = "bench"});
    return e;
}

/* A file torn by a crash is simply made again: nothing here has to be durable. References hold
 * because of how the rows are made, and tokens are inserted before their account. */
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
