/* The members of a group: those who are about to join, then those who are in it, in pages. */
#include <gatehouse/account_list.h>

#include "ui/kit/chooser.h"
#include "ui/screens/group_screen.h"

#include <stdlib.h>
#include <string.h>

static int64_t row_id(const void *row)
{
    return ((const struct group_member *)row)->row.number;
}

static enum error read_joining(const struct group_form *form, size_t place,
                               struct group_member *member)
{
    struct account_row account;
    enum error e =
        account_get(form->screen.app->store, form->now, form->joining.ids[place], &account);
    if (e) return e;
    *member = (struct group_member){account, true};
    return OK;
}

/* Rows [first, end) of those who join, without any that were deleted meanwhile. */
static enum error add_joining(const struct group_form *form, size_t first, size_t end,
                              struct group_member *rows, size_t *count)
{
    for (size_t i = first; i < end; i++) {
        enum error e = read_joining(form, i, &rows[*count]);
        if (!e) (*count)++;
        if (e && e != ERR_NOT_FOUND) return e;
    }
    return OK;
}

static enum error add_members(const struct group_form *form, const struct account_row *from,
                              struct page page, struct group_member *rows, size_t *count)
{
    const struct account_query query = {.filter = "", .group = form->number};
    struct account_place place = {0};
    size_t found = 0;
    if (from) place = account_place_of(&query, from);
    struct account_row *accounts = malloc((page.max + 1) * sizeof *accounts);
    if (!accounts) return fail_memory();
    enum error e =
        account_page(form->screen.app->store, form->now, &query, &place, page, accounts, &found);
    for (size_t i = 0; i < found && !e; i++)
        rows[(*count)++] = (struct group_member){accounts[i], false};
    free(accounts);
    return e;
}

/* The place of a joining row among those who join. */
static size_t place_of(const struct group_form *form, const struct group_member *member)
{
    size_t place = 0;
    while (place < form->joining.count && form->joining.ids[place] < member->row.number)
        place++;
    return place;
}

static enum error page_down(const struct group_form *form, const struct group_member *from,
                            struct page page, struct group_member *rows, size_t *count)
{
    size_t first = 0, end = form->joining.count;
    if (from && !from->joining) return add_members(form, &from->row, page, rows, count);
    if (from) first = place_of(form, from) + !page.inclusive;
    if (end > first + page.max) end = first + page.max;
    enum error e = add_joining(form, first, end, rows, count);
    if (e || *count == page.max) return e;
    return add_members(form, NULL, (struct page){.max = page.max - *count}, rows, count);
}

/* Members are found first, those who join before them are put in front. */
static enum error page_up(const struct group_form *form, const struct group_member *from,
                          struct page page, struct group_member *rows, size_t *count)
{
    size_t end = form->joining.count, found = 0, front = 0;
    struct group_member *members = malloc((page.max + 1) * sizeof *members);
    if (!members) return fail_memory();
    enum error e = OK;
    if (from && from->joining)
        end = place_of(form, from) + page.inclusive;
    else
        e = add_members(form, from ? &from->row : NULL, page, members, &found);
    size_t room = page.max - found, first = end > room ? end - room : 0;
    if (!e) e = add_joining(form, first, end, rows, &front);
    memcpy(rows + front, members, found * sizeof *members);
    free(members);
    *count = front + found;
    return e;
}

static enum error read_page(void *arg, const void *from, struct page page, void *rows,
                            size_t *count)
{
    *count = 0;
    return page.backward ? page_up(arg, from, page, rows, count)
                         : page_down(arg, from, page, rows, count);
}

/* The place of an account that left the group and stays on the screen until the next page. */
static enum error read_one(void *arg, int64_t id, void *row)
{
    const struct group_form *form = arg;
    struct group_member *member = row;
    struct account_row account;
    enum error e = account_get(form->screen.app->store, form->now, id, &account);
    if (!e) *member = (struct group_member){account, id_set_has(&form->joining, id)};
    return e;
}

const struct list_source group_members_source = {
    .row_size = sizeof(struct group_member),
    .id = row_id,
    .page = read_page,
    .get = read_one,
};

static int reopen(struct group_form *form, int64_t id)
{
    return list_open(&form->members, id) ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

static enum error is_member(struct group_form *form, int64_t account, bool *is)
{
    struct account_details details;
    enum error e = account_details_load(form->screen.app->store, account, &details, NULL);
    *is = !e && id_set_has(&details.groups, form->number);
    if (!e) account_details_free(&details);
    return e;
}

static int add(struct app *app, void *arg, int64_t account)
{
    struct group_form *form = arg;
    bool in;
    enum error e = is_member(form, account, &in);
    if (e) return app_say_error(app);
    id_set_remove(&form->leaving, account);
    if (in) {
        app_say(app, ROLE_MUTED, "It is already in the group");
        return EFFECT_DRAW;
    }
    e = id_set_add(&form->joining, account);
    return e ? app_say_error(app) : reopen(form, account);
}

const char *group_member_why_not(const struct screen *screen)
{
    (void)screen;
    return "Everyone always contains every account";
}

const char *group_member_why_not_remove(const struct screen *screen)
{
    bool any = list_current(&((const struct group_form *)screen)->members) != NULL;
    return any ? NULL : "there is no member";
}

int group_member_remove(struct screen *screen)
{
    struct group_form *form = (struct group_form *)screen;
    const struct group_member *here = list_current(&form->members);
    enum error e = OK;
    if (!here) return EFFECT_NONE;
    int64_t number = here->row.number;
    if (here->joining) {
        id_set_remove(&form->joining, number);
        return reopen(form, 0);
    }
    if (id_set_has(&form->leaving, number))
        id_set_remove(&form->leaving, number);
    else
        e = id_set_add(&form->leaving, number);
    if (!e) e = list_move(&form->members, 1);
    return e ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

static int drawn(struct group_form *form, enum error e)
{
    return e ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

int group_member_add(struct screen *screen)
{
    struct group_form *form = (struct group_form *)screen;
    return drawn(form, chooser_open(form->screen.app, &(struct chooser){.title = "Add an account",
                                                                        .find = choose_accounts,
                                                                        .in_background = true,
                                                                        .chosen = add,
                                                                        .arg = form}));
}

int group_members_move(struct group_form *form, enum command command)
{
    struct list *list = &form->members;
    switch (command) {
    case COMMAND_DOWN:
        return drawn(form, list_move(list, 1));
    case COMMAND_UP:
        return drawn(form, list_move(list, -1));
    case COMMAND_PAGE_DOWN:
        return drawn(form, list_page(list, false));
    case COMMAND_PAGE_UP:
        return drawn(form, list_page(list, true));
    case COMMAND_FIRST:
        return drawn(form, list_jump(list, false));
    case COMMAND_LAST:
        return drawn(form, list_jump(list, true));
    default:
        return EFFECT_NONE;
    }
}
