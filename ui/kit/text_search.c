#include "ui/kit/text_search.h"

#include "ui/terminal/input.h"

#include <stdio.h>

enum { SEARCH_MAX = 40, FOUND_COLUMNS = 10 };

enum error text_search_init(struct text_search *search)
{
    *search = (struct text_search){0};
    enum error e = field_init(&search->field, SEARCH_MAX, false);
    search->sought.text = "";
    return e;
}

void text_search_free(struct text_search *search)
{
    field_free(&search->field);
}

static int restart(struct text_search *search)
{
    search->sought.text = search->field.text;
    search->sought.present = 0;
    search->follows = search->field.size > 0;
    return EFFECT_DRAW;
}

int text_search_key(struct text_search *search, struct app *app, int key)
{
    if (!search->typing) return key == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
    enum field_effect effect = field_press(&search->field, app->input, key);
    if (effect == FIELD_CHANGED) return restart(search);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

bool text_search_is_on(const struct text_search *search)
{
    return search->typing || search->field.size;
}

static struct text_search *search_of(struct screen *screen)
{
    return &((struct text_screen *)screen)->search;
}

static bool is_typing(const struct screen *screen)
{
    return ((const struct text_screen *)screen)->search.typing;
}

static bool is_on(const struct screen *screen)
{
    return text_search_is_on(&((const struct text_screen *)screen)->search);
}

int text_search_open(struct screen *screen)
{
    struct text_search *search = search_of(screen);
    field_set(&search->field, "");
    search->typing = true;
    return restart(search);
}

static int keep(struct screen *screen)
{
    search_of(screen)->typing = false;
    return EFFECT_DRAW;
}

static int drop(struct screen *screen)
{
    int effects = text_search_open(screen);
    search_of(screen)->typing = false;
    return effects;
}

/* Around the ends. */
static int step(struct text_search *search, int by)
{
    struct sought *sought = &search->sought;
    if (sought->count) sought->present = (sought->present + by + sought->count) % sought->count;
    search->follows = true;
    return EFFECT_DRAW;
}

int text_search_next(struct screen *screen)
{
    return step(search_of(screen), 1);
}

int text_search_previous(struct screen *screen)
{
    return step(search_of(screen), -1);
}

const char *text_search_why_not(const struct screen *screen)
{
    const struct text_search *search = &((const struct text_screen *)screen)->search;
    return search->field.size && search->sought.count ? NULL : "nothing was found";
}

const struct screen_command text_search_commands[] = {
    {COMMAND_ACCEPT, .run = keep, .when = is_typing, .hint = "keep"},
    {COMMAND_ESCAPE, .run = drop, .when = is_typing, .hint = "cancel"},
    {COMMAND_ESCAPE, .run = drop, .when = is_on, .hint = "end search"},
    {COMMAND_HELP_NEXT, .run = text_search_next, .why_not = text_search_why_not, .when = is_on},
    {COMMAND_HELP_PREVIOUS, .run = text_search_previous, .why_not = text_search_why_not,
     .when = is_on},
    {.command = COMMAND_NONE},
};

void text_search_page(struct text_search *search)
{
    search->sought.count = 0;
}

int text_search_wrapped(struct text_search *search, const struct canvas *canvas, int row,
                        int column, int columns, enum role role, const char *text)
{
    struct cursor before = *canvas->cursor;
    int rows = draw_wrapped_found(canvas, row, column, columns, role, text, &search->sought);
    if (!search->follows) *canvas->cursor = before;
    return rows;
}

int text_search_whole(struct text_search *search, const struct canvas *canvas, int row, int column,
                      int columns, enum role role, const char *text)
{
    search->sought.text = text;
    int rows = text_search_wrapped(search, canvas, row, column, columns, role, text);
    search->sought.text = search->field.text;
    return rows;
}

void text_search_draw(struct text_search *search, const struct canvas *canvas, int row, int column,
                      int columns)
{
    const struct sought *sought = &search->sought;
    char of[48] = "";
    draw_text(canvas, row, column, ROLE_ACCENT, "/");
    field_draw(&search->field, canvas, row, column + 2, columns - 2 - FOUND_COLUMNS - 2, 1,
               search->typing);
    if (search->field.size && sought->count)
        snprintf(of, sizeof of, "%d of %d", sought->present + 1, sought->count);
    else if (search->field.size)
        snprintf(of, sizeof of, "no match");
    draw_cell_right(canvas, row, column + columns - FOUND_COLUMNS, FOUND_COLUMNS, ROLE_MUTED, of);
}
