#include "ui/screens/palette.h"

#include "ui/background.h"
#include "ui/kit/dialog.h"
#include "ui/kit/field.h"
#include "ui/screen.h"
#include "ui/screens/palette_names.h"
#include "ui/screens/tokens.h"
#include "ui/terminal/input.h"

#include <gatehouse/ascii.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 76, ROWS = 12, NAME_MAX = 300, REASON_MAX = 160 };
enum { NAME_AT = 2, KEYS_AT = NAME_AT + 23, SENTENCE_AT = KEYS_AT + 12 };

enum { SEARCHES = 64, FIRST_NAME = COMMAND_COUNT + SEARCHES, ENTRIES = FIRST_NAME + PALETTE_NAMES };

/* An entry is a command, (from COMMAND_COUNT on) a saved search, or (from FIRST_NAME on) what a
 * name belongs to. */
struct palette {
    struct screen screen;
    struct field field;
    struct searches *searches; /* NULL: not read */
    struct palette_names names;
    bool finding; /* names, in the background */
    int matches[ENTRIES];
    size_t count, cursor;
    struct pane pane;
};

static const struct search *search_of(const struct palette *palette, int entry)
{
    bool is_one = entry >= COMMAND_COUNT && entry < FIRST_NAME;
    return is_one ? &palette->searches->items[entry - COMMAND_COUNT] : NULL;
}

static const struct palette_name *name_of(const struct palette *palette, int entry)
{
    return entry < FIRST_NAME ? NULL : &palette->names.items[entry - FIRST_NAME];
}

static void entry_name(const struct palette *palette, int entry, char out[static NAME_MAX])
{
    if (entry < COMMAND_COUNT)
        snprintf(out, NAME_MAX, "%s", command_table[entry].name);
    else if (entry < FIRST_NAME)
        snprintf(out, NAME_MAX, "search %s", search_of(palette, entry)->name);
    else
        snprintf(out, NAME_MAX, "%s", name_of(palette, entry)->label);
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

static void add_matches(struct palette *palette, int first, int end, bool elsewhere)
{
    for (int order = 0; order < (int)RANK_NONE * DISTANCES; order++)
        for (int i = first; i < end; i++) {
            enum distance far = distance(palette, i);
            if ((int)rank_of(palette, i) * DISTANCES + (int)far == order &&
                (far == ELSEWHERE) == elsewhere)
                palette->matches[palette->count++] = i;
        }
}

/* Commands that can be run here, searches, names, which are in order, and other commands. */
static void list_matches(struct palette *palette)
{
    size_t searches = palette->searches ? palette->searches->count : 0;
    palette->count = 0;
    add_matches(palette, COMMAND_NONE + 1, COMMAND_COUNT, false);
    add_matches(palette, COMMAND_COUNT,
                COMMAND_COUNT + (int)(searches < SEARCHES ? searches : SEARCHES), false);
    for (size_t i = 0; i < palette->names.count; i++)
        palette->matches[palette->count++] = FIRST_NAME + (int)i;
    add_matches(palette, COMMAND_NONE + 1, COMMAND_COUNT, true);
}

/* Names, which have come and gone, are told by what they belong to. */
static bool is_same(const struct palette_name *a, const struct palette_name *b)
{
    return a->kind == b->kind && a->number == b->number;
}

/* A cursor that was moved stays on its entry. */
static void found(void *owner, const struct palette_names *names)
{
    struct palette *palette = owner;
    size_t cursor = palette->cursor;
    int entry = cursor ? palette->matches[cursor] : 0;
    const struct palette_name *old = name_of(palette, entry);
    for (size_t i = 0; old && i < names->count; i++)
        if (is_same(old, &names->items[i])) entry = FIRST_NAME + (int)i;
    palette->finding = false;
    palette->names = *names;
    list_matches(palette);
    palette->cursor = 0;
    for (size_t i = 0; cursor && i < palette->count; i++)
        if (palette->matches[i] == entry) palette->cursor = i;
}

static void match(struct palette *palette)
{
    struct app *app = palette->screen.app;
    palette_names_narrow(&palette->names, palette->field.text);
    if (!palette->field.size) palette->names.count = 0;
    list_matches(palette);
    palette->cursor = 0;
    if (!app->background) return;
    palette->finding = palette->field.size > 0;
    if (palette->finding)
        palette_names_find(app, palette, palette->field.text, found);
    else
        background_drop(app->background, palette);
}

/* What it is stands to the right, as far as there is room for both. */
static void draw_name(const struct palette_name *name, const struct canvas *line)
{
    enum { KIND_COLUMNS = 11, LEAST = 24 };
    int at = line->columns - KIND_COLUMNS;
    if (at > SENTENCE_AT) at = SENTENCE_AT;
    if (line->columns < LEAST) at = line->columns;
    draw_cell_middle(line, 0, NAME_AT, at - NAME_AT - 1, ROLE_TEXT, name->label);
    if (at < line->columns)
        draw_cell(line, 0, at, line->columns - at, ROLE_MUTED, palette_kind_text(name->kind));
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
    if (name_of(palette, entry)) {
        draw_name(name_of(palette, entry), &line);
        return;
    }
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
    if (!palette->finding) draw_text(canvas, 0, 2, ROLE_MUTED, "Nothing matches");
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

static int open_name(struct app *app, struct palette *palette, struct palette_name name)
{
    screen_close(&palette->screen);
    return palette_name_open(app, &name);
}

static int run(struct screen *screen)
{
    struct app *app = screen->app;
    struct palette *palette = (struct palette *)screen;
    /* However fast one types, a name is found. */
    bool none = !palette->count || distance(palette, palette->matches[0]) == ELSEWHERE;
    if (none && palette->finding) background_wait(app, palette);
    if (!palette->count) return EFFECT_NONE;
    const struct palette_name *name = name_of(palette, palette->matches[palette->cursor]);
    if (name) return open_name(app, palette, *name);
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
        while (common[same] && ascii_ncasecmp(common + same, name + same, 1) == 0)
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
    if (key >= UI_TARGET) {
        palette->cursor = (size_t)(key - UI_TARGET);
        return run(screen);
    }
    enum field_effect effect = field_press(&palette->field, screen->app->input, key);
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
    if (screen->app->background) background_drop(screen->app->background, palette);
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
    if (field_init(&palette->field, PALETTE_TYPED, false)) {
        free(palette);
        app_say_error(app);
        return;
    }
    /* Without the searches there are still the commands. */
    if (app->store && search_list(app->store, &palette->searches)) palette->searches = NULL;
    screen_push(&palette->screen);
    match(palette);
}
