#include "ui/screens/settings_screen.h"

#include "ui/kit/columns.h"
#include "ui/kit/dialog.h"
#include "ui/kit/frame.h"
#include "ui/kit/undo.h"

#include <gatehouse/setting.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOP = 3, /* title, blank, heads */
    TYPED_MAX = SETTING_NAME_MAX
};

struct settings {
    struct screen screen;
    bool loaded;
    struct setting_value values[SETTING_COUNT];
    int at;
    struct pane pane;
};

static enum error load(struct screen *screen)
{
    struct settings *settings = (struct settings *)screen;
    struct setting_value values[SETTING_COUNT];
    for (int i = 0; i < SETTING_COUNT; i++) {
        enum error e = setting_read(screen->app->store, (enum setting)i, &values[i]);
        if (e) return e;
    }
    memcpy(settings->values, values, sizeof values);
    settings->loaded = true;
    return OK;
}

static int index_of(const void *row)
{
    return (int)((const struct setting_entry *)row - setting_table);
}

static void name_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct setting_entry *)row)->name;
}

static void value_cell(void *owner, const void *row, struct cell *cell)
{
    const struct settings *settings = owner;
    const struct setting_entry *entry = row;
    const struct setting_value *value = &settings->values[index_of(row)];
    if (value->number != entry->value || *value->text) cell->role = ROLE_TEXT;
    setting_text((enum setting)index_of(row), value, cell->buffer);
    cell->text = cell->buffer;
}

static void sentence_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct setting_entry *)row)->sentence;
}

const struct columns settings_screen_columns = {
    .left = 2,
    .items = {
        {.title = "SETTING", .least = 16, .best = 22, .cell = name_cell},
        {.title = "VALUE", .least = 15, .gap = 1, .role = ROLE_MUTED, .cell = value_cell},
        {.from = 76, .least = 20, .grow = 1, .gap = 1, .role = ROLE_MUTED, .cell = sentence_cell},
    }};

static int draw_settings(void *arg, const struct canvas *canvas)
{
    struct settings *settings = arg;
    struct layout layout;
    columns_lay_out(&settings_screen_columns, canvas->columns + 1, &layout);
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct canvas line = canvas_row(canvas, i, i == settings->at, layout.bar);
        columns_draw_row(&settings_screen_columns, &layout, &line, 0, settings, &setting_table[i]);
        if (line.lit) draw_cursor(&line, 0, settings_screen_columns.left, false);
    }
    return SETTING_COUNT;
}

/* The whole sentence of the one under the cursor, and its default. */
static int draw_note(void *arg, const struct canvas *canvas)
{
    const struct settings *settings = arg;
    char usual[SETTING_TEXT_SIZE], note[256];
    const struct setting_entry *entry = &setting_table[settings->at];
    setting_text((enum setting)settings->at, &(struct setting_value){.number = entry->value},
                 usual);
    snprintf(note, sizeof note, "%s: %s (by default %s)", entry->name, entry->sentence, usual);
    return draw_wrapped(canvas, 0, 2, canvas->columns - 4, ROLE_TEXT, note);
}

static void draw(struct screen *screen, const struct canvas *whole)
{
    struct settings *settings = (struct settings *)screen;
    struct canvas canvas = frame_draw_bottom(screen, whole);
    draw_text(&canvas, 0, 1, ROLE_BOLD, "Settings");
    draw_text(&canvas, 0, 11, ROLE_MUTED, "of this database, for everyone who uses it");
    if (!settings->loaded) return;
    struct layout layout;
    columns_lay_out(&settings_screen_columns, canvas.columns, &layout);
    columns_draw_heads(&settings_screen_columns, &layout, &canvas, TOP - 1, -1, false);
    struct canvas window = canvas_part(&canvas, TOP, 0, canvas.rows - TOP, canvas.columns);
    pane_draw_noted(&settings->pane, &window, draw_settings, draw_note, settings);
}

static enum error entered(struct app *app, void *arg, const char *text, struct secret *secret)
{
    (void)secret;
    const struct settings *settings = arg;
    enum setting setting = (enum setting)settings->at;
    struct act act = app_act(app);
    struct setting_value value;
    char set[SETTING_TEXT_SIZE];
    enum error e = setting_parse(setting, text, &value);
    if (!e) e = setting_write(&act, setting, &value);
    if (e) return e;
    setting_text(setting, &value, set);
    undo_say(app, "", "%s is %s", setting_table[setting].name, set);
    return OK;
}

static char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

static void describe(enum setting setting, char *out, size_t size)
{
    char bounds[SETTING_BOUNDS_SIZE];
    setting_bounds(setting, bounds);
    bounds[0] = upper(bounds[0]);
    snprintf(out, size, "%s. %s.", setting_table[setting].sentence, bounds);
    out[0] = upper(out[0]);
}

static int edit(struct screen *screen)
{
    struct app *app = screen->app;
    struct settings *settings = (struct settings *)screen;
    const struct setting_entry *entry = &setting_table[settings->at];
    char note[320], initial[SETTING_TEXT_SIZE];
    if (!settings->loaded) return EFFECT_NONE;
    describe((enum setting)settings->at, note, sizeof note);
    if (entry->is_text)
        snprintf(initial, sizeof initial, "%s", settings->values[settings->at].text);
    else if (entry->unit)
        snprintf(initial, sizeof initial, "%" PRId64, settings->values[settings->at].number);
    else
        setting_text((enum setting)settings->at, &settings->values[settings->at], initial);
    enum error e = prompt_open(
        app, &(struct prompt){.title = entry->name,
                              .label = entry->unit && !entry->is_text ? entry->unit : "Value",
                              .note = note,
                              .initial = initial,
                              .max = TYPED_MAX,
                              .done = entered,
                              .arg = settings});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

static int move(struct screen *screen, enum command command)
{
    struct settings *settings = (struct settings *)screen;
    int at = settings->at + command_rows(command, SETTING_COUNT, SETTING_COUNT);
    settings->at = at < 0 ? 0 : at < SETTING_COUNT ? at : SETTING_COUNT - 1;
    return EFFECT_DRAW;
}

static const struct screen_command settings_commands[] = {
    {COMMAND_SETTING_EDIT, .run = edit},
    {.command = COMMAND_NONE},
};

static void close_settings(struct screen *screen)
{
    free(screen);
}

static const enum command footer[] = {COMMAND_SETTING_EDIT, COMMAND_NONE};

static const struct screen_class settings_class = {
    .title = "Settings",
    .footer = footer,
    .contexts = {{CONTEXT_SETTINGS, CONTEXT_LIST}},
    .load = load,
    .draw = draw,
    .commands = {settings_commands},
    .move = move,
    .close = close_settings,
};

void settings_screen_open(struct app *app)
{
    struct settings *settings = screen_new(app, &settings_class, sizeof *settings);
    if (!settings) return;
    screen_push(&settings->screen);
}
