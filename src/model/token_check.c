#include <gatehouse/token.h>
#include <gatehouse/token_check.h>
#include <gatehouse/when.h>

#include "audit_internal.h"
#include "token_internal.h"
#include "token_limits_internal.h"
#include <stdlib.h>
#include <string.h>

/* What a check must know about an account, cached.
 *
 * A fact is valid for one generation of the database (counter.h), so no change needs to say what it
 * affects. The cache has a fixed size; a new fact replaces another. */
struct account_fact {
    bool exists, active;
    bool holds; /* the permission in question; true if there is none */
    char name[ACCOUNT_NAME_MAX + 1];
};

/* About 100 bytes each; untouched pages take no memory. */
enum { SLOT_BITS = 14, SLOTS = 1 << SLOT_BITS };

struct slot {
    bool filled;
    struct account_fact fact;
    int64_t generation, account, permission;
};
struct account_facts {
    struct slot slots[SLOTS];
};

static enum error facts_new(struct account_facts **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? OK : fail_memory();
}

static void facts_free(struct account_facts *facts)
{
    free(facts);
}

/* Multiplying by the golden ratio spreads consecutive numbers. */
static struct slot *slot_of(struct account_facts *facts, int64_t account, int64_t permission)
{
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t key = ((uint64_t)account * golden ^ (uint64_t)permission) * golden;
    return &facts->slots[key >> (64 - SLOT_BITS)];
}

/* Walks through the account's groups, which are few, not those that have the permission. */
static enum error load(struct store *store, int64_t account, int64_t permission,
                       struct account_fact *fact)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT name, active, :permission = 0 OR EXISTS (SELECT 1 FROM group_grant WHERE "
        "account_group = 1 AND permission = :permission) OR EXISTS (SELECT 1 FROM account_grant "
        "WHERE account = :account AND permission = :permission) OR EXISTS (SELECT 1 FROM "
        "membership m CROSS JOIN group_grant gg WHERE m.account = :account AND gg.account_group = "
        "m.account_group AND gg.permission = :permission) AS holds FROM account WHERE number = "
        ":account");
    bind_int(stmt, ":permission", permission);
    bind_int(stmt, ":account", account);
    *fact = (struct account_fact){0};
    enum error e = stmt_step(stmt, &fact->exists);
    if (e || !fact->exists) return e;
    column_copy(stmt, "name", fact->name, sizeof fact->name);
    fact->active = column_int(stmt, "active");
    fact->holds = column_int(stmt, "holds");
    stmt_reset(stmt);
    return OK;
}

static enum error facts_get(struct account_facts *facts, struct store *store, int64_t generation,
                            int64_t account, int64_t permission, const struct account_fact **out)
{
    struct slot *slot = slot_of(facts, account, permission);
    *out = &slot->fact;
    /* After a rollback the same generation is used again, for another change. */
    bool lasting = !store_is_writing(store);
    if (lasting && slot->filled && slot->generation == generation && slot->account == account &&
        slot->permission == permission)
        return OK;
    enum error e = load(store, account, permission, &slot->fact);
    slot->filled = lasting && !e;
    slot->generation = generation;
    slot->account = account;
    slot->permission = permission;
    return e;
}

/* Uses within this many seconds of the last one are not written. So far another clock may be ahead;
 * a use that is further in the future is one of a wrong clock, and does not count. */
enum { TOUCH_INTERVAL = 60 };
#define TOUCH_DUE "last_used IS NULL OR last_used <= :before OR last_used > :after"

struct token_checker {
    struct store *store;
    struct account_facts *facts;
};

enum error token_checker_new(struct store *store, struct token_checker **out)
{
    struct token_checker *checker = calloc(1, sizeof *checker);
    *out = NULL;
    if (!checker) return fail_memory();
    checker->store = store;
    enum error e = facts_new(&checker->facts);
    if (e)
        free(checker);
    else
        *out = checker;
    return e;
}

void token_checker_free(struct token_checker *checker)
{
    if (!checker) return;
    facts_free(checker->facts);
    free(checker);
}

struct found {
    bool suspended, dead;
    int checks; /* CHECK_… */
    int64_t generation;
};

/* *known: whether the digest exists. */
static enum error look_up(struct store *store, const uint8_t digest[static TOKEN_DIGEST_SIZE],
                          struct token_pass *pass, struct found *found, bool *known)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT token, account, expires, suspended, dead, checks, (SELECT value FROM "
               "counter WHERE name = 'generation') AS generation FROM digest WHERE digest = "
               ":digest");
    bind_blob(stmt, ":digest", digest, TOKEN_DIGEST_SIZE);
    enum error e = stmt_step(stmt, known);
    if (e || !*known) return e;
    pass->token = column_int(stmt, "token");
    pass->account = column_int(stmt, "account");
    pass->expires = column_time(stmt, "expires");
    found->suspended = column_int(stmt, "suspended");
    found->dead = column_int(stmt, "dead");
    found->checks = (int)column_int(stmt, "checks");
    found->generation = column_int(stmt, "generation");
    stmt_reset(stmt);
    pass->canary = (found->checks & CHECK_CANARY) != 0 && !found->dead;
    return OK;
}

/* Why a known token does not pass; NULL if its state and its account allow it. */
static const char *reason_of(const struct token_pass *pass, const struct found *found,
                             const struct account_fact *account, int64_t now)
{
    if (!account->exists) return "the account was deleted";
    if (found->dead) return "revoked";
    if (found->checks & CHECK_CANARY) return "a canary";
    if (pass->expires != WHEN_NEVER && now >= pass->expires) return "expired";
    if (found->suspended) return "suspended";
    return account->active ? NULL : "the account is inactive";
}

