/* Marks in the list of accounts. */
#include "ui/accounts_screen.h"

#include <stdio.h>
#include <stdlib.h>

enum error accounts_match(struct store *store, int64_t now, const char *filter,
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

static int done(struct accounts *accounts, enum error e)
{
    accounts->hidden = -1;
    return e ? app_say_error(accounts->table.app) : EFFECT_DRAW;
}

static int end_range(struct accounts *accounts)
{
    enum error e = accounts_add_range(accounts);
    accounts->in_range = false;
    return done(accounts, e);
}

static int mark(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (accounts->in_range) return end_range(accounts);
    if (!here) return EFFECT_NONE;
    enum error e = marks_flip(&accounts->marks, here->row.number, here->ruled);
    if (!e) e = list_move(&accounts->table.list, 1);
    return done(accounts, e);
}

static int range(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (accounts->in_range) return end_range(accounts);
    if (!here) return EFFECT_NONE;
    accounts->in_range = true;
    accounts->anchor = here->row;
    return EFFECT_DRAW;
}

static int drop_marks(struct accounts *accounts)
{
    int64_t count = marks_count(&accounts->marks);
    marks_free(&accounts->dropped);
    accounts->dropped = accounts->marks;
    accounts->marks = (struct marks){0};
    accounts->hidden = -1;
    app_say(accounts->table.app, ROLE_MUTED, "%lld mark%s dropped · U restores", (long long)count,
            count == 1 ? "" : "s");
    return EFFECT_DRAW;
}

static int escape(struct accounts *accounts)
{
    if (accounts->in_range) {
        accounts->in_range = false;
        return EFFECT_DRAW;
    }
    int effects = table_run(&accounts->table, COMMAND_ESCAPE);
    if (!(effects & EFFECT_PASS)) return effects;
    return marks_is_empty(&accounts->marks) ? EFFECT_NONE : drop_marks(accounts);
}

static int restore_marks(struct accounts *accounts)
{
    marks_free(&accounts->marks);
    accounts->marks = accounts->dropped;
    accounts->dropped = (struct marks){0};
    accounts->hidden = -1;
    return EFFECT_LOAD;
}

int accounts_run_marks(struct accounts *accounts, enum command command)
{
    switch (command) {
    case COMMAND_MARK:
        return mark(accounts);
    case COMMAND_RANGE:
        return range(accounts);
    case COMMAND_MARK_ALL:
        marks_set_rule(&accounts->marks, accounts->table.filter.text, 0);
        accounts->hidden = -1;
        return EFFECT_LOAD;
    case COMMAND_ESCAPE:
        return escape(accounts);
    case COMMAND_UNDO:
        return marks_is_empty(&accounts->dropped) ? EFFECT_PASS : restore_marks(accounts);
    default:
        return EFFECT_PASS;
    }
}

bool accounts_wants_marks(const struct accounts *accounts)
{
    return accounts->hidden < 0 || (accounts->marks.rule && accounts->marks.rule_matches < 0);
}

/* How many of the marked ones the filter hides. */
static enum error count_hidden(struct accounts *accounts)
{
    struct store *store = accounts->table.app->store;
    const char *filter = accounts->table.filter.text;
    const struct id_set *ids = &accounts->marks.ids;
    int64_t hidden = 0;
    for (size_t i = 0; *filter && !accounts->marks.rule && i < ids->count; i++) {
        struct account account;
        bool matches = false;
        enum error e = account_get(store, accounts->now, ids->ids[i], &account);
        if (!e) e = accounts_match(store, accounts->now, filter, &account.row, &matches);
        if (e && e != ERR_NOT_FOUND) return e;
        if (!matches) hidden++;
    }
    accounts->hidden = hidden;
    return OK;
}

enum error accounts_count_marks(struct accounts *accounts)
{
    struct account_query rule = {.filter = accounts->marks.filter};
    enum error e = OK;
    if (accounts->marks.rule && accounts->marks.rule_matches < 0)
        e = account_count(accounts->table.app->store, &rule, &accounts->marks.rule_matches);
    if (!e && accounts->hidden < 0) e = count_hidden(accounts);
    return e;
}

/* What a rule says, but for those left out. */
static enum error follow_rule(const struct accounts *accounts, struct id_set *out)
{
    struct account_query query = {.filter = accounts->marks.filter};
    enum error e = account_numbers(accounts->table.app->store, &query, out);
    for (size_t i = 0; !e && i < accounts->marks.ids.count; i++)
        id_set_remove(out, accounts->marks.ids.ids[i]);
    return e;
}

enum error accounts_chosen(const struct accounts *accounts, struct id_set *out)
{
    const struct listed *here = accounts_current(accounts);
    *out = (struct id_set){0};
    if (accounts->marks.rule) return follow_rule(accounts, out);
    if (accounts->marks.ids.count) return id_set_copy(out, &accounts->marks.ids);
    return here ? id_set_add(out, here->row.number) : OK;
}
