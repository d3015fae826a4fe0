#include "ui/screens/token_form.h"

#include "ui/kit/dialog.h"
#include "ui/screens/token_builder.h"
#include "ui/screens/token_dialog.h"
#include "ui/terminal/input.h"

#include <gatehouse/account.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 74, LABEL_COLUMNS = 9 };

struct token_form {
    struct screen screen;
    int64_t account;
    void (*created)(void *arg, int64_t token);
    void *arg;
    char title[ACCOUNT_ID_SIZE + 16], refused[ERROR_MESSAGE_MAX];
    struct token_builder builder;
    enum builder_part part;
    struct pane pane;
};

static enum error offer(struct token_form *form)
{
    struct store *store = form->screen.app->store;
    struct permissions *catalogue = NULL;
    struct permission_sources *sources = NULL;
    enum error e = permission_list(store, &catalogue);
    if (!e) e = permission_effective(store, form->account, &sources);
    if (!e) e = token_builder_offer(&form->builder, catalogue, sources);
    free(catalogue);
    free(sources);
    return e;
}

static enum error check(struct token_form *form)
{
    struct act act = app_act(form->screen.app);
    return token_builder_check(&form->builder, &act);
}

static int step(struct token_form *form, int by)
{
    int part = (int)form->part;
    do
        part = (part + by + BUILDER_PARTS) % BUILDER_PARTS;
    while (!token_builder_has(&form->builder, (enum builder_part)part));
    form->part = (enum builder_part)part;
    return EFFECT_DRAW;
}

static enum error load(struct screen *screen)
{
    struct token_form *form = (struct token_form *)screen;
    struct account_row account;
    enum error e =
        account_get(screen->app->store, app_act(screen->app).now, form->account, &account);
    if (e == ERR_NOT_FOUND) {
        screen->gone = "this account was deleted elsewhere";
        return OK;
    }
    if (!e) e = offer(form);
    if (!e && !token_builder_has(&form->builder, form->part)) step(form, 1);
    return e ? e : check(form);
}

static int draw_parts(void *arg, const struct canvas *canvas)
{
    struct token_form *form = arg;
    return token_builder_draw(&form->builder, canvas, 0, 0, LABEL_COLUMNS, form->part);
}

/* What the token will be; then a note about the part that has the focus, or why the last try was
 * refused: always room for three lines, so that the box keeps its height. */
static int draw_text_below(void *arg, const struct canvas *canvas)
{
    enum { LEAST = 3 };
    const struct token_form *form = arg;
    char text[BUILDER_TEXT_SIZE], note[BUILDER_TEXT_SIZE];
    const char *refused = form->screen.gone ? form->screen.gone : form->refused;
    token_builder_text(&form->builder, text);
    token_builder_note(&form->builder, form->part, note);
    int row = draw_wrapped(canvas, 0, 0, canvas->columns, ROLE_TEXT, text);
    int rows = draw_wrapped(canvas, row, 0, canvas->columns, *refused ? ROLE_BAD : ROLE_MUTED,
                            *refused ? refused : note);
    return row + (rows < LEAST ? LEAST : rows);
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct token_form *form = (struct token_form *)screen;
    if (!screen_is_ready(screen)) return;
    dialog_draw(canvas,
                &(struct dialog_parts){.title = form->title,
                                       .columns = COLUMNS,
                                       .body = draw_parts,
                                       .foot = draw_text_below,
                                       .pane = &form->pane},
                form);
}

static int generate(struct screen *screen)
{
    struct token_form *form = (struct token_form *)screen;
    struct app *app = screen->app;
    struct act act = app_act(app);
    struct secret *secret;
    int64_t number;
    if (token_builder_generate(&form->builder, &act, form->account, &number, &secret,
                               &form->part)) {
        snprintf(form->refused, sizeof form->refused, "%s", error_message());
        return EFFECT_LOAD;
    }
    if (form->created) form->created(form->arg, number);
    screen_close(screen);
    token_dialog_open(app, number, secret);
    return EFFECT_LOAD;
}

