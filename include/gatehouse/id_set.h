/* A sorted set of numbers: accounts that are marked, groups and permissions that a form stages. */
#ifndef GATEHOUSE_ID_SET_H
#define GATEHOUSE_ID_SET_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_set {
    size_t count;
    int64_t *ids; /* malloc'd; id_set_free */
    size_t capacity;
};
void id_set_free(struct id_set *set);
bool id_set_has(const struct id_set *set, int64_t id);
enum error id_set_add(struct id_set *set, int64_t id) MUST_CHECK; /* keeps order; each once */
void id_set_remove(struct id_set *set, int64_t id);
bool id_set_equal(const struct id_set *a, const struct id_set *b);
enum error id_set_copy(struct id_set *to, const struct id_set *from) MUST_CHECK;

#endif
