#include "ui/kit/list.h"

#include "ui/kit/list_place.h"

#include <stdlib.h>
#include <string.h>

void list_init(struct list *list, const struct list_source *source, void *arg)
{
    *list = (struct list){.source = source, .arg = arg, .above = -1, .below = -1};
}

void list_free(struct list *list)
{
    free(list->rows);
    list->rows = NULL;
    list->count = list->capacity = 0;
}

enum error list_copy(struct list *copy, const struct list *list)
{
    size_t size = list->source->row_size;
    *copy = *list;
    copy->rows = malloc((list->capacity + 1) * size);
    if (!copy->rows) return fail(ERR_SYSTEM, "out of memory");
    if (list->count) memcpy(copy->rows, list->rows, list->count * size);
    return OK;
}

void *list_row(const struct list *list, size_t index)
{
    return list->rows + index * list->source->row_size;
}

void *list_current(const struct list *list)
{
    return list->cursor < list->count ? list_row(list, list->cursor) : NULL;
}

int64_t list_current_id(const struct list *list)
{
    const void *row = list_current(list);
    return row ? list->source->id(row) : 0;
}

void list_find(struct list *list, int64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->source->id(list_row(list, i)) == id) list->cursor = i;
}

bool list_holds(const struct list *list, int rows)
{
    int64_t at = (int64_t)list->cursor + rows;
    return at >= 0 && at < (int64_t)list->count;
}

/* Room for two screens: a page is read beside the one that is shown. */
static enum error reserve(struct list *list, size_t height)
{
    if (2 * height + 2 <= list->capacity) return OK;
    char *rows = realloc(list->rows, (2 * height + 2) * list->source->row_size);
    if (!rows) return fail(ERR_SYSTEM, "out of memory");
    list->rows = rows;
    list->capacity = 2 * height + 2;
    return OK;
}

static enum error page(struct list *list, const void *from, bool backward, bool inclusive,
                       size_t at, size_t max, size_t *count)
{
    *count = 0;
    if (!max) return OK;
    return list->source->page(list->arg, from, backward, inclusive, list_row(list, at), max, count);
}

static void drop_first(struct list *list, size_t rows)
{
    memmove(list->rows, list_row(list, rows), (list->count - rows) * list->source->row_size);
    list->count -= rows;
    if (rows) list->at_top = false;
    list_passed_up(list, (int64_t)rows);
}

static void drop_last(struct list *list, size_t rows)
{
    list->count -= rows;
    list_passed_down(list, (int64_t)rows);
}

/* Rows before the first one, at most `max`; *added of them. */
static enum error extend_up(struct list *list, size_t max, size_t *added)
{
    enum error e = page(list, list_row(list, 0), true, false, list->count, max, added);
    if (e) return e;
    list_passed_up(list, -(int64_t)*added);
    if (*added < max) list_reached_top(list);
    if (!*added) return OK;
    size_t size = list->source->row_size;
    char *fresh = malloc(*added * size);
    if (!fresh) return fail(ERR_SYSTEM, "out of memory");
    memcpy(fresh, list_row(list, list->count), *added * size);
    memmove(list_row(list, *added), list->rows, list->count * size);
    memcpy(list->rows, fresh, *added * size);
    free(fresh);
    list->count += *added;
    return OK;
}

static enum error extend_down(struct list *list, size_t max, size_t *added)
{
    enum error e =
        page(list, list_row(list, list->count - 1), false, false, list->count, max, added);
    if (e) return e;
    list->count += *added;
    list_passed_down(list, -(int64_t)*added);
    if (*added < max) list_reached_end(list);
    return OK;
}

enum error list_fill(struct list *list)
{
    size_t added = 0;
    enum error e = OK;
    if (!list->count) return OK;
    if (list->count < list->height) e = extend_down(list, list->height - list->count, &added);
    if (!e && list->count < list->height) {
        e = extend_up(list, list->height - list->count, &added);
        if (!e) list->cursor += added;
    }
    return e;
}

enum error list_set_height(struct list *list, size_t height)
{
    if (!height) height = 1;
    if (height == list->height) return OK;
    enum error e = reserve(list, height);
    if (e) return e;
    list->height = height;
    if (list->count > height) {
        if (list->cursor >= height) {
            size_t rows = list->cursor - height + 1;
            drop_first(list, rows);
            list->cursor -= rows;
        }
        if (list->count > height) drop_last(list, list->count - height);
        return OK;
    }
    return list_fill(list);
}

static void remember(struct list *list)
{
    if (list->count) list->last = list_current_id(list);
}

