#include "ui/kit/dialog.h"

#include "ui/kit/field.h"
#include "ui/kit/frame.h"
#include "ui/kit/text_search.h"
#include "ui/screen.h"
#include "ui/terminal/input.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FULL_SCREEN_BELOW = 46, WIDE = 60, LABEL_SIZE = 64 };

/* The rows of each part, blank ones between them included, as far as the screen has room. */
struct heights {
    int head, body, foot, total;
};

static void fit(struct heights *heights, int room)
{
    int head_gap = heights->head && heights->body;
    int foot_gap = heights->foot && (heights->head || heights->body);
    int over = heights->head + heights->body + heights->foot + head_gap + foot_gap - room;
    if (over > 0 && head_gap) head_gap = 0, over--;
    if (over > 0 && foot_gap) foot_gap = 0, over--;
    int left = room - heights->head;
    if (over > 0) {
        int half = left / 2 > 1 ? left / 2 : 1, rest = left - heights->body;
        int foot = rest > half ? rest : half;
        if (heights->foot > foot) heights->foot = foot;
        heights->body = left - heights->foot;
    }
    heights->head += head_gap;
    heights->total = heights->head + heights->body + foot_gap + heights->foot;
}

static int rows_of(const struct canvas *canvas, pane_drawing *draw, void *arg)
{
    return draw ? pane_rows(canvas, draw, arg) : 0;
}

static struct heights measure(const struct canvas *canvas, const struct dialog_parts *parts,
                              void *arg, int room)
{
    struct heights heights = {.head = rows_of(canvas, parts->head, arg),
                              .body = rows_of(canvas, parts->body, arg),
                              .foot = rows_of(canvas, parts->foot, arg)};
    if (parts->body_rows) heights.body = parts->body_rows;
    fit(&heights, room);
    return heights;
}

/* The inside of the dialog, one column wider than its text: for the scroll bar. What
 * frame_draw_bottom draws stays visible. */
static struct canvas open_box(const struct canvas *whole, const struct dialog_parts *parts,
                              void *arg, struct heights *heights)
{
    struct canvas above = frame_above(whole), text = *whole;
    const struct canvas *screen = &above;
    if (screen->columns < FULL_SCREEN_BELOW) {
        draw_clear(screen);
        draw_cell(screen, 0, 0, screen->columns, parts->destroys ? ROLE_DANGER_TITLE : ROLE_BOLD,
                  parts->title);
        text.columns--;
        *heights = measure(&text, parts, arg, screen->rows - 1);
        return canvas_part(screen, 1, 0, screen->rows - 1, screen->columns);
    }
    int width = parts->columns + 4 < screen->columns - 2 ? parts->columns + 4 : screen->columns - 2;
    text.columns = width - 4;
    *heights = measure(&text, parts, arg, screen->rows - 2);
    int top = (screen->rows - heights->total - 2) / 2, left = (screen->columns - width) / 2;
    struct canvas box = canvas_part(screen, top, left, heights->total + 2, width);
    draw_box(&box, parts->title, parts->destroys);
    return canvas_part(&box, 1, 2, heights->total, width - 3);
}

struct canvas dialog_draw(const struct canvas *screen, const struct dialog_parts *parts, void *arg)
{
    struct heights heights;
    struct pane foot = {0};
    struct canvas inside = open_box(screen, parts, arg, &heights);
    int columns = inside.columns;
    struct canvas head = inside;
    struct canvas body = canvas_part(&inside, heights.head, 0, heights.body, columns);
    struct canvas below =
        canvas_part(&inside, heights.total - heights.foot, 0, heights.foot, columns);
    if (screen->columns >= FULL_SCREEN_BELOW) head.columns--;
    if (parts->body) pane_draw(parts->pane, &body, parts->body, arg);
    if (parts->foot) pane_draw(&foot, &below, parts->foot, arg);
    if (parts->head) parts->head(arg, &head);
    return body;
}

bool dialog_scroll(struct pane *pane, int key)
{
    int rows = key == UI_PAGE_DOWN ? pane->height
               : key == UI_PAGE_UP ? -pane->height
               : key == UI_DOWN    ? 1
               : key == UI_UP      ? -1
                                   : 0;
    if (!rows || !pane_is_cut(pane)) return false;
    pane_scroll(pane, rows);
    return true;
}

