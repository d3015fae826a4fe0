/* What the files of the table share. */
#ifndef GATEHOUSE_UI_TABLE_INSIDE_H
#define GATEHOUSE_UI_TABLE_INSIDE_H

#include "ui/kit/table.h"

/* table_read.c */
/* What the table shows now, or is about to. */
struct table_reader table_reader_of(const struct table *table);
/* Whether its rows are searched for in the background. */
bool table_is_search(const struct table *table);
/* Moves the cursor. Returns effects. */
int table_go(struct table *table, struct table_step step);
/* Waits for rows that are still to come. */
void table_settle(struct table *table);
void table_stop_reading(struct table *table);

/* table_count.c */
void table_drop_counting(struct table *table);
/* How many marks are hidden is to be counted again. */
void table_recount_marks(struct table *table);
/* The same after something was changed: those of rows that were deleted are dropped. */
void table_check_marks(struct table *table);
/* Rows of the list above the screen; -1: not known. Of a guess: never one of the ends. */
int64_t table_rows_above(const struct table *table);
/* The place of the row under the cursor, from 1 on; -1: not known. How many rows are on the screen,
 * those that one of them stands for included. */
int64_t table_place(const struct table *table);
int64_t table_rows_shown(const struct table *table);
/* Before rows are read again: what is known from the end of the list only is counted from its top,
 * which stays. */
void table_pin_place(struct table *table);
bool table_wants_place(const struct table *table);

/* table_draw.c */
bool table_shows_detail(const struct table *table);

/* table_marks.c */
/* " · 3 marked, 1 hidden", or "". `hidden` -1: not counted yet. */
void marks_text(const struct marks *marks, int64_t hidden, char *out, size_t size);
bool table_is_marked(const struct table *table, const void *row); /* or in a range being made */
bool table_wants_marks(const struct table *table);
/* A reader whose filter and facet are those of the rule. */
struct table_reader table_rule_reader(const struct table_reader *reader);
/* For the rows of table_commands. */
int table_mark(struct screen *screen);
int table_mark_range(struct screen *screen);
int table_mark_all(struct screen *screen);
int table_drop_marks(struct screen *screen);
int table_restore_marks(struct screen *screen);
bool table_has_dropped(const struct screen *screen);

#endif
