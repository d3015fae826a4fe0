#include "ui/palette.h"

#include "ui/app.h"
#include "ui/dialog.h"
#include "ui/field.h"
#include "ui/input.h"

#include <gatehouse/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 64, ROWS = 10, NAME_COLUMNS = 20, NAME_MAX = 64 };

struct palette {
    struct screen screen;
    struct field field;
    enum command matches[COMMAND_COUNT];
    size_t count, cursor;
};

/* Commands that make sense where the palette was opened. */
static void match(struct app *app, struct palette *palette)
{
    unsigned contexts = screen_contexts(app, palette->screen.below);
    palette->count = palette->cursor = 0;
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
        const struct command_entry *entry = &command_table[i];
        if (!(entry->contexts & contexts) || !strcasestr(entry->name, palette->field.text))
            continue;
        palette->matches[palette->count++] = (enum command)i;
    }
}

static void draw_match(const struct app *app, const struct palette *palette,
                       const struct canvas *box, int row, size_t index)
{
    enum command command = palette->matches[index];
    const char *reason = screen_why_not(app, palette->screen.below, command);
    struct canvas line = *box;
    line.selected = index == palette->cursor;
    char keys[64];
    command_keys_text(command, keys, sizeof keys);
    enum role role = reason ? ROLE_DISABLED : ROLE_TEXT;
    draw_cell(&line, row, 0, 2, ROLE_ACCENT, "");
    if (line.selected) draw_glyph(&line, row, 0, ROLE_ACCENT, GLYPH_CURSOR);
    draw_cell(&line, row, 2, NAME_COLUMNS, role, command_table[command].name);
    draw_cell(&line, row, 2 + NAME_COLUMNS, 10, reason ? ROLE_DISABLED : ROLE_ACCENT, keys);
    int rest = 2 + NAME_COLUMNS + 10;
    draw_cell(&line, row, rest, line.columns - rest, reason ? ROLE_DISABLED : ROLE_MUTED,
              reason ? reason : command_table[command].sentence);
}

static void palette_draw(struct app *app, struct screen *screen, const struct canvas *canvas)
{
    struct palette *palette = (struct palette *)screen;
    struct canvas box = dialog_box(canvas, "Command", ROWS + 2, COLUMNS);
    size_t rows = box.rows > 2 ? (size_t)box.rows - 2 : 0;
    size_t first = palette->cursor >= rows && rows ? palette->cursor - rows + 1 : 0;
    for (size_t i = 0; i < rows && first + i < palette->count; i++)
        draw_match(app, palette, &box, (int)i + 2, first + i);
    if (!palette->count) draw_text(&box, 2, 2, ROLE_MUTED, "No command of that name");
    draw_text(&box, 0, 0, ROLE_ACCENT, ":");
    field_draw(&palette->field, &box, 0, 2, box.columns - 2, 1, true);
}

static int run(struct app *app, struct palette *palette)
{
    if (!palette->count) return EFFECT_NONE;
    enum command command = palette->matches[palette->cursor];
    screen_close(app, &palette->screen);
    struct screen *below = app->top;
    int effects = screen_run(app, below, command);
    if (!(effects & EFFECT_CLOSE)) return effects | EFFECT_DRAW;
    screen_close(app, below);
    return EFFECT_LOAD;
}

/* To the longest beginning that all matches share, or to the one under the cursor. */
static int complete(struct app *app, struct palette *palette)
{
    if (!palette->count) return EFFECT_NONE;
    char common[NAME_MAX];
    snprintf(common, sizeof common, "%s", command_table[palette->matches[0]].name);
    for (size_t i = 1; i < palette->count; i++) {
        const char *name = command_table[palette->matches[i]].name;
        size_t same = 0;
        while (common[same] && common[same] == name[same])
            same++;
        common[same] = 0;
    }
    if (strlen(common) <= palette->field.size)
        snprintf(common, sizeof common, "%s",
                 command_table[palette->matches[palette->cursor]].name);
    field_set(&palette->field, common);
    match(app, palette);
    return EFFECT_DRAW;
}

static int edit(struct app *app, struct palette *palette, int key)
{
    enum field_effect effect;
    if (key == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(app->input, &size);
        effect = field_paste(&palette->field, paste, size);
    } else {
        effect = field_key(&palette->field, key);
    }
    if (effect == FIELD_CHANGED) match(app, palette);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int palette_key(struct app *app, struct screen *screen, int key)
{
    struct palette *palette = (struct palette *)screen;
    switch (key) {
    case UI_ESC:
    case UI_CTRL('C'):
        return EFFECT_CLOSE;
    case UI_ENTER:
        return run(app, palette);
    case UI_TAB:
        return complete(app, palette);
    case UI_DOWN:
        if (palette->cursor + 1 < palette->count) palette->cursor++;
        return EFFECT_DRAW;
    case UI_UP:
        if (palette->cursor) palette->cursor--;
        return EFFECT_DRAW;
    default:
        return edit(app, palette, key);
    }
}

static unsigned palette_contexts(const struct app *app, const struct screen *screen)
{
    (void)app, (void)screen;
    return CONTEXT_TEXT;
}

static void palette_close(struct app *app, struct screen *screen)
{
    (void)app;
    struct palette *palette = (struct palette *)screen;
    field_free(&palette->field);
    free(palette);
}

static const struct screen_class palette_class = {
    .title = "Command",
    .popup = true,
    .keeps_typed_ahead = true,
    .contexts = palette_contexts,
    .draw = palette_draw,
    .key = palette_key,
    .close = palette_close,
};

void palette_open(struct app *app)
{
    struct palette *palette = calloc(1, sizeof *palette);
    if (!palette || field_init(&palette->field, NAME_MAX - 1, false)) {
        free(palette);
        app_say(app, ROLE_BAD, "out of memory");
        return;
    }
    palette->screen.class = &palette_class;
    screen_push(app, &palette->screen);
    match(app, palette);
}
