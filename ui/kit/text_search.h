/* Searching in a text that scrolls: a field, and the matches, one of which is the present one. */
#ifndef GATEHOUSE_UI_TEXT_SEARCH_H
#define GATEHOUSE_UI_TEXT_SEARCH_H

#include "ui/kit/field.h"
#include "ui/screen.h"

struct text_search {
    struct field field;
    struct sought sought; /* of the page that was drawn last */
    bool typing;          /* the field has the focus */
    bool follows;         /* the page is to show the present match */
};

/* What a screen with such a text begins with. */
struct text_screen {
    struct screen screen;
    struct text_search search;
};
/* For its class: Enter and Esc, and as long as something is looked for, the next and the previous
 * match; and what `/` runs, and where they are always shown, `n` and `N`. */
extern const struct screen_command text_search_commands[];
int text_search_open(struct screen *screen);
int text_search_next(struct screen *screen);
int text_search_previous(struct screen *screen);
const char *text_search_why_not(const struct screen *screen);

enum error text_search_init(struct text_search *search) MUST_CHECK;
void text_search_free(struct text_search *search);

/* While the field has the focus it takes the key; else EFFECT_PASS. */
int text_search_key(struct text_search *search, struct app *app, int key);
bool text_search_is_on(const struct text_search *search); /* its line is to be drawn */

/* Begins a page: what draws it calls this first, and then text_search_wrapped. */
void text_search_page(struct text_search *search);
/* As draw_wrapped, with the matches. */
int text_search_wrapped(struct text_search *search, const struct canvas *canvas, int row,
                        int column, int columns, enum role role, const char *text);
/* The same for a text that is found by another one, its name: all of it is the match. */
int text_search_whole(struct text_search *search, const struct canvas *canvas, int row, int column,
                      int columns, enum role role, const char *text);
/* "/ word    2 of 7", in one row. After the page. */
void text_search_draw(struct text_search *search, const struct canvas *canvas, int row, int column,
                      int columns);

#endif
