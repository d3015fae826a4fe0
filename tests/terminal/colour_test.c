/* What is written to terminals of different kinds: colours, plain ASCII, and nothing
 * superfluous. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct terminal *home, *terminal;

static void open_home(void)
{
    home = prepared_home();
    prepared_run(home, "UPDATE account SET owner = '漢字 é', description = 'Ключ “é” – 漢字'");
}

static void close_home(void)
{
    terminal_free(home);
}

TestSuite(colour, .init = open_home, .fini = close_home, .timeout = 300);

/* Every kind of screen, one after the other. */
static void walk(void)
{
    static const char *const steps[][2] = {
        {"j ", "1 marked"},
        {"/ci-", "7 of 30"},
        {"\033", "sa::agent-berlin"},
        {"?", "/ search"},
        {"q", "sa::agent-berlin"},
        {":", "Command"},
        {"vault\r", "SLOT"},
        {"q", "sa::agent-berlin"},
        {"\r", "Edit Service"},
        {".", "Rename"},
        {"\033", "remaining"},
        {"p", "Unlock the vault"},
        {"gatehouse demo\r", "Closes after"},
        {"q", "remaining"},
        {"n", "What uses it?"},
        {"\r", "Token generated"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        terminal_send(terminal, steps[i][0]);
        terminal_wait(terminal, steps[i][1]);
    }
    terminal_wait(terminal, "clipboard of your terminal");
}

/* What the SGR sequences of an output ask for. */
struct colours {
    int any, bright, indexed; /* any of the eight, of the upper eight, of 256 */
    int last_indexed[256];
};

static void count_one(struct colours *colours, const char *parameters)
{
    while (*parameters != 'm') {
        char *end;
        long value = strtol(parameters, &end, 10);
        if ((value == 38 || value == 48) && !strncmp(end, ";5;", 3)) {
            colours->indexed++;
            colours->last_indexed[strtol(end + 3, &end, 10) & 255]++;
        } else if ((value >= 30 && value <= 37) || (value >= 40 && value <= 49) || value == 39) {
            colours->any++;
        } else if ((value >= 90 && value <= 97) || (value >= 100 && value <= 107)) {
            colours->bright++;
        }
        parameters = *end == ';' ? end + 1 : end;
        if (*end != ';' && *end != 'm') return;
    }
}

static struct colours count_colours(void)
{
    struct colours colours = {0};
    size_t size;
    const char *output = terminal_output(terminal, &size);
    for (const char *at = output; (at = strstr(at, "\033[")); at++) {
        const char *parameters = at + 2;
        if (parameters[strspn(parameters, "0123456789;")] == 'm') count_one(&colours, parameters);
    }
    return colours;
}

static struct colours colours_with(const char *settings, const char *arguments)
{
    terminal = prepared_console(home, 30, 130, settings, arguments);
    walk();
    struct colours colours = count_colours();
    terminal_free(terminal);
    return colours;
}

Test(colour, none_where_none_is_wanted)
{
    static const char *const ways[][2] = {
        {"NO_COLOR=1", ""}, {"", "--theme plain"}, {"TERM=vt100", ""}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct colours colours = colours_with(ways[i][0], ways[i][1]);
        cr_assert_eq(colours.any + colours.bright + colours.indexed, 0, "%s %s", ways[i][0],
                     ways[i][1]);
    }
}

Test(colour, eight_are_enough)
{
    struct colours colours = colours_with("TERM=xterm", "");
    cr_assert_gt(colours.any, 0);
    cr_assert_eq(colours.bright + colours.indexed, 0);
    colours = colours_with("TERM=xterm", "--theme light");
    cr_assert_gt(colours.any, 0);
    cr_assert_eq(colours.bright + colours.indexed, 0);
}

Test(colour, sixteen_bring_a_grey)
{
    if (system("infocmp xterm-16color >/dev/null 2>&1"))
        cr_skip("the terminal type xterm-16color is not installed (ncurses-term)");
    struct colours colours = colours_with("TERM=xterm-16color", "");
    cr_assert_gt(colours.bright, 0);
    cr_assert_eq(colours.indexed, 0);
}

/* 75 and 25 are the accents on dark and on light; 240 is the background of the row under the cursor
 * that suits both. */
Test(colour, the_background_decides_unless_a_theme_is_named)
{
    static const struct {
        const char *settings, *arguments;
        int colour;
    } ways[] = {
        {"", "", 240},
        {"COLORFGBG='15;0'", "", 75},
        {"COLORFGBG='0;15'", "", 25},
        {"COLORFGBG='0;default;15'", "", 25},
        {"COLORFGBG=nonsense", "", 240},
        {"", "--theme dark", 75},
        {"", "--theme light", 25},
        {"NO_COLOR=1 COLORFGBG='0;15'", "--theme dark", 75},
        {"NO_COLOR=", "", 240},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        terminal = prepared_console(home, 24, 80, ways[i].settings, ways[i].arguments);
        struct colours colours = count_colours();
        cr_assert_gt(colours.last_indexed[ways[i].colour], 0, "%s %s", ways[i].settings,
                     ways[i].arguments);
        terminal_free(terminal);
    }
}

static const char question[] = "\033]11;?\033\\", paste_question[] = "\033[?2004$p";

Test(colour, the_background_that_the_terminal_tells_decides)
{
    static const struct {
        const char *settings, *answer;
        int colour;
    } ways[] = {
        {"", "\033]11;rgb:0000/0000/0000\a", 75},
        {"", "\033]11;rgb:1b1b/1f1f/2727\033\\", 75},
        {"", "\033]11;rgb:fdfd/f6f6/e3e3\033\\", 25},
        {"COLORFGBG='0;15'", "\033]11;rgb:0000/0000/0000\a", 75},
        {"COLORFGBG='0;15'", "\033]11;rgb:8080/8080/8080\a", 240},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        terminal = prepared_console(home, 24, 80, ways[i].settings, "");
        terminal_wait(terminal, "1 of 30 accounts");
        cr_assert(terminal_wait_idle(terminal));
        cr_assert_eq(terminal_count(terminal, question), 1);
        int before = count_colours().last_indexed[ways[i].colour];
        terminal_write(terminal, ways[i].answer, strlen(ways[i].answer));
        terminal_send(terminal, " ");
        terminal_wait(terminal, "1 marked");
        cr_assert_gt(count_colours().last_indexed[ways[i].colour], before, "%zu", i);
        /* The same answer again changes nothing. */
        cr_assert(terminal_wait_idle(terminal));
        terminal_write(terminal, ways[i].answer, strlen(ways[i].answer));
        cr_assert_eq(terminal_listen(terminal, 300), 0);
        terminal_free(terminal);
    }
}

Test(colour, the_background_is_not_asked_for_where_it_does_not_matter)
{
    static const struct {
        const char *settings, *arguments;
        int asked; /* about pastes: unless the terminal may show what it does not understand */
    } ways[] = {{"", "--theme dark", 1},
                {"", "--theme plain", 1},
                {"NO_COLOR=1", "", 1},
                {"TERM=vt100", "", 0},
                {"TERM=linux", "", 0}};
    static const char answer[] = "\033]11;rgb:ffff/ffff/ffff\a";
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        terminal = prepared_console(home, 24, 80, ways[i].settings, ways[i].arguments);
        terminal_wait(terminal, "1 of 30 accounts");
        cr_assert(terminal_wait_idle(terminal));
        const char *way = *ways[i].settings ? ways[i].settings : ways[i].arguments;
        cr_assert_eq(terminal_count(terminal, question), 0, "%s", way);
        cr_assert_eq(terminal_count(terminal, paste_question), ways[i].asked, "%s", way);
        terminal_write(terminal, answer, strlen(answer));
        cr_assert_eq(terminal_listen(terminal, 200), 0, "%s", way);
        terminal_free(terminal);
    }
}

