#include <gatehouse/account.h>
#include <gatehouse/account_list.h>
#include <gatehouse/group.h>
#include <gatehouse/whatif.h>

#include <stdlib.h>
#include <string.h>

/* The permissions of all groups as bit sets in memory, for looking at many accounts. */
struct rights {
    size_t words;              /* words of 64 bits per set */
    struct id_set permissions; /* the bit of a permission is its index here */
    struct id_set groups;
    uint64_t *sets; /* of each group, in the order of `groups` */
};

static void rights_free(struct rights *rights)
{
    id_set_free(&rights->permissions);
    id_set_free(&rights->groups);
    free(rights->sets);
    *rights = (struct rights){0};
}

static int place_of(const struct id_set *set, int64_t id)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count && set->ids[low] == id ? (int)low : -1;
}

static int rights_bit(const struct rights *rights, int64_t permission)
{
    return place_of(&rights->permissions, permission);
}

static uint64_t *rights_of_group(const struct rights *rights, int64_t group)
{
    int place = place_of(&rights->groups, group);
    return place < 0 ? NULL : rights->sets + (size_t)place * rights->words;
}

static void rights_set(uint64_t *set, int bit)
{
    if (bit >= 0) set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static enum error load_numbers(struct stmt *stmt, struct id_set *out)
{
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = id_set_add(out, column_int(stmt, "number"));
    return e;
}

static enum error load_grants(struct store *store, struct rights *rights)
{
    struct stmt *stmt = store_prepare(store, "SELECT account_group, permission FROM group_grant");
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        uint64_t *set = rights_of_group(rights, column_int(stmt, "account_group"));
        if (set) rights_set(set, rights_bit(rights, column_int(stmt, "permission")));
    }
    return e;
}

static enum error rights_load(struct store *store, struct rights *out)
{
    *out = (struct rights){0};
    enum error e = load_numbers(store_prepare(store, "SELECT number FROM permission ORDER BY 1"),
                                &out->permissions);
    if (!e)
        e = load_numbers(store_prepare(store, "SELECT number FROM account_group ORDER BY 1"),
                         &out->groups);
    out->words = (out->permissions.count + 63) / 64;
    if (!e && out->words) {
        out->sets = calloc(out->groups.count * out->words, sizeof *out->sets);
        if (!out->sets) e = fail_memory();
    }
    if (!e && out->words) e = load_grants(store, out);
    if (e) rights_free(out);
    return e;
}

enum { CHUNK = 256 };

struct look {
    struct store *store;
    int64_t now;
    const struct whatif_change *change;
    const struct progress *progress;
    struct rights rights;
    uint64_t *before, *after, *group_after;
    int64_t *gained, *lost; /* for each bit */
    int64_t accounts, working;
    size_t seen, total;
};

static void merge(uint64_t *into, const uint64_t *set, size_t words)
{
    for (size_t i = 0; set && i < words; i++)
        into[i] |= set[i];
}

/* The permissions of a group after the change. */
static const uint64_t *after_of(const struct look *look, int64_t group)
{
    bool changes = group == look->change->group;
    if (changes && look->change->deleted) return NULL;
    if (changes && look->change->permissions) return look->group_after;
    return rights_of_group(&look->rights, group);
}

static bool is_in(const struct id_set *set, int64_t id)
{
    return set && id_set_has(set, id);
}

static enum error add_groups(struct look *look, int64_t account)
{
    const struct whatif_change *change = look->change;
    size_t words = look->rights.words;
    merge(look->before, rights_of_group(&look->rights, GROUP_EVERYONE), words);
    merge(look->after, after_of(look, GROUP_EVERYONE), words);
    struct stmt *stmt =
        store_prepare(look->store, "SELECT account_group FROM membership WHERE account = :account");
    bind_int(stmt, ":account", account);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        int64_t group = column_int(stmt, "account_group");
        merge(look->before, rights_of_group(&look->rights, group), words);
        if (change->account) continue;
        bool leaves = group == change->group && is_in(change->leaving, account);
        if (!leaves) merge(look->after, after_of(look, group), words);
    }
    if (is_in(change->joining, account)) merge(look->after, after_of(look, change->group), words);
    for (size_t i = 0; change->account && i < change->account_groups->count; i++)
        merge(look->after, after_of(look, change->account_groups->ids[i]), words);
    return e;
}

static enum error add_explicit(struct look *look, int64_t account)
{
    const struct whatif_change *change = look->change;
    bool listed = is_in(change->accounts, account);
    struct stmt *stmt =
        store_prepare(look->store, "SELECT permission FROM account_grant WHERE account = :account");
    bind_int(stmt, ":account", account);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        int64_t permission = column_int(stmt, "permission");
        int bit = rights_bit(&look->rights, permission);
        rights_set(look->before, bit);
        if (!change->account && !(listed && permission == change->revoked))
            rights_set(look->after, bit);
    }
    if (listed && change->granted)
        rights_set(look->after, rights_bit(&look->rights, change->granted));
    for (size_t i = 0; change->account && i < change->account_permissions->count; i++)
        rights_set(look->after, rights_bit(&look->rights, change->account_permissions->ids[i]));
    int gone = change->gone ? rights_bit(&look->rights, change->gone) : -1;
    if (gone >= 0) look->after[gone / 64] &= ~(UINT64_C(1) << (gone % 64));
    return e;
}

