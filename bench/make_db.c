#include "make_db.h"

#include <gatehouse/account.h>
#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <gatehouse/token_format.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 200, INDICES_MAX = 64, OWNERS = 60 };

struct maker {
    struct store *store;
    const struct make_db *wanted;
    uint64_t state;
    int64_t inactive;
    size_t index_count;
    char *indices[INDICES_MAX]; /* the SQL that makes them again */
};

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

/* Few numbers often, many seldom. */
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

static enum error run(struct store *store, const char *sql)
{
    return stmt_run(store_prepare(store, sql));
}

/* Indices are faster to make when the rows are there. */
static enum error drop_indices(struct maker *maker)
{
    char *drops[INDICES_MAX];
    size_t count = 0;
    struct stmt *stmt = store_prepare(
        maker->store,
        "SELECT sql, 'DROP INDEX ' || name AS dropping FROM sqlite_master WHERE type = 'index' AND "
        "sql IS NOT NULL");
    bool row = true;
    enum error e = OK;
    while (count < INDICES_MAX && !(e = stmt_step(stmt, &row)) && row) {
        maker->indices[count] = strdup(column_text(stmt, "sql"));
        drops[count] = strdup(column_text(stmt, "dropping"));
        if (!maker->indices[count] || !drops[count]) abort();
        count++;
    }
    stmt_reset(stmt);
    maker->index_count = count;
    for (size_t i = 0; i < count && !e; i++)
        e = run(maker->store, drops[i]);
    /* The store finds statements by their address: these stay. */
    return e;
}

static enum error make_indices(struct maker *maker)
{
    enum error e = OK;
    for (size_t i = 0; i < maker->index_count && !e; i++)
        e = run(maker->store, maker->indices[i]);
    return e;
}

static enum error add_groups(struct maker *maker)
{
    enum error e = OK;
    for (int64_t i = 2; i <= GROUPS && !e; i++) {
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
    bind_int(stmt, ":group", 2 + skewed(maker, GROUPS - 1));
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

/* Which tokens an account has is a matter of its number alone. */
static int64_t first_token(const struct make_db *wanted, int64_t account)
{
    return wanted->tokens * account / wanted->accounts;
}

static enum error add_account(struct maker *maker, int64_t number)
{
    char name[ACCOUNT_NAME_MAX + 1], description[128], owner[32];
    snprintf(name, sizeof name, "%s-%s-%s-%06" PRId64, PICK(maker, works), PICK(maker, regions),
             PICK(maker, stages), number);
    snprintf(description, sizeof description, "Does the %s of team %" PRId64, PICK(maker, works),
             below(maker, OWNERS));
    snprintf(owner, sizeof owner, "team-%" PRId64, below(maker, OWNERS));
    bool active = below(maker, 20) != 0;
    maker->inactive += !active;
    struct stmt *stmt = store_prepare(
        maker->store, "INSERT INTO account (number, name, description, owner, active, created) "
                      "VALUES (:number, :name, :description, :owner, :active, :created)");
    bind_int(stmt, ":number", number);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":description", description);
    bind_text(stmt, ":owner", owner);
    bind_int(stmt, ":active", active);
    bind_int(stmt, ":created", maker->wanted->now - (1 + below(maker, 1500)) * DAY_SECONDS);
    enum error e = stmt_run(stmt);
    if (!e && below(maker, 4)) e = add_membership(maker, number);
    if (!e && !below(maker, 3)) e = add_membership(maker, number);
    return e || below(maker, 10) ? e : add_grant(maker, number);
}

static enum error add_token(struct maker *maker, int64_t number, int64_t account)
{
    char name[32], last_four[5];
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const int64_t now = maker->wanted->now;
    snprintf(name, sizeof name, "%s-%" PRId64, PICK(maker, works), below(maker, 50));
    for (size_t i = 0; i < 4; i++)
        last_four[i] = letters[below(maker, sizeof letters - 1)];
    last_four[4] = 0;
    struct stmt *stmt = store_prepare(
        maker->store,
        "INSERT INTO token (number, account, name, last_four, created, expires, suspended, "
        "revoked, "
        "last_used, last_from) VALUES (:number, :account, :name, :last_four, :created, :expires, "
        ":suspended, :revoked, :last_used, :last_from)");
    int64_t age = 1 + below(maker, 900), expires = WHEN_NEVER, used = WHEN_NEVER;
    if (!below(maker, 3)) expires = now + (below(maker, 500) - 60) * DAY_SECONDS;
    if (below(maker, 8)) used = now - skewed(maker, age * DAY_SECONDS);
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":account", account);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":last_four", last_four);
    bind_int(stmt, ":created", now - age * DAY_SECONDS);
    bind_time(stmt, ":expires", expires);
    bind_int(stmt, ":suspended", !below(maker, 60));
    bind_time(stmt, ":revoked", below(maker, 12) ? WHEN_NEVER : now - below(maker, 999999));
    bind_time(stmt, ":last_used", used);
    bind_text(stmt, ":last_from", used == WHEN_NEVER ? NULL : "10.20.30.40");
    return stmt_run(stmt);
}

