#include "ui/kit/frame.h"
#include "ui/terminal/key.h"

#include "ui/kit/tabs.h"

#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <string.h>

enum { LOW_SCREEN = 12 };

static int draw_hint(const struct canvas *canvas, int row, int column, enum command command)
{
    char key[16];
    key_text(command_keys(command)[0], key);
    int width = (int)(text_width(key) + 1 + text_width(command_table[command].hint));
    if (column + width > canvas->columns - 1) return 0;
    int used = draw_text(canvas, row, column, ROLE_ACCENT, key);
    draw_text(canvas, row, column + used + 1, ROLE_MUTED, command_table[command].hint);
    return width + 2;
}

static void draw_hints(const struct screen *screen, const struct canvas *canvas, int row)
{
    int column = 1;
    const struct screen_class *class = screen->class;
    const enum command *chosen = class->hints ? class->hints(screen) : class->footer;
    struct contexts contexts = screen_contexts(screen);
    for (int i = COMMAND_COUNT - 1; chosen ? *chosen != COMMAND_NONE : i > COMMAND_NONE; i--) {
        enum command command = chosen ? *chosen++ : (enum command)i;
        const struct command_entry *entry = &command_table[command];
        if (!entry->hint || !command_works(command, &contexts) || !*command_keys(command)) continue;
        if (screen_why_not(screen, command)) continue;
        column += draw_hint(canvas, row, column, command);
    }
}

/* The last message; else since when nothing could be read, and why. */
static bool draw_message(const struct screen *screen, const struct canvas *canvas, int row)
{
    const struct app *app = screen->app;
    if (app->message[0] && (!screen->failed_since || strcmp(app->message, screen->failure) != 0)) {
        draw_text(canvas, row, 1, app->message_role, app->message);
        return true;
    }
    if (!screen->failed_since) return false;
    char since[WHEN_SIZE];
    when_relative(since, screen->failed_since, ambient_now());
    draw_format(canvas, row, 1, ROLE_BAD, "Not up to date (since %s): %s", since, screen->failure);
    return true;
}

struct canvas frame_draw_bottom(const struct screen *screen, const struct canvas *canvas)
{
    int last = canvas->rows - 1;
    bool low = canvas->rows < LOW_SCREEN;
    bool said = draw_message(screen, canvas, low ? last : last - 1);
    if (!low || !said) draw_hints(screen, canvas, last);
    /* Not quite empty, so that the terminal does not move this row along where the list above it
     * scrolls: it would have to be cleared again. */
    if (!low && !said) draw_text(canvas, last - 1, 0, ROLE_MUTED, " ");
    return canvas_part(canvas, 0, 0, low ? last : last - 1, canvas->columns);
}

void frame_draw_tabs(const struct screen *screen, const struct canvas *canvas)
{
    const struct app *app = screen->app;
    int column = tabs_draw(app, canvas, screen->class->tab);
    const char *state = app->options->demo                             ? "demo"
                        : app->store && store_is_read_only(app->store) ? "read-only"
                        : app->vault                                   ? "vault unlocked"
                                                                       : "";
    int width = (int)text_width(state);
    if (width && column + width + 1 < canvas->columns)
        draw_text(canvas, 0, canvas->columns - width - 1, ROLE_MUTED, state);
}
