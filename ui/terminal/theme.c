#include "ui/terminal/theme.h"

#include "ui/terminal/curses.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

/* -1 is the terminal's own colour. */
struct colour {
    short full;  /* of 256 */
    short lit;   /* of 256, in what the cursor is on; 0: the same */
    short eight; /* of 8 */
    unsigned attributes;
    short back; /* of 256, lit or not; 0: the terminal's own. Without it, A_REVERSE stands for it */
};

struct colours {
    short lit_background; /* of 256 */
    struct colour roles[ROLE_COUNT];
};

/* In every scheme: they bring their background along. */
#define BADGES                                                                                     \
    [ROLE_RED] = {231, 0, COLOR_RED, A_BOLD | A_REVERSE, 160},                                     \
    [ROLE_YELLOW] = {16, 0, COLOR_YELLOW, A_BOLD | A_REVERSE, 220},                                \
    [ROLE_GREEN] = {16, 0, COLOR_GREEN, A_BOLD | A_REVERSE, 71},                                   \
    [ROLE_BLUE] = {231, 0, COLOR_BLUE, A_BOLD | A_REVERSE, 25}

/* Text has a contrast of at least 4.5 to every background that the scheme is for, borders and bars
 * have 3 (tests/ui/theme_test.c). Of eight colours nobody knows how they look: where one of them is
 * often too near the background, the glyph and the word must do. */
static const struct colours schemes[SCHEME_COUNT] = {
    [SCHEME_NEUTRAL] = {240,
                        {
                            [ROLE_TEXT] = {-1, 255, -1, 0, 0},
                            [ROLE_BOLD] = {-1, 255, -1, A_BOLD, 0},
                            [ROLE_MUTED] = {-1, 255, -1, 0, 0},
                            [ROLE_ACCENT] = {-1, 255, -1, A_BOLD, 0},
                            [ROLE_CURSOR] = {32, 255, -1, 0, 0},
                            [ROLE_SELECTED] = {-1, 255, -1, A_REVERSE, 0},
                            [ROLE_MARKED] = {-1, 255, -1, A_BOLD, 0},
                            [ROLE_GOOD] = {-1, 255, -1, 0, 0},
                            [ROLE_WARN] = {-1, 255, -1, 0, 0},
                            [ROLE_BAD] = {-1, 255, -1, 0, 0},
                            [ROLE_FIELD] = {-1, 255, -1, A_UNDERLINE, 0},
                            [ROLE_FOCUS] = {-1, 255, -1, A_UNDERLINE | A_BOLD, 0},
                            [ROLE_DISABLED] = {-1, 255, -1, A_DIM, 0},
                            [ROLE_BORDER] = {244, 255, -1, 0, 0},
                            [ROLE_DANGER] = {167, 255, -1, 0, 0},
                            [ROLE_DANGER_TITLE] = {-1, 255, -1, A_BOLD, 0},
                            BADGES,
                        }},
    [SCHEME_DARK] = {237,
                     {
                         [ROLE_TEXT] = {-1, 255, -1, 0, 0},
                         [ROLE_BOLD] = {-1, 255, -1, A_BOLD, 0},
                         [ROLE_MUTED] = {248, 255, -1, 0, 0},
                         [ROLE_ACCENT] = {75, 0, COLOR_CYAN, A_BOLD, 0},
                         [ROLE_CURSOR] = {75, 255, COLOR_CYAN, 0, 0},
                         [ROLE_SELECTED] = {-1, 255, -1, A_REVERSE, 0},
                         [ROLE_MARKED] = {75, 0, COLOR_CYAN, A_BOLD, 0},
                         [ROLE_GOOD] = {114, 255, COLOR_GREEN, 0, 0},
                         [ROLE_WARN] = {179, 255, COLOR_YELLOW, 0, 0},
                         [ROLE_BAD] = {203, 255, COLOR_RED, 0, 0},
                         [ROLE_FIELD] = {-1, 255, -1, A_UNDERLINE, 0},
                         [ROLE_FOCUS] = {-1, 255, -1, A_UNDERLINE | A_BOLD, 0},
                         [ROLE_DISABLED] = {245, 248, -1, A_DIM, 0},
                         [ROLE_BORDER] = {243, 248, -1, 0, 0},
                         [ROLE_DANGER] = {203, 210, COLOR_RED, 0, 0},
                         [ROLE_DANGER_TITLE] = {203, 210, COLOR_RED, A_BOLD, 0},
                         BADGES,
                     }},
    [SCHEME_LIGHT] = {253,
                      {
                          [ROLE_TEXT] = {-1, 232, -1, 0, 0},
                          [ROLE_BOLD] = {-1, 232, -1, A_BOLD, 0},
                          [ROLE_MUTED] = {241, 232, -1, 0, 0},
                          [ROLE_ACCENT] = {25, 0, COLOR_BLUE, A_BOLD, 0},
                          [ROLE_CURSOR] = {25, 232, COLOR_BLUE, 0, 0},
                          [ROLE_SELECTED] = {-1, 232, -1, A_REVERSE, 0},
                          [ROLE_MARKED] = {25, 0, COLOR_BLUE, A_BOLD, 0},
                          [ROLE_GOOD] = {22, 232, -1, 0, 0},
                          [ROLE_WARN] = {94, 232, COLOR_MAGENTA, 0, 0},
                          [ROLE_BAD] = {160, 232, COLOR_RED, 0, 0},
                          [ROLE_FIELD] = {-1, 232, -1, A_UNDERLINE, 0},
                          [ROLE_FOCUS] = {-1, 232, -1, A_UNDERLINE | A_BOLD, 0},
                          [ROLE_DISABLED] = {242, 240, -1, A_DIM, 0},
                          [ROLE_BORDER] = {245, 240, -1, 0, 0},
                          [ROLE_DANGER] = {160, 124, COLOR_RED, 0, 0},
                          [ROLE_DANGER_TITLE] = {160, 124, COLOR_RED, A_BOLD, 0},
                          BADGES,
                      }},
};

