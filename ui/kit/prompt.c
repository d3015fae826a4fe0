/* A one-line question. */
#include "ui/kit/dialog.h"
#include "ui/kit/field.h"
#include "ui/terminal/input.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>

struct prompt_screen {
    struct screen screen;
    struct prompt prompt;
    char title[128], label[64], note[512], refused[ERROR_MESSAGE_MAX];
    struct field field;
};

static void prompt_draw(struct app *app, struct screen *screen, const struct canvas *canvas)
{
    (void)app;
    struct prompt_screen *prompt = (struct prompt_screen *)screen;
    int columns = canvas->columns - 6 < 60 ? canvas->columns - 6 : 60;
    int note_rows = draw_wrapped_rows(prompt->note, columns);
    int refused_rows = draw_wrapped_rows(prompt->refused, columns);
    int rows = 3 + note_rows + (refused_rows ? refused_rows + 1 : 0) + (note_rows ? 1 : 0);
    struct canvas box = dialog_box(canvas, prompt->title, rows, columns);
    int row = draw_wrapped(&box, 0, 0, box.columns, ROLE_TEXT, prompt->note);
    if (note_rows) row++;
    int used = draw_text(&box, row, 0, ROLE_MUTED, prompt->label) + 2;
    field_draw(&prompt->field, &box, row, used, box.columns - used, 1, true);
    row += 2;
    if (refused_rows) row += draw_wrapped(&box, row, 0, box.columns, ROLE_BAD, prompt->refused) + 1;
    draw_text(&box, row, 0, ROLE_MUTED, "Enter done  Esc cancel");
}

static int cancel(struct app *app, struct prompt_screen *prompt)
{
    screen_close(app, &prompt->screen);
    return EFFECT_DRAW;
}

static int commit(struct app *app, struct prompt_screen *prompt)
{
    struct secret *secret = NULL;
    enum error e = prompt->prompt.is_secret ? field_take_secret(&prompt->field, &secret) : OK;
    if (!e) e = prompt->prompt.done(app, prompt->prompt.arg, prompt->field.text, secret);
    if (!e) {
        prompt->prompt.cancelled = NULL;
        screen_close(app, &prompt->screen);
        return EFFECT_LOAD;
    }
    snprintf(prompt->refused, sizeof prompt->refused, "%s", error_message());
    return EFFECT_DRAW;
}

static int prompt_key(struct app *app, struct screen *screen, int key)
{
    struct prompt_screen *prompt = (struct prompt_screen *)screen;
    if (key == UI_ESC || key == UI_CTRL('C')) return cancel(app, prompt);
    if (key == UI_ENTER) return commit(app, prompt);
    enum field_effect effect;
    if (key == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(app->input, &size);
        effect = field_paste(&prompt->field, paste, size);
    } else {
        effect = field_key(&prompt->field, key);
    }
    if (effect == FIELD_CHANGED) prompt->refused[0] = 0;
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static unsigned prompt_contexts(const struct app *app, const struct screen *screen)
{
    (void)app, (void)screen;
    return CONTEXT_TEXT;
}

static void prompt_close(struct app *app, struct screen *screen)
{
    struct prompt_screen *prompt = (struct prompt_screen *)screen;
    if (prompt->prompt.cancelled) prompt->prompt.cancelled(app, prompt->prompt.arg);
    field_free(&prompt->field);
    free(prompt);
}

static const struct screen_class prompt_class = {
    .title = "Question",
    .popup = true,
    .keeps_typed_ahead = true,
    .contexts = prompt_contexts,
    .draw = prompt_draw,
    .key = prompt_key,
    .close = prompt_close,
};

enum error prompt_open(struct app *app, const struct prompt *asked)
{
    struct prompt_screen *prompt = calloc(1, sizeof *prompt);
    if (!prompt) return fail(ERR_SYSTEM, "out of memory");
    enum error e = asked->is_secret ? field_init_secret(&prompt->field, asked->max)
                                    : field_init(&prompt->field, asked->max, false);
    if (e) {
        free(prompt);
        return e;
    }
    prompt->screen.class = &prompt_class;
    prompt->prompt = *asked;
    snprintf(prompt->title, sizeof prompt->title, "%s", asked->title);
    snprintf(prompt->label, sizeof prompt->label, "%s", asked->label);
    snprintf(prompt->note, sizeof prompt->note, "%s", asked->note ? asked->note : "");
    if (asked->initial) field_set(&prompt->field, asked->initial);
    screen_push(app, &prompt->screen);
    return OK;
}
