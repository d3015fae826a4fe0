/* Where the rows on the screen stand in the whole list, as the files of the list keep it up. */
#ifndef GATEHOUSE_UI_LIST_PLACE_H
#define GATEHOUSE_UI_LIST_PLACE_H

#include "ui/kit/list.h"

/* So many rows more stand above (below) the screen; negative: they came onto it. */
void list_passed_up(struct list *list, int64_t rows);
void list_passed_down(struct list *list, int64_t rows);
/* The first (last) row on the screen is the first (last) of the list. */
void list_reached_top(struct list *list);
void list_reached_end(struct list *list);

#endif