static void expect_ascii(const char *settings, const char *arguments)
{
    size_t size;
    terminal = prepared_console(home, 30, 130, settings, arguments);
    walk();
    const char *output = terminal_output(terminal, &size);
    for (size_t i = 0; i < size; i++)
        cr_assert_lt((unsigned char)output[i], 0x80, "%s %s: byte %zu, before it %.40s", settings,
                     arguments, i, output + (i > 40 ? i - 40 : 0));
    terminal_free(terminal);
}

Test(colour, nothing_but_ascii_where_it_is_asked_for)
{
    expect_ascii("", "--ascii");
    expect_ascii("LC_ALL=C", "");
    expect_ascii("LC_ALL=POSIX TERM=vt100", "");
    expect_ascii("LC_ALL=C.UTF-8 TERM=linux", "--ascii --theme dark");
}

/* It may be that of the machine at the other end of SSH. */
Test(colour, a_locale_that_is_not_installed_is_not_taken_for_ascii)
{
    static const struct {
        const char *settings, *shown;
    } ways[] = {
        {"LC_ALL= LANG=tlh_QO.UTF-8", "● active"},
        {"LC_ALL= LANG=tlh_QO.utf8@kahless", "● active"},
        {"LC_ALL= LANG=tlh_QO", "● active"},
        {"LC_ALL=tlh_QO.UTF-8", "● active"},
        {"LC_ALL= LC_CTYPE=tlh_QO LANG=C", "● active"},
        {"LC_ALL= LANG=tlh_QO.ISO-8859-1", "* active"},
        {"LC_ALL= LANG=C", "* active"},
        {"LC_ALL= LANG=", "* active"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        terminal = prepared_console(home, 24, 80, ways[i].settings, "");
        cr_assert(terminal_shows(terminal, ways[i].shown), "with %s", ways[i].settings);
        terminal_free(terminal);
    }
}

/* Such a terminal takes every number for red, green and blue: 256 numbers are all near black. */
Test(colour, direct_colours_are_those_of_the_palette)
{
    static const char *const types[] = {"xterm-direct", "tmux-direct", "xterm-direct256"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char settings[64];
        size_t size;
        snprintf(settings, sizeof settings, "infocmp %s >/dev/null 2>&1", types[i]);
        if (system(settings)) continue;
        snprintf(settings, sizeof settings, "TERM=%s", types[i]);
        terminal = prepared_console(home, 24, 80, settings, "--theme dark");
        terminal_send(terminal, "j ");
        terminal_wait(terminal, "1 marked");
        const char *output = terminal_output(terminal, &size);
        /* The accent on dark, 75 of the palette. */
        cr_assert(strstr(output, "38:2::95:175:255m") || strstr(output, "38;2;95;175;255m"),
                  "%s: no accent", types[i]);
        struct colours colours = count_colours();
        cr_assert_eq(colours.indexed, 0, "%s", types[i]);
        terminal_free(terminal);
    }
}

/* It has underlines or colours, and a font of 256 glyphs. */
Test(colour, the_linux_console_marks_fields_and_matches_in_its_way)
{
    static const char *const lacking[] = {"○", "◐", "◇", "✓", "▌", "⋮"};
    size_t size;
    terminal = prepared_console(home, 24, 80, "TERM=linux", "");
    terminal_send(terminal, "/ci-");
    terminal_wait(terminal, "7 of 30");
    cr_assert(terminal_cell(terminal, 5, 9).reverse, "no match: %s", terminal_row(terminal, 5));
    cr_assert_not(terminal_cell(terminal, 5, 12).reverse);
    /* In the row under the cursor, which is reversed, it is the other way round. */
    cr_assert_not(terminal_cell(terminal, 4, 9).reverse);
    cr_assert(terminal_cell(terminal, 4, 12).reverse);
    terminal_wait(terminal, "/ ci-____");
    terminal_send(terminal, "\033");
    terminal_wait(terminal, "o inactive");
    terminal_send(terminal, "gj ");
    terminal_wait(terminal, "+ sa::agent-dublin");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service");
    cr_assert(terminal_shows(terminal, "_____"));
    const char *output = terminal_output(terminal, &size);
    for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
        cr_assert_not(strstr(output, lacking[i]), "%s", lacking[i]);
    cr_assert(strstr(output, "●"));
    terminal_free(terminal);
}

/* foot, kitty and the like over SSH, where nobody installed their terminfo. */
Test(colour, a_type_that_is_not_known_is_taken_for_an_xterm)
{
    static const char *const types[] = {"nonsense", "my-new-terminal"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char settings[64];
        snprintf(settings, sizeof settings, "TERM=%s", types[i]);
        terminal = prepared_console(home, 24, 80, settings, "");
        terminal_wait(terminal, types[i]);
        terminal_send(terminal, "\033OB"); /* ↓ of an xterm */
        terminal_wait_gone(terminal, types[i]);
        cr_assert_gt(count_colours().last_indexed[240], 0);
        terminal_free(terminal);
    }
}

Test(colour, the_size_is_that_of_the_terminal_and_not_of_the_environment)
{
    static const char *const ways[] = {"LINES=50 COLUMNS=200", "LINES=10 COLUMNS=40", "LINES=x"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        terminal = prepared_console(home, 24, 80, ways[i], "");
        cr_assert(strstr(terminal_row(terminal, 23), "/ filter"), "%s: %s", ways[i],
                  terminal_row(terminal, 23));
        cr_assert(terminal_shows(terminal, "DESCRIPTION"), "%s", ways[i]);
        terminal_free(terminal);
    }
}

/* Not a row of question marks: the program's own text has an ASCII form. */
Test(colour, its_own_signs_have_a_plain_form)
{
    terminal = prepared_console(home, 24, 80, "", "--ascii");
    terminal_send(terminal, "j ");
    terminal_wait(terminal, "30 accounts - 1 marked");
    terminal_wait(terminal, "+ sa::agent-dublin");
    terminal_free(terminal);
}

Test(colour, the_screen_is_entered_once_and_cleared_once)
{
    static const char *const steps[][2] = {
        {"jjkGg", "sa::agent-berlin"}, {"\r", "Edit Service"}, {"\t\t", "not granted"},
        {"\033", "sa::agent-berlin"},  {".", "Generate"},      {"\033", "sa::agent-berlin"},
        {"T", "New token of"},         {"\033", "Enter edit"}, {"?", "/ search"},
        {"q", "sa::agent-berlin"},     {"/ci-d", "2 of 30"},   {"\033", "sa::agent-berlin"},
        {"A", "deactivated"},          {"U", "● active"},      {"n", "New Service Account"},
    };
    terminal = prepared_console(home, 24, 80, "", "");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        terminal_send(terminal, steps[i][0]);
        terminal_wait(terminal, steps[i][1]);
    }
    cr_expect_eq(terminal_count(terminal, "\033[?1049h"), 1);
    cr_expect_leq(terminal_count(terminal, "\033[2J") + terminal_count(terminal, "\033[H\033[J"),
                  1);
    terminal_free(terminal);
}

