#include "ui/kit/list.h"

#include <stdlib.h>
#include <string.h>

/* Keeping track of where the rows on the screen are in the whole list. */

static int64_t moved(int64_t known, int64_t rows)
{
    if (known < 0) return known;
    return known + rows < 0 ? 0 : known + rows;
}

/* Rows that left the screen upwards (downwards); negative: rows that came onto it. */
static void passed_up(struct list *list, int64_t rows)
{
    list->above = moved(list->above, rows);
    if (rows) list->ends_checked = false;
}

static void passed_down(struct list *list, int64_t rows)
{
    list->below = moved(list->below, rows);
    if (rows) list->ends_checked = false;
}

/* The first (last) row on the screen is the first (last) of the list. */
static void reached_top(struct list *list)
{
    list->at_top = true;
    list->above = 0;
    list->guessed = false;
}

/* Knowing the end is better than a guess. */
static void reached_end(struct list *list)
{
    list->below = 0;
    if (list->guessed) list->above = -1;
    list->guessed = false;
}

void list_guess(struct list *list, int64_t above)
{
    list->above = above;
    list->below = -1;
    list->guessed = true;
    list->ends_checked = false;
}

void list_check_ends(struct list *list, bool is_any_above, bool is_any_below)
{
    list->ends_checked = true;
    if (!is_any_above)
        reached_top(list);
    else if (!is_any_below)
        reached_end(list);
}

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
    if (!copy->rows) return fail_memory();
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

/* Room for two screens: a page is read next to the one that is shown. */
static enum error reserve(struct list *list, size_t height)
{
    if (2 * height + 2 <= list->capacity) return OK;
    char *rows = realloc(list->rows, (2 * height + 2) * list->source->row_size);
    if (!rows) return fail_memory();
    list->rows = rows;
    list->capacity = 2 * height + 2;
    return OK;
}

/* Reads a page into the rows from `at` on. */
static enum error read_page(struct list *list, const void *from, struct page page, size_t at,
                            size_t *count)
{
    *count = 0;
    if (!page.max) return OK;
    return list->source->page(list->arg, from, page, list_row(list, at), count);
}

static void drop_first(struct list *list, size_t rows)
{
    memmove(list->rows, list_row(list, rows), (list->count - rows) * list->source->row_size);
    list->count -= rows;
    if (rows) list->at_top = false;
    passed_up(list, (int64_t)rows);
}

static void drop_last(struct list *list, size_t rows)
{
    list->count -= rows;
    passed_down(list, (int64_t)rows);
}

/* Rows before the first one, at most `max`; *added of them. */
static enum error extend_up(struct list *list, size_t max, size_t *added)
{
    enum error e = read_page(list, list_row(list, 0), (struct page){.max = max, .backward = true},
                             list->count, added);
    if (e) return e;
    passed_up(list, -(int64_t)*added);
    if (*added < max) reached_top(list);
    if (!*added) return OK;
    size_t size = list->source->row_size;
    char *fresh = malloc(*added * size);
    if (!fresh) return fail_memory();
    memcpy(fresh, list_row(list, list->count), *added * size);
    memmove(list_row(list, *added), list->rows, list->count * size);
    memcpy(list->rows, fresh, *added * size);
    free(fresh);
    list->count += *added;
    return OK;
}

static enum error extend_down(struct list *list, size_t max, size_t *added)
{
    enum error e = read_page(list, list_row(list, list->count - 1), (struct page){.max = max},
                             list->count, added);
    if (e) return e;
    list->count += *added;
    passed_down(list, -(int64_t)*added);
    if (*added < max) reached_end(list);
    return OK;
}

/* Reads rows below, then above, until the screen is full. */
static enum error fill(struct list *list)
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
    return fill(list);
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
    const size_t at = list->count ? list->height : 0; /* the rows on the screen stay if it fails */
    size_t count;
    remember(list);
    enum error e = read_page(list, NULL, (struct page){.max = list->height}, at, &count);
    if (e) return e;
    if (at && count) memcpy(list->rows, list_row(list, at), count * list->source->row_size);
    list->count = count;
    list->cursor = 0;
    list->below = -1;
    reached_top(list);
    if (count < list->height) reached_end(list);
    list->gone = false;
    list_find(list, id);
    return OK;
}