static int after_change(struct token_form *form)
{
    form->refused[0] = 0;
    return check(form) ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

static int key(struct screen *screen, int pressed)
{
    struct token_form *form = (struct token_form *)screen;
    struct field *field = token_builder_field(&form->builder, form->part);
    bool steps = form->part != BUILDER_ONLY && (pressed == UI_DOWN || pressed == UI_UP);
    if (steps) return step(form, pressed == UI_DOWN ? 1 : -1);
    if (!field) return EFFECT_PASS;
    enum field_effect effect = field_press(field, screen->app->input, pressed);
    if (effect == FIELD_CHANGED) return after_change(form);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int move(struct screen *screen, enum command command)
{
    struct token_form *form = (struct token_form *)screen;
    int effects = token_builder_move(&form->builder, form->part, command);
    return form->part == BUILDER_EXPIRES ? after_change(form) : effects;
}

static int next(struct screen *screen)
{
    return step((struct token_form *)screen, 1);
}

static int previous(struct screen *screen)
{
    return step((struct token_form *)screen, -1);
}

static int tick(struct screen *screen)
{
    struct token_form *form = (struct token_form *)screen;
    return token_builder_tick(&form->builder) ? app_say_error(screen->app) : after_change(form);
}

static bool is_ticked(const struct screen *screen)
{
    return token_builder_is_ticked(&((const struct token_form *)screen)->builder);
}

/* There Enter ticks. */
static bool is_on_grid(const struct screen *screen)
{
    return ((const struct token_form *)screen)->part == BUILDER_ONLY;
}

static int cancel(struct screen *screen)
{
    screen_close(screen);
    return EFFECT_DRAW;
}

static const struct screen_command form_commands[] = {
    {COMMAND_NEXT_PART, .run = next},
    {COMMAND_PREVIOUS_PART, .run = previous},
    {COMMAND_ONLY_TICK, .run = tick, .when = is_ticked, .hint = "untick"},
    {COMMAND_ONLY_TICK, .run = tick},
    {COMMAND_ACCEPT, .run = generate, .hint = "generate"},
    {COMMAND_FORM_SAVE, .run = generate, .when = is_on_grid, .hint = "generate"},
    {COMMAND_FORM_SAVE, .run = generate, .hint = ""},
    {COMMAND_ESCAPE, .run = cancel, .hint = "cancel"},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT,      COMMAND_ONLY_TICK, COMMAND_FORM_SAVE,
                                      COMMAND_EXPIRY_NEXT, COMMAND_NEXT_PART, COMMAND_NONE};

static struct contexts focus(const struct screen *screen)
{
    enum context context = token_builder_context(((const struct token_form *)screen)->part);
    return context ? (struct contexts){{context, CONTEXT_FORM, CONTEXT_DIALOG}}
                   : (struct contexts){{CONTEXT_TEXT, CONTEXT_FORM}};
}

static void close_form(struct screen *screen)
{
    token_builder_free(&((struct token_form *)screen)->builder);
    free(screen);
}

static const struct screen_class form_class = {
    .title = "New token",
    .popup = true,
    .keeps_typed_ahead = true,
    .footer = footer,
    .focus = focus,
    .load = load,
    .draw = draw,
    .key = key,
    .commands = {form_commands},
    .move = move,
    .close = close_form,
};

int token_form_open(struct app *app, int64_t number, void (*created)(void *arg, int64_t token),
                    void *arg)
{
    struct account_row account;
    if (account_get(app->store, app_act(app).now, number, &account)) return app_say_error(app);
    struct token_form *form = screen_new(app, &form_class, sizeof *form);
    if (!form) return EFFECT_DRAW;
    form->account = number;
    form->created = created;
    form->arg = arg;
    snprintf(form->title, sizeof form->title, "New token of sa::%s", account.name);
    if (token_builder_init(&form->builder, app->store)) {
        close_form(&form->screen);
        return app_say_error(app);
    }
    screen_push(&form->screen);
    return EFFECT_DRAW;
}
