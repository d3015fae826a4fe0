#include "ui/kit/dialog.h"

#include "ui/kit/field.h"
#include "ui/screen.h"
#include "ui/terminal/input.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FULL_SCREEN_BELOW = 46, WIDE = 60, LABEL_SIZE = 64 };

struct canvas dialog_box(const struct canvas *screen, const char *title, int rows, int columns)
{
    if (screen->columns < FULL_SCREEN_BELOW) {
        draw_clear(screen);
        draw_text(screen, 0, 0, ROLE_BOLD, title);
        return canvas_part(screen, 1, 0, screen->rows - 1, screen->columns);
    }
    int height = rows + 2 < screen->rows ? rows + 2 : screen->rows;
    int width = columns + 4 < screen->columns - 2 ? columns + 4 : screen->columns - 2;
    int top = (screen->rows - height) / 2, left = (screen->columns - width) / 2;
    struct canvas box = canvas_part(screen, top, left, height, width);
    return draw_box(&box, title);
}

struct dialog {
    struct screen screen;
    struct confirm confirm;
    char title[128], text[3000], cancel[LABEL_SIZE], labels[CONFIRM_CHOICES][LABEL_SIZE];
    char typed[300];
    struct field field; /* of a typed confirmation */
    int count, focus;   /* buttons; 0 is Cancel */
};

static bool is_typed(const struct dialog *dialog)
{
    return dialog->typed[0] != 0;
}

static bool has_typed_it(const struct dialog *dialog)
{
    const char *want = dialog->typed, *have = dialog->field.text;
    if (!ascii_ncasecmp(want, "sa::", 4)) want += 4;
    if (!ascii_ncasecmp(have, "sa::", 4)) have += 4;
    return !ascii_casecmp(want, have);
}

static void draw_buttons(const struct dialog *dialog, const struct canvas *box, int row)
{
    int column = 0;
    for (int i = 0; i <= dialog->count; i++) {
        const char *label = i ? dialog->labels[i - 1] : dialog->cancel;
        bool off = i == 1 && is_typed(dialog) && !has_typed_it(dialog);
        char text[LABEL_SIZE + 8];
        if (i && !is_typed(dialog))
            snprintf(text, sizeof text, "%c  %s", dialog->confirm.choices[i - 1].key, label);
        else
            snprintf(text, sizeof text, "%s", label);
        if (column + (int)text_width(text) + 4 > box->columns && column) {
            column = 0;
            row++;
        }
        if (off)
            column += draw_format(box, row, column, ROLE_DISABLED, "[ %s ]", text) + 2;
        else
            column += draw_button(box, row, column, text, i == dialog->focus) + 2;
    }
}

static void dialog_draw(struct screen *screen, const struct canvas *canvas)
{
    struct dialog *dialog = (struct dialog *)screen;
    int columns = canvas->columns < FULL_SCREEN_BELOW ? canvas->columns : WIDE;
    if (columns > canvas->columns - 6 && canvas->columns >= FULL_SCREEN_BELOW)
        columns = canvas->columns - 6;
    int text_rows = draw_wrapped_rows(dialog->text, columns);
    int rows = text_rows + 2 + (is_typed(dialog) ? 2 : 0);
    for (int i = 0, used = 0; i <= dialog->count; i++) {
        used += (int)text_width(i ? dialog->labels[i - 1] : dialog->cancel) + 9;
        if (used > columns && i == dialog->count) rows++;
    }
    struct canvas box = dialog_box(canvas, dialog->title, rows, columns);
    int row = draw_wrapped(&box, 0, 0, box.columns, ROLE_TEXT, dialog->text) + 1;
    if (!is_typed(dialog)) {
        draw_buttons(dialog, &box, row);
        return;
    }
    draw_buttons(dialog, &box, row + 2);
    field_draw(&dialog->field, &box, row, 0, box.columns < 48 ? box.columns : 48, 1, true);
}

static int finish(struct app *app, struct dialog *dialog, int choice)
{
    int (*done)(struct app *, void *, int) = dialog->confirm.done;
    void *arg = dialog->confirm.arg;
    dialog->confirm.done = NULL;
    screen_close(&dialog->screen);
    struct screen *below = app->top;
    int effects = (done ? done(app, arg, choice) : EFFECT_NONE) | EFFECT_DRAW;
    if (!(effects & EFFECT_CLOSE) || !below) return effects;
    screen_close(below);
    return (effects & ~EFFECT_CLOSE) | EFFECT_LOAD;
}

