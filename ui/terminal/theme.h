/* The roles of text, and the attributes that this terminal has for them. */
#ifndef GATEHOUSE_UI_THEME_H
#define GATEHOUSE_UI_THEME_H

#include <gatehouse/error.h>
#include <stdbool.h>

enum role {
    ROLE_TEXT,
    ROLE_BOLD,     /* titles */
    ROLE_MUTED,    /* labels, times, rules, hints */
    ROLE_ACCENT,   /* the one accent: the current tab, keys in the footer */
    ROLE_CURSOR,   /* the bar of the row under the cursor: the plain accent */
    ROLE_SELECTED, /* the row or button under the cursor */
    ROLE_MARKED,   /* mark glyphs */
    ROLE_GOOD,     /* active, live, done */
    ROLE_WARN,     /* suspended, ending soon */
    ROLE_BAD,      /* expired, refused, failed */
    ROLE_FIELD,    /* a text field */
    ROLE_FOCUS,    /* a text field with the focus */
    ROLE_DISABLED,
    ROLE_BORDER,
    ROLE_COUNT
};

struct theme {
    unsigned attributes[ROLE_COUNT]; /* attr_t of curses */
    short pairs[ROLE_COUNT];
    short selected[ROLE_COUNT]; /* the same in the row under the cursor */
    unsigned selected_attributes;
    bool lacks_underline; /* the terminal has none, or not together with colours */
};

/* `name`: "dark", "light", "plain", or NULL to go by the terminal ($COLORFGBG, $NO_COLOR). Call it
 * after the screen is set up. ERR_USAGE for other names. */
enum error theme_init(struct theme *theme, const char *name) MUST_CHECK;
/* Whether there is such a theme; may be called before the screen is set up. */
enum error theme_check(const char *name) MUST_CHECK;

#endif
