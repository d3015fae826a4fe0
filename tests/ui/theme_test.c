/* Whether what the console draws can be read: contrast as WCAG 2 defines it, from the theme's own
 * table. */
#include "ui/terminal/theme.h"

#include <criterion/criterion.h>
#include <math.h>

static double linear(int channel)
{
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(int rgb)
{
    return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) +
           0.0722 * linear(rgb & 255);
}

static double contrast(int one, int other)
{
    double a = luminance(one), b = luminance(other);
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static bool is_text(enum role role)
{
    return role != ROLE_BORDER && role != ROLE_CURSOR && role != ROLE_DANGER;
}

/* The terminal's own colour is as readable as whoever chose it wanted it, unless it stands on a
 * background that is not the terminal's. */
static void expect_readable(enum scheme scheme, enum role role, bool lit, int background)
{
    struct shade shade = theme_shade(scheme, role, lit);
    double least = is_text(role) ? 4.5 : 3;
    if (shade.back >= 0) background = theme_rgb(shade.back);
    cr_assert(shade.front >= 0 || shade.back < 0, "scheme %d, role %d: own colour, lit",
              (int)scheme, (int)role);
    if (shade.front < 0) return;
    double found = contrast(theme_rgb(shade.front), background);
    cr_expect_geq(found, least, "scheme %d, role %d%s: colour %d on #%06x has %.2f", (int)scheme,
                  (int)role, lit ? ", lit" : "", shade.front, (unsigned)background, found);
}

Test(theme, everything_can_be_read_on_the_backgrounds_of_its_scheme)
{
    static const struct {
        int background;
        bool in[SCHEME_COUNT];
    } cases[] = {
        {0x000000, {[SCHEME_NEUTRAL] = true, [SCHEME_DARK] = true}},
        {0x1b1f27, {[SCHEME_NEUTRAL] = true, [SCHEME_DARK] = true}},
        {0xffffff, {[SCHEME_NEUTRAL] = true, [SCHEME_LIGHT] = true}},
        {0xfdf6e3, {[SCHEME_NEUTRAL] = true, [SCHEME_LIGHT] = true}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int scheme = 0; scheme < SCHEME_COUNT; scheme++)
            for (int role = 0; role < ROLE_COUNT && cases[i].in[scheme]; role++)
                for (int lit = 0; lit < 2; lit++)
                    expect_readable((enum scheme)scheme, (enum role)role, lit, cases[i].background);
}

/* Lit, but calm: it can be told from the background without shouting. */
Test(theme, what_is_lit_differs_from_the_background)
{
    static const struct {
        enum scheme scheme;
        int background;
        double most;
    } cases[] = {
        {SCHEME_DARK, 0x000000, 2},    {SCHEME_DARK, 0x1b1f27, 2},    {SCHEME_LIGHT, 0xffffff, 2},
        {SCHEME_LIGHT, 0xfdf6e3, 2},   {SCHEME_NEUTRAL, 0x000000, 8}, {SCHEME_NEUTRAL, 0x1b1f27, 8},
        {SCHEME_NEUTRAL, 0xffffff, 8}, {SCHEME_NEUTRAL, 0xfdf6e3, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int lit = theme_rgb(theme_shade(cases[i].scheme, ROLE_TEXT, true).back);
        double found = contrast(lit, cases[i].background);
        cr_expect_geq(found, 1.25, "#%06x on #%06x", (unsigned)lit, (unsigned)cases[i].background);
        cr_expect_leq(found, cases[i].most, "#%06x on #%06x: %.2f", (unsigned)lit,
                      (unsigned)cases[i].background, found);
    }
}

/* xterm's 256 colours: a cube of six levels for each channel, then greys. */
Test(theme, colours_are_those_of_the_palette)
{
    static const int levels[] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    int number = 16;
    for (int red = 0; red < 6; red++)
        for (int green = 0; green < 6; green++)
            for (int blue = 0; blue < 6; blue++, number++)
                cr_assert_eq(theme_rgb(number),
                             levels[red] << 16 | levels[green] << 8 | levels[blue], "%d", number);
    for (int grey = 0x08; grey <= 0xee; grey += 10, number++)
        cr_assert_eq(theme_rgb(number), grey * 0x010101, "%d", number);
    cr_assert_eq(number, 256);
}
