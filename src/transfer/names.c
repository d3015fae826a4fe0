#include "src/transfer/names.h"

#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
#include <stdlib.h>
#include <string.h>

struct name {
    int64_t number;
    size_t rank;
    char text[GROUP_NAME_MAX * 4 + 1];
};
_Static_assert(PERMISSION_ID_MAX < GROUP_NAME_MAX * 4, "an id fits");

static int by_number(const void *a, const void *b)
{
    const struct name *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static int by_rank(const void *a, const void *b)
{
    const struct name *left = *(struct name *const *)a, *right = *(struct name *const *)b;
    return (left->rank > right->rank) - (left->rank < right->rank);
}

static enum error make(struct names *names, size_t count)
{
    *names =
        (struct names){.count = count, .items = calloc(count ? count : 1, sizeof *names->items)};
    return names->items ? OK : fail(ERR_SYSTEM, "out of memory");
}

static void rank(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        names->items[i].rank = i;
    qsort(names->items, names->count, sizeof *names->items, by_number);
}

static void copy_text(struct name *name, int64_t number, const char *text)
{
    name->number = number;
    strncpy(name->text, text, sizeof name->text - 1);
}

enum error names_load_groups(struct store *store, struct names *out)
{
    struct group_rows *groups = NULL;
    enum error e = group_list(store, "", SIZE_MAX >> 1, &groups);
    if (!e) e = make(out, groups->count);
    for (size_t i = 0; !e && i < groups->count; i++)
        copy_text(&out->items[i], groups->items[i].number, groups->items[i].name);
    free(groups);
    if (!e) rank(out);
    return e;
}

enum error names_load_permissions(struct store *store, struct names *out)
{
    struct permissions *catalogue = NULL;
    enum error e = permission_list(store, &catalogue);
    if (!e) e = make(out, catalogue->count);
    for (size_t i = 0; !e && i < catalogue->count; i++)
        copy_text(&out->items[i], catalogue->items[i].number, catalogue->items[i].id);
    free(catalogue);
    if (e) return e;
    qsort(out->items, out->count, sizeof *out->items, by_text);
    rank(out);
    return OK;
}

void names_free(struct names *names)
{
    free(names->items);
    *names = (struct names){0};
}

json_t *names_json(const struct names *names, const struct id_set *set)
{
    /* Pointers are what is sorted. NOLINTBEGIN(bugprone-sizeof-expression) */
    const struct name **found = calloc(set->count ? set->count : 1, sizeof *found);
    json_t *list = found ? json_array() : NULL;
    size_t count = 0;
    for (size_t i = 0; list && i < set->count; i++) {
        const struct name wanted = {.number = set->ids[i]};
        found[count] = bsearch(&wanted, names->items, names->count, sizeof wanted, by_number);
        if (found[count]) count++;
    }
    if (list) qsort(found, count, sizeof *found, by_rank);
    /* NOLINTEND(bugprone-sizeof-expression) */
    for (size_t i = 0; list && i < count; i++)
        json_array_append_new(list, names_text(found[i]->text));
    free(found);
    return list;
}

json_t *names_text(const char *text)
{
    json_t *value = json_string(text);
    if (value) return value;
    size_t size = strlen(text) * 8 + 16;
    char *visible = malloc(size);
    if (!visible) return NULL;
    text_visible(visible, size, text, SIZE_MAX);
    value = json_string(visible);
    free(visible);
    return value;
}