enum { STEPS = 26, BUDGET = 300, MOST = 420 };

static int compare_sizes(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The bytes of the usual step down the list of a tab, and what nine in ten do not exceed. */
static void measure_steps(const char *arguments, const char *tab, int *usual, int *most)
{
    int sizes[STEPS], count = 0;
    terminal = prepared_console(home, 24, 80, "", arguments);
    terminal_send(terminal, tab);
    terminal_wait(terminal, "1 of ");
    cr_assert(terminal_wait_idle(terminal));
    for (int step = 0; step < STEPS; step++) {
        size_t before, after;
        terminal_output(terminal, &before);
        terminal_send(terminal, "j");
        cr_assert(terminal_wait_briefly(terminal));
        terminal_output(terminal, &after);
        if (after > before) sizes[count++] = (int)(after - before);
    }
    terminal_free(terminal);
    qsort(sizes, (size_t)count, sizeof *sizes, compare_sizes);
    *usual = sizes[count / 2];
    *most = sizes[count * 9 / 10];
}

/* Two rows are sent whole, scrolling included. A token has up to five colours, and the line below
 * the permissions another sentence for each: their steps may cost a little more. */
Test(colour, a_step_down_a_list_costs_little)
{
    static const char *const themes[] = {"", "--theme dark", "--theme light"};
    static const char *const tabs[] = {"1", "2", "3", "4", "5"};
    enum { RICH = BUDGET + 20 };
    int usual, most;
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
        for (size_t tab = 0; tab < sizeof tabs / sizeof *tabs; tab++) {
            bool rich = i && (tab == 1 || tab == 3);
            measure_steps(themes[i], tabs[tab], &usual, &most);
            cr_assert_leq(usual, rich ? RICH : BUDGET, "%s tab %s: %d bytes", themes[i], tabs[tab],
                          usual);
            cr_assert_leq(most, MOST, "%s tab %s: %d bytes", themes[i], tabs[tab], most);
        }
    }
}

