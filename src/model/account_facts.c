#include "account_facts.h"

#include <stdlib.h>

/* About 100 bytes each; memory that was never used stays the system's. */
enum { SLOT_BITS = 14, SLOTS = 1 << SLOT_BITS };

struct slot {
    bool filled;
    struct account_fact fact;
    int64_t generation, account, permission;
};
struct account_facts {
    struct slot slots[SLOTS];
};

enum error account_facts_new(struct account_facts **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? OK : fail(ERR_SYSTEM, "out of memory");
}

void account_facts_free(struct account_facts *facts)
{
    free(facts);
}

/* Numbers that follow each other are spread by the golden ratio. */
static struct slot *slot_of(struct account_facts *facts, int64_t account, int64_t permission)
{
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t key = ((uint64_t)account * golden ^ (uint64_t)permission) * golden;
    return &facts->slots[key >> (64 - SLOT_BITS)];
}

/* By the groups of the account, which are few, and not by those that hold the permission. */
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

enum error account_facts_get(struct account_facts *facts, struct store *store, int64_t generation,
                             int64_t account, int64_t permission, const struct account_fact **out)
{
    struct slot *slot = slot_of(facts, account, permission);
    *out = &slot->fact;
    /* A generation that is rolled back comes again, with another change. */
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
