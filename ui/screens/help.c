#include "ui/screens/help.h"

#include "ui/kit/frame.h"
#include "ui/kit/pane.h"
#include "ui/kit/text_search.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every command once, and a heading with an empty line for each context. */
enum { LINES_MAX = COMMAND_COUNT + 2 * CONTEXTS_MAX, KEY_COLUMNS = 20, NARROW_KEY_COLUMNS = 12 };
enum { NARROW_BELOW = 50, KEYS_SIZE = 64 };
enum { AROUND = 10 /* rows beside a match that are to be seen, too: sentences are long */ };

struct line {
    enum context heading; /* CONTEXT_NONE: a command, or an empty line */
    enum command command;
    char keys[KEYS_SIZE];
};

struct help {
    struct text_screen base;
    struct line lines[LINES_MAX];
    int count;
    struct pane pane;
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

/* Only the name, which is not shown, has what is looked for. */
static bool is_found_by_name(const struct help *help, const struct line *line)
{
    const char *text = help->base.search.field.text;
    const struct command_entry *entry = &command_table[line->command];
    return *text && ascii_casestr(entry->name, text) && !ascii_casestr(entry->sentence, text) &&
           !ascii_casestr(line->keys, text);
}

static int key_columns(const struct canvas *body)
{
    return body->columns < NARROW_BELOW ? NARROW_KEY_COLUMNS : KEY_COLUMNS;
}

/* Returns the row below. */
static int draw_line(struct help *help, const struct canvas *body, int row, int index)
{
    const struct line *line = &help->lines[index];
    int keys = key_columns(body);
    if (line->heading) draw_text(body, row, 0, ROLE_BOLD, context_table[line->heading].heading);
    if (!line->command) return row + 1;
    int before = help->base.search.sought.count;
    int key_rows =
        text_search_wrapped(&help->base.search, body, row, 2, keys - 3, ROLE_ACCENT, line->keys);
    int rows = (is_found_by_name(help, line) ? text_search_whole : text_search_wrapped)(
        &help->base.search, body, row, keys, body->columns - keys, ROLE_TEXT,
        command_table[line->command].sentence);
    int present = help->base.search.sought.present;
    if (present >= before && present < help->base.search.sought.count)
        draw_glyph(body, row, 0, ROLE_ACCENT, GLYPH_CURSOR);
    return row + (rows > key_rows ? rows : key_rows);
}

static int draw_page(void *arg, const struct canvas *canvas)
{
    struct help *help = arg;
    int row = 0;
    text_search_page(&help->base.search);
    for (int i = 0; i < help->count; i++)
        row = draw_line(help, canvas, row, i);
    return row;
}

static void draw_title(struct help *help, const struct canvas *canvas)
{
    enum { SEARCH_COLUMN = 7 };
    draw_text(canvas, 0, 1, ROLE_BOLD, "Keys");
    if (text_search_is_on(&help->base.search))
        text_search_draw(&help->base.search, canvas, 0, SEARCH_COLUMN,
                         canvas->columns - SEARCH_COLUMN - 1);
}

/* The title is last: the cursor of the field is the one that counts. */
static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct help *help = (struct help *)screen;
    struct canvas whole = frame_draw_bottom(screen, canvas);
    struct canvas body = canvas_part(&whole, 2, 1, whole.rows - 2, whole.columns - 1);
    pane_draw(&help->pane, &body, draw_page, help);
    if (!help->base.search.follows) draw_cursor(&body, 0, 0, false); /* where one reads on */
    draw_title(help, &whole);
}

static int move(struct screen *screen, enum command command)
{
    struct help *help = (struct help *)screen;
    help->base.search.follows = false;
    pane_scroll(&help->pane, command_rows(command, help->pane.height - 1, help->pane.rows));
    return EFFECT_DRAW;
}

static struct text_search *search_of(struct screen *screen)
{
    return &((struct help *)screen)->base.search;
}

static int key(struct screen *screen, int pressed)
{
    return text_search_key(search_of(screen), screen->app, pressed);
}

static bool is_searching(const struct screen *screen)
{
    return ((const struct help *)screen)->base.search.typing;
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
    {COMMAND_HELP_SEARCH, .run = text_search_open},
    {COMMAND_HELP_NEXT, .run = text_search_next, .why_not = text_search_why_not},
    {COMMAND_HELP_PREVIOUS, .run = text_search_previous, .why_not = text_search_why_not},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT,      COMMAND_DOWN,      COMMAND_UP,
                                      COMMAND_HELP_SEARCH, COMMAND_HELP_NEXT, COMMAND_HELP_PREVIOUS,
                                      COMMAND_ESCAPE,      COMMAND_NONE};

static void close_help(struct screen *screen)
{
    text_search_free(&((struct help *)screen)->base.search);
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
    .commands = {text_search_commands, help_commands},
    .move = move,
    .close = close_help,
};

void help_open(struct app *app)
{
    struct help *help = screen_new(app, &help_class, sizeof *help);
    if (!help) return;
    if (text_search_init(&help->base.search)) {
        app_say_error(app);
        free(help);
        return;
    }
    help->pane.around = AROUND;
    collect(help, app->top);
    screen_push(&help->base.screen);
}