static enum error add_accounts(struct maker *maker)
{
    const struct make_db *wanted = maker->wanted;
    enum error e = OK;
    for (int64_t i = 0; i < wanted->accounts && !e; i++) {
        e = add_account(maker, i + 1);
        for (int64_t t = first_token(wanted, i); t < first_token(wanted, i + 1) && !e; t++)
            e = add_token(maker, t + 1, i + 1);
    }
    return e;
}

struct place {
    uint64_t key[2];
    int64_t token;
};

static int compare_places(const void *a, const void *b)
{
    return memcmp(((const struct place *)a)->key, ((const struct place *)b)->key,
                  sizeof((const struct place *)a)->key);
}

/* The table is clustered on the digest: in its order the rows only ever join the end. */
static enum error add_digests(struct maker *maker)
{
    size_t count = (size_t)maker->wanted->tokens;
    struct place *places = malloc((count ? count : 1) * sizeof *places);
    if (!places) return fail(ERR_SYSTEM, "out of memory");
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){{draw(maker), draw(maker)}, (int64_t)i + 1};
    qsort(places, count, sizeof *places, compare_places);
    enum error e = OK;
    for (size_t i = 0; i < count && !e; i++) {
        unsigned char digest[TOKEN_DIGEST_SIZE] = {0};
        memcpy(digest, places[i].key, sizeof places[i].key);
        memcpy(digest + sizeof places[i].key, &places[i].token, sizeof places[i].token);
        struct stmt *stmt = store_prepare(
            maker->store, "INSERT INTO digest (digest, token, account, expires, suspended, dead) "
                          "SELECT :digest, number, account, expires, suspended, revoked IS NOT "
                          "NULL FROM token WHERE number = :token");
        bind_blob(stmt, ":digest", digest, sizeof digest);
        bind_int(stmt, ":token", places[i].token);
        e = stmt_run(stmt);
    }
    free(places);
    return e;
}

static enum error count_all(struct maker *maker)
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
        e = run(maker->store, counts[i]);
    return e;
}

/* By one pass over the tokens in the order of their accounts. */
static enum error count_tokens(struct store *store)
{
    return run(store,
               "UPDATE account SET tokens = t.live, last_used = t.used FROM (SELECT account, "
               "sum(revoked IS NULL) AS live, max(last_used) AS used FROM token GROUP BY account) "
               "t WHERE t.account = account.number");
}

static enum error fill(struct maker *maker)
{
    struct actor actor;
    actor_current(&actor);
    const struct act act = {.store = maker->store, .actor = &actor, .now = maker->wanted->now};
    enum error e = drop_indices(maker);
    if (!e) e = add_groups(maker);
    if (!e) e = add_accounts(maker);
    if (!e) e = count_tokens(maker->store);
    if (!e) e = add_digests(maker);
    if (!e) e = make_indices(maker);
    if (!e) e = count_all(maker);
    if (!e)
        e = audit_write(&act, &(struct audit_entry){.kind = "database.fill", .subject = "bench"});
    return e;
}

enum error make_db(const char *path, const struct make_db *wanted)
{
    struct maker maker = {.wanted = wanted, .state = wanted->seed};
    enum error e = database_open(path, STORE_CREATE, &maker.store);
    if (e) return e;
    /* A file that is torn by a crash is made anew: nothing here needs the disk's promise. */
    e = run(maker.store, "PRAGMA cache_size = -400000");
    if (!e) e = run(maker.store, "PRAGMA synchronous = OFF");
    if (!e) e = store_leave_log(maker.store);
    if (!e) e = run(maker.store, "PRAGMA journal_mode = MEMORY");
    if (!e) e = store_begin(maker.store);
    if (!e) e = store_end(maker.store, fill(&maker));
    if (!e) e = run(maker.store, "PRAGMA optimize");
    store_close(maker.store);
    for (size_t i = 0; i < maker.index_count; i++)
        free(maker.indices[i]);
    return e;
}
