/* What keeping the names and searching them share. */
#ifndef GATEHOUSE_MODEL_NAME_ARENA_INSIDE_H
#define GATEHOUSE_MODEL_NAME_ARENA_INSIDE_H

#include <gatehouse/name_arena.h>

/* Numbers are never given twice, so how many accounts there are and the newest tell one set of them
 * from another. */
struct name_state {
    int64_t accounts, newest;
    int64_t events; /* the newest event */
};

/* Every name stands between two line breaks, in the order of the names. */
struct name_arena {
    char *text;
    size_t size, text_room;
    uint32_t *starts; /* of each name in `text` */
    int64_t *numbers;
    size_t count, room;
    bool begun, whole;
    struct name_state state; /* of the database that it says the same as */
};

enum error name_state_read(struct store *store, struct name_state *out) MUST_CHECK;

static inline size_t name_end(const struct name_arena *arena, size_t index)
{
    return index + 1 < arena->count ? arena->starts[index + 1] - 1 : arena->size - 1;
}

/* The first name that is not before `name`, and whether it is that one. */
size_t name_lower_bound(const struct name_arena *arena, const char *name, bool *there);

#endif
