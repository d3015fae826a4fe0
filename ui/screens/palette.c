#include "ui/screens/palette.h"

#include "ui/kit/dialog.h"
#include "ui/kit/field.h"
#include "ui/screen.h"
#include "ui/screens/tokens.h"
#include "ui/terminal/input.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 64, ROWS = 10, NAME_COLUMNS = 20, NAME_MAX = 64 };

enum { SEARCHES = 64, ENTRIES = COMMAND_COUNT + SEARCHES };

/* An entry is a command, or (from COMMAND_COUNT on) a saved search. */
struct palette {
    struct screen screen;
    struct field field;
    struct searches *searches; /* NULL: not read */
    int matches[ENTRIES];
    size_t count, cursor;
    struct pane pane;
};

static const struct search *search_of(const struct palette *palette, int entry)
{
    return entry < COMMAND_COUNT ? NULL : &palette->searches->items[entry - COMMAND_COUNT];
}

static void entry_name(const struct palette *palette, int entry, char out[static NAME_MAX])
{
    if (entry < COMMAND_COUNT)
        snprintf(out, NAME_MAX, "%s", command_table[entry].name);
    else
        snprintf(out, NAME_MAX, "search %.50s", search_of(palette, entry)->name);
}

/* Commands that make sense where the palette was opened. */
static void match(struct palette *palette)
{
    struct contexts contexts = screen_contexts(palette->screen.below);
    palette->count = palette->cursor = 0;
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
        if (!command_works((enum command)i, &contexts)) continue;
        if (!ascii_casestr(command_table[i].name, palette->field.text)) continue;
        palette->matches[palette->count++] = i;
    }
    for (size_t i = 0; palette->searches && i < palette->searches->count && i < SEARCHES; i++) {
        char name[NAME_MAX];
        entry_name(palette, COMMAND_COUNT + (int)i, name);
        if (ascii_casestr(name, palette->field.text))
            palette->matches[palette->count++] = COMMAND_COUNT + (int)i;
    }
}

static void draw_search(const struct search *search, const struct canvas *line, int row)
{
    char sentence[640];
    snprintf(sentence, sizeof sentence, "%s%s%s", token_facets[search->facet].label,
             *search->filter ? ", " : "", search->filter);
    draw_cell(line, row, 2 + NAME_COLUMNS + 10, line->columns - 2 - NAME_COLUMNS - 10, ROLE_MUTED,
              sentence);
}

static void draw_match(const struct palette *palette, const struct canvas *box, int row,
                       size_t index)
{
    int entry = palette->matches[index];
    char keys[64], name[NAME_MAX];
    struct canvas line = *box;
    line.selected = index == palette->cursor;
    entry_name(palette, entry, name);
    if (search_of(palette, entry)) {
        draw_cell(&line, row, 0, 2, ROLE_ACCENT, "");
        if (line.selected) draw_glyph(&line, row, 0, ROLE_ACCENT, GLYPH_CURSOR);
        draw_cell(&line, row, 2, NAME_COLUMNS + 9, ROLE_TEXT, name);
        draw_search(search_of(palette, entry), &line, row);
        return;
    }
    enum command command = (enum command)entry;
    const char *reason = screen_why_not(palette->screen.below, command);
    command_keys_text(command, keys, sizeof keys);
    enum role role = reason ? ROLE_DISABLED : ROLE_TEXT;
    draw_cell(&line, row, 0, 2, ROLE_ACCENT, "");
    if (line.selected) draw_glyph(&line, row, 0, ROLE_ACCENT, GLYPH_CURSOR);
    draw_cell(&line, row, 2, NAME_COLUMNS, role, name);
    draw_cell(&line, row, 2 + NAME_COLUMNS, 10, reason ? ROLE_DISABLED : ROLE_ACCENT, keys);
    int rest = 2 + NAME_COLUMNS + 10;
    draw_cell(&line, row, rest, line.columns - rest, reason ? ROLE_DISABLED : ROLE_MUTED,
              reason ? reason : command_table[command].sentence);
}