struct dialog {
    struct text_screen base;
    struct confirm confirm;
    char title[128], text[3000], cancel[LABEL_SIZE], cancel_hint[LABEL_SIZE],
        labels[CONFIRM_CHOICES][LABEL_SIZE];
    char ask[LABEL_SIZE], typed[300];
    struct field field; /* of a typed confirmation */
    struct pane pane;   /* of the text */
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

/* Returns the rows used. */
static int draw_buttons(const struct dialog *dialog, const struct canvas *canvas, int top)
{
    int column = 0, row = top;
    for (int i = 0; i <= dialog->count; i++) {
        const char *label = i ? dialog->labels[i - 1] : dialog->cancel;
        bool off = i == 1 && is_typed(dialog) && !has_typed_it(dialog);
        char text[LABEL_SIZE + 8];
        if (i && !is_typed(dialog))
            snprintf(text, sizeof text, "%c  %s", dialog->confirm.choices[i - 1].key, label);
        else
            snprintf(text, sizeof text, "%s", label);
        if (column + (int)text_width(text) + 4 > canvas->columns && column) {
            column = 0;
            row++;
        }
        int key = !i ? UI_ESC : is_typed(dialog) ? UI_ENTER : dialog->confirm.choices[i - 1].key;
        screen_target(&dialog->base.screen, canvas, row, column, (int)text_width(text) + 4, key);
        int used = off ? draw_format(canvas, row, column, ROLE_DISABLED, "[ %s ]", text)
                       : draw_button(canvas, row, column, text, i == dialog->focus);
        column += used + 2;
    }
    return row + 1 - top;
}

static int draw_question(void *arg, const struct canvas *canvas)
{
    struct dialog *dialog = arg;
    text_search_page(&dialog->base.search);
    return text_search_wrapped(&dialog->base.search, canvas, 0, 0, canvas->columns, ROLE_TEXT,
                               dialog->text);
}

static int draw_answers(void *arg, const struct canvas *canvas)
{
    enum { FIELD_COLUMNS = 48 };
    struct dialog *dialog = arg;
    if (!is_typed(dialog)) {
        int rows = draw_buttons(dialog, canvas, 0);
        if (!text_search_is_on(&dialog->base.search)) return rows;
        text_search_draw(&dialog->base.search, canvas, rows, 0, canvas->columns);
        return rows + 1;
    }
    int row = draw_wrapped(canvas, 0, 0, canvas->columns, ROLE_TEXT, dialog->ask);
    int rows = draw_buttons(dialog, canvas, row + 2);
    int columns = canvas->columns < FIELD_COLUMNS ? canvas->columns : FIELD_COLUMNS;
    field_draw(&dialog->field, canvas, row, 0, columns, 1, true);
    return row + 2 + rows;
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct dialog *dialog = (struct dialog *)screen;
    dialog_draw(canvas,
                &(struct dialog_parts){.title = dialog->title,
                                       .destroys = dialog->confirm.destroys,
                                       .columns = WIDE,
                                       .body = draw_question,
                                       .foot = draw_answers,
                                       .pane = &dialog->pane},
                dialog);
}

static int finish(struct app *app, struct dialog *dialog, int choice)
{
    int (*done)(struct app *, void *, int) = dialog->confirm.done;
    void *arg = dialog->confirm.arg;
    dialog->confirm.done = NULL;
    screen_close(&dialog->base.screen);
    struct screen *below = app->top;
    int effects = (done ? done(app, arg, choice) : EFFECT_NONE) | EFFECT_DRAW;
    if (!(effects & EFFECT_CLOSE) || !below) return effects;
    screen_close(below);
    return (effects & ~EFFECT_CLOSE) | EFFECT_LOAD;
}

static int step(struct dialog *dialog, int by)
{
    dialog->focus = (dialog->focus + by) % (dialog->count + 1);
    return EFFECT_DRAW;
}

static int typed_key(struct app *app, struct dialog *dialog, int key)
{
    return field_press(&dialog->field, app->input, key) == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int dialog_key(struct screen *screen, int key)
{
    struct app *app = screen->app;
    struct dialog *dialog = (struct dialog *)screen;
    int effects = text_search_key(&dialog->base.search, app, key);
    if (dialog->base.search.typing) return effects;
    if (dialog_scroll(&dialog->pane, key)) {
        dialog->base.search.follows = false;
        return EFFECT_DRAW;
    }
    if (is_typed(dialog)) return typed_key(app, dialog, key);
    for (int i = 0; i < dialog->count; i++)
        if (key == dialog->confirm.choices[i].key) return finish(app, dialog, i + 1);
    if (key == UI_RIGHT || key == UI_DOWN) return step(dialog, 1);
    return key == UI_LEFT || key == UI_UP ? step(dialog, dialog->count) : EFFECT_PASS;
}

static int cancel_dialog(struct screen *screen)
{
    return finish(screen->app, (struct dialog *)screen, 0);
}

static int press(struct screen *screen)
{
    struct dialog *dialog = (struct dialog *)screen;
    return finish(screen->app, dialog, is_typed(dialog) ? 1 : dialog->focus);
}

static int next_button(struct screen *screen)
{
    return step((struct dialog *)screen, 1);
}

static int previous_button(struct screen *screen)
{
    return step((struct dialog *)screen, ((struct dialog *)screen)->count);
}

static bool asks_for_text(const struct screen *screen)
{
    return is_typed((const struct dialog *)screen);
}

static bool has_buttons(const struct screen *screen)
{
    const struct dialog *dialog = (const struct dialog *)screen;
    return dialog->count > 0 && !is_typed(dialog);
}

static bool is_on_cancel(const struct screen *screen)
{
    return ((const struct dialog *)screen)->focus == 0;
}

static const char *why_not_typed(const struct screen *screen)
{
    return has_typed_it((const struct dialog *)screen) ? NULL : "type what is asked for first";
}

/* What its button says: Esc in a dialog with [ Stay ] cancels nothing. */
static const char *cancel_hint(const struct screen *screen)
{
    return ((const struct dialog *)screen)->cancel_hint;
}

/* A text that is seen whole need not be searched. */
static bool is_long(const struct screen *screen)
{
    const struct dialog *dialog = (const struct dialog *)screen;
    return !is_typed(dialog) && (pane_is_cut(&dialog->pane) || dialog->base.search.field.size);
}

static bool is_searching(const struct screen *screen)
{
    return ((const struct dialog *)screen)->base.search.typing;
}

static const struct screen_command dialog_commands[] = {
    {COMMAND_HELP_SEARCH, .run = text_search_open, .when = is_long},
    {COMMAND_ACCEPT, .run = press, .hint = "confirm", .when = asks_for_text,
     .why_not = why_not_typed},
    {COMMAND_ACCEPT, .run = press, .hint_now = cancel_hint, .when = is_on_cancel},
    {COMMAND_ACCEPT, .run = press, .hint = "press"},
    {COMMAND_NEXT_PART, .run = next_button, .hint = "next button", .when = has_buttons},
    {COMMAND_PREVIOUS_PART, .run = previous_button, .when = has_buttons},
    {COMMAND_ESCAPE, .run = cancel_dialog, .hint_now = cancel_hint},
    {.command = COMMAND_NONE},
};

static const enum command dialog_footer[] = {COMMAND_NEXT_PART,     COMMAND_ACCEPT,
                                             COMMAND_HELP_SEARCH,   COMMAND_HELP_NEXT,
                                             COMMAND_HELP_PREVIOUS, COMMAND_NONE};

static struct contexts dialog_focus(const struct screen *screen)
{
    return is_typed((const struct dialog *)screen) || is_searching(screen)
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
    text_search_free(&dialog->base.search);
    free(dialog);
}

static const struct screen_class dialog_class = {
    .title = "Confirm",
    .popup = true,
    .footer = dialog_footer,
    .contexts = {{CONTEXT_HELP, CONTEXT_DIALOG}},
    .focus = dialog_focus,
    .draw = draw,
    .key = dialog_key,
    .commands = {text_search_commands, dialog_commands},
    .close = dialog_close,
};

/* If the question cannot be asked, the answer is no. */
static void refuse(struct app *app, const struct confirm *confirm, struct dialog *dialog)
{
    if (dialog) field_free(&dialog->field);
    free(dialog);
    int ignored = confirm->done ? confirm->done(app, confirm->arg, 0) : 0;
    (void)ignored;
    app_say_error(app);
}

void confirm_open(struct app *app, const struct confirm *confirm)
{
    struct dialog *dialog = screen_new(app, &dialog_class, sizeof *dialog);
    if (!dialog || field_init(&dialog->field, 80, false) ||
        text_search_init(&dialog->base.search)) {
        refuse(app, confirm, dialog);
        return;
    }
    dialog->confirm = *confirm;
    snprintf(dialog->title, sizeof dialog->title, "%s", confirm->title);
    snprintf(dialog->text, sizeof dialog->text, "%s", confirm->text);
    snprintf(dialog->cancel, sizeof dialog->cancel, "%s",
             confirm->cancel ? confirm->cancel : "Cancel");
    for (size_t i = 0; dialog->cancel[i]; i++)
        dialog->cancel_hint[i] = ascii_lower(dialog->cancel[i]);
    if (confirm->typed) {
        snprintf(dialog->typed, sizeof dialog->typed, "%s", confirm->typed);
        snprintf(dialog->ask, sizeof dialog->ask, "%s", confirm->ask);
    }
    for (; dialog->count < CONFIRM_CHOICES && confirm->choices[dialog->count].label;
         dialog->count++)
        snprintf(dialog->labels[dialog->count], LABEL_SIZE, "%s",
                 confirm->choices[dialog->count].label);
    screen_push(&dialog->base.screen);
}

struct prompt_screen {
    struct screen screen;
    struct prompt prompt;
    char title[128], label[64], note[512], refused[ERROR_MESSAGE_MAX];
    struct field field;
    struct pane pane; /* of the note */
};

static int draw_note(void *arg, const struct canvas *canvas)
{
    const struct prompt_screen *prompt = arg;
    return draw_wrapped(canvas, 0, 0, canvas->columns, ROLE_TEXT, prompt->note);
}

static int draw_prompt(void *arg, const struct canvas *canvas)
{
    struct prompt_screen *prompt = arg;
    int row = 0, used = draw_text(canvas, row, 0, ROLE_MUTED, prompt->label) + 2;
    field_draw(&prompt->field, canvas, row++, used, canvas->columns - used, 1, true);
    if (prompt->refused[0])
        row += draw_wrapped(canvas, row, 0, canvas->columns, ROLE_BAD, prompt->refused);
    return row;
}

static void prompt_draw(struct screen *screen, const struct canvas *canvas)
{
    struct prompt_screen *prompt = (struct prompt_screen *)screen;
    dialog_draw(canvas,
                &(struct dialog_parts){.title = prompt->title,
                                       .columns = WIDE,
                                       .body = draw_note,
                                       .foot = draw_prompt,
                                       .pane = &prompt->pane},
                prompt);
}

static int cancel(struct screen *screen)
{
    screen_close(screen);
    return EFFECT_DRAW;
}

static int commit(struct screen *screen)
{
    struct app *app = screen->app;
    struct prompt_screen *prompt = (struct prompt_screen *)screen;
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
    if (dialog_scroll(&prompt->pane, key)) return EFFECT_DRAW;
    enum field_effect effect = field_press(&prompt->field, app->input, key);
    if (effect == FIELD_CHANGED) prompt->refused[0] = 0;
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static const struct screen_command prompt_commands[] = {
    {COMMAND_ACCEPT, .run = commit},
    {COMMAND_ESCAPE, .run = cancel, .hint = "cancel"},
    {.command = COMMAND_NONE},
};

static const enum command prompt_footer[] = {COMMAND_ACCEPT, COMMAND_NONE};

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
    .footer = prompt_footer,
    .keeps_typed_ahead = true,
    .contexts = {{CONTEXT_TEXT}},
    .draw = prompt_draw,
    .key = prompt_key,
    .commands = {prompt_commands},
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
    if (asked->initial) (asked->edits ? field_set : field_propose)(&prompt->field, asked->initial);
    screen_push(&prompt->screen);
    return OK;
}
