#include "ui/screens/palette.h"

#include "ui/kit/dialog.h"
#include "ui/kit/field.h"
#include "ui/screen.h"
#include "ui/screens/tokens.h"
#include "ui/terminal/input.h"

#include <gatehouse/ascii.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 76, ROWS = 12, NAME_MAX = 64, REASON_MAX = 160 };
enum { NAME_AT = 2, KEYS_AT = NAME_AT + 23, SENTENCE_AT = KEYS_AT + 12 };

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

static bool is_here(const struct screen *screen, enum command command)
{
    struct contexts contexts = screen_contexts(screen);
    return command_works(command, &contexts) && screen_has(screen, command);
}

/* Why an entry cannot run where the palette was opened; "": it can. */
static void entry_reason(const struct palette *palette, int entry, char out[static REASON_MAX])
{
    const struct screen *below = palette->screen.below;
    enum command command = (enum command)entry;
    *out = 0;
    if (entry >= COMMAND_COUNT) return;
    const char *reason = screen_why_not(below, command);
    if (!is_here(below, command))
        snprintf(out, REASON_MAX, "only in: %s",
                 context_table[command_table[command].contexts[0]].heading);
    else if (reason)
        snprintf(out, REASON_MAX, "%s", reason);
}

static bool begins_a_word(const char *text, const char *typed)
{
    for (const char *at = ascii_casestr(text, typed); at; at = ascii_casestr(at + 1, typed))
        if (at == text || at[-1] == ' ') return true;
    return false;
}

/* Whether every word typed is somewhere in the texts. */
static bool has_words(const char *typed, const char *const texts[], size_t count)
{
    char copy[NAME_MAX * 4], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", typed);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        bool found = false;
        for (size_t i = 0; i < count; i++)
            found |= ascii_casestr(texts[i], word) != NULL;
        if (!found) return false;
    }
    return true;
}

enum rank { RANK_PREFIX, RANK_WORD, RANK_PART, RANK_WORDS, RANK_NONE };

/* How well an entry matches what was typed. */
static enum rank rank_of(const struct palette *palette, int entry)
{
    char name[NAME_MAX];
    const char *typed = palette->field.text;
    bool command = entry < COMMAND_COUNT;
    const char *label = command ? command_table[entry].label : NULL;
    entry_name(palette, entry, name);
    if (!label) label = "";
    if (!ascii_ncasecmp(name, typed, strlen(typed))) return RANK_PREFIX;
    if (begins_a_word(name, typed) || begins_a_word(label, typed)) return RANK_WORD;
    if (ascii_casestr(name, typed) || ascii_casestr(label, typed)) return RANK_PART;
    const char *const texts[] = {name, label, command ? command_table[entry].sentence : ""};
    return has_words(typed, texts, 3) ? RANK_WORDS : RANK_NONE;
}

/* Among equals the commands of this screen come first, then those that work everywhere, then those
 * that belong elsewhere. */
enum distance { OWN, GENERAL, ELSEWHERE, DISTANCES };

static enum distance distance(const struct palette *palette, int entry)
{
    if (entry >= COMMAND_COUNT) return GENERAL;
    if (!is_here(palette->screen.below, (enum command)entry)) return ELSEWHERE;
    return command_is_general((enum command)entry) ? GENERAL : OWN;
}

static void match(struct palette *palette)
{
    size_t searches = palette->searches ? palette->searches->count : 0;
    int entries = COMMAND_COUNT + (int)(searches < SEARCHES ? searches : SEARCHES);
    palette->count = palette->cursor = 0;
    for (int order = 0; order < RANK_NONE * DISTANCES; order++)
        for (int i = COMMAND_NONE + 1; i < entries; i++)
            if ((int)rank_of(palette, i) * DISTANCES + (int)distance(palette, i) == order)
                palette->matches[palette->count++] = i;
}

static void draw_search(const struct search *search, const struct canvas *line)
{
    char sentence[640];
    snprintf(sentence, sizeof sentence, "%s%s%s", token_facets[search->facet].label,
             *search->filter ? ", " : "", search->filter);
    draw_cell(line, 0, SENTENCE_AT, line->columns - SENTENCE_AT, ROLE_MUTED, sentence);
}

