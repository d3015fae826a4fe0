#include "ui/screens/token_dialog.h"

#include "ui/copy.h"
#include "ui/kit/dialog.h"
#include "ui/loop.h"
#include "ui/screen.h"
#include "ui/terminal/key.h"

#include <gatehouse/ambient.h>
#include <gatehouse/token.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEAF_MS = 500, PEEK_MS = 10000, PATH_MAX_CHARACTERS = 400, BOX_COLUMNS = 70 };

struct token_dialog {
    struct screen screen;
    struct secret *text;
    char said[512]; /* what became of the last copy */
    bool only_once; /* no sealed copy exists: closing loses it */
    bool written;
    bool sent;
    int64_t opened; /* ambient_ticks() of the first frame; 0: not drawn yet */
    bool peek;
    bool code; /* a recovery code */
};

static const char *noun(const struct token_dialog *dialog)
{
    return dialog->code ? "recovery code" : "token";
}

static void write_keys(char *out, size_t size)
{
    snprintf(out, size, "%s %s  %s %s  ? help  %s %s", command_key(COMMAND_SECRET_COPY).text,
             command_table[COMMAND_SECRET_COPY].hint, command_key(COMMAND_SECRET_WRITE).text,
             command_table[COMMAND_SECRET_WRITE].hint, command_key(COMMAND_SECRET_DONE).text,
             command_table[COMMAND_SECRET_DONE].hint);
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct token_dialog *dialog = (struct token_dialog *)screen;
    int columns = canvas->columns < BOX_COLUMNS + 4 ? canvas->columns - 4 : BOX_COLUMNS;
    if (canvas->columns < 46) columns = canvas->columns;
    char keys[3 * COMMAND_KEY_SIZE + 64];
    write_keys(keys, sizeof keys);
    const char *kept = dialog->only_once ? "It is not kept: print it, write it, or copy it now"
                                         : "It can be copied again with the vault unlocked";
    int said = draw_wrapped_rows(dialog->said, columns);
    int below = draw_wrapped_rows(kept, columns) + draw_wrapped_rows(keys, columns) + 1;
    struct canvas box = dialog_box(canvas,
                                   dialog->peek   ? "Token"
                                   : dialog->code ? "Recovery code"
                                                  : "Token generated",
                                   2 + said + below, columns);
    if (dialog->opened == 0) dialog->opened = ambient_ticks();
    if ((size_t)(box.columns > 0 ? box.columns : 0) < dialog->text->size)
        draw_format(&box, 0, 0, ROLE_WARN, "Too narrow for the %s: %s and %s work", noun(dialog),
                    command_key(COMMAND_SECRET_COPY).text, command_key(COMMAND_SECRET_WRITE).text);
    else
        draw_text(&box, 0, 0, ROLE_BOLD, dialog->text->bytes);
    int row = 2 + draw_wrapped(&box, 2, 0, box.columns, ROLE_MUTED, dialog->said);
    if (dialog->peek) {
        draw_text(&box, row + 1, 0, ROLE_MUTED, "Closes after ten seconds, or with any key");
        return;
    }
    row += draw_wrapped(&box, row, 0, box.columns, ROLE_MUTED, kept) + 1;
    draw_wrapped(&box, row, 0, box.columns, ROLE_TEXT, keys);
    draw_cursor(&box, 0, 0, false);
}

static int copy(struct screen *screen)
{
    struct app *app = screen->app;
    struct token_dialog *dialog = (struct token_dialog *)screen;
    int effects = copy_secret(app, dialog->text);
    snprintf(dialog->said, sizeof dialog->said, "%s", app->message);
    app->message[0] = 0;
    return effects;
}

static enum error write_file(struct app *app, void *arg, const char *path, struct secret *unused)
{
    (void)unused;
    struct token_dialog *dialog = arg;
    enum error e = secret_write_file(dialog->text, path);
    if (e) return e;
    dialog->written = true;
    snprintf(dialog->said, sizeof dialog->said, "Written to %s, readable by you alone", path);
    app->message[0] = 0;
    return OK;
}