static enum error count_working(struct look *look, int64_t account)
{
    struct account_impact impact;
    enum error e = account_get_impact(look->store, look->now, account, &impact);
    if (!e && impact.working) look->working++;
    return e;
}

static enum error look_at(struct look *look, int64_t account)
{
    size_t size = look->rights.words * sizeof *look->before;
    const struct progress *progress = look->progress;
    if (look->seen++ % CHUNK == 0 && progress && progress->step &&
        progress->step(progress->arg, look->seen - 1, look->total))
        return fail(ERR_STOPPED, "stopped: nothing was changed");
    memset(look->before, 0, size);
    memset(look->after, 0, size);
    enum error e = add_groups(look, account);
    if (!e) e = add_explicit(look, account);
    if (e || memcmp(look->before, look->after, size) == 0) return e;
    look->accounts++;
    for (size_t bit = 0; bit < look->rights.permissions.count; bit++) {
        bool had = look->before[bit / 64] >> (bit % 64) & 1;
        bool has = look->after[bit / 64] >> (bit % 64) & 1;
        if (has && !had) look->gained[bit]++;
        if (had && !has) look->lost[bit]++;
    }
    return count_working(look, account);
}

static enum error look_at_set(struct look *look, const struct id_set *set)
{
    enum error e = OK;
    look->total += set ? set->count : 0;
    for (size_t i = 0; set && i < set->count && !e; i++)
        e = look_at(look, set->ids[i]);
    return e;
}

/* The members of the group, or the holders of the permission. */
static enum error look_at_query(struct look *look, const struct account_query *query)
{
    struct id_set numbers;
    enum error e = account_numbers(look->store, query, &numbers);
    if (e) return e;
    e = look_at_set(look, &numbers);
    id_set_free(&numbers);
    return e;
}

static enum error look_at_all(struct look *look)
{
    const struct whatif_change *change = look->change;
    const struct id_set one = {.count = 1, .ids = (int64_t[]){change->account}};
    struct account_query query = {.filter = "", .group = change->group, .permission = change->gone};
    if (change->account) return look_at_set(look, &one);
    if (change->gone) return look_at_query(look, &query);
    if (change->accounts) return look_at_set(look, change->accounts);
    enum error e = OK;
    bool members = change->permissions || change->deleted;
    if (members) e = look_at_query(look, &query);
    if (!e) e = look_at_set(look, change->joining);
    if (!e && !members) e = look_at_set(look, change->leaving);
    return e;
}

static enum error prepare(struct look *look)
{
    const struct whatif_change *change = look->change;
    enum error e = rights_load(look->store, &look->rights);
    if (e) return e;
    size_t words = look->rights.words, bits = look->rights.permissions.count;
    look->before = calloc(3 * words + 1, sizeof *look->before);
    look->gained = calloc(2 * bits + 1, sizeof *look->gained);
    if (!look->before || !look->gained) return fail_memory();
    look->after = look->before + words;
    look->group_after = look->after + words;
    look->lost = look->gained + bits;
    for (size_t i = 0; change->permissions && i < change->permissions->count; i++)
        rights_set(look->group_after, rights_bit(&look->rights, change->permissions->ids[i]));
    return OK;
}

static enum error add_item(struct look *look, size_t bit, struct whatif *result)
{
    struct permission permission;
    enum error e = permission_get(look->store, look->rights.permissions.ids[bit], &permission);
    if (e) return e;
    struct whatif_item *item = &result->items[result->count++];
    item->permission = permission.number;
    item->gained = look->gained[bit];
    item->lost = look->lost[bit];
    memcpy(item->name, permission.name, sizeof item->name);
    return OK;
}

static enum error report(struct look *look, struct whatif **out)
{
    size_t bits = look->rights.permissions.count;
    struct whatif *result = calloc(1, sizeof *result + bits * sizeof *result->items);
    if (!result) return fail_memory();
    result->accounts = look->accounts;
    result->working = look->working;
    enum error e = OK;
    for (size_t bit = 0; bit < bits && !e; bit++)
        if (look->gained[bit] || look->lost[bit]) e = add_item(look, bit, result);
    if (e)
        free(result);
    else
        *out = result;
    return e;
}

enum error whatif(struct store *store, int64_t now, const struct whatif_change *change,
                  const struct progress *progress, struct whatif **out)
{
    struct look look = {.store = store, .now = now, .change = change, .progress = progress};
    *out = NULL;
    enum error e = store_begin_read(store);
    if (e) return e;
    e = prepare(&look);
    if (!e) e = look_at_all(&look);
    if (!e) e = report(&look, out);
    rights_free(&look.rights);
    free(look.before);
    free(look.gained);
    return store_end(store, e);
}
