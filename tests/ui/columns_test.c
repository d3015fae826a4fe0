#include "ui/kit/columns.h"
#include "ui/kit/detail.h"

#include "ui/screens/account_form.h"
#include "ui/screens/account_history.h"
#include "ui/screens/accounts.h"
#include "ui/screens/audit.h"
#include "ui/screens/group_form.h"
#include "ui/screens/groups.h"
#include "ui/screens/holders.h"
#include "ui/screens/permissions.h"
#include "ui/screens/settings_screen.h"
#include "ui/screens/tokens.h"
#include "ui/screens/vault_screen.h"

#include <criterion/criterion.h>
#include <string.h>

enum { LEAST_WIDTH = 20, MOST_WIDTH = 200 };

static const struct list {
    const char *name;
    const struct columns *columns;
} lists[] = {
    {"accounts", &accounts_columns},
    {"tokens", &tokens_columns},
    {"groups", &groups_columns},
    {"permissions", &permissions_columns},
    {"holders", &holders_columns},
    {"audit", &audit_columns},
    {"the tokens of an account", &account_form_columns},
    {"the history of an account", &account_history_columns},
    {"the members of a group", &group_form_columns},
    {"key slots", &vault_screen_columns},
    {"settings", &settings_screen_columns},
};

static size_t count_of(const struct columns *columns)
{
    size_t count = 0;
    while (count < COLUMNS_MAX && columns->items[count].cell)
        count++;
    return count;
}

static void for_all_widths(void (*check)(const struct list *list, const struct layout *layout,
                                         int width))
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (int width = LEAST_WIDTH; width <= MOST_WIDTH; width++) {
            struct layout layout;
            columns_lay_out(lists[i].columns, width, &layout);
            check(&lists[i], &layout, width);
        }
}

static void check_places(const struct list *list, const struct layout *layout, int width)
{
    int end = layout->bar + 1;
    for (size_t i = 0; i < count_of(list->columns); i++) {
        if (!layout->at[i].width) continue;
        cr_assert_geq(layout->at[i].x, end, "%s: column %zu overlaps at %d", list->name, i, width);
        end = layout->at[i].x + layout->at[i].width;
        cr_assert_leq(end, width - 1, "%s: column %zu leaves no edge at %d", list->name, i, width);
    }
}

Test(columns, never_overlap_and_leave_the_edge_to_the_scroll_bar)
{
    for_all_widths(check_places);
}

static void check_marks(const struct list *list, const struct layout *layout, int width)
{
    if (!list->columns->marks) return;
    cr_assert_lt(layout->bar, layout->mark);
    cr_assert_lt(layout->mark, layout->at[0].x, "%s at %d", list->name, width);
}

/* A pane of details takes its room from the list. */
Test(columns, none_vanishes_as_the_terminal_grows)
{
    const struct app app = {.detail_right = true};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (int width = LEAST_WIDTH; width < MOST_WIDTH; width++) {
            struct layout less, more;
            columns_lay_out(lists[i].columns, width - detail_room(&app, 24, width).columns, &less);
            columns_lay_out(lists[i].columns, width + 1 - detail_room(&app, 24, width + 1).columns,
                            &more);
            for (size_t k = 0; k < count_of(lists[i].columns); k++)
                cr_expect(!less.at[k].width || more.at[k].width, "%s: column %zu goes at %d",
                          lists[i].name, k, width + 1);
        }
}

Test(columns, leave_room_for_marks)
{
    for_all_widths(check_marks);
}

/* Whether it has its least width or is not shown. */
static bool is_dropped(const struct layout *layout, size_t i)
{
    return !layout->at[i].width || layout->at[i].is_stub;
}

static void check_order(const struct list *list, const struct layout *layout, int width)
{
    const struct column *items = list->columns->items;
    for (size_t i = 0; i < count_of(list->columns); i++)
        for (size_t j = 0; j < count_of(list->columns); j++)
            if (items[i].from < items[j].from && is_dropped(layout, i))
                cr_assert(is_dropped(layout, j), "%s: column %zu goes before %zu at %d", list->name,
                          i, j, width);
}

Test(columns, go_in_the_declared_order)
{
    for_all_widths(check_order);
}

static void check_from(const struct list *list, const struct layout *layout, int width)
{
    const struct column *items = list->columns->items;
    for (size_t i = 0; i < count_of(list->columns); i++)
        if (width >= items[i].from)
            cr_assert_not(is_dropped(layout, i), "%s: there is no room for column %zu at %d",
                          list->name, i, width);
}

Test(columns, are_shown_from_the_width_that_is_declared)
{
    for_all_widths(check_from);
}

static void check_least(const struct list *list, const struct layout *layout, int width)
{
    const struct column *items = list->columns->items;
    bool only_needed = true;
    for (size_t i = 0; i < count_of(list->columns); i++)
        only_needed &= !items[i].from || is_dropped(layout, i);
    for (size_t i = 0; i < count_of(list->columns); i++) {
        if (is_dropped(layout, i)) continue;
        cr_assert_gt(layout->at[i].width, 0);
        if (!only_needed)
            cr_assert_geq(layout->at[i].width, items[i].least, "%s: column %zu is cut at %d",
                          list->name, i, width);
    }
}

Test(columns, are_squeezed_only_when_no_other_can_go)
{
    for_all_widths(check_least);
}

static void check_room(const struct list *list, const struct layout *layout, int width)
{
    const struct column *items = list->columns->items;
    int end = 0;
    bool wants = false;
    for (size_t i = 0; i < count_of(list->columns); i++) {
        if (layout->at[i].width) end = layout->at[i].x + layout->at[i].width;
        if (is_dropped(layout, i)) continue;
        wants |= items[i].grow || layout->at[i].width < items[i].best;
    }
    if (wants)
        cr_assert_eq(end, width - 1 - list->columns->right, "%s: blanks are left at %d", list->name,
                     width);
}

