#include "ui/accounts_screen.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 };

void marks_free(struct marks *marks)
{
    id_set_free(&marks->ids);
    *marks = (struct marks){0};
}

bool marks_is_empty(const struct marks *marks)
{
    return !marks->rule && !marks->ids.count;
}

int64_t marks_count(const struct marks *marks)
{
    if (!marks->rule) return (int64_t)marks->ids.count;
    return marks->rule_matches < 0 ? -1 : marks->rule_matches - (int64_t)marks->ids.count;
}

bool marks_has(const struct marks *marks, const struct listed *listed)
{
    bool named = id_set_has(&marks->ids, listed->row.number);
    return marks->rule ? listed->ruled && !named : named;
}

enum error marks_flip(struct marks *marks, const struct listed *listed)
{
    if (marks->rule && !listed->ruled)
        return fail(ERR_CONFLICT, "all that match “%s” are marked; * unmarks them first",
                    marks->filter);
    if (!id_set_has(&marks->ids, listed->row.number))
        return id_set_add(&marks->ids, listed->row.number);
    id_set_remove(&marks->ids, listed->row.number);
    return OK;
}

enum error marks_matches(struct store *store, int64_t now, const char *filter,
                         const struct account_row *row, bool *matches)
{
    struct account_query query = {.filter = filter};
    struct account_place place = account_place_of(&query, row);
    struct account_row *found = malloc(sizeof *found);
    size_t count = 0;
    if (!found) return fail(ERR_SYSTEM, "out of memory");
    enum error e = account_page(store, now, &query, &place, false, true, found, 1, &count);
    *matches = !e && count && found->number == row->number;
    free(found);
    return e;
}

static enum error grow(int64_t **ids, size_t *capacity, size_t need)
{
    if (need <= *capacity) return OK;
    size_t more = *capacity * 2 > need ? *capacity * 2 : need;
    int64_t *fresh = realloc(*ids, more * sizeof *fresh);
    if (!fresh) return fail(ERR_SYSTEM, "out of memory");
    *ids = fresh;
    *capacity = more;
    return OK;
}

static enum error collect_rule(const struct marks *marks, struct store *store, int64_t now,
                               struct account_row *rows, int64_t **ids, size_t *count)
{
    struct account_query query = {.filter = marks->filter};
    struct account_place place = {0};
    size_t capacity = 0, got = 0;
    enum error e = OK;
    do {
        e = account_page(store, now, &query, &place, false, false, rows, CHUNK, &got);
        if (!e) e = grow(ids, &capacity, *count + got + 1);
        for (size_t i = 0; i < got && !e; i++)
            if (!id_set_has(&marks->ids, rows[i].number)) (*ids)[(*count)++] = rows[i].number;
        if (got) place = account_place_of(&query, &rows[got - 1]);
    } while (!e && got == CHUNK);
    return e;
}

enum error marks_collect(const struct marks *marks, struct store *store, int64_t now, int64_t **ids,
                         size_t *count)
{
    *ids = NULL;
    *count = 0;
    if (!marks->rule) {
        size_t capacity = 0;
        enum error e = grow(ids, &capacity, marks->ids.count + 1);
        if (e) return e;
        *count = marks->ids.count;
        memcpy(*ids, marks->ids.ids, *count * sizeof **ids);
        return OK;
    }
    struct account_row *rows = malloc(CHUNK * sizeof *rows);
    if (!rows) return fail(ERR_SYSTEM, "out of memory");
    enum error e = collect_rule(marks, store, now, rows, ids, count);
    free(rows);
    if (e) free(*ids);
    if (e) *ids = NULL;
    return e;
}
