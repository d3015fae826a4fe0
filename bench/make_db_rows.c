#include "make_db_rows.h"

#include <gatehouse/account.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>

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

enum error make_groups(struct maker *maker)
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

/* Which tokens an account has is a matter of its number alone. */
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

enum error make_accounts(struct maker *maker)
{
    enum error e = OK;
    for (int64_t i = 1; i <= maker->wanted->accounts && !e; i++)
        e = add_account(maker, i);
    return e;
}
