#include "ui/terminal/theme.h"

#include "ui/terminal/curses.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

struct colour {
    short full;  /* of 256 */
    short eight; /* of 8, or 16 where it is above 7 */
    unsigned attributes;
};

/* -1 is the terminal's own colour. As long as the background is not known the colours must be
 * readable on both, so none is near black or white. */
static const struct colour either[ROLE_COUNT] = {
    [ROLE_TEXT] = {-1, -1, 0},
    [ROLE_BOLD] = {-1, -1, A_BOLD},
    [ROLE_MUTED] = {244, -1, 0},
    [ROLE_ACCENT] = {32, COLOR_CYAN, A_BOLD},
    [ROLE_CURSOR] = {32, COLOR_CYAN, 0},
    [ROLE_SELECTED] = {-1, -1, A_REVERSE},
    [ROLE_MARKED] = {32, COLOR_CYAN, A_BOLD},
    [ROLE_GOOD] = {34, COLOR_GREEN, 0},
    [ROLE_WARN] = {172, COLOR_MAGENTA, 0},
    [ROLE_BAD] = {167, COLOR_RED, 0},
    [ROLE_FIELD] = {-1, -1, A_UNDERLINE},
    [ROLE_FOCUS] = {-1, -1, A_UNDERLINE | A_BOLD},
    [ROLE_DISABLED] = {244, -1, A_DIM},
    [ROLE_BORDER] = {244, -1, 0},
};
static const struct colour dark[ROLE_COUNT] = {
    [ROLE_MUTED] = {246, -1, 0},         [ROLE_ACCENT] = {75, COLOR_CYAN, A_BOLD},
    [ROLE_CURSOR] = {75, COLOR_CYAN, 0}, [ROLE_MARKED] = {75, COLOR_CYAN, A_BOLD},
    [ROLE_GOOD] = {114, COLOR_GREEN, 0}, [ROLE_WARN] = {179, COLOR_YELLOW, 0},
    [ROLE_BAD] = {203, COLOR_RED, 0},    [ROLE_DISABLED] = {241, -1, A_DIM},
    [ROLE_BORDER] = {241, -1, 0},
};
static const struct colour light[ROLE_COUNT] = {
    [ROLE_MUTED] = {242, -1, 0},         [ROLE_ACCENT] = {25, COLOR_BLUE, A_BOLD},
    [ROLE_CURSOR] = {25, COLOR_BLUE, 0}, [ROLE_MARKED] = {25, COLOR_BLUE, A_BOLD},
    [ROLE_GOOD] = {28, COLOR_GREEN, 0},  [ROLE_WARN] = {130, COLOR_MAGENTA, 0},
    [ROLE_BAD] = {160, COLOR_RED, 0},    [ROLE_DISABLED] = {247, -1, A_DIM},
    [ROLE_BORDER] = {247, -1, 0},
};

static const char *guess(void)
{
    const char *no_colour = getenv("NO_COLOR");
    if (no_colour && *no_colour) return "plain";
    const char *colours = getenv("COLORFGBG");
    const char *background = colours ? strrchr(colours, ';') : NULL;
    if (!background) return "";
    int number = atoi(background + 1);
    return number == 7 || number == 15 ? "light" : "dark";
}

enum error theme_check(const char *name)
{
    if (!name || !strcmp(name, "dark") || !strcmp(name, "light") || !strcmp(name, "plain"))
        return OK;
    return fail(ERR_USAGE, "there is no theme “%s”: dark, light or plain", name);
}

static void use_attributes(struct theme *theme)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        theme->attributes[role] = either[role].attributes;
        theme->pairs[role] = 0;
        theme->selected[role] = 0;
    }
    theme->selected_attributes = A_BOLD;
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
    enum { CUBE = 16, GREYS = 232 };
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    if (number < CUBE || !is_direct()) return number;
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

static void use_colours(struct theme *theme, const struct colour *own, short row_background)
{
    bool full = is_full();
    for (int role = 0; role < ROLE_COUNT; role++) {
        bool replaced = own && (own[role].full || own[role].eight);
        const struct colour *colour = replaced ? &own[role] : &either[role];
        int front = full ? colour_of(colour->full) : colour->eight;
        theme->attributes[role] = full || role != ROLE_DISABLED
                                      ? colour->attributes & ~(unsigned)A_DIM
                                      : colour->attributes;
        theme->pairs[role] = (short)(1 + role);
        theme->selected[role] = (short)(1 + ROLE_COUNT + role);
        init_extended_pair(theme->pairs[role], front, -1);
        init_extended_pair(theme->selected[role], front, colour_of(row_background));
    }
    if (!full && COLORS >= 16) init_pair(theme->pairs[ROLE_MUTED], COLOR_BLACK + 8, -1);
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

enum error theme_init(struct theme *theme, const char *name)
{
    enum error e = theme_check(name);
    if (e) return e;
    if (!name) name = guess();
    use_attributes(theme);
    theme->lacks_underline = !has_underline(false);
    if (!strcmp(name, "plain") || !has_colors()) return OK;
    start_color();
    use_default_colors();
    theme->lacks_underline = !has_underline(true);
    bool full = is_full();
    if (!strcmp(name, "dark"))
        use_colours(theme, dark, full ? 236 : -1);
    else if (!strcmp(name, "light"))
        use_colours(theme, light, full ? 254 : -1);
    else
        use_colours(theme, NULL, -1);
    return OK;
}
