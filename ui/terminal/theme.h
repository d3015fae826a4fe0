/* Roles of text, and the attributes that the terminal at hand can give them. */
#ifndef GATEHOUSE_UI_THEME_H
#define GATEHOUSE_UI_THEME_H

#include <gatehouse/error.h>

enum role {
    ROLE_TEXT,
    ROLE_BOLD,     /* titles */
    ROLE_MUTED,    /* labels, times, rules, hints */
    ROLE_ACCENT,   /* the one accent: present tab, keys in the footer */
    ROLE_CURSOR,   /* the bar of the row under the cursor: the accent without more */
    ROLE_SELECTED, /* the row or button under the cursor */
    ROLE_MARKED,   /* mark glyphs */
    ROLE_GOOD,     /* active, live, done */
    ROLE_WARN,     /* suspended, soon ending */
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
};

/* `name`: "dark", "light", "plain", or NULL: by what the terminal says ($COLORFGBG, $NO_COLOR). The
 * screen must be set up. ERR_USAGE for another name. */
enum error theme_init(struct theme *theme, const char *name) MUST_CHECK;
/* Whether there is a theme of that name: asked before the screen is set up. */
enum error theme_check(const char *name) MUST_CHECK;

#endif