void list_clear(struct list *list)
{
    remember(list);
    list->count = list->cursor = 0;
}

enum error list_open(struct list *list, int64_t id)
{
    size_t count;
    remember(list);
    enum error e = page(list, NULL, false, false, list->height, list->height, &count);
    if (e) return e;
    /* Before the first load there is no room at all, and nothing to copy. */
    if (count) memcpy(list->rows, list_row(list, list->height), count * list->source->row_size);
    list->count = count;
    list->cursor = 0;
    list->below = -1;
    list_reached_top(list);
    if (count < list->height) list_reached_end(list);
    list->gone = false;
    list_find(list, id);
    return OK;
}

/* On the first page where it belongs there, else at its old height. */
static enum error open_at_cursor(struct list *list, const void *row)
{
    int64_t id = list->source->id(row);
    size_t place = list->cursor, below = 0, above = 0;
    enum error e = page(list, row, false, true, 0, list->height, &below);
    if (e) return e;
    if (!below || list->source->id(list_row(list, 0)) != id) return list_open(list, 0);
    /* The row is the first for now: what follows may be interrupted. */
    list->count = below;
    list->cursor = 0;
    list->gone = list->at_top = list->guessed = false;
    list->above = list->below = -1;
    if (below < list->height) list_reached_end(list);
    e = extend_up(list, list->height, &above);
    if (e) return e;
    size_t drop = above == list->height ? above - place : 0;
    drop_first(list, drop);
    list->cursor = above - drop;
    if (list->count > list->height) drop_last(list, list->count - list->height);
    return list_fill(list);
}

enum error list_open_around(struct list *list)
{
    remember(list);
    if (!list->last || list->gone) return list_open(list, 0);
    void *row = calloc(1, list->source->row_size);
    if (!row) return fail(ERR_SYSTEM, "out of memory");
    /* Its sort key may be another by now. */
    enum error e = list->source->get(list->arg, list->last, row);
    if (!e)
        e = open_at_cursor(list, row);
    else if (e == ERR_NOT_FOUND)
        e = list_open(list, 0);
    free(row);
    return e;
}

static enum error move_down(struct list *list, size_t rows)
{
    size_t added = 0, missing = list->cursor + rows + 1 - list->count;
    if (missing > list->height) missing = list->height;
    enum error e = extend_down(list, missing, &added);
    if (e) return e;
    list->cursor = list->cursor + rows < list->count ? list->cursor + rows : list->count - 1;
    if (list->count > list->height) {
        size_t drop = list->count - list->height;
        drop_first(list, drop);
        list->cursor -= drop;
    }
    return OK;
}

static enum error move_up(struct list *list, size_t rows)
{
    size_t added = 0, missing = rows - list->cursor;
    if (missing > list->height) missing = list->height;
    enum error e = extend_up(list, missing, &added);
    if (e) return e;
    list->cursor += added;
    list->cursor = list->cursor > rows ? list->cursor - rows : 0;
    if (list->count > list->height) drop_last(list, list->count - list->height);
    return OK;
}

enum error list_move(struct list *list, int rows)
{
    size_t far = (size_t)(rows < 0 ? -rows : rows);
    if (!list->count) return OK;
    list->gone = false;
    if (rows > 0 && list->cursor + far >= list->count) return move_down(list, far);
    if (rows < 0 && far > list->cursor) return move_up(list, far);
    list->cursor = rows < 0 ? list->cursor - far : list->cursor + far;
    return OK;
}

enum error list_page(struct list *list, bool backward)
{
    size_t added = 0;
    if (!list->count) return OK;
    list->gone = false;
    size_t step = list->height > 1 ? list->height - 1 : 1;
    enum error e = backward ? extend_up(list, step, &added) : extend_down(list, step, &added);
    if (e) return e;
    if (!added) list->cursor = backward ? 0 : list->count - 1;
    if (list->count > list->height) {
        size_t rows = list->count - list->height;
        if (backward)
            drop_last(list, rows);
        else
            drop_first(list, rows);
    }
    return OK;
}

enum error list_jump(struct list *list, bool last)
{
    size_t count;
    enum error e = page(list, NULL, last, false, list->height, list->height, &count);
    if (e) return e;
    if (count) memcpy(list->rows, list_row(list, list->height), count * list->source->row_size);
    list->count = count;
    list->cursor = last && count ? count - 1 : 0;
    list->at_top = list->guessed = list->gone = false;
    list->above = list->below = -1;
    if (!last || count < list->height) list_reached_top(list);
    if (last || count < list->height) list_reached_end(list);
    return OK;
}
