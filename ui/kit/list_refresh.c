/* Live refresh of a list: what is on the screen keeps its place. */
#include "ui/kit/list.h"

#include "ui/kit/list_place.h"

#include <stdlib.h>
#include <string.h>

struct merge {
    struct list *list;
    char *rows; /* the new screen */
    size_t count, capacity;
    size_t cursor;
};

static bool has(const struct merge *merge, const char *rows, size_t count, int64_t id)
{
    const struct list_source *source = merge->list->source;
    for (size_t i = 0; i < count; i++)
        if (source->id(rows + i * source->row_size) == id) return true;
    return false;
}

static void add(struct merge *merge, const void *row)
{
    size_t size = merge->list->source->row_size;
    if (merge->count == merge->capacity) return;
    memcpy(merge->rows + merge->count++ * size, row, size);
}

/* Rows of `fresh` that were not on the screen and follow `after` (0: the first ones). */
static void add_new(struct merge *merge, const char *fresh, size_t count, int64_t after)
{
    const struct list *list = merge->list;
    size_t size = list->source->row_size, i = 0;
    while (after && i < count && list->source->id(fresh + i * size) != after)
        i++;
    for (i = after ? i + 1 : 0; i < count; i++) {
        int64_t id = list->source->id(fresh + i * size);
        if (has(merge, list->rows, list->count, id)) return;
        if (!has(merge, merge->rows, merge->count, id)) add(merge, fresh + i * size);
    }
}

/* The old rows in their order, each as it is now. */
static enum error add_old(struct merge *merge, char *row, const char *fresh, size_t count)
{
    struct list *list = merge->list;
    for (size_t i = 0; i < list->count; i++) {
        int64_t id = list->source->id(list_row(list, i));
        enum error e = list->source->get(list->arg, id, row);
        if (e && e != ERR_NOT_FOUND) return e;
        if (i == list->cursor) {
            list->gone = e == ERR_NOT_FOUND;
            merge->cursor = merge->count;
        }
        if (!e)
            add(merge, row);
        else if (i == list->cursor)
            add(merge, list_row(list, i));
        add_new(merge, fresh, count, id);
    }
    return OK;
}

static void take(struct merge *merge)
{
    struct list *list = merge->list;
    size_t size = list->source->row_size, skip = 0;
    if (merge->cursor >= list->height) skip = merge->cursor - list->height + 1;
    if (skip) list->at_top = false;
    list_passed_up(list, (int64_t)skip);
    size_t count = merge->count - skip;
    if (count > list->height) count = list->height;
    memcpy(list->rows, merge->rows + skip * size, count * size);
    list->count = count;
    list->cursor = merge->cursor - skip;
    if (list->cursor >= count) list->cursor = count ? count - 1 : 0;
}

/* The rows that would stand here by the present order. */
static enum error read_fresh(struct list *list, char *fresh, size_t *count)
{
    return list->source->page(list->arg, list->at_top ? NULL : list->rows, false, !list->at_top,
                              fresh, list->height, count);
}

/* Whether all that stands above the old rows now is among the fresh ones. */
static bool joins(const struct list *list, const char *fresh, size_t count)
{
    const struct list_source *source = list->source;
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < count; j++)
            if (source->id(list_row(list, i)) == source->id(fresh + j * source->row_size))
                return true;
    return false;
}

/* Rows may have come and gone on either side of the screen. */
static void doubt_place(struct list *list)
{
    list->below = -1;
    list->looked = false;
    list->guessed = !list->at_top && list->above >= 0;
}

enum error list_refresh(struct list *list)
{
    size_t size = list->source->row_size, count = 0;
    if (!list->count) return list_open(list, 0);
    char *room = malloc((3 * list->height + 3) * size);
    if (!room) return fail(ERR_SYSTEM, "out of memory");
    char *fresh = room, *row = room + list->height * size;
    struct merge merge = {.list = list, .rows = row + size, .capacity = 2 * list->height + 2};
    enum error e = read_fresh(list, fresh, &count);
    if (!e && list->at_top && !joins(list, fresh, count)) {
        list->at_top = false;
        list->above = -1;
    }
    if (!e && list->at_top) add_new(&merge, fresh, count, 0);
    if (!e) e = add_old(&merge, row, fresh, count);
    if (!e) take(&merge);
    if (!e) doubt_place(list);
    free(room);
    return e ? e : list_fill(list);
}

enum error list_drop_gone(struct list *list)
{
    size_t size = list->source->row_size;
    if (!list->gone || !list->count) return OK;
    memmove(list_row(list, list->cursor), list_row(list, list->cursor + 1),
            (list->count - list->cursor - 1) * size);
    list->count--;
    list->gone = false;
    if (list->cursor >= list->count && list->cursor) list->cursor--;
    return list_fill(list);
}
