/* Walks through the console: each file in tours/ is a list of keys, with what changed on the screen
 * after them. script/golden rewrites the files; their diff shows what a change does to every step.
 *
 *     = 24x80 --ascii      rows, columns and arguments of the console; the first line
 *     = 24x80 TERM=xterm   the same, with a setting of its environment
 *     ~ 10x40              the window has this size now
 *     > /ci <Enter> D      keys; after each word it waits until the console is idle
 *     $ account create x   a command runs elsewhere; what it prints is not kept
 *     ! UPDATE …           the same, with SQL that bypasses the model
 *      7|text              row 7 has this text now
 *     cursor 7,12          the cursor is there now
 *      7: 2-21 bold        how row 7 is drawn now
 *
 * Rows and columns count from 1; trailing blanks are left out. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 60, FILE_MAX = 256 * 1024 };

/* Lines of a picture: the text of each row, how each is drawn, and the cursor. */
struct picture {
    char *text[ROWS_MAX], *look[ROWS_MAX], *cursor;
};

static struct terminal *home, *console;
static struct picture shown;
static int rows;
static char path[512];
static int64_t second;

static void free_picture(struct picture *picture)
{
    for (int i = 0; i < ROWS_MAX; i++) {
        free(picture->text[i]);
        free(picture->look[i]);
    }
    free(picture->cursor);
    *picture = (struct picture){0};
}

static void end_tour(void)
{
    if (*path) fprintf(stderr, "the tour of %s\n", path);
    if (console) terminal_free(console);
    if (home) terminal_free(home);
    free_picture(&shown);
}

TestSuite(tour, .fini = end_tour, .timeout = 300);

static const char *text_of(const char *line)
{
    return line ? line : "";
}

static void read_picture(char *whole, struct picture *picture)
{
    char *rest = whole, *line;
    for (int row = 0; row < rows; row++) {
        line = strsep(&rest, "\n");
        size_t size = strlen(line) - 1; /* the "|" at its end */
        while (size && line[size - 1] == ' ')
            size--;
        picture->text[row] = strndup(line, size);
    }
    picture->cursor = strdup(strsep(&rest, "\n"));
    while ((line = strsep(&rest, "\n")) && *line)
        picture->look[strtol(line, NULL, 10) - 1] = strdup(line + 3);
}

static void print_changes(FILE *out)
{
    struct picture now = {0};
    char *whole = prepared_picture(console);
    read_picture(whole, &now);
    free(whole);
    for (int row = 0; row < rows; row++)
        if (strcmp(text_of(shown.text[row]), now.text[row]) != 0)
            fprintf(out, "%2d|%s\n", row + 1, now.text[row]);
    if (strcmp(text_of(shown.cursor), now.cursor) != 0) fprintf(out, "%s\n", now.cursor);
    for (int row = 0; row < rows; row++)
        if (strcmp(text_of(shown.look[row]), text_of(now.look[row])) != 0)
            fprintf(out, "%2d:%s\n", row + 1, text_of(now.look[row]));
    free_picture(&shown);
    shown = now;
}

/* What is drawn below the last row of a lower window is new when it is a higher one again. */
static void forget_rows(void)
{
    for (int row = rows; row < ROWS_MAX; row++) {
        free(shown.text[row]);
        free(shown.look[row]);
        shown.text[row] = shown.look[row] = NULL;
    }
}

static const char *key_of(const char *name)
{
    static const char *const keys[][2] = {
        {"<Enter>", "\r"},         {"<Esc>", "\033"},       {"<Tab>", "\t"},
        {"<BackTab>", "\033[Z"},   {"<Space>", " "},        {"<Up>", "\033[A"},
        {"<Down>", "\033[B"},      {"<Right>", "\033[C"},   {"<Left>", "\033[D"},
        {"<Home>", "\033[H"},      {"<End>", "\033[F"},     {"<PageUp>", "\033[5~"},
        {"<PageDown>", "\033[6~"}, {"<Backspace>", "\177"}, {"<Delete>", "\033[3~"},
        {"<F2>", "\033OQ"},        {"<^S>", "\023"},        {"<^U>", "\025"},
        {"<^D>", "\004"},          {"<^W>", "\027"},        {"<^A>", "\001"},
        {"<^E>", "\005"},          {"<^K>", "\013"},        {"<^L>", "\014"},
        {"<^C>", "\003"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i][0], name) == 0) return keys[i][1];
    cr_assert(*name != '<' || !name[1] || name[strlen(name) - 1] != '>', "there is no key %s",
              name);
    return name;
}

