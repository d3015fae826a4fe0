#include "ui/screens/facets.h"

#include "ui/background.h"
#include "ui/kit/dialog.h"
#include "ui/kit/table.h"
#include "ui/screen.h"
#include "ui/terminal/key.h"

#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 44, LABEL_COLUMN = 5 };

struct facets {
    struct screen screen;
    char filter[FILTER_SIZE];
    int cursor;
    struct pane pane;
    int64_t counts[TOKENS_FACETS]; /* -1: not counted yet */
    bool counting;                 /* in the background */
    int64_t now;
    int (*picked)(struct app *app, void *arg, enum token_facet facet);
    void *arg;
};

static void draw_facet(const struct facets *facets, const struct canvas *canvas, int facet)
{
    const int64_t number = facets->counts[facet];
    const struct number_text text = number_text(number);
    const char *count = number < 0 ? text_glyph(GLYPH_ELLIPSIS) : text.text;
    int width = (int)text_width(count);
    struct canvas line = canvas_row(canvas, facet, facet == facets->cursor, 0);
    draw_format(&line, 0, 2, ROLE_ACCENT, "%c", token_facets[facet].letter);
    draw_cell(&line, 0, LABEL_COLUMN, line.columns - LABEL_COLUMN - width - 1, ROLE_TEXT,
              token_facets[facet].label);
    draw_text(&line, 0, line.columns - width, ROLE_MUTED, count);
    if (line.lit) draw_cursor(&line, 0, 0, false);
}

static int draw_facets(void *arg, const struct canvas *canvas)
{
    const struct facets *facets = arg;
    for (int facet = 0; facet < TOKENS_FACETS; facet++) {
        draw_facet(facets, canvas, facet);
        screen_target(&facets->screen, canvas, facet, 0, canvas->columns, UI_TARGET + facet);
    }
    return TOKENS_FACETS;
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct facets *facets = (struct facets *)screen;
    dialog_draw(
        canvas,
        &(struct dialog_parts){
            .title = "Show", .columns = COLUMNS, .body = draw_facets, .pane = &facets->pane},
        facets);
}

static int pick(struct app *app, struct facets *facets, int facet)
{
    int (*picked)(struct app *, void *, enum token_facet) = facets->picked;
    void *arg = facets->arg;
    screen_close(&facets->screen);
    return picked(app, arg, (enum token_facet)facet);
}

static int key(struct screen *screen, int pressed)
{
    for (int i = 0; i < TOKENS_FACETS; i++)
        if (pressed == token_facets[i].letter || pressed == UI_TARGET + i)
            return pick(screen->app, (struct facets *)screen, i);
    return EFFECT_PASS;
}

static int move(struct screen *screen, enum command command)
{
    struct facets *facets = (struct facets *)screen;
    int at = facets->cursor + command_rows(command, TOKENS_FACETS, TOKENS_FACETS);
    facets->cursor = at < 0 ? 0 : at < TOKENS_FACETS ? at : TOKENS_FACETS - 1;
    return EFFECT_DRAW;
}

static int pick_here(struct screen *screen)
{
    struct facets *facets = (struct facets *)screen;
    return pick(screen->app, facets, facets->cursor);
}

static int close(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static const struct screen_command facets_commands[] = {
    {COMMAND_ACCEPT, .run = pick_here, .hint = "choose"},
    {COMMAND_ESCAPE, .run = close, .hint = "close"},
    {COMMAND_BACK, .run = close},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT, COMMAND_DOWN, COMMAND_UP, COMMAND_NONE};

struct counting {
    struct job job;
    struct facets *facets;
    char filter[FILTER_SIZE];
    enum token_facet facet;
    int64_t now, count;
};

static int uncounted(const struct facets *facets)
{
    int facet = 0;
    while (facet < TOKENS_FACETS && facets->counts[facet] >= 0)
        facet++;
    return facet;
}

static enum error run(struct job *job, struct store *store)
{
    struct counting *counting = (struct counting *)job;
    const struct token_query query = {
        .filter = counting->filter, .facet = counting->facet, .now = counting->now};
    return token_count(store, &query, &counting->count);
}

static void done(struct app *app, struct job *job, enum error e)
{
    const struct counting *counting = (struct counting *)job;
    counting->facets->counting = false;
    counting->facets->counts[counting->facet] = e ? 0 : counting->count;
    if (e) app_say_error(app);
}

static void free_job(struct job *job)
{
    free(job);
}

static int64_t due(const struct screen *screen)
{
    const struct facets *facets = (const struct facets *)screen;
    return !facets->counting && uncounted(facets) < TOKENS_FACETS ? 0 : INT64_MAX;
}

/* One count after the other, so that each is shown as soon as it is there. */
static int tick(struct screen *screen)
{
    struct facets *facets = (struct facets *)screen;
    struct counting *counting = app_alloc(screen->app, sizeof *counting);
    int facet = uncounted(facets);
    if (!counting) {
        facets->counts[facet] = 0;
        return EFFECT_DRAW;
    }
    *counting =
        (struct counting){.job = {.owner = facets, .run = run, .done = done, .free = free_job},
                          .facets = facets,
                          .facet = (enum token_facet)facet,
                          .now = facets->now};
    snprintf(counting->filter, sizeof counting->filter, "%s", facets->filter);
    facets->counting = true;
    background_post(screen->app->background, &counting->job);
    return EFFECT_NONE;
}

static void close_facets(struct screen *screen)
{
    struct app *app = screen->app;
    background_drop(app->background, screen);
    free(screen);
}

static const struct screen_class facets_class = {
    .title = "Facets",
    .popup = true,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_MENU, CONTEXT_LIST, CONTEXT_DIALOG}},
    .draw = draw,
    .key = key,
    .commands = {facets_commands},
    .move = move,
    .due = due,
    .tick = tick,
    .close = close_facets,
};

void facets_open(struct app *app, const char *filter, enum token_facet present,
                 int (*picked)(struct app *app, void *arg, enum token_facet facet), void *arg)
{
    struct facets *facets = screen_new(app, &facets_class, sizeof *facets);
    if (!facets) return;
    facets->cursor = (int)present;
    facets->now = ambient_now();
    facets->picked = picked;
    facets->arg = arg;
    snprintf(facets->filter, sizeof facets->filter, "%s", filter);
    for (int i = 0; i < TOKENS_FACETS; i++)
        facets->counts[i] = -1;
    screen_push(&facets->screen);
}