struct shade theme_shade(enum scheme scheme, enum role role, bool lit)
{
    const struct colour *colour = &schemes[scheme].roles[role];
    short back = colour->back ? colour->back : lit ? schemes[scheme].lit_background : -1;
    return (struct shade){lit && colour->lit ? colour->lit : colour->full, back};
}

int theme_rgb(int number)
{
    enum { CUBE = 16, GREYS = 232 };
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    int red, green, blue;
    if (number >= GREYS) {
        red = green = blue = 8 + 10 * (number - GREYS);
    } else {
        red = levels[(number - CUBE) / 36];
        green = levels[(number - CUBE) / 6 % 6];
        blue = levels[(number - CUBE) % 6];
    }
    return red << 16 | green << 8 | blue;
}

enum error theme_check(const char *name)
{
    if (!name || !strcmp(name, "dark") || !strcmp(name, "light") || !strcmp(name, "plain"))
        return OK;
    return fail(ERR_USAGE, "there is no theme “%s”: dark, light or plain", name);
}

/* Terminals whose colours are red, green and blue, eight bits each, and no numbers of a palette. */
static bool is_direct(void)
{
    const char *text = tigetstr("RGB");
    bool said = tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || (text && text != (char *)-1);
    return said && COLORS == 1 << 24;
}

/* More colours than 256 that are not direct in that way count as eight. */
static bool is_full(void)
{
    return COLORS == 256 || is_direct();
}

/* A colour of xterm's 256 as this terminal wants it. */
static int colour_of(int number)
{
    return number >= 0 && is_direct() ? theme_rgb(number) : number;
}

static void use_attributes(struct theme *theme)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        theme->attributes[role] = schemes[SCHEME_NEUTRAL].roles[role].attributes;
        theme->pairs[role] = theme->lit[role] = 0;
    }
    theme->lit_reverse = A_REVERSE;
}

