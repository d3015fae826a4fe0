#include "ui/screens/help.h"

#include "ui/kit/field.h"
#include "ui/kit/frame.h"
#include "ui/kit/pane.h"
#include "ui/terminal/input.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every command once, and a heading with an empty line for each context. */
enum { LINES_MAX = COMMAND_COUNT + 2 * CONTEXTS_MAX, KEY_COLUMNS = 20, NARROW_KEY_COLUMNS = 12 };
enum { NARROW_BELOW = 50, SEARCH_MAX = 40, KEYS_SIZE = 64, FOUND_COLUMNS = 10 };
enum { AROUND = 10 /* rows beside a match that are to be seen, too: sentences are long */ };

struct line {
    enum context heading; /* CONTEXT_NONE: a command, or an empty line */
    enum command command;
    char keys[KEYS_SIZE];
};

struct help {
    struct screen screen;
    struct line lines[LINES_MAX];
    int count;
    struct pane pane;
    struct field search;
    bool searching; /* the field has the focus */
    int found;      /* the line of the present match; -1: none */
    bool follows;   /* the page is to show it */
};

/* Whether it was listed under an earlier heading. */
static bool is_told(enum command command, const struct contexts *contexts, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (command_is_in(command, contexts->list[i])) return true;
    return false;
}

static void collect(struct help *help, const struct screen *of)
{
    struct contexts contexts = screen_contexts(of);
    for (size_t place = 0; place < CONTEXTS_MAX && contexts.list[place]; place++) {
        bool any = false;
        for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
            enum command command = (enum command)i;
            struct line line = {.command = command};
            command_keys_text(command, &contexts, line.keys, sizeof line.keys);
            if (!command_is_in(command, contexts.list[place]) || !line.keys[0]) continue;
            if (is_told(command, &contexts, place) || !screen_has(of, command)) continue;
            if (!any && help->count) help->count++;
            if (!any) help->lines[help->count++].heading = contexts.list[place];
            help->lines[help->count++] = line;
            any = true;
        }
    }
}

static bool matches(const struct help *help, const struct line *line)
{
    const char *text = help->search.text;
    if (!help->search.size || !line->command) return false;
    const struct command_entry *entry = &command_table[line->command];
    return ascii_casestr(entry->name, text) || ascii_casestr(entry->sentence, text) ||
           ascii_casestr(line->keys, text);
}

static int key_columns(const struct canvas *body)
{
    return body->columns < NARROW_BELOW ? NARROW_KEY_COLUMNS : KEY_COLUMNS;
}

/* Returns the row below. */
static int draw_line(const struct help *help, const struct canvas *body, int row, int index)
{
    const struct line *line = &help->lines[index];
    int keys = key_columns(body);
    if (line->heading) draw_text(body, row, 0, ROLE_BOLD, context_table[line->heading].heading);
    if (!line->command) return row + 1;
    if (index == help->found) draw_glyph(body, row, 0, ROLE_ACCENT, GLYPH_CURSOR);
    if (index == help->found && help->follows) draw_cursor(body, row, 0, false);
    int key_rows = draw_wrapped(body, row, 2, keys - 3, ROLE_ACCENT, line->keys);
    int rows = draw_wrapped(body, row, keys, body->columns - keys,
                            matches(help, line) ? ROLE_BOLD : ROLE_TEXT,
                            command_table[line->command].sentence);
    return row + (rows > key_rows ? rows : key_rows);
}

static int draw_page(void *arg, const struct canvas *canvas)
{
    const struct help *help = arg;
    int row = 0;
    for (int i = 0; i < help->count; i++)
        row = draw_line(help, canvas, row, i);
    return row;
}

enum { SEARCH_COLUMN = 7 };

static void draw_field(struct help *help, const struct canvas *canvas)
{
    int columns = canvas->columns - SEARCH_COLUMN - 2 - FOUND_COLUMNS - 2;
    draw_text(canvas, 0, SEARCH_COLUMN, ROLE_ACCENT, "/");
    field_draw(&help->search, canvas, 0, SEARCH_COLUMN + 2, columns, 1, help->searching);
}

