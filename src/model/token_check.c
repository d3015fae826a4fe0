#include <gatehouse/permission.h>
#include <gatehouse/token_check.h>
#include <gatehouse/token_format.h>
#include <gatehouse/when.h>

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

struct known_permission {
    uint64_t state; /* of the store; 0: free */
    int64_t number;
    char id[PERMISSION_ID_MAX + 1];
};

enum { PERMISSIONS_KNOWN = 16 };

/* What is known of a digest. */
struct looked_up {
    uint8_t digest[TOKEN_DIGEST_SIZE];
    bool known; /* it exists */
    struct token_pass pass;
    bool suspended, dead;
    int checks; /* CHECK_… */
    int64_t generation;
};

struct token_checker {
    struct store *store;
    unsigned connections; /* of the store, when the facts were read */
    struct account_facts *facts;
    uint64_t state; /* of the store, when `generation` was read; 0: it must be read again */
    int64_t generation;
    struct known_permission permissions[PERMISSIONS_KNOWN];
    struct looked_up ahead[TOKEN_CHECKER_TOGETHER];
    size_t ahead_count;
    bool was_read; /* what is in `ahead`, in the present transaction */
};

enum error token_checker_new(struct store *store, struct token_checker **out)
{
    struct token_checker *checker = calloc(1, sizeof *checker);
    *out = NULL;
    if (!checker) return fail_memory();
    checker->store = store;
    checker->connections = store_connections(store);
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

static struct known_permission *find_slot(struct token_checker *checker, const char *id)
{
    unsigned hash = 0;
    for (; *id; id++)
        hash = hash * 31 + (unsigned char)*id;
    return &checker->permissions[hash % PERMISSIONS_KNOWN];
}

enum error token_checker_permission(struct token_checker *checker, const char *id, int64_t *number)
{
    struct known_permission *known = find_slot(checker, id);
    uint64_t state = store_state(checker->store);
    if (state && known->state == state && strcmp(known->id, id) == 0) {
        *number = known->number;
        return OK;
    }
    enum error e = permission_find(checker->store, id, number);
    if (e || strlen(id) > PERMISSION_ID_MAX) return e;
    known->state = state;
    known->number = *number;
    strcpy(known->id, id);
    return OK;
}

#define DIGEST_FACTS "SELECT digest, token, account, expires, suspended, dead, checks"
#define GENERATION   ", (SELECT value FROM counter WHERE name = 'generation') AS generation"
#define OF_DIGEST    " FROM digest WHERE digest "

static void read_facts(struct stmt *stmt, struct looked_up *out)
{
    out->known = true;
    out->pass.token = column_int(stmt, "token");
    out->pass.account = column_int(stmt, "account");
    out->pass.expires = column_time(stmt, "expires");
    out->suspended = column_int(stmt, "suspended");
    out->dead = column_int(stmt, "dead");
    out->checks = (int)column_int(stmt, "checks");
    out->pass.canary = (out->checks & CHECK_CANARY) != 0 && !out->dead;
}

static struct looked_up *find_ahead(struct token_checker *checker, const uint8_t *digest)
{
    for (size_t i = 0; i < checker->ahead_count; i++)
        if (memcmp(checker->ahead[i].digest, digest, TOKEN_DIGEST_SIZE) == 0)
            return &checker->ahead[i];
    return NULL;
}

static enum error look_up(struct token_checker *checker,
                          const uint8_t digest[static TOKEN_DIGEST_SIZE], struct looked_up *out)
{
    const struct looked_up *ahead = checker->was_read ? find_ahead(checker, digest) : NULL;
    *out = ahead ? *ahead : (struct looked_up){.known = false};
    if (ahead) return OK;
    const uint64_t state = store_state(checker->store);
    const bool is_same = state && state == checker->state;
    struct stmt *stmt =
        store_prepare(checker->store, is_same ? DIGEST_FACTS OF_DIGEST "= :digest"
                                              : DIGEST_FACTS GENERATION OF_DIGEST "= :digest");
    bind_blob(stmt, ":digest", digest, TOKEN_DIGEST_SIZE);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    read_facts(stmt, out);
    if (!is_same) checker->generation = column_int(stmt, "generation");
    checker->state = state;
    out->generation = checker->generation;
    stmt_reset(stmt);
    return OK;
}

enum error token_checker_expect(struct token_checker *checker, const void *bytes, size_t size)
{
    struct looked_up next = {.known = false};
    if (token_value_flaw(bytes, size)) return OK; /* it is denied without being looked up */
    token_digest(bytes, size, next.digest);
    if (find_ahead(checker, next.digest)) return OK;
    if (checker->ahead_count == TOKEN_CHECKER_TOGETHER)
        return fail(ERR_CONFLICT, "too many tokens at once");
    checker->ahead[checker->ahead_count++] = next;
    return OK;
}

enum error token_checker_read_expected(struct token_checker *checker)
{
    static const char *const names[] = {":d0",  ":d1",  ":d2",  ":d3", ":d4",  ":d5",
                                        ":d6",  ":d7",  ":d8",  ":d9", ":d10", ":d11",
                                        ":d12", ":d13", ":d14", ":d15"};
    _Static_assert(sizeof names / sizeof *names == TOKEN_CHECKER_TOGETHER, "a name for each");
    if (!checker->ahead_count) return OK;
    struct stmt *stmt = store_prepare(checker->store, DIGEST_FACTS GENERATION OF_DIGEST
                                      "IN (:d0, :d1, :d2, :d3, :d4, :d5, :d6, :d7, :d8, :d9, :d10, "
                                      ":d11, :d12, :d13, :d14, :d15)");
    enum error e = OK;
    for (size_t i = 0; i < TOKEN_CHECKER_TOGETHER; i++)
        bind_blob(stmt, names[i], checker->ahead[i % checker->ahead_count].digest,
                  TOKEN_DIGEST_SIZE);
    while (stmt_next(stmt, &e)) {
        size_t size;
        const void *digest = column_blob(stmt, "digest", &size);
        struct looked_up *ahead = size == TOKEN_DIGEST_SIZE ? find_ahead(checker, digest) : NULL;
        if (!ahead) continue;
        read_facts(stmt, ahead);
        ahead->generation = column_int(stmt, "generation");
    }
    checker->was_read = !e;
    return e;
}

void token_checker_expect_nothing(struct token_checker *checker)
{
    checker->ahead_count = 0;
    checker->was_read = false;
}

/* Why a known token does not pass by its state and its account. */
static enum token_denial deny_state(const struct token_pass *pass, const struct looked_up *found,
                                    const struct account_fact *account, int64_t now)
{
    if (!account->exists) return DENIAL_DELETED;
    if (found->dead) return DENIAL_REVOKED;
    if (found->checks & CHECK_CANARY) return DENIAL_CANARY;
    if (pass->expires != WHEN_NEVER && now >= pass->expires) return DENIAL_EXPIRED;
    if (found->suspended) return DENIAL_SUSPENDED;
    return account->active ? DENIAL_NONE : DENIAL_INACTIVE;
}

/* Denies an address that is in none of the token's networks. */
static enum error check_networks(struct store *store, const struct address *from,
                                 struct token_pass *pass)
{
    pass->denial = DENIAL_NO_ADDRESS;
    if (!from) return OK;
    pass->denial = DENIAL_NETWORK;
    struct stmt *stmt =
        store_prepare(store, "SELECT network FROM token_network WHERE token = :token");
    bind_int(stmt, ":token", pass->token);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        if (network_holds(column_text(stmt, "network"), from)) pass->denial = DENIAL_NONE;
    return e;
}

/* Denies a permission that the token is not narrowed to. */
static enum error check_narrowing(struct store *store, int64_t permission, struct token_pass *pass)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT count(*) FROM token_permission WHERE token = :token AND permission = :permission");
    bind_int(stmt, ":token", pass->token);
    bind_int(stmt, ":permission", permission);
    int64_t named;
    enum error e = stmt_int(stmt, &named);
    if (!e && !named) pass->denial = DENIAL_NARROWED;
    return e;
}

