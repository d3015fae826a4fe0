#include "ui/kit/fields.h"

#include "ui/kit/dialog.h"
#include "ui/kit/field.h"
#include "ui/screen.h"
#include "ui/terminal/input.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 60, LABEL_SIZE = 32, NOTE_SIZE = 256 };

struct fields_dialog {
    struct screen screen;
    struct fields asked;
    char title[200], labels[FIELDS_MAX][LABEL_SIZE], notes[FIELDS_MAX][NOTE_SIZE];
    char refused[ERROR_MESSAGE_MAX];
    struct field fields[FIELDS_MAX];
    size_t count, focus;
    struct pane pane;
};

static int label_columns(const struct fields_dialog *dialog)
{
    int columns = 0;
    for (size_t i = 0; i < dialog->count; i++)
        if ((int)text_width(dialog->labels[i]) > columns)
            columns = (int)text_width(dialog->labels[i]);
    return columns + 2;
}

static int draw_fields(void *arg, const struct canvas *canvas)
{
    struct fields_dialog *dialog = arg;
    int labels = label_columns(dialog);
    for (size_t i = 0; i < dialog->count; i++) {
        bool here = i == dialog->focus;
        draw_text(canvas, (int)i, 0, here ? ROLE_ACCENT : ROLE_MUTED, dialog->labels[i]);
        field_draw(&dialog->fields[i], canvas, (int)i, labels, canvas->columns - labels, 1, here);
    }
    return (int)dialog->count;
}

/* The note of the focused field, or why the last try was refused: always room for two lines. */
static int draw_note(void *arg, const struct canvas *canvas)
{
    enum { LEAST = 2 };
    const struct fields_dialog *dialog = arg;
    bool refused = dialog->refused[0] != 0;
    int row = draw_wrapped(canvas, 0, 0, canvas->columns, refused ? ROLE_BAD : ROLE_MUTED,
                           refused ? dialog->refused : dialog->notes[dialog->focus]);
    return row < LEAST ? LEAST : row;
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct fields_dialog *dialog = (struct fields_dialog *)screen;
    dialog_draw(canvas,
                &(struct dialog_parts){.title = dialog->title,
                                       .columns = COLUMNS,
                                       .body = draw_fields,
                                       .foot = draw_note,
                                       .pane = &dialog->pane},
                dialog);
}

static int commit(struct screen *screen)
{
    struct app *app = screen->app;
    struct fields_dialog *dialog = (struct fields_dialog *)screen;
    const char *texts[FIELDS_MAX];
    for (size_t i = 0; i < FIELDS_MAX; i++)
        texts[i] = i < dialog->count ? dialog->fields[i].text : "";
    size_t wrong = dialog->focus;
    if (dialog->asked.done(app, dialog->asked.arg, texts, &wrong)) {
        dialog->focus = wrong;
        snprintf(dialog->refused, sizeof dialog->refused, "%s", error_message());
        return EFFECT_DRAW;
    }
    dialog->asked.cancelled = NULL;
    screen_close(&dialog->screen);
    return EFFECT_LOAD;
}

static int step(struct fields_dialog *dialog, size_t by)
{
    dialog->focus = (dialog->focus + by) % dialog->count;
    return EFFECT_DRAW;
}

static int key(struct screen *screen, int key)
{
    struct app *app = screen->app;
    struct fields_dialog *dialog = (struct fields_dialog *)screen;
    if (key == UI_DOWN) return step(dialog, 1);
    if (key == UI_UP) return step(dialog, dialog->count - 1);
    struct field *field = &dialog->fields[dialog->focus];
    enum field_effect effect = field_press(field, app->input, key);
    if (effect == FIELD_CHANGED) dialog->refused[0] = 0;
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int next(struct screen *screen)
{
    return step((struct fields_dialog *)screen, 1);
}

static int previous(struct screen *screen)
{
    return step((struct fields_dialog *)screen, ((struct fields_dialog *)screen)->count - 1);
}

static int cancel(struct screen *screen)
{
    screen_close(screen);
    return EFFECT_DRAW;
}

static const struct screen_command fields_commands[] = {
    {COMMAND_NEXT_PART, .run = next, .hint = "next field"},
    {COMMAND_PREVIOUS_PART, .run = previous},
    {COMMAND_ACCEPT, .run = commit},
    {COMMAND_FORM_SAVE, .run = commit},
    {COMMAND_ESCAPE, .run = cancel, .hint = "cancel"},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT, COMMAND_NEXT_PART, COMMAND_NONE};

static void close_dialog(struct screen *screen)
{
    struct fields_dialog *dialog = (struct fields_dialog *)screen;
    if (dialog->asked.cancelled) dialog->asked.cancelled(dialog->asked.arg);
    for (size_t i = 0; i < dialog->count; i++)
        field_free(&dialog->fields[i]);
    free(dialog);
}

static const struct screen_class dialog_class = {
    .title = "Question",
    .popup = true,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_TEXT, CONTEXT_FORM}},
    .draw = draw,
    .key = key,
    .commands = {fields_commands},
    .close = close_dialog,
};

enum error fields_open(struct app *app, const struct fields *asked)
{
    struct fields_dialog *dialog = screen_new(app, &dialog_class, sizeof *dialog);
    enum error e = dialog ? OK : ERR_SYSTEM;
    for (size_t i = 0; !e && i < FIELDS_MAX && asked->fields[i].label; i++) {
        e = field_init(&dialog->fields[i], asked->fields[i].max, false);
        if (e) break;
        dialog->count++;
        snprintf(dialog->labels[i], LABEL_SIZE, "%s", asked->fields[i].label);
        if (asked->fields[i].note)
            snprintf(dialog->notes[i], NOTE_SIZE, "%s", asked->fields[i].note);
        if (asked->fields[i].initial)
            (asked->edits ? field_set : field_propose)(&dialog->fields[i],
                                                       asked->fields[i].initial);
    }
    if (e) {
        for (size_t i = 0; dialog && i < dialog->count; i++)
            field_free(&dialog->fields[i]);
        free(dialog);
        return e;
    }
    dialog->asked = *asked;
    dialog->focus = asked->focus;
    snprintf(dialog->title, sizeof dialog->title, "%s", asked->title);
    screen_push(&dialog->screen);
    return OK;
}
