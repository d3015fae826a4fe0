#include "ui/screens/permissions_screen.h"

#include <stdlib.h>
#include <string.h>

static int compare_by(enum permissions_sort sort, const struct permission *a,
                      const struct permission *b)
{
    int64_t left = sort == BY_ACCOUNTS ? a->accounts : a->groups;
    int64_t right = sort == BY_ACCOUNTS ? b->accounts : b->groups;
    int order = 0;
    if (sort == BY_NAME) order = strcmp(a->name, b->name);
    if (sort == BY_ACCOUNTS || sort == BY_GROUPS) order = (left > right) - (left < right);
    return order ? order : strcmp(a->id, b->id);
}

static int compare(const void *a, const void *b, void *arg)
{
    const struct table *table = arg;
    int order = compare_by((enum permissions_sort)table->sort,
                           &((const struct permission_entry *)a)->permission,
                           &((const struct permission_entry *)b)->permission);
    return table->descending ? -order : order;
}

int64_t permissions_holders(const struct permissions_screen *screen, int64_t number)
{
    for (size_t i = 0; i < screen->count; i++)
        if (screen->entries[i].permission.number == number) return screen->entries[i].holders;
    return -1;
}

static bool matches(const struct permission *permission, const char *filter)
{
    return strcasestr(permission->name, filter) || strcasestr(permission->id, filter);
}

/* Holders that were counted stay on the screen until they are counted again. */
enum error permissions_read(struct permissions_screen *screen)
{
    struct permissions *catalogue;
    enum error e = permission_list(screen->table.app->store, &catalogue);
    if (e) return e;
    struct permission_entry *entries = calloc(catalogue->count + 1, sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; entries && i < catalogue->count; i++) {
        if (!matches(&catalogue->items[i], screen->table.filter.text)) continue;
        entries[count].permission = catalogue->items[i];
        entries[count++].holders = permissions_holders(screen, catalogue->items[i].number);
    }
    if (entries) {
        qsort_r(entries, count, sizeof *entries, compare, &screen->table);
        free(screen->entries);
        screen->entries = entries;
        screen->count = count;
        screen->total = catalogue->count;
    }
    free(catalogue);
    return entries ? OK : fail(ERR_SYSTEM, "out of memory");
}

static int64_t row_id(const void *row)
{
    return ((const struct permission_entry *)row)->permission.number;
}

/* The place of a row that may be gone by now: where it would stand. */
static size_t place_of(const struct permissions_screen *screen, const struct permission_entry *row,
                       bool *there)
{
    size_t at = 0;
    struct table *table = (struct table *)&screen->table;
    while (at < screen->count && compare(&screen->entries[at], row, table) < 0)
        at++;
    *there = at < screen->count && row_id(&screen->entries[at]) == row_id(row);
    return at;
}

static enum error read_page(void *arg, const void *from, bool backward, bool inclusive, void *rows,
                            size_t max, size_t *count)
{
    const struct permissions_screen *screen = ((const struct table_reader *)arg)->own;
    size_t first = 0, end = screen->count;
    if (from) {
        bool there;
        size_t at = place_of(screen, from, &there);
        if (backward)
            end = at + (there && inclusive);
        else
            first = at + (there && !inclusive);
    }
    *count = end - first < max ? end - first : max;
    if (backward) first = end - *count;
    memcpy(rows, screen->entries + first, *count * sizeof *screen->entries);
    return OK;
}

static enum error read_one(void *arg, int64_t id, void *row)
{
    const struct permissions_screen *screen = ((const struct table_reader *)arg)->own;
    struct permission_entry *entry = row;
    entry->holders = permissions_holders(screen, id);
    return permission_get(screen->table.app->store, id, &entry->permission);
}

static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    const struct permissions_screen *screen = reader->own;
    *count = (int64_t)(matching ? screen->count : screen->total);
    return OK;
}

static enum error rows_before(const struct table_reader *reader, const void *row, int64_t total,
                              int64_t *rows)
{
    bool there;
    (void)total;
    *rows = (int64_t)place_of(reader->own, row, &there);
    return OK;
}

static const struct picker_entry sorts[] = {
    [BY_NAME] = {"Name", 'n'},
    [BY_ID] = {"ID", 'i'},
    [BY_ACCOUNTS] = {"Accounts", 'a'},
    [BY_GROUPS] = {"Groups", 'g'},
};

const struct table_source permissions_source = {
    .title = "Permissions",
    .one = "permission",
    .many = "permissions",
    .empty = "The catalogue is empty. Press n to add a permission.",
    .search = SEARCH_NEVER,
    .sorts = sorts,
    .sort_count = sizeof sorts / sizeof *sorts,
    .rows = {.row_size = sizeof(struct permission_entry),
             .id = row_id,
             .page = read_page,
             .get = read_one},
    .count = count_rows,
    .before = rows_before,
};