static int ask_path(struct screen *screen)
{
    struct app *app = screen->app;
    struct token_dialog *dialog = (struct token_dialog *)screen;
    char title[64];
    snprintf(title, sizeof title, "Write the %s to a file", noun(dialog));
    enum error e = prompt_open(app, &(struct prompt){.title = title,
                                                     .label = "File",
                                                     .note = "A new file, mode 0600; nothing is "
                                                             "overwritten.",
                                                     .max = PATH_MAX_CHARACTERS,
                                                     .done = write_file,
                                                     .arg = dialog});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

static int leave(struct app *app, void *arg, int choice)
{
    (void)app;
    struct token_dialog *dialog = arg;
    if (choice == 1) screen_close(&dialog->screen);
    return EFFECT_DRAW;
}

static int done(struct screen *screen)
{
    struct token_dialog *dialog = (struct token_dialog *)screen;
    if (ambient_ticks() < dialog->opened + DEAF_MS) return EFFECT_NONE;
    if (!dialog->only_once || dialog->written) return EFFECT_CLOSE;
    char title[64], text[128];
    snprintf(title, sizeof title, "Leave the %s", noun(dialog));
    snprintf(text, sizeof text,
             "This %s is not kept. When the dialog closes it cannot be shown again.", noun(dialog));
    confirm_open(screen->app, &(struct confirm){.title = title,
                                                .text = text,
                                                .choices = {{"Close", 'Y'}},
                                                .done = leave,
                                                .arg = dialog});
    return EFFECT_DRAW;
}

static int explain(struct app *app)
{
    confirm_open(app,
                 &(struct confirm){
                     .title = "If nothing arrives in the clipboard",
                     .text = "xterm: take SetSelection out of disallowedWindowOps.\n"
                             "iTerm2: allow it in Settings, General, Selection.\n"
                             "An outer tmux: set -s set-clipboard on.\n"
                             "GNOME Terminal and Terminal.app: not supported; select the token "
                             "with Shift-drag.",
                     .cancel = "Close"});
    return EFFECT_DRAW;
}

static int key(struct screen *screen, int pressed)
{
    struct token_dialog *dialog = (struct token_dialog *)screen;
    if (!dialog->peek && (pressed == '?' || pressed == UI_F1)) return explain(screen->app);
    if (pressed == UI_PASTE) return EFFECT_NONE;
    return dialog->peek && pressed != UI_CTRL('L') ? EFFECT_CLOSE : EFFECT_PASS;
}

static const struct screen_command dialog_commands[] = {
    {COMMAND_SECRET_COPY, .run = copy}, {COMMAND_SECRET_WRITE, .run = ask_path},
    {COMMAND_SECRET_DONE, .run = done}, {COMMAND_ESCAPE, .run = done},
    {.command = COMMAND_NONE},
};

static int64_t due(const struct screen *screen)
{
    const struct token_dialog *dialog = (const struct token_dialog *)screen;
    if (!dialog->sent) return 0;
    return dialog->peek ? dialog->opened + PEEK_MS : INT64_MAX;
}

static int tick(struct screen *screen)
{
    struct token_dialog *dialog = (struct token_dialog *)screen;
    if (dialog->peek && dialog->opened && ambient_ticks() >= dialog->opened + PEEK_MS)
        return EFFECT_CLOSE;
    if (dialog->sent) return EFFECT_NONE;
    dialog->sent = true;
    return dialog->peek ? EFFECT_NONE : copy(screen);
}

static void close_dialog(struct screen *screen)
{
    struct app *app = screen->app;
    struct token_dialog *dialog = (struct token_dialog *)screen;
    secret_free(dialog->text);
    free(dialog);
    /* Cells and output buffer held the token: redrawing the whole screen overwrites both. */
    loop_redraw(app);
}

static const struct screen_class dialog_class = {
    .title = "A generated token",
    .popup = true,
    .contexts = {{CONTEXT_TOKEN_DIALOG, CONTEXT_DIALOG}},
    .draw = draw,
    .key = key,
    .commands = {dialog_commands},
    .due = due,
    .tick = tick,
    .close = close_dialog,
};

static struct token_dialog *open_dialog(struct app *app, struct secret *text)
{
    struct token_dialog *dialog = screen_new(app, &dialog_class, sizeof *dialog);
    if (!dialog) {
        secret_free(text);
        return NULL;
    }
    dialog->text = text;
    screen_push(&dialog->screen);
    return dialog;
}

void token_dialog_open(struct app *app, int64_t token, struct secret *text)
{
    struct token_row row;
    bool sealed = !token_get(app->store, ambient_now(), token, &row) && row.sealed;
    struct token_dialog *dialog = open_dialog(app, text);
    if (dialog) dialog->only_once = !sealed;
}

void token_peek_open(struct app *app, struct secret *text)
{
    struct token_dialog *dialog = open_dialog(app, text);
    if (dialog) dialog->peek = true;
}

void token_code_open(struct app *app, struct secret *text)
{
    struct token_dialog *dialog = open_dialog(app, text);
    if (!dialog) return;
    dialog->code = dialog->only_once = dialog->sent = true;
    snprintf(dialog->said, sizeof dialog->said,
             "Opens the vault when the passphrase is lost. Keep it on paper, away from here.");
}