Test(columns, leave_no_blanks_while_a_text_is_cut)
{
    for_all_widths(check_room);
}

/* Whole, or by its shorter name, with the arrow of the sort; one blank before the next head. */
static void check_heads(const struct list *list, const struct layout *layout, int width)
{
    const struct column *items = list->columns->items;
    for (size_t i = 0; i < count_of(list->columns); i++) {
        const char *title = items[i].brief ? items[i].brief : items[i].title;
        int end = layout->at[i].x + layout->at[i].width;
        if (!title || is_dropped(layout, i) || layout->at[i].width < items[i].least) continue;
        for (size_t next = i + 1; next < count_of(list->columns); next++) {
            if (!layout->at[next].width || !items[next].title) continue;
            if (layout->at[next].x - 1 > end) end = layout->at[next].x - 1;
            break;
        }
        int needed = (int)strlen(title) + (items[i].sort.label ? 1 : 0);
        cr_expect_leq(layout->at[i].x + needed, end, "%s: %s is cut at %d", list->name, title,
                      width);
    }
}

Test(columns, have_heads_that_are_not_cut)
{
    for_all_widths(check_heads);
}

static void number_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell_format(cell, "%.*s", *(const int *)row, "0123456789012345678901234567890123456789");
}

static void short_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner, (void)row;
    cell->text = "short";
}

Test(columns, give_way_to_one_that_is_cut_where_all_rows_are_known)
{
    const struct columns columns = {
        .items = {{.least = 12, .cell = number_cell}, {.least = 20, .gap = 1, .cell = short_cell}}};
    struct layout layout;
    struct column_needs needs = {0};
    columns_lay_out(&columns, 34, &layout);
    cr_assert_eq(layout.at[0].width, 12);
    const int rows[] = {3, 19, 7};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        columns_measure(&columns, NULL, &rows[i], &needs);
    columns_fit(&columns, &needs, 34, &layout);
    cr_assert_eq(layout.at[0].width, 19);
    cr_assert_eq(layout.at[1].x, 20);
    cr_assert_eq(layout.at[1].width, 13);
    columns_measure(&columns, NULL, &(int){40}, &needs);
    columns_fit(&columns, &needs, 34, &layout);
    cr_assert_eq(layout.at[1].width, 5, "it keeps what it needs");
    cr_assert_eq(layout.at[0].width, 27);
}

static void cell_of_nothing(void *owner, const void *row, struct cell *cell)
{
    (void)owner, (void)row, (void)cell;
}

Test(columns, drop_what_does_not_fit_though_it_is_declared_for_the_width)
{
    const struct columns columns = {.left = 3,
                                    .items = {{.least = 20, .cell = cell_of_nothing},
                                              {.from = 30, .least = 20, .cell = cell_of_nothing},
                                              {.from = 31, .least = 20, .cell = cell_of_nothing}}};
    struct layout layout;
    columns_lay_out(&columns, 50, &layout);
    cr_assert_eq(layout.at[0].width, 20);
    cr_assert_eq(layout.at[1].width, 20);
    cr_assert_eq(layout.at[2].width, 0);
    columns_lay_out(&columns, 40, &layout);
    cr_assert_eq(layout.at[1].width, 0);
}

Test(columns, share_what_is_left_by_weight)
{
    const struct columns columns = {
        .left = 0,
        .items = {{.least = 10, .grow = 1, .cell = cell_of_nothing},
                  {.least = 5, .best = 9, .gap = 1, .cell = cell_of_nothing},
                  {.least = 10, .grow = 3, .gap = 1, .cell = cell_of_nothing}}};
    struct layout layout;
    columns_lay_out(&columns, 90, &layout);
    cr_assert_eq(layout.at[1].width, 9, "what is best comes first");
    cr_assert_eq(layout.at[0].width, 24, "and then 58 by 1 to 3");
    cr_assert_eq(layout.at[2].width, 54);
}

Test(columns, open_the_menu_at_the_first_one_when_the_sign_has_no_room)
{
    struct layout layout;
    columns_lay_out(&accounts_columns, 80, &layout);
    cr_assert_eq(layout.menu, layout.at[1].x);
    columns_lay_out(&accounts_columns, 40, &layout);
    cr_assert_eq(layout.menu, layout.at[0].x + layout.at[0].width - 1);
    columns_lay_out(&audit_columns, 80, &layout);
    cr_assert_eq(layout.menu, -1, "events have none");
}

Test(columns, stand_where_the_design_has_them_at_80)
{
    struct layout layout;
    columns_lay_out(&accounts_columns, 80, &layout);
    const int x[] = {5, 27, 29, 40, 47, 49};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        cr_assert_eq(layout.at[i].x, x[i], "column %zu is at %d", i, layout.at[i].x);
}

Test(cell, matches_words_without_regard_to_case)
{
    struct cell cell = {.text = "Deploys main"};
    cell_match_word(&cell, "MAIN");
    cell_match_word(&cell, "");
    cell_match_word(&cell, "oslo");
    cr_assert_eq(cell.match_count, 1);
    cr_assert_eq(cell.matches[0].start, strlen("Deploys "));
    cr_assert_eq(cell.matches[0].length, strlen("main"));
}

Test(cell, takes_no_more_matches_than_it_has_room_for)
{
    struct cell cell = {.text = "a"};
    for (int i = 0; i < CELL_MATCHES_MAX + 2; i++)
        cell_match(&cell, 0, 1);
    cr_assert_eq(cell.match_count, CELL_MATCHES_MAX);
}