static void send(char *words)
{
    char *word;
    while ((word = strsep(&words, " "))) {
        if (!*word) continue;
        terminal_send(console, key_of(word));
        cr_assert(terminal_wait_idle(console), "the console ended after %s", word);
    }
}

static void run_line(char *line, FILE *out)
{
    char ignored[4096];
    char *rest = line + (line[1] ? 2 : 1);
    int columns, used = 0;
    switch (*line) {
    case '=':
        cr_assert(!console && sscanf(rest, "%dx%d%n", &rows, &columns, &used) == 2, "%s", line);
        console = prepared_still(home, rows, columns, rest + used);
        break;
    case '~':
        cr_assert_eq(sscanf(rest, "%dx%d", &rows, &columns), 2, "%s", line);
        forget_rows();
        terminal_resize(console, rows, columns);
        break;
    case '$':
        cr_assert_eq(terminal_command(home, rest, ignored, sizeof ignored), 0, "%s: %s", rest,
                     ignored);
        return;
    case '!':
        prepared_run(home, rest);
        return;
    default:
        send(rest);
    }
    prepared_settle(home, console, ++second);
    print_changes(out);
}

static char *read_file(void)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, FILE_MAX);
    cr_assert(file && text, "%s", path);
    size_t size = fread(text, 1, FILE_MAX - 1, file);
    cr_assert_lt(size, FILE_MAX - 1, "%s is too long", path);
    fclose(file);
    return text;
}

static char *replay(const char *before)
{
    char *now = NULL, *copy = strdup(before), *rest = copy, *line;
    size_t size;
    FILE *out = open_memstream(&now, &size);
    cr_assert(out && copy);
    while ((line = strsep(&rest, "\n"))) {
        if (!strchr("#=~>$!", *line)) continue; /* what was shown */
        if (*line || rest) fprintf(out, "%s\n", line);
        if (*line && *line != '#') run_line(line, out);
    }
    fclose(out);
    free(copy);
    return now;
}

static void expect_same(const char *before, const char *now)
{
    size_t line = 1, begin = 0;
    for (size_t i = 0; before[i] && before[i] == now[i]; i++)
        if (before[i] == '\n') {
            line++;
            begin = i + 1;
        }
    cr_assert(strcmp(before, now) == 0,
              "%s:%zu: expected\n  %.*s\nfound\n  %.*s\nif that is intended, run script/golden",
              path, line, (int)strcspn(before + begin, "\n"), before + begin,
              (int)strcspn(now + begin, "\n"), now + begin);
}

static int is_tour(const struct dirent *entry)
{
    return *entry->d_name != '.';
}

/* How many files there are; *name is the one at `place`, to be freed. Their order is the same in
 * each process. */
static int find_tour(int place, char **name)
{
    struct dirent **entries;
    int count = scandir(TOURS_FOLDER, &entries, is_tour, alphasort);
    cr_assert_gt(count, place, "there is no " TOURS_FOLDER);
    *name = strdup(entries[place]->d_name);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return count;
}

ParameterizedTestParameters(tour, every_step_shows_what_its_file_says)
{
    enum { TOURS_MAX = 100 };
    static int places[TOURS_MAX];
    char *name;
    int count = find_tour(0, &name);
    free(name);
    for (int i = 0; i < count && i < TOURS_MAX; i++)
        places[i] = i;
    return cr_make_param_array(int, places, (size_t)count);
}

ParameterizedTest(const int *place, tour, every_step_shows_what_its_file_says)
{
    char *name;
    find_tour(*place, &name);
    snprintf(path, sizeof path, TOURS_FOLDER "/%s", name);
    free(name);
    home = prepared_home();
    prepared_fix_random(home);
    char *before = read_file(), *now = replay(before);
    if (getenv("GATEHOUSE_GOLDEN_WRITE")) {
        FILE *file = fopen(path, "w");
        cr_assert(file && fputs(now, file) >= 0 && fclose(file) == 0, "cannot write %s", path);
    } else {
        expect_same(before, now);
    }
    free(before);
    free(now);
    *path = 0;
}