static void draw_match(const struct palette *palette, const struct canvas *box, size_t index)
{
    int entry = palette->matches[index];
    char keys[64], name[NAME_MAX], reason[REASON_MAX];
    struct canvas line = canvas_row(box, (int)index, index == palette->cursor, 0);
    entry_name(palette, entry, name);
    if (search_of(palette, entry)) {
        draw_cell(&line, 0, NAME_AT, SENTENCE_AT - NAME_AT - 1, ROLE_TEXT, name);
        draw_search(search_of(palette, entry), &line);
        return;
    }
    enum command command = (enum command)entry;
    entry_reason(palette, entry, reason);
    command_keys_text(command, NULL, keys, sizeof keys);
    bool off = reason[0] != 0;
    enum role role = off ? ROLE_DISABLED : ROLE_TEXT;
    draw_cell(&line, 0, NAME_AT, KEYS_AT - NAME_AT - 1, role, name);
    draw_cell(&line, 0, KEYS_AT, SENTENCE_AT - KEYS_AT - 1, off ? ROLE_DISABLED : ROLE_ACCENT,
              keys);
    draw_cell(&line, 0, SENTENCE_AT, line.columns - SENTENCE_AT, off ? ROLE_DISABLED : ROLE_MUTED,
              off ? reason : command_table[command].sentence);
}

static int draw_matches(void *arg, const struct canvas *canvas)
{
    const struct palette *palette = arg;
    for (size_t i = 0; i < palette->count; i++) {
        draw_match(palette, canvas, i);
        screen_target(&palette->screen, canvas, (int)i, 0, canvas->columns, UI_TARGET + (int)i);
    }
    if (palette->count) {
        draw_cursor(canvas, (int)palette->cursor, 0, false);
        return (int)palette->count;
    }
    draw_text(canvas, 0, 2, ROLE_MUTED, "No command matches");
    return 1;
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

static int run(struct screen *screen)
{
    struct app *app = screen->app;
    struct palette *palette = (struct palette *)screen;
    if (!palette->count) return EFFECT_NONE;
    const struct search *search = search_of(palette, palette->matches[palette->cursor]);
    if (search) return run_search(app, palette, *search);
    enum command command = (enum command)palette->matches[palette->cursor];
    char reason[REASON_MAX];
    entry_reason(palette, (int)command, reason);
    if (reason[0]) {
        app_say(app, ROLE_WARN, "%s cannot run now: %s", command_table[command].name, reason);
        return EFFECT_DRAW;
    }
    screen_close(&palette->screen);
    struct screen *below = app->top;
    int effects = screen_run(below, command);
    if (!(effects & EFFECT_CLOSE)) return effects | EFFECT_DRAW;
    screen_close(below);
    return EFFECT_LOAD;
}

/* Completes to the longest prefix that all names share which begin with what was typed, or else to
 * the name under the cursor. */
static int complete(struct screen *screen)
{
    struct palette *palette = (struct palette *)screen;
    char common[NAME_MAX] = "", name[NAME_MAX];
    if (!palette->count) return EFFECT_DRAW;
    for (size_t i = 0; i < palette->count; i++) {
        size_t same = 0;
        int entry = palette->matches[i];
        if (rank_of(palette, entry) != RANK_PREFIX || distance(palette, entry) == ELSEWHERE)
            continue;
        entry_name(palette, entry, name);
        if (!common[0]) memcpy(common, name, sizeof common);
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

static int key(struct screen *screen, int key)
{
    struct palette *palette = (struct palette *)screen;
    enum field_effect effect;
    if (key >= UI_TARGET) {
        palette->cursor = (size_t)(key - UI_TARGET);
        return run(screen);
    }
    if (key == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(screen->app->input, &size);
        effect = field_paste(&palette->field, paste, size);
    } else {
        effect = field_key(&palette->field, key);
    }
    if (effect == FIELD_CHANGED) match(palette);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int move(struct screen *screen, enum command command)
{
    struct palette *palette = (struct palette *)screen;
    int count = (int)palette->count, at = (int)palette->cursor + command_rows(command, ROWS, count);
    palette->cursor = at < 0 || !count ? 0 : (size_t)(at < count ? at : count - 1);
    return EFFECT_DRAW;
}

static int cancel(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static const struct screen_command palette_commands[] = {
    {COMMAND_ACCEPT, .run = run, .hint = "run"},
    {COMMAND_NEXT_PART, .run = complete, .hint = "complete"},
    {COMMAND_ESCAPE, .run = cancel, .hint = "cancel"},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT, COMMAND_NEXT_PART, COMMAND_DOWN, COMMAND_UP,
                                      COMMAND_NONE};

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
    .footer = footer,
    .contexts = {{CONTEXT_TEXT, CONTEXT_LIST}},
    .draw = draw,
    .key = key,
    .commands = {palette_commands},
    .move = move,
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
