#include "ui/kit/list_place.h"

static int64_t moved(int64_t known, int64_t rows)
{
    if (known < 0) return known;
    return known + rows < 0 ? 0 : known + rows;
}

void list_passed_up(struct list *list, int64_t rows)
{
    list->above = moved(list->above, rows);
    if (rows) list->looked = false;
}

void list_passed_down(struct list *list, int64_t rows)
{
    list->below = moved(list->below, rows);
    if (rows) list->looked = false;
}

void list_reached_top(struct list *list)
{
    list->at_top = true;
    list->above = 0;
    list->guessed = false;
}

/* What is known of the end is worth more than a guess. */
void list_reached_end(struct list *list)
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
    list->looked = false;
}

void list_looked(struct list *list, bool is_any_above, bool is_any_below)
{
    list->looked = true;
    if (!is_any_above)
        list_reached_top(list);
    else if (!is_any_below)
        list_reached_end(list);
}