static int draw_matches(void *arg, const struct canvas *canvas)
{
    const struct palette *palette = arg;
    for (size_t i = 0; i < palette->count; i++)
        draw_match(palette, canvas, (int)i, i);
    if (palette->count)
        draw_cursor(canvas, (int)palette->cursor, 0, false);
    else
        draw_text(canvas, 0, 2, ROLE_MUTED, "No command of that name");
    return (int)palette->count;
}

static int draw_field(void *arg, const struct canvas *canvas)
{
    struct palette *palette = arg;
    draw_text(canvas, 0, 0, ROLE_ACCENT, ":");
    field_draw(&palette->field, canvas, 0, 2, canvas->columns - 2, 1, true);
    return 1;
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct palette *palette = (struct palette *)screen;
    dialog_draw(canvas,
                &(struct dialog_parts){.title = "Command",
                                       .columns = COLUMNS,
                                       .body_rows = ROWS,
                                       .head = draw_field,
                                       .body = draw_matches,
                                       .pane = &palette->pane},
                palette);
}

/* Goes to the tokens as the key of that tab would: a form with changes asks first. */
static int run_search(struct app *app, struct palette *palette, struct search search)
{
    screen_close(&palette->screen);
    int effects = screen_run(app->top, COMMAND_TAB_TOKENS);
    return effects | tokens_apply(app, &search);
}

static int run(struct app *app, struct palette *palette)
{
    if (!palette->count) return EFFECT_NONE;
    const struct search *search = search_of(palette, palette->matches[palette->cursor]);
    if (search) return run_search(app, palette, *search);
    enum command command = (enum command)palette->matches[palette->cursor];
    screen_close(&palette->screen);
    struct screen *below = app->top;
    int effects = screen_run(below, command);
    if (!(effects & EFFECT_CLOSE)) return effects | EFFECT_DRAW;
    screen_close(below);
    return EFFECT_LOAD;
}

/* Completes to the longest prefix that all matches share, or to the one under the cursor. */
static int complete(struct palette *palette)
{
    if (!palette->count) return EFFECT_NONE;
    char common[NAME_MAX], name[NAME_MAX];
    entry_name(palette, palette->matches[0], common);
    for (size_t i = 1; i < palette->count; i++) {
        entry_name(palette, palette->matches[i], name);
        size_t same = 0;
        while (common[same] && common[same] == name[same])
            same++;
        common[same] = 0;
    }
    if (strlen(common) <= palette->field.size)
        entry_name(palette, palette->matches[palette->cursor], common);
    field_set(&palette->field, common);
    match(palette);
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
    if (effect == FIELD_CHANGED) match(palette);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int key(struct screen *screen, int key)
{
    struct app *app = screen->app;
    struct palette *palette = (struct palette *)screen;
    switch (key) {
    case UI_ESC:
    case UI_CTRL('C'):
        return EFFECT_CLOSE;
    case UI_ENTER:
        return run(app, palette);
    case UI_TAB:
        return complete(palette);
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

static void close_palette(struct screen *screen)
{
    struct palette *palette = (struct palette *)screen;
    field_free(&palette->field);
    free(palette->searches);
    free(palette);
}

static const struct screen_class palette_class = {
    .title = "Command",
    .popup = true,
    .keeps_typed_ahead = true,
    .contexts = {{CONTEXT_TEXT}},
    .draw = draw,
    .key = key,
    .close = close_palette,
};

void palette_open(struct app *app)
{
    struct palette *palette = screen_new(app, &palette_class, sizeof *palette);
    if (!palette) return;
    if (field_init(&palette->field, NAME_MAX - 1, false)) {
        free(palette);
        app_say_error(app);
        return;
    }
    /* Without the searches there are still the commands. */
    if (app->store && search_list(app->store, &palette->searches)) palette->searches = NULL;
    screen_push(&palette->screen);
    match(palette);
}
