/* A list of any length, read in keyset pages: only the rows on the screen are held. The cursor is
 * bound to an ID, not to a place. */
#ifndef GATEHOUSE_UI_LIST_H
#define GATEHOUSE_UI_LIST_H

#include <gatehouse/error.h>
#include <gatehouse/page.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct list_source {
    size_t row_size;
    int64_t (*id)(const void *row);
    /* A page of rows from the row `from` on; NULL: from the end of the list. */
    enum error (*page)(void *arg, const void *from, struct page page, void *rows, size_t *count);
    /* One row as it is now; ERR_NOT_FOUND when it is gone. */
    enum error (*get)(void *arg, int64_t id, void *row);
};

struct list {
    const struct list_source *source;
    void *arg;
    char *rows;   /* `count` rows of the screen */
    size_t count; /* at most `height` */
    size_t capacity;
    size_t height; /* rows that fit the screen */
    size_t cursor; /* < count, or 0 */
    bool at_top;   /* the first row is the first of the list, or was when it was read */
    bool gone;     /* the row under the cursor was deleted elsewhere */
    int64_t last;  /* the row that had the cursor before there were none; 0: none had */
    /* Rows of the list above and below those on the screen, for a scroll bar; -1: not known. They
     * follow every move and are never counted. */
    int64_t above, below;
    bool guessed;      /* `above` is an estimate, and may even contradict an end of the list */
    bool ends_checked; /* of a guess: the screen is at neither end */
};

void list_init(struct list *list, const struct list_source *source, void *arg);
void list_free(struct list *list);
/* An independent copy, in the same state; list_free. */
enum error list_copy(struct list *copy, const struct list *list) MUST_CHECK;
void *list_row(const struct list *list, size_t index);
void *list_current(const struct list *list);      /* NULL: empty */
int64_t list_current_id(const struct list *list); /* 0: empty */

/* Puts the cursor on the row `id` if it is on the screen. */
void list_find(struct list *list, int64_t id);
/* Whether the row so many rows from the cursor has been read. */
bool list_holds(const struct list *list, int rows);

/* Sets the number of rows that fit; reads what is missing. */
enum error list_set_height(struct list *list, size_t height) MUST_CHECK;
/* From the top; the cursor goes to `id` where it is among the first rows, else to the first row. */
enum error list_open(struct list *list, int64_t id) MUST_CHECK;
/* After a change of the order: around the row under the cursor (or the last one that had it), at
 * about its height on the screen; from the top if it is no longer in the list. */
enum error list_open_around(struct list *list) MUST_CHECK;
/* Removes all rows. */
void list_clear(struct list *list);
enum error list_move(struct list *list, int rows) MUST_CHECK;
enum error list_page(struct list *list, bool backward) MUST_CHECK;
enum error list_jump(struct list *list, bool last) MUST_CHECK;
/* Live refresh: rows on the screen are read again and stay where they are, new ones are inserted,
 * deleted ones removed, except for the one under the cursor (`gone`). */
enum error list_refresh(struct list *list) MUST_CHECK;
/* Removes the `gone` row. */
enum error list_drop_gone(struct list *list) MUST_CHECK;
/* An estimate of how many rows are above, when that is not known. */
void list_guess(struct list *list, int64_t above);
/* Corrects a guess at the ends of the list: whether there are rows above the screen, and below. */
void list_check_ends(struct list *list, bool is_any_above, bool is_any_below);

#endif
