/* The columns of a list: declared once in a table, laid out for the width at hand, drawn row by
 * row. All widths are in columns of the screen. */
#ifndef GATEHOUSE_UI_COLUMNS_H
#define GATEHOUSE_UI_COLUMNS_H

#include "ui/kit/field.h"
#include "ui/terminal/draw.h"

#include <gatehouse/words.h>

enum { COLUMNS_MAX = 12, COLUMNS_NARROW_BELOW = 74, CELL_MATCHES_MAX = 8 };

/* What a column shows of one row. Blank unless the cell function sets something. */
struct cell {
    int width;           /* its width on the screen */
    bool narrow;         /* the list is narrower than COLUMNS_NARROW_BELOW */
    const char *text;    /* must stay valid until the row is drawn: part of the row, or `buffer` */
    enum role role;      /* the column's at first */
    bool spans;          /* the text goes on over the columns to its right */
    struct field *field; /* being edited: drawn in place of the text */
    char buffer[256];
    size_t match_count;
    struct {
        size_t start, length; /* bytes of the text */
    } matches[CELL_MATCHES_MAX];
};

/* Puts the text together in the cell's buffer. */
void cell_format(struct cell *cell, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Underlines bytes [start, start + length) of the text, unless the text is cut. */
void cell_match(struct cell *cell, size_t start, size_t length);
/* Underlines the first occurrence of the word, ignoring case. */
void cell_match_word(struct cell *cell, const char *word);
/* The same for the words of this kind in what was typed over the list. */
void cell_match_words(struct cell *cell, enum words_list list, const char *typed,
                      enum word_kind kind);

enum column_align { COLUMN_LEFT, COLUMN_RIGHT, COLUMN_MIDDLE /* left, cut in the middle */ };

struct column {
    const char *title; /* NULL: none */
    const char *brief; /* a shorter title for where that does not fit; NULL: it is cut */

    /* The column is shown when the list is at least this wide: as the list narrows, the column
     * with the greatest `from` goes first. 0: always shown, squeezed when no other can go. */
    int from;
    int stub;  /* its width below `from`: 1 keeps its glyph */
    int least; /* its width */
    int best;  /* its width once there is room; columns with a smaller `from` are served first */
    int grow;  /* its share of what is left after that */
    int gap;   /* blanks before it; at most one in a narrow list. The first column has none. */

    bool is_state; /* says so when the row was deleted elsewhere */
    enum column_align align;
    enum role role; /* of its text, unless the cell says otherwise */
    struct {
        const char *label; /* in the picker; NULL: the rows cannot be sorted by it */
        int key;           /* picks it; 0: cannot be picked, the rows always have this order */
        int number;        /* of the sort */
    } sort;
    /* `owner` is the struct of the screen. */
    void (*cell)(void *owner, const void *row, struct cell *cell);
};

struct columns {
    int left;   /* where the first one begins */
    int right;  /* blanks after the last one */
    bool marks; /* a mark stands before it: two columns more, unless the list is narrow */
    struct column items[COLUMNS_MAX]; /* from left to right */
};

/* The cell function of the ⋮, where a row's menu opens. */
void columns_menu_cell(void *owner, const void *row, struct cell *cell);

/* Where the columns are. The last column of the screen stays free for a scroll bar. */
struct layout {
    int bar, mark; /* of the row under the cursor, of marked rows */
    int menu;      /* the ⋮, or where its menu opens when it is not shown; -1: there is no menu */
    struct {
        int x, width; /* 0: not shown */
        bool is_stub;
    } at[COLUMNS_MAX];
};
void columns_lay_out(const struct columns *columns, int width, struct layout *layout);

/* How wide the texts of the columns are. Zero it, then measure each row. */
struct column_needs {
    int widths[COLUMNS_MAX];
};
void columns_measure(const struct columns *columns, void *owner, const void *item,
                     struct column_needs *needs);
/* The same for columns of text, those that grow: all that columns_fit_texts needs. */
void columns_measure_texts(const struct columns *columns, void *owner, const void *item,
                           struct column_needs *needs);
/* Then lets columns of text end where their texts do; what that leaves goes to those that are too
 * narrow, and else stays blank. */
void columns_fit_texts(const struct columns *columns, const struct column_needs *needs, int width,
                       struct layout *layout);
/* The same with all columns, which stay as wide together. For lists whose rows are all known:
 * elsewhere the columns would jump as it scrolls, and a low window would have others than a high
 * one. */
void columns_fit(const struct columns *columns, const struct column_needs *needs, int width,
                 struct layout *layout);

/* How wide the list must be for every column to have its best width and its texts. */
int columns_width(const struct columns *columns, const struct column_needs *needs);

/* The heads. `sort`: the number of the present sort, whose head has an arrow; -1: none has. */
void columns_draw_heads(const struct columns *columns, const struct layout *layout,
                        const struct canvas *canvas, int row, int sort, bool descending);
void columns_draw_row(const struct columns *columns, const struct layout *layout,
                      const struct canvas *canvas, int row, void *owner, const void *item);
/* The same for a row that was deleted elsewhere while it was on the screen. */
void columns_draw_gone(const struct columns *columns, const struct layout *layout,
                       const struct canvas *canvas, int row, void *owner, const void *item);

#endif