Test(colour, nothing_is_written_while_nothing_happens)
{
    static const char *const opening[][2] = {
        {"", "sa::"},          {"?", "/ search"},    {".", "Generate"},
        {"T", "New token of"}, {"/c", "of 30"},      {"\r", "Edit Service"},
        {":", "Command"},      {"n", "New Service"}, {"D", "Type its"}};
    enum { COUNT = sizeof opening / sizeof *opening };
    struct terminal *terminals[COUNT];
    for (int i = 0; i < COUNT; i++) {
        terminals[i] = prepared_console(home, 24, 130, "", "");
        terminal_send(terminals[i], opening[i][0]);
        terminal_wait(terminals[i], opening[i][1]);
        terminal_listen(terminals[i], 300);
    }
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(terminal_listen(terminals[i], i ? 1 : 3000), 0, "after “%s”", opening[i][0]);
    for (int i = 0; i < COUNT; i++)
        terminal_free(terminals[i]);
}

Test(colour, a_terminal_that_cannot_do_it_is_refused_in_one_line)
{
    static const char *const ways[][2] = {
        {"exec env TERM=dumb", "“dumb” cannot show a console"},
        {"exec env --unset=TERM", "“” is not known here"},
        {"exec env TERM=", "“” is not known here"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        terminal = prepared_line(home, 24, 80, ways[i][0], "");
        cr_assert_eq(terminal_wait_exit(terminal), 4);
        cr_assert(terminal_shows(terminal, ways[i][1]), "%s", terminal_row(terminal, 0));
        cr_assert_str_empty(terminal_row(terminal, 1));
        terminal_free(terminal);
    }
}
