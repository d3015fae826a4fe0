#include "ui/kit/frame.h"
#include "ui/terminal/key.h"

#include "ui/kit/overview.h"
#include "ui/kit/tabs.h"

#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

enum { LOW_SCREEN = 12 };

/* One entry of the footer: "Enter edit". */
struct entry {
    enum command command;
    int key;
    char text[16]; /* the key's */
    const char *hint;
    bool off; /* disabled for now */
};

static int entry_width(const struct entry *entry)
{
    return (int)(text_width(entry->text) + 1 + text_width(entry->hint));
}

/* False: the command has no key or no hint here, or is disabled. What is only disabled for now, by
 * the row under the cursor, keeps its place: the others would jump about as the cursor moves. */
static bool make_entry(const struct screen *screen, enum command command, struct entry *entry)
{
    struct contexts contexts = screen_contexts(screen);
    *entry = (struct entry){.command = command, .hint = screen_hint(screen, command)};
    entry->key = command_key_in(command, &contexts);
    if (!entry->key || !entry->hint || !*entry->hint || !screen_has(screen, command)) return false;
    key_text(entry->key, entry->text);
    entry->off = screen_refuses_now(screen, command);
    return entry->off || !screen_why_not(screen, command);
}

static int draw_entry(const struct screen *screen, const struct canvas *canvas, int row, int column,
                      const struct entry *entry)
{
    screen_target(screen, canvas, row, column, entry_width(entry), entry->key);
    enum role of_key = entry->off ? ROLE_DISABLED : ROLE_ACCENT;
    int used = draw_text(canvas, row, column, of_key, entry->text);
    draw_text(canvas, row, column + used + 1, entry->off ? ROLE_DISABLED : ROLE_MUTED, entry->hint);
    return entry_width(entry) + 2;
}

/* Where letters are text, and in pop-ups, Esc leads out. A screen may hide the keys of `back`; on a
 * tab Esc would do nothing then. */
static enum command way_out(const struct screen *screen)
{
    struct contexts contexts = screen_contexts(screen);
    bool letter = !command_types_text(&contexts) && !screen->class->popup;
    if (letter && command_key_in(COMMAND_BACK, &contexts)) return COMMAND_BACK;
    return letter && screen->class->tab ? COMMAND_QUIT : command_of_key(UI_ESC, &contexts);
}

/* Two ways out need not be told. */
static bool leads_out(const struct entry *entry, const struct entry *last, int count)
{
    return count && entry->command == COMMAND_ESCAPE &&
           strcmp(entry->hint, last[count - 1].hint) == 0;
}

/* What the screen's class lists, as far as there is room; last, whatever the width, help and the
 * way out. */
static void draw_hints(const struct screen *screen, const struct canvas *canvas, int row)
{
    enum { LAST = 2 };
    const enum command last_commands[LAST] = {COMMAND_HELP, way_out(screen)};
    struct entry entry, last[LAST];
    int column = 1, count = 0, room = canvas->columns;
    for (int i = 0; i < LAST; i++) {
        if (!make_entry(screen, last_commands[i], &last[count])) continue;
        room -= entry_width(&last[count++]) + 2;
    }
    const struct screen_class *class = screen->class;
    const enum command *command = class->hints ? class->hints(screen) : class->footer;
    for (; command && *command; command++)
        if (make_entry(screen, *command, &entry) && !leads_out(&entry, last, count) &&
            column + entry_width(&entry) <= room)
            column += draw_entry(screen, canvas, row, column, &entry);
    for (int i = 0; i < count; i++)
        column += draw_entry(screen, canvas, row, column, &last[i]);
}

/* The last message; else that it was deleted elsewhere, or since when nothing could be read, and
 * why.
 */
static bool draw_message(const struct screen *screen, const struct canvas *canvas, int row)
{
    const struct app *app = screen->app;
    if (app->message[0] && (!screen->failed_since || strcmp(app->message, screen->failure) != 0)) {
        draw_text(canvas, row, 1, app->message_role, app->message);
        return true;
    }
    if (screen->gone) {
        draw_format(canvas, row, 1, ROLE_BAD, "%s %s", text_glyph(GLYPH_DEAD), screen->gone);
        return true;
    }
    if (!screen->failed_since) return false;
    char since[WHEN_SIZE];
    when_relative(since, screen->failed_since, ambient_now());
    draw_format(canvas, row, 1, ROLE_BAD, "Not up to date (since %s): %s", since, screen->failure);
    return true;
}

