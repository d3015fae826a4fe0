#include "ui/screens/help.h"

#include "ui/kit/frame.h"

#include <stdlib.h>

/* Every command once, and a heading with an empty line for each context. */
enum { LINES_MAX = COMMAND_COUNT + 2 * CONTEXTS_MAX, KEY_COLUMNS = 20 };

struct help {
    struct screen screen;
    int first, rows, count;
    struct {
        enum context heading; /* CONTEXT_NONE: a command, or an empty line */
        enum command command;
    } lines[LINES_MAX];
};

/* Whether it was listed under an earlier heading. */
static bool is_told(enum command command, const struct contexts *contexts, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (command_is_in(command, contexts->list[i])) return true;
    return false;
}

static void collect(struct help *help, const struct contexts *contexts)
{
    for (size_t place = 0; place < CONTEXTS_MAX && contexts->list[place]; place++) {
        bool any = false;
        for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
            enum command command = (enum command)i;
            if (!command_is_in(command, contexts->list[place]) || !*command_keys(command)) continue;
            if (is_told(command, contexts, place)) continue;
            if (!any && help->count) help->count++;
            if (!any) help->lines[help->count++].heading = contexts->list[place];
            help->lines[help->count++].command = command;
            any = true;
        }
    }
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct help *help = (struct help *)screen;
    struct canvas body = frame_draw_bottom(screen, canvas);
    draw_text(&body, 0, 1, ROLE_BOLD, "Keys");
    draw_format(&body, 0, 7, ROLE_MUTED, "%s %s scroll · %s back", command_key(COMMAND_DOWN).text,
                command_key(COMMAND_UP).text, command_key(COMMAND_BACK).text);
    body = canvas_part(&body, 2, 1, body.rows - 2, body.columns - 2);
    help->rows = body.rows;
    if (help->first > help->count - help->rows) help->first = help->count - help->rows;
    if (help->first < 0) help->first = 0;
    int keys = body.columns < 50 ? KEY_COLUMNS / 2 + 2 : KEY_COLUMNS;
    for (int i = 0; i < body.rows && help->first + i < help->count; i++) {
        enum context heading = help->lines[help->first + i].heading;
        enum command command = help->lines[help->first + i].command;
        char text[64];
        if (heading) draw_text(&body, i, 0, ROLE_BOLD, context_table[heading].heading);
        if (!command) continue;
        command_keys_text(command, text, sizeof text);
        draw_cell(&body, i, 2, keys - 3, ROLE_ACCENT, text);
        draw_text(&body, i, keys, ROLE_TEXT, command_table[command].sentence);
    }
}

static int move(struct screen *screen, enum command command)
{
    struct help *help = (struct help *)screen;
    help->first += command_rows(command, help->rows - 1, help->count);
    return EFFECT_DRAW;
}

static int close(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static const struct screen_command help_commands[] = {
    {COMMAND_HELP, .run = close},
    {.command = COMMAND_NONE},
};

static void close_help(struct screen *screen)
{
    free(screen);
}

static const struct screen_class help_class = {
    .title = "Keys",
    .keeps_typed_ahead = true,
    .contexts = {{CONTEXT_LIST}},
    .draw = draw,
    .commands = {help_commands},
    .move = move,
    .close = close_help,
};

void help_open(struct app *app)
{
    struct help *help = screen_new(app, &help_class, sizeof *help);
    if (!help) return;
    struct contexts contexts = screen_contexts(app->top);
    collect(help, &contexts);
    screen_push(&help->screen);
}