/* Stays on the first page if it belongs there, else at its old height on the screen. */
static enum error open_at_cursor(struct list *list, const void *row)
{
    int64_t id = list->source->id(row);
    size_t place = list->cursor, below = 0, above = 0;
    enum error e =
        read_page(list, row, (struct page){.max = list->height, .inclusive = true}, 0, &below);
    if (e) return e;
    if (!below || list->source->id(list_row(list, 0)) != id) return list_open(list, 0);
    /* The row is the first for now: what follows may be interrupted. */
    list->count = below;
    list->cursor = 0;
    list->gone = list->at_top = list->guessed = false;
    list->above = list->below = -1;
    if (below < list->height) reached_end(list);
    e = extend_up(list, list->height, &above);
    if (e) return e;
    size_t drop = above == list->height ? above - place : 0;
    drop_first(list, drop);
    list->cursor = above - drop;
    if (list->count > list->height) drop_last(list, list->count - list->height);
    return fill(list);
}

enum error list_open_around(struct list *list)
{
    remember(list);
    if (!list->last || list->gone) return list_open(list, 0);
    void *row = calloc(1, list->source->row_size);
    if (!row) return fail_memory();
    /* Its sort key may have changed. */
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
    enum error e = read_page(list, NULL, (struct page){.max = list->height, .backward = last},
                             list->height, &count);
    if (e) return e;
    if (count) memcpy(list->rows, list_row(list, list->height), count * list->source->row_size);
    list->count = count;
    list->cursor = last && count ? count - 1 : 0;
    list->at_top = list->guessed = list->gone = false;
    list->above = list->below = -1;
    if (!last || count < list->height) reached_top(list);
    if (last || count < list->height) reached_end(list);
    return OK;
}

struct merge {
    struct list *list;
    char *rows; /* the new screen */
    size_t count, capacity;
    size_t cursor;
};

/* The row with this id; NULL: there is none. */
static const char *find(const struct merge *merge, const char *rows, size_t count, int64_t id)
{
    const struct list_source *source = merge->list->source;
    for (size_t i = 0; i < count; i++)
        if (source->id(rows + i * source->row_size) == id) return rows + i * source->row_size;
    return NULL;
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
        if (find(merge, list->rows, list->count, id)) return;
        if (!find(merge, merge->rows, merge->count, id)) add(merge, fresh + i * size);
    }
}

/* The row as it is now: mostly one of those that were just read. */
static enum error read_old(const struct merge *merge, const char *fresh, size_t count, int64_t id,
                           char *row)
{
    const struct list_source *source = merge->list->source;
    const char *known = find(merge, fresh, count, id);
    if (!known) return source->get(merge->list->arg, id, row);
    memcpy(row, known, source->row_size);
    return OK;
}

/* The old rows in their order, each as it is now. */
static enum error add_old(struct merge *merge, char *row, const char *fresh, size_t count)
{
    struct list *list = merge->list;
    for (size_t i = 0; i < list->count; i++) {
        int64_t id = list->source->id(list_row(list, i));
        enum error e = read_old(merge, fresh, count, id, row);
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
    passed_up(list, (int64_t)skip);
    size_t count = merge->count - skip;
    if (count > list->height) count = list->height;
    memcpy(list->rows, merge->rows + skip * size, count * size);
    list->count = count;
    list->cursor = merge->cursor - skip;
    if (list->cursor >= count) list->cursor = count ? count - 1 : 0;
}

/* The rows that belong here in the present order. */
static enum error read_fresh(struct list *list, char *fresh, size_t *count)
{
    const struct page page = {.max = list->height, .inclusive = !list->at_top};
    return list->source->page(list->arg, list->at_top ? NULL : list->rows, page, fresh, count);
}

/* Whether the fresh rows reach the old ones: then nothing between them is missing. */
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
    list->ends_checked = false;
    list->guessed = !list->at_top && list->above >= 0;
}

enum error list_refresh(struct list *list)
{
    size_t size = list->source->row_size, count = 0;
    if (!list->count) return list_open(list, 0);
    char *room = malloc((3 * list->height + 3) * size);
    if (!room) return fail_memory();
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
    return e ? e : fill(list);
}

enum error list_drop_gone(struct list *list)
{
    size_t size = list->source->row_size;
    if (!list->gone || !list->count) return OK;
    remember(list);
    memmove(list_row(list, list->cursor), list_row(list, list->cursor + 1),
            (list->count - list->cursor - 1) * size);
    list->count--;
    list->gone = false;
    if (list->cursor >= list->count && list->cursor) list->cursor--;
    return fill(list);
}