struct canvas frame_above(const struct canvas *canvas)
{
    int rows = canvas->rows < LOW_SCREEN ? 1 : 2;
    return canvas_part(canvas, 0, 0, canvas->rows - rows, canvas->columns);
}

struct canvas frame_draw_bottom(const struct screen *screen, const struct canvas *canvas)
{
    int last = canvas->rows - 1;
    bool low = canvas->rows < LOW_SCREEN;
    bool said = draw_message(screen, canvas, low ? last : last - 1);
    if (!low || !said) draw_hints(screen->app->top, canvas, last);
    /* Not quite empty, so that the terminal does not move this row along where the list above it
     * scrolls: it would have to be cleared again. */
    if (!low && !said) draw_text(canvas, last - 1, 0, ROLE_MUTED, " ");
    return frame_above(canvas);
}

/* What follows the name of the database, the longest first, and how many columns the name must
 * have beside it. */
enum { ENDS_MAX = 5, WHOLE_NAME = 0, CUT_NAME = 4, NO_NAME = -1 };
struct end {
    char text[80];
    int least;
};

static void add_end(struct end ends[static ENDS_MAX], size_t *count, int least, const char *user,
                    const char *state)
{
    struct end *end = &ends[(*count)++];
    end->least = least;
    snprintf(end->text, sizeof end->text, "%s%.40s%s%s", *user ? " · " : "", user,
             *state && least != NO_NAME ? " · " : "", state);
}

/* Whoever has little room must still see that the vault is open, or nothing can be changed. */
static size_t list_ends(const struct app *app, struct end ends[static ENDS_MAX])
{
    size_t count = 0;
    bool read_only = store_is_read_only(app->store), open = app->vault && !read_only;
    const char *brief = read_only ? "read-only" : open ? "open" : "";
    const char *state = read_only                           ? "read-only"
                        : open                              ? "vault open"
                        : overview_identity(app)->has_vault ? "vault locked"
                                                            : "";
    add_end(ends, &count, WHOLE_NAME, app->actor.user, state);
    add_end(ends, &count, WHOLE_NAME, "", state);
    add_end(ends, &count, WHOLE_NAME, "", brief);
    add_end(ends, &count, CUT_NAME, "", brief);
    if (*brief) add_end(ends, &count, NO_NAME, "", brief);
    return count;
}

/* On a background of its own it has a blank on either side. */
static void draw_name(const struct canvas *canvas, int column, int columns,
                      const struct identity *identity)
{
    bool coloured = identity->role != ROLE_MUTED;
    draw_cell(canvas, 0, column, columns, identity->role, coloured ? "" : identity->name);
    if (coloured) draw_cell(canvas, 0, column + 1, columns - 2, identity->role, identity->name);
}

static void draw_identity(const struct app *app, const struct canvas *canvas)
{
    struct end ends[ENDS_MAX];
    const struct identity *identity = overview_identity(app);
    size_t count = list_ends(app, ends);
    int around = identity->role == ROLE_MUTED ? 0 : 2;
    for (size_t i = 0; i < count; i++) {
        int end = (int)text_width(ends[i].text), name = (int)text_width(identity->name) + around;
        int room = canvas->columns - end;
        if (ends[i].least == NO_NAME) name = 0;
        if (ends[i].least == CUT_NAME && name > room) name = room;
        if (name > room || (ends[i].least == CUT_NAME && name < CUT_NAME + around)) continue;
        int column = canvas->columns - end - name;
        if (name) draw_name(canvas, column, name, identity);
        draw_text(canvas, 0, column + name, ROLE_MUTED, ends[i].text);
        return;
    }
}

void frame_draw_tabs(const struct screen *screen, const struct canvas *canvas)
{
    const struct app *app = screen->app;
    int column = tabs_draw(app, canvas, screen->class->tab);
    struct canvas end = canvas_part(canvas, 0, column, 1, canvas->columns - column - 1);
    if (app->store) draw_identity(app, &end);
}
