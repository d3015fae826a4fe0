#include "rights.h"

#include <stdlib.h>

void rights_free(struct rights *rights)
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

int rights_bit(const struct rights *rights, int64_t permission)
{
    return place_of(&rights->permissions, permission);
}

uint64_t *rights_of_group(const struct rights *rights, int64_t group)
{
    int place = place_of(&rights->groups, group);
    return place < 0 ? NULL : rights->sets + (size_t)place * rights->words;
}

void rights_set(uint64_t *set, int bit)
{
    if (bit >= 0) set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static enum error load_numbers(struct stmt *stmt, struct id_set *out)
{
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(out, column_int(stmt, "number"));
    stmt_reset(stmt);
    return e;
}

static enum error load_grants(struct store *store, struct rights *rights)
{
    struct stmt *stmt = store_prepare(store, "SELECT account_group, permission FROM group_grant");
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row) {
        uint64_t *set = rights_of_group(rights, column_int(stmt, "account_group"));
        if (set) rights_set(set, rights_bit(rights, column_int(stmt, "permission")));
    }
    stmt_reset(stmt);
    return e;
}

enum error rights_load(struct store *store, struct rights *out)
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
        if (!out->sets) e = fail(ERR_SYSTEM, "out of memory");
    }
    if (!e && out->words) e = load_grants(store, out);
    if (e) rights_free(out);
    return e;
}
