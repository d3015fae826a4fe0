#include <gatehouse/id_set.h>

#include <stdlib.h>
#include <string.h>

void id_set_free(struct id_set *set)
{
    free(set->ids);
    *set = (struct id_set){0};
}

/* The index of `id`, or where it would be inserted. */
static size_t find(const struct id_set *set, int64_t id)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool id_set_has(const struct id_set *set, int64_t id)
{
    size_t at = find(set, id);
    return at < set->count && set->ids[at] == id;
}

/* Doubles the capacity: a set of all accounts is built one by one, and must not be copied each
 * time. */
static enum error reserve(struct id_set *set)
{
    enum { LEAST = 8 };
    if (set->count < set->capacity) return OK;
    size_t capacity = set->capacity ? 2 * set->capacity : LEAST;
    int64_t *ids = realloc(set->ids, capacity * sizeof *ids);
    if (!ids) return fail_memory();
    set->ids = ids;
    set->capacity = capacity;
    return OK;
}

enum error id_set_add(struct id_set *set, int64_t id)
{
    size_t at = find(set, id);
    if (at < set->count && set->ids[at] == id) return OK;
    enum error e = reserve(set);
    if (e) return e;
    memmove(set->ids + at + 1, set->ids + at, (set->count - at) * sizeof *set->ids);
    set->ids[at] = id;
    set->count++;
    return OK;
}

void id_set_remove(struct id_set *set, int64_t id)
{
    size_t at = find(set, id);
    if (at == set->count || set->ids[at] != id) return;
    set->count--;
    memmove(set->ids + at, set->ids + at + 1, (set->count - at) * sizeof *set->ids);
}

bool id_set_equal(const struct id_set *a, const struct id_set *b)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->ids, b->ids, a->count * sizeof *a->ids) == 0);
}

enum error id_set_copy(struct id_set *to, const struct id_set *from)
{
    *to = (struct id_set){0};
    if (from->count == 0) return OK;
    to->ids = malloc(from->count * sizeof *to->ids);
    if (!to->ids) return fail_memory();
    memcpy(to->ids, from->ids, from->count * sizeof *to->ids);
    to->count = to->capacity = from->count;
    return OK;
}

enum error id_set_merge(const struct id_set *base, const struct id_set *mine,
                        const struct id_set *theirs, struct id_set *out)
{
    enum error e = id_set_copy(out, theirs);
    for (size_t i = 0; i < base->count && !e; i++)
        if (!id_set_has(mine, base->ids[i])) id_set_remove(out, base->ids[i]);
    for (size_t i = 0; i < mine->count && !e; i++)
        if (!id_set_has(base, mine->ids[i])) e = id_set_add(out, mine->ids[i]);
    return e;
}
