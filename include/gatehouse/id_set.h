/* A sorted set of numbers: marked accounts, staged groups and permissions. */
#ifndef GATEHOUSE_ID_SET_H
#define GATEHOUSE_ID_SET_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_set {
    size_t count;
    int64_t *ids; /* allocated; freed with id_set_free */
    size_t capacity;
};
void id_set_free(struct id_set *set);
bool id_set_has(const struct id_set *set, int64_t id);
enum error id_set_add(struct id_set *set,
                      int64_t id) MUST_CHECK; /* keeps the set sorted, without duplicates */
void id_set_remove(struct id_set *set, int64_t id);
bool id_set_equal(const struct id_set *a, const struct id_set *b);
/* `theirs` with what was added to and removed from `base` to make `mine`. The caller frees *out. */
enum error id_set_merge(const struct id_set *base, const struct id_set *mine,
                        const struct id_set *theirs, struct id_set *out) MUST_CHECK;
enum error id_set_copy(struct id_set *to, const struct id_set *from) MUST_CHECK;

#endif
