/* The order of moves in a table whose rows are read in the background. */
#include "ui/kit/table_inside.h"

#include <criterion/criterion.h>

static const struct table_source searched = {.search = SEARCH_ALWAYS};
static struct app app;
static struct table table;

/* Ten rows, which are being read again because of a change made elsewhere. */
static void open_table(void)
{
    table = (struct table){.source = &searched,
                           .app = &app,
                           .list = {.count = 10, .height = 10},
                           .reading = true,
                           .under_way = {.kind = STEP_LOAD, .reopen = TABLE_KEEP}};
}

TestSuite(table_steps, .init = open_table);

static int go(enum table_step_kind kind, int by)
{
    return table_go(&table, (struct table_step){.kind = kind, .by = by});
}

Test(table_steps, a_move_does_not_overtake_a_jump_that_waits)
{
    cr_assert_eq(go(STEP_FIRST, 0), EFFECT_NONE);
    cr_assert_eq(go(STEP_MOVE, 1), EFFECT_NONE);
    cr_assert_eq(table.list.cursor, 0);
    cr_assert_eq(table.next_count, 2);
    cr_assert_eq(table.next[0].kind, STEP_FIRST);
    cr_assert_eq(table.next[1].kind, STEP_MOVE);
}

/* What is on the screen can be walked through meanwhile. */
Test(table_steps, a_move_alone_does_not_wait)
{
    cr_assert_eq(go(STEP_MOVE, 1), EFFECT_DRAW);
    cr_assert_eq(table.list.cursor, 1);
    cr_assert_eq(table.next_count, 0);
}
