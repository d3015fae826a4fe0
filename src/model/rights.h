/* What groups give, kept in memory as sets of bits: for looking at many accounts at once. */
#ifndef GATEHOUSE_MODEL_RIGHTS_H
#define GATEHOUSE_MODEL_RIGHTS_H

#include <gatehouse/account.h>

struct rights {
    size_t words;              /* of 64 bits, in one set */
    struct id_set permissions; /* the bit of a permission is its place here */
    struct id_set groups;
    uint64_t *sets; /* of each group, in the order of `groups` */
};

/* All groups. rights_free. */
enum error rights_load(struct store *store, struct rights *out) MUST_CHECK;
void rights_free(struct rights *rights);
/* -1: not in the catalogue. */
int rights_bit(const struct rights *rights, int64_t permission);
/* NULL: no such group. */
uint64_t *rights_of_group(const struct rights *rights, int64_t group);
void rights_set(uint64_t *set, int bit); /* -1 is ignored */

#endif