/* The token's limits, which are in other tables. */
static enum error check_limits(struct store *store, const struct token_question *question,
                               const struct address *from, int checks, struct token_pass *pass)
{
    enum error e = OK;
    if (checks & CHECK_NETWORKS) e = check_networks(store, from, pass);
    if (!e && !pass->denial && checks & CHECK_NARROWED && question->permission)
        e = check_narrowing(store, question->permission, pass);
    return e;
}

/* Another server may have the same generation, and other facts. */
static void follow_connection(struct token_checker *checker)
{
    const unsigned connections = store_connections(checker->store);
    if (connections != checker->connections) memset(checker->facts, 0, sizeof *checker->facts);
    checker->connections = connections;
}

static enum error check(struct token_checker *checker, int64_t now,
                        const uint8_t digest[static TOKEN_DIGEST_SIZE],
                        const struct token_question *question, const struct address *from,
                        struct token_pass *out)
{
    struct looked_up found;
    const struct account_fact *account;
    out->denial = DENIAL_UNKNOWN;
    enum error e = look_up(checker, digest, &found);
    if (e || !found.known) return e;
    *out = found.pass;
    follow_connection(checker);
    e = facts_get(checker->facts, checker->store, found.generation, out->account,
                  question->permission, &account);
    if (e) return e;
    strcpy(out->account_name, account->name);
    out->denial = deny_state(out, &found, account, now);
    if (!out->denial && question->account && strcmp(question->account, account->name) != 0)
        out->denial = DENIAL_ACCOUNT;
    if (!out->denial) e = check_limits(checker->store, question, from, found.checks, out);
    if (!e && !out->denial && !account->holds) out->denial = DENIAL_PERMISSION;
    return e;
}

enum error token_check(struct token_checker *checker, int64_t now, const void *bytes, size_t size,
                       const struct token_question *question, struct token_pass *out,
                       const char **reason)
{
    static const struct token_question nothing = {0};
    uint8_t digest[TOKEN_DIGEST_SIZE];
    struct address address, *from = NULL;
    *out = (struct token_pass){.denial = DENIAL_FORM};
    if (!question) question = &nothing;
    enum error e = question->from ? address_parse(question->from, &address) : OK;
    if (e) return e;
    if (question->from) from = &address;
    if (!token_value_flaw(bytes, size)) {
        token_digest(bytes, size, digest);
        e = store_begin_read(checker->store);
        if (!e) e = store_end(checker->store, check(checker, now, digest, question, from, out));
    }
    if (reason) *reason = out->denial ? token_denial_text((int)out->denial) : NULL;
    if (e) return e;
    return out->denial ? ERR_NOT_FOUND : OK;
}