/* Roles with the same colours share a pair: curses sends the colours again where the pair changes.
 */
static short pair_of(struct shade shade, short *count)
{
    static struct shade known[2 * ROLE_COUNT];
    for (short i = 0; i < *count; i++)
        if (known[i].front == shade.front && known[i].back == shade.back) return (short)(i + 1);
    known[(*count)++] = shade;
    init_extended_pair(*count, colour_of(shade.front), colour_of(shade.back));
    return *count;
}

static void use_full(struct theme *theme)
{
    short count = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct shade plain = theme_shade(theme->scheme, (enum role)role, false);
        struct shade lit = theme_shade(theme->scheme, (enum role)role, true);
        const struct colour *colour = &schemes[theme->scheme].roles[role];
        unsigned instead = A_DIM | (colour->back ? A_REVERSE : 0);
        theme->attributes[role] = colour->attributes & ~instead;
        theme->pairs[role] = pair_of(plain, &count);
        theme->lit[role] = pair_of(lit, &count);
    }
    theme->lit_reverse = 0;
}

/* Reversed, colours would be patches of background: what is lit is in the colour of text. */
static void use_eight(struct theme *theme)
{
    short count = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct colour *colour = &schemes[theme->scheme].roles[role];
        bool grey = role == ROLE_BORDER && COLORS >= 16;
        short front = grey ? COLOR_BLACK + 8 : colour->eight;
        theme->attributes[role] = colour->attributes;
        theme->pairs[role] = pair_of((struct shade){front, -1}, &count);
        theme->lit[role] = theme->pairs[ROLE_TEXT];
    }
    theme->lit_reverse = A_REVERSE;
}

static void use_scheme(struct theme *theme, enum scheme scheme)
{
    theme->scheme = scheme;
    (is_full() ? use_full : use_eight)(theme);
}

/* The Linux console, for one, has underlines or colours. */
static bool has_underline(bool coloured)
{
    enum { NO_UNDERLINE = 2 /* of no_color_video */ };
    const char *start = tigetstr("smul");
    int without = tigetnum("ncv");
    bool clashes = coloured && without > 0 && without & NO_UNDERLINE;
    return start && start != (char *)-1 && !clashes;
}

static enum scheme guess(void)
{
    const char *colours = getenv("COLORFGBG");
    const char *background = colours ? strrchr(colours, ';') : NULL;
    if (!background) return SCHEME_NEUTRAL;
    int number = atoi(background + 1);
    return number == 7 || number == 15 ? SCHEME_LIGHT : SCHEME_DARK;
}

enum error theme_init(struct theme *theme, const char *name)
{
    const char *no_colour = getenv("NO_COLOR");
    enum error e = theme_check(name);
    if (e) return e;
    bool plain = name ? !strcmp(name, "plain") : no_colour && *no_colour;
    use_attributes(theme);
    theme->lacks_underline = !has_underline(false);
    theme->is_chosen = name || plain || !has_colors();
    if (plain || !has_colors()) return OK;
    start_color();
    use_default_colors();
    theme->lacks_underline = !has_underline(true);
    use_scheme(theme, !name ? guess() : !strcmp(name, "dark") ? SCHEME_DARK : SCHEME_LIGHT);
    return OK;
}

bool theme_suit(struct theme *theme, int background)
{
    enum { DARK_BELOW = 96, LIGHT_FROM = 192 };
    int red = background >> 16 & 255, green = background >> 8 & 255, blue = background & 255;
    int lightness = (2 * red + 7 * green + blue) / 10;
    enum scheme scheme = lightness < DARK_BELOW    ? SCHEME_DARK
                         : lightness >= LIGHT_FROM ? SCHEME_LIGHT
                                                   : SCHEME_NEUTRAL;
    if (theme->is_chosen || scheme == theme->scheme) return false;
    use_scheme(theme, scheme);
    return true;
}
