/* What an editor of details compares before it writes: whether they are still those that it read.
 */
#ifndef GATEHOUSE_MODEL_VERSION_H
#define GATEHOUSE_MODEL_VERSION_H

#include <gatehouse/id_set.h>

#include <stddef.h>
#include <stdint.h>

/* A digest (BLAKE2b, 64 bits) of texts, of which NULL is "", and of sets: the same for the same
 * details. Nothing has to be counted where they change, nor can a change be forgotten. */
int64_t version_of(const char *const *texts, size_t text_count, const struct id_set *const *sets,
                   size_t set_count);

#endif
