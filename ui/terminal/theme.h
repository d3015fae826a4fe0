/* The roles of text, and the attributes that this terminal has for them. */
#ifndef GATEHOUSE_UI_THEME_H
#define GATEHOUSE_UI_THEME_H

#include <gatehouse/error.h>
#include <stdbool.h>

enum role {
    ROLE_TEXT,
    ROLE_BOLD,     /* titles */
    ROLE_MUTED,    /* labels, times, hints */
    ROLE_ACCENT,   /* the one accent: the current tab, keys, the label of what has the focus */
    ROLE_CURSOR,   /* the bar of the row under the cursor */
    ROLE_SELECTED, /* the button with the focus */
    ROLE_MARKED,   /* mark glyphs */
    ROLE_GOOD,     /* active, live, done */
    ROLE_WARN,     /* suspended, ending soon */
    ROLE_BAD,      /* expired, refused, failed */
    ROLE_FIELD,    /* a text field */
    ROLE_FOCUS,    /* a text field with the focus */
    ROLE_DISABLED,
    ROLE_BORDER,
    ROLE_DANGER, /* the frame of a dialog that destroys something */
    ROLE_DANGER_TITLE,
    ROLE_RED, /* the name of the database, on a background of its colour */
    ROLE_YELLOW,
    ROLE_GREEN,
    ROLE_BLUE,
    ROLE_COUNT
};

/* Neutral is for a background that is not known, or neither dark nor light: text has the terminal's
 * own colour, because no other can be read on both #1b1f27 and #fdf6e3. */
enum scheme { SCHEME_NEUTRAL, SCHEME_DARK, SCHEME_LIGHT, SCHEME_COUNT };

struct theme {
    unsigned attributes[ROLE_COUNT]; /* attr_t of curses */
    short pairs[ROLE_COUNT];
    short lit[ROLE_COUNT]; /* pairs in what the cursor is on */
    unsigned lit_reverse;  /* A_REVERSE where only that lights it */
    enum scheme scheme;
    bool is_chosen;       /* somebody did, or there are no colours: the terminal is not asked */
    bool lacks_underline; /* the terminal has none, or not together with colours */
};

/* `name`: "dark", "light", "plain", or NULL to go by the environment ($NO_COLOR, $COLORFGBG). Call
 * it after the screen is set up. ERR_USAGE for other names. */
enum error theme_init(struct theme *theme, const char *name) MUST_CHECK;
/* Whether there is such a theme; may be called before the screen is set up. */
enum error theme_check(const char *name) MUST_CHECK;
/* Takes the scheme for a background, 0xRRGGBB, unless it was chosen. Whether that changed it: what
 * is on the screen gets its new colours with the next frame. */
bool theme_suit(struct theme *theme, int background);

/* The colours of a role where there are 256: their numbers in xterm's palette; -1: the terminal's
 * own. `lit`: in what the cursor is on. */
struct shade {
    short front, back;
};
struct shade theme_shade(enum scheme scheme, enum role role, bool lit);
/* 0xRRGGBB of a number above 15, whose colours no terminal changes. */
int theme_rgb(int number);

#endif
