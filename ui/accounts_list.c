/* How the list of accounts is read, and what lies between two of its rows. */
#include "ui/accounts_screen.h"

#include <stdlib.h>
#include <string.h>

struct account_query accounts_query(const struct accounts *accounts)
{
    return (struct account_query){.filter = accounts->table.filter.text,
                                  .sort = (enum account_sort)accounts->table.sort,
                                  .descending = accounts->table.descending};
}

static enum error set_ruled(const struct accounts *accounts, struct listed *listed, bool filtered)
{
    const struct marks *marks = &accounts->marks;
    listed->ruled = marks->rule;
    if (!marks->rule || (filtered && !strcmp(marks->filter, accounts->table.filter.text)))
        return OK;
    return accounts_match(accounts->table.app->store, accounts->now, marks->filter, &listed->row,
                          &listed->ruled);
}

static enum error arena_serves(const struct accounts *accounts, const struct account_query *query,
                               bool *serves)
{
    return name_arena_serves(accounts->arena, accounts->table.app->store, query, serves);
}

static enum error read_from_arena(const struct accounts *accounts,
                                  const struct account_query *query,
                                  const struct account_place *place, bool backward, bool inclusive,
                                  struct account_row *rows, size_t max, size_t *count)
{
    int64_t *numbers = malloc(max * sizeof *numbers);
    if (!numbers) return fail(ERR_SYSTEM, "out of memory");
    enum error e =
        name_arena_page(accounts->arena, query, place, backward, inclusive, numbers, max, count);
    size_t found = *count;
    *count = 0;
    for (size_t i = 0; i < found && !e; i++) {
        struct account account;
        e = account_get(accounts->table.app->store, accounts->now, numbers[i], &account);
        if (!e) rows[(*count)++] = account.row;
        if (e == ERR_NOT_FOUND) e = OK; /* deleted elsewhere this very moment */
    }
    free(numbers);
    return e;
}

static enum error read_rows(const struct accounts *accounts, const struct account_query *query,
                            const struct account_place *place, bool backward, bool inclusive,
                            struct account_row *rows, size_t max, size_t *count)
{
    bool serves;
    enum error e = arena_serves(accounts, query, &serves);
    if (e) return e;
    if (serves)
        return read_from_arena(accounts, query, place, backward, inclusive, rows, max, count);
    return account_page(accounts->table.app->store, accounts->now, query, place, backward,
                        inclusive, rows, max, count);
}

enum error accounts_count(void *arg, bool matching, int64_t *count)
{
    const struct accounts *accounts = arg;
    struct account_query all = {.filter = ""}, shown = accounts_query(accounts);
    bool serves = false;
    /* The order is nothing to a count. */
    shown.sort = ACCOUNT_BY_ID;
    enum error e = matching ? arena_serves(accounts, &shown, &serves) : OK;
    if (e) return e;
    if (!serves) return account_count(accounts->table.app->store, matching ? &shown : &all, count);
    *count = name_arena_count(accounts->arena, &shown);
    return OK;
}

enum error accounts_before(void *arg, const void *row, int64_t total, int64_t *rows)
{
    const struct accounts *accounts = arg;
    struct account_query query = accounts_query(accounts);
    struct account_place place = account_place_of(&query, &((const struct listed *)row)->row);
    struct sample sample;
    enum error e = account_sample(accounts->table.app->store, &query, &place, &sample);
    *rows = table_part(total, sample.before, sample.matching);
    return e;
}

enum error accounts_read_page(void *arg, const void *from, bool backward, bool inclusive, void *out,
                              size_t max, size_t *count)
{
    const struct accounts *accounts = arg;
    struct account_query query = accounts_query(accounts);
    struct account_place place = {0};
    struct listed *listed = out;
    if (from) place = account_place_of(&query, &((const struct listed *)from)->row);
    struct account_row *rows = malloc(max * sizeof *rows);
    if (!rows) return fail(ERR_SYSTEM, "out of memory");
    enum error e = read_rows(accounts, &query, &place, backward, inclusive, rows, max, count);
    for (size_t i = 0; i < *count && !e; i++) {
        listed[i].row = rows[i];
        e = set_ruled(accounts, &listed[i], true);
    }
    free(rows);
    return e;
}

enum error accounts_read_one(void *arg, int64_t id, void *out)
{
    const struct accounts *accounts = arg;
    struct listed *listed = out;
    struct account account;
    enum error e = account_get(accounts->table.app->store, accounts->now, id, &account);
    if (e) return e;
    listed->row = account.row;
    return set_ruled(accounts, listed, false);
}

int64_t accounts_row_id(const void *row)
{
    return ((const struct listed *)row)->row.number;
}

/* The order of the list. */
static int compare(const struct accounts *accounts, const struct account_row *a,
                   const struct account_row *b)
{
    struct account_query query = accounts_query(accounts);
    struct account_place first = account_place_of(&query, a), second = account_place_of(&query, b);
    int order = strcmp(first.name, second.name);
    if (query.sort != ACCOUNT_BY_ID && first.key != second.key)
        order = first.key < second.key ? -1 : 1;
    return query.descending ? -order : order;
}

bool accounts_between(const struct accounts *accounts, const struct account_row *row)
{
    const struct listed *here = accounts_current(accounts);
    if (!accounts->in_range || !here) return false;
    int from_anchor = compare(accounts, row, &accounts->anchor);
    int from_here = compare(accounts, row, &here->row);
    return from_anchor * from_here <= 0;
}

static enum error add_row(struct accounts *accounts, const struct listed *listed)
{
    bool marked = marks_has(&accounts->marks, listed->row.number, listed->ruled);
    return marked ? OK : marks_flip(&accounts->marks, listed->row.number, listed->ruled);
}

enum error accounts_add_range(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (!here) return OK;
    struct listed *row = malloc(2 * sizeof *row);
    if (!row) return fail(ERR_SYSTEM, "out of memory");
    struct listed *last = row + 1;
    bool down = compare(accounts, &accounts->anchor, &here->row) <= 0;
    row->row = down ? accounts->anchor : here->row;
    last->row = down ? here->row : accounts->anchor;
    size_t count = 1;
    bool inclusive = true;
    enum error e = OK;
    while (!e && count) {
        e = accounts_read_page(accounts, row, false, inclusive, row, 1, &count);
        inclusive = false;
        if (e || !count || compare(accounts, &row->row, &last->row) > 0) break;
        e = add_row(accounts, row);
    }
    free(row);
    return e;
}