/* Sets *reason if the address is in none of the token's networks. */
static enum error check_networks(struct store *store, int64_t token, const struct address *from,
                                 const char **reason)
{
    *reason = "no address was given, and the token is restricted to networks";
    if (!from) return OK;
    *reason = "the address is in none of the token's networks";
    struct stmt *stmt =
        store_prepare(store, "SELECT network FROM token_network WHERE token = :token");
    bind_int(stmt, ":token", token);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        if (network_holds(column_text(stmt, "network"), from)) *reason = NULL;
    return e;
}

/* Sets *reason if the token is narrowed to other permissions. */
static enum error check_narrowing(struct store *store, const struct token_pass *pass,
                                  int64_t permission, const char **reason)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT count(*) FROM token_permission WHERE token = :token AND permission = :permission");
    bind_int(stmt, ":token", pass->token);
    bind_int(stmt, ":permission", permission);
    int64_t named;
    enum error e = stmt_int(stmt, &named);
    if (!e && !named) *reason = "the token is narrowed to other permissions";
    return e;
}

/* The token's limits, which are in other tables. */
static enum error check_limits(struct store *store, const struct token_question *question,
                               const struct address *from, const struct token_pass *pass,
                               int checks, const char **reason)
{
    enum error e = OK;
    if (checks & CHECK_NETWORKS) e = check_networks(store, pass->token, from, reason);
    if (!e && !*reason && checks & CHECK_NARROWED && question->permission)
        e = check_narrowing(store, pass, question->permission, reason);
    return e;
}

static enum error check(const struct token_checker *checker, int64_t now,
                        const uint8_t digest[static TOKEN_DIGEST_SIZE],
                        const struct token_question *question, const struct address *from,
                        struct token_pass *out, const char **reason)
{
    struct found found;
    const struct account_fact *account;
    bool known;
    *reason = "unknown";
    enum error e = look_up(checker->store, digest, out, &found, &known);
    if (e || !known) return e;
    e = facts_get(checker->facts, checker->store, found.generation, out->account,
                  question->permission, &account);
    if (e) return e;
    strcpy(out->account_name, account->name);
    *reason = reason_of(out, &found, account, now);
    if (!*reason) e = check_limits(checker->store, question, from, out, found.checks, reason);
    if (!e && !*reason && !account->holds) *reason = "the account does not hold the permission";
    return e;
}

enum error token_check(struct token_checker *checker, int64_t now, const void *bytes, size_t size,
                       const struct token_question *question, struct token_pass *out,
                       const char **reason)
{
    static const struct token_question nothing = {0};
    uint8_t digest[TOKEN_DIGEST_SIZE];
    struct address address, *from = NULL;
    const char *found_reason = "not a token: a typo, or cut off";
    *out = (struct token_pass){0};
    if (!question) question = &nothing;
    enum error e = question->from ? address_parse(question->from, &address) : OK;
    if (e) return e;
    if (question->from) from = &address;
    if (!token_value_flaw(bytes, size)) {
        token_digest(bytes, size, digest);
        e = store_begin_read(checker->store);
        if (!e)
            e = store_end(checker->store,
                          check(checker, now, digest, question, from, out, &found_reason));
    }
    if (reason) *reason = found_reason;
    if (e) return e;
    return found_reason ? fail(ERR_NOT_FOUND, "the token is not valid for this") : OK;
}

static void bind_touch(struct stmt *stmt, int64_t now)
{
    bind_int(stmt, ":before", now - TOUCH_INTERVAL);
    bind_int(stmt, ":after", now + TOUCH_INTERVAL);
}

static enum error touch(struct store *store, int64_t now, const struct token_pass *pass,
                        const char *from)
{
    struct stmt *stmt = store_prepare(
        store, "UPDATE token SET last_used = :now, last_from = :from WHERE number = :token AND "
               "(" TOUCH_DUE ")");
    bind_int(stmt, ":now", now);
    bind_text(stmt, ":from", from && *from ? from : NULL);
    bind_int(stmt, ":token", pass->token);
    bind_touch(stmt, now);
    enum error e = stmt_run(stmt);
    if (e || store_changes(store) == 0) return e;
    stmt = store_prepare(store, "UPDATE account SET last_used = CASE WHEN last_used > :after THEN "
                                ":now ELSE max(coalesce(last_used, 0), :now) END WHERE number = "
                                ":account");
    bind_int(stmt, ":now", now);
    bind_int(stmt, ":after", now + TOUCH_INTERVAL);
    bind_int(stmt, ":account", pass->account);
    return stmt_run(stmt);
}

/* Checked before taking the lock: most checks of a busy token have nothing to write. */
static bool is_due(struct store *store, int64_t now, const struct token_pass *pass)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " TOUCH_DUE " FROM token WHERE number = :token");
    bind_touch(stmt, now);
    bind_int(stmt, ":token", pass->token);
    int64_t due = 0;
    return !stmt_int(stmt, &due) && due;
}

void token_touch(struct store *store, int64_t now, const struct token_pass *pass, const char *from)
{
    if (!is_due(store, now, pass)) return;
    enum error e = store_begin_lazy(store);
    if (!e) e = store_end(store, touch(store, now, pass, from));
    /* Failing to record a use must not fail the check. */
    (void)e;
}

static enum error alarm(const struct act *act, const struct token_pass *pass, const char *from)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, pass->token, &row);
    if (!e) e = touch(act->store, act->now, pass, from);
    return e ? e
             : token_event(act, "token.alarm", &row, NULL,
                           json_pack("{s:o}", "from", from ? event_text(from) : json_null()));
}

enum error token_alarm(const struct act *act, const struct token_pass *pass, const char *from)
{
    enum error e = store_begin(act->store);
    return e ? e : store_end(act->store, alarm(act, pass, from));
}
