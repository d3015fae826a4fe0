/* What the files of the table share. */
#ifndef GATEHOUSE_UI_TABLE_INSIDE_H
#define GATEHOUSE_UI_TABLE_INSIDE_H

#include "ui/kit/table.h"

/* What the table shows now, or is about to. */
struct table_reader table_reader_of(const struct table *table);
/* Whether its rows are searched for in the background. */
bool table_is_search(const struct table *table);
void table_stop_reading(struct table *table);
/* table_count.c */
void table_drop_counting(struct table *table);
/* table_place.c. Before rows are read again: keeps what is known only from the end. */
void table_pin_place(struct table *table);
bool table_wants_place(const struct table *table);
/* How many marks are hidden is to be counted anew. */
void table_recount_marks(struct table *table);

/* table_marks.c: for the rows of table_commands. */
int table_mark(struct screen *screen);
int table_mark_range(struct screen *screen);
int table_mark_all(struct screen *screen);
int table_drop_marks(struct screen *screen);
int table_restore_marks(struct screen *screen);
bool table_has_dropped(const struct screen *screen);

#endif
