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
    bool guessed; /* `above` is only about right: neither end needs to agree with it */
    bool looked;  /* what is guessed is at neither end */
};

void list_init(struct list *list, const struct list_source *source, void *arg);
void list_free(struct list *list);
/* A list of its own with the same rows, in the same state; list_free. */
enum error list_copy(struct list *copy, const struct list *list) MUST_CHECK;
void *list_row(const struct list *list, size_t index);
void *list_current(const struct list *list);      /* NULL: empty */
int64_t list_current_id(const struct list *list); /* 0: empty */

/* Puts the cursor on the row `id` if that is among those on the screen. */
void list_find(struct list *list, int64_t id);
/* Whether so many rows on from the cursor there is a row that has been read. */
bool list_holds(const struct list *list, int rows);

/* The number of rows that fit; reads what is missing. */
enum error list_set_height(struct list *list, size_t height) MUST_CHECK;
/* From the top; the cursor goes to `id` where it is among the first rows, else to the first row. */
enum error list_open(struct list *list, int64_t id) MUST_CHECK;
/* Where the order is another: the row under the cursor keeps the cursor, at about its height; from
 * the top when it does not belong to the list any more. Where there were no rows, that is the one
 * which had the cursor before. */
enum error list_open_around(struct list *list) MUST_CHECK;
/* Takes all rows away. */
void list_clear(struct list *list);
enum error list_move(struct list *list, int rows) MUST_CHECK;
enum error list_page(struct list *list, bool backward) MUST_CHECK;
enum error list_jump(struct list *list, bool last) MUST_CHECK;
/* Live refresh: rows on the screen are read again and stay where they are, new ones come in at
 * their place, deleted ones go, but for the one under the cursor (`gone`). */
enum error list_refresh(struct list *list) MUST_CHECK;
/* Takes the row of a `gone` cursor away. */
enum error list_drop_gone(struct list *list) MUST_CHECK;
/* About how many rows stand above, where it is not known. */
void list_guess(struct list *list, int64_t above);
/* What is guessed may stand at an end of the list after all: whether there are rows above the
 * screen, and below. */
void list_looked(struct list *list, bool is_any_above, bool is_any_below);
/* Reads rows below, then above, until the screen is full. */
enum error list_fill(struct list *list) MUST_CHECK;

#endif