static int typed_key(struct app *app, struct dialog *dialog, int key)
{
    if (key == UI_ENTER && has_typed_it(dialog)) return finish(app, dialog, 1);
    if (key == UI_ENTER) return EFFECT_DRAW;
    if (key == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(app->input, &size);
        enum field_effect ignored = field_paste(&dialog->field, paste, size);
        (void)ignored;
        return EFFECT_DRAW;
    }
    return field_key(&dialog->field, key) == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int dialog_key(struct screen *screen, int key)
{
    struct app *app = screen->app;
    struct dialog *dialog = (struct dialog *)screen;
    if (key == UI_ESC || key == UI_CTRL('C')) return finish(app, dialog, 0);
    if (is_typed(dialog)) return typed_key(app, dialog, key);
    if (key == UI_ENTER) return finish(app, dialog, dialog->focus);
    for (int i = 0; i < dialog->count; i++)
        if (key == dialog->confirm.choices[i].key) return finish(app, dialog, i + 1);
    int step = key == UI_TAB || key == UI_RIGHT || key == UI_DOWN     ? 1
               : key == UI_BACK_TAB || key == UI_LEFT || key == UI_UP ? dialog->count
                                                                      : 0;
    dialog->focus = (dialog->focus + step) % (dialog->count + 1);
    return step ? EFFECT_DRAW : EFFECT_PASS;
}

static struct contexts dialog_focus(const struct screen *screen)
{
    return is_typed((const struct dialog *)screen)
               ? (struct contexts){{CONTEXT_TEXT, CONTEXT_DIALOG}}
               : screen->class->contexts;
}

static void dialog_close(struct screen *screen)
{
    struct app *app = screen->app;
    struct dialog *dialog = (struct dialog *)screen;
    /* The console ends with the question open: the answer is no. */
    int ignored = dialog->confirm.done ? dialog->confirm.done(app, dialog->confirm.arg, 0) : 0;
    (void)ignored;
    field_free(&dialog->field);
    free(dialog);
}

static const struct screen_class dialog_class = {
    .title = "Confirm",
    .popup = true,
    .contexts = {{CONTEXT_DIALOG}},
    .focus = dialog_focus,
    .draw = dialog_draw,
    .key = dialog_key,
    .close = dialog_close,
};

/* If the question cannot be asked, the answer is no. */
static void refuse(struct app *app, const struct confirm *confirm, struct dialog *dialog)
{
    free(dialog);
    int ignored = confirm->done ? confirm->done(app, confirm->arg, 0) : 0;
    (void)ignored;
    app_say_error(app);
}

void confirm_open(struct app *app, const struct confirm *confirm)
{
    struct dialog *dialog = screen_new(app, &dialog_class, sizeof *dialog);
    if (!dialog || field_init(&dialog->field, 80, false)) {
        refuse(app, confirm, dialog);
        return;
    }
    dialog->confirm = *confirm;
    snprintf(dialog->title, sizeof dialog->title, "%s", confirm->title);
    snprintf(dialog->text, sizeof dialog->text, "%s", confirm->text);
    snprintf(dialog->cancel, sizeof dialog->cancel, "%s",
             confirm->cancel ? confirm->cancel : "Cancel");
    if (confirm->typed) snprintf(dialog->typed, sizeof dialog->typed, "%s", confirm->typed);
    for (; dialog->count < CONFIRM_CHOICES && confirm->choices[dialog->count].label;
         dialog->count++)
        snprintf(dialog->labels[dialog->count], LABEL_SIZE, "%s",
                 confirm->choices[dialog->count].label);
    screen_push(&dialog->screen);
}

struct prompt_screen {
    struct screen screen;
    struct prompt prompt;
    char title[128], label[64], note[512], refused[ERROR_MESSAGE_MAX];
    struct field field;
};

static void prompt_draw(struct screen *screen, const struct canvas *canvas)
{
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

static int cancel(struct prompt_screen *prompt)
{
    screen_close(&prompt->screen);
    return EFFECT_DRAW;
}

static int commit(struct app *app, struct prompt_screen *prompt)
{
    struct secret *secret = NULL;
    enum error e = prompt->prompt.is_secret ? field_take_secret(&prompt->field, &secret) : OK;
    if (!e) e = prompt->prompt.done(app, prompt->prompt.arg, prompt->field.text, secret);
    if (!e) {
        prompt->prompt.cancelled = NULL;
        screen_close(&prompt->screen);
        return EFFECT_LOAD;
    }
    snprintf(prompt->refused, sizeof prompt->refused, "%s", error_message());
    return EFFECT_DRAW;
}

static int prompt_key(struct screen *screen, int key)
{
    struct app *app = screen->app;
    struct prompt_screen *prompt = (struct prompt_screen *)screen;
    if (key == UI_ESC || key == UI_CTRL('C')) return cancel(prompt);
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

static void prompt_close(struct screen *screen)
{
    struct prompt_screen *prompt = (struct prompt_screen *)screen;
    if (prompt->prompt.cancelled) prompt->prompt.cancelled(prompt->prompt.arg);
    field_free(&prompt->field);
    free(prompt);
}

static const struct screen_class prompt_class = {
    .title = "Question",
    .popup = true,
    .keeps_typed_ahead = true,
    .contexts = {{CONTEXT_TEXT}},
    .draw = prompt_draw,
    .key = prompt_key,
    .close = prompt_close,
};

enum error prompt_open(struct app *app, const struct prompt *asked)
{
    struct prompt_screen *prompt = screen_new(app, &prompt_class, sizeof *prompt);
    if (!prompt) return ERR_SYSTEM;
    enum error e = asked->is_secret ? field_init_secret(&prompt->field, asked->max)
                                    : field_init(&prompt->field, asked->max, false);
    if (e) {
        free(prompt);
        return e;
    }
    prompt->prompt = *asked;
    snprintf(prompt->title, sizeof prompt->title, "%s", asked->title);
    snprintf(prompt->label, sizeof prompt->label, "%s", asked->label);
    snprintf(prompt->note, sizeof prompt->note, "%s", asked->note ? asked->note : "");
    if (asked->initial) field_set(&prompt->field, asked->initial);
    screen_push(&prompt->screen);
    return OK;
}