static void draw_title(struct help *help, const struct canvas *canvas)
{
    draw_text(canvas, 0, 1, ROLE_BOLD, "Keys");
    if (!help->searching && !help->search.size) return;
    draw_field(help, canvas);
    int place = 0, count = 0;
    for (int i = 0; i < help->count; i++) {
        count += matches(help, &help->lines[i]);
        if (i == help->found) place = count;
    }
    char of[48] = "";
    if (help->search.size && count) snprintf(of, sizeof of, "%d of %d", place, count);
    if (help->search.size && !count) snprintf(of, sizeof of, "no match");
    draw_cell_right(canvas, 0, canvas->columns - 1 - FOUND_COLUMNS, FOUND_COLUMNS, ROLE_MUTED, of);
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct help *help = (struct help *)screen;
    struct canvas whole = frame_draw_bottom(screen, canvas);
    draw_title(help, &whole);
    struct canvas body = canvas_part(&whole, 2, 1, whole.rows - 2, whole.columns - 1);
    pane_draw(&help->pane, &body, draw_page, help);
    if (!help->follows) draw_cursor(&body, 0, 0, false); /* where one reads on */
    if (help->searching) draw_field(help, &whole);       /* its cursor is the one that counts */
}

static int move(struct screen *screen, enum command command)
{
    struct help *help = (struct help *)screen;
    help->follows = false;
    pane_scroll(&help->pane, command_rows(command, help->pane.height - 1, help->pane.rows));
    return EFFECT_DRAW;
}

/* Goes to the next match from line `from` on, around the end; `by` is 1 or -1. */
static int find(struct help *help, int from, int by)
{
    help->found = -1;
    for (int i = 0; i < help->count && help->found < 0; i++) {
        int line = ((from + i * by) % help->count + help->count) % help->count;
        if (matches(help, &help->lines[line])) help->found = line;
    }
    help->follows = true;
    return EFFECT_DRAW;
}

static int key(struct screen *screen, int pressed)
{
    struct help *help = (struct help *)screen;
    if (!help->searching) return pressed == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
    enum field_effect effect;
    if (pressed == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(screen->app->input, &size);
        effect = field_paste(&help->search, paste, size);
    } else {
        effect = field_key(&help->search, pressed);
    }
    if (effect == FIELD_CHANGED) return find(help, 0, 1);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int begin_search(struct screen *screen)
{
    struct help *help = (struct help *)screen;
    field_set(&help->search, "");
    help->found = -1;
    help->searching = true;
    return EFFECT_DRAW;
}

static bool is_searching(const struct screen *screen)
{
    return ((const struct help *)screen)->searching;
}

static bool has_search(const struct screen *screen)
{
    return ((const struct help *)screen)->search.size > 0;
}

static int keep_search(struct screen *screen)
{
    ((struct help *)screen)->searching = false;
    return EFFECT_DRAW;
}

static int drop_search(struct screen *screen)
{
    int effects = begin_search(screen);
    ((struct help *)screen)->searching = false;
    return effects;
}

static const char *why_not_next(const struct screen *screen)
{
    const struct help *help = (const struct help *)screen;
    return help->found < 0 ? "nothing was found" : NULL;
}

static int next(struct screen *screen)
{
    struct help *help = (struct help *)screen;
    return find(help, help->found + 1, 1);
}

static int previous(struct screen *screen)
{
    struct help *help = (struct help *)screen;
    return find(help, help->found - 1, -1);
}

static int close(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static struct contexts focus(const struct screen *screen)
{
    if (is_searching(screen)) return (struct contexts){{CONTEXT_TEXT, CONTEXT_LIST}};
    return screen->class->contexts;
}

static const struct screen_command help_commands[] = {
    {COMMAND_HELP, .run = close},
    {COMMAND_HELP_SEARCH, .run = begin_search},
    {COMMAND_HELP_NEXT, .run = next, .why_not = why_not_next},
    {COMMAND_HELP_PREVIOUS, .run = previous, .why_not = why_not_next},
    {COMMAND_ACCEPT, .run = keep_search, .when = is_searching, .hint = "keep"},
    {COMMAND_ESCAPE, .run = drop_search, .when = is_searching, .hint = "cancel"},
    {COMMAND_ESCAPE, .run = drop_search, .when = has_search, .hint = "end search"},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT,      COMMAND_DOWN,      COMMAND_UP,
                                      COMMAND_HELP_SEARCH, COMMAND_HELP_NEXT, COMMAND_HELP_PREVIOUS,
                                      COMMAND_ESCAPE,      COMMAND_NONE};

static void close_help(struct screen *screen)
{
    field_free(&((struct help *)screen)->search);
    free(screen);
}

static const struct screen_class help_class = {
    .title = "Keys",
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_HELP, CONTEXT_LIST}},
    .focus = focus,
    .draw = draw,
    .key = key,
    .commands = {help_commands},
    .move = move,
    .close = close_help,
};

void help_open(struct app *app)
{
    struct help *help = screen_new(app, &help_class, sizeof *help);
    if (!help) return;
    if (field_init(&help->search, SEARCH_MAX, false)) {
        app_say_error(app);
        free(help);
        return;
    }
    help->found = -1;
    help->pane.around = AROUND;
    collect(help, app->top);
    screen_push(&help->screen);
}
