#include "ui/screens/token_dialog.h"

#include "ui/copy.h"
#include "ui/kit/dialog.h"
#include "ui/loop.h"
#include "ui/screen.h"
#include "ui/terminal/key.h"

#include <gatehouse/account.h>
#include <gatehouse/ambient.h>
#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEAF_MS = 500, PEEK_MS = 10000, PATH_MAX_CHARACTERS = 400, BOX_COLUMNS = 70 };

struct token_dialog {
    struct screen screen;
    struct secret *text;
    char said[512];                      /* what became of the last copy */
    char about[640];                     /* whose it is, its name, expiry and limits */
    char result[TOKEN_LABEL_SIZE + 100]; /* what the result line says afterwards */
    bool only_once;                      /* no sealed copy exists: closing loses it */
    bool written;
    bool sent;
    int copies;     /* how often it was sent to the clipboard */
    int64_t opened; /* ambient_ticks() of the first frame; 0: not drawn yet */
    bool peek;
    bool code; /* a recovery code */
    struct pane pane;
};

static const char *noun(const struct token_dialog *dialog)
{
    return dialog->code ? "recovery code" : "token";
}

static int draw_secret(void *arg, const struct canvas *canvas)
{
    const struct token_dialog *dialog = arg;
    draw_cursor(canvas, 0, 0, false);
    if ((size_t)canvas->columns >= dialog->text->size) {
        draw_text(canvas, 0, 0, ROLE_BOLD, dialog->text->bytes);
        return 1;
    }
    char text[2 * COMMAND_KEY_SIZE + 64];
    snprintf(text, sizeof text, "Too narrow for the %s: %s and %s work", noun(dialog),
             command_key(COMMAND_SECRET_COPY).text, command_key(COMMAND_SECRET_WRITE).text);
    return draw_wrapped(canvas, 0, 0, canvas->columns, ROLE_WARN, text);
}

static int draw_said(void *arg, const struct canvas *canvas)
{
    const struct token_dialog *dialog = arg;
    const char *kept = dialog->peek        ? "Closes after ten seconds, or with any key"
                       : dialog->only_once ? "It is not kept: copy it or write it to a file now"
                                           : "You can copy it again later by unlocking the vault";
    int row = draw_wrapped(canvas, 0, 0, canvas->columns, ROLE_TEXT, dialog->about);
    row += draw_wrapped(canvas, row, 0, canvas->columns, ROLE_MUTED, dialog->said);
    return row + draw_wrapped(canvas, row, 0, canvas->columns, ROLE_MUTED, kept);
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct token_dialog *dialog = (struct token_dialog *)screen;
    const char *title = dialog->peek ? "Token" : dialog->code ? "Recovery code" : "Token generated";
    if (dialog->opened == 0) dialog->opened = ambient_ticks();
    dialog_draw(canvas,
                &(struct dialog_parts){.title = title,
                                       .columns = BOX_COLUMNS,
                                       .head = draw_secret,
                                       .body = draw_said,
                                       .pane = &dialog->pane},
                dialog);
}

static int copy(struct screen *screen)
{
    struct app *app = screen->app;
    struct token_dialog *dialog = (struct token_dialog *)screen;
    int effects = copy_secret(app, dialog->text);
    char times[32] = "";
    if (++dialog->copies > 1) snprintf(times, sizeof times, " (%d times)", dialog->copies);
    snprintf(dialog->said, sizeof dialog->said, "%.480s%s", app->message, times);
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
    snprintf(dialog->said, sizeof dialog->said, "Written to %s, which only you can read", path);
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

/* The result line then tells what was made. */
static void leave_dialog(struct app *app, struct token_dialog *dialog)
{
    if (dialog->result[0]) app_say(app, ROLE_GOOD, "%s", dialog->result);
    screen_close(&dialog->screen);
}

static int leave(struct app *app, void *arg, int choice)
{
    struct token_dialog *dialog = arg;
    if (choice == 1) leave_dialog(app, dialog);
    return EFFECT_DRAW;
}

static int done(struct screen *screen)
{
    struct token_dialog *dialog = (struct token_dialog *)screen;
    if (ambient_ticks() < dialog->opened + DEAF_MS) return EFFECT_NONE;
    if (!dialog->only_once || dialog->written) {
        leave_dialog(screen->app, dialog);
        return EFFECT_LOAD;
    }
    char title[64], text[128];
    snprintf(title, sizeof title, "Leave the %s", noun(dialog));
    snprintf(text, sizeof text,
             "This %s is not kept. Once this dialog is closed, it cannot be shown again.",
             noun(dialog));
    confirm_open(screen->app, &(struct confirm){.title = title,
                                                .text = text,
                                                .choices = {{"Close", 'Y'}},
                                                .done = leave,
                                                .arg = dialog});
    return EFFECT_DRAW;
}

static int explain(struct screen *screen)
{
    confirm_open(screen->app,
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
    if (pressed == UI_PASTE) return EFFECT_NONE;
    return dialog_scroll(&dialog->pane, pressed) ? EFFECT_DRAW : EFFECT_PASS;
}

static const struct screen_command dialog_commands[] = {
    {COMMAND_SECRET_COPY, .run = copy},
    {COMMAND_SECRET_WRITE, .run = ask_path},
    {COMMAND_SECRET_DONE, .run = done},
    {COMMAND_HELP, .run = explain},
    {COMMAND_ESCAPE, .run = done, .hint = "close"},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_SECRET_COPY, COMMAND_SECRET_WRITE,
                                      COMMAND_SECRET_DONE, COMMAND_NONE};

/* A peek: any key closes it that does not open the help. */
static int peek_key(struct screen *screen, int pressed)
{
    struct contexts contexts = screen_contexts(screen);
    switch (command_of_key(pressed, &contexts)) {
    case COMMAND_HELP:
    case COMMAND_REDRAW:
    case COMMAND_SUSPEND:
        return EFFECT_PASS;
    default:
        return pressed == UI_PASTE ? EFFECT_NONE : EFFECT_CLOSE;
    }
}

static int close_peek(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static const struct screen_command peek_commands[] = {
    {COMMAND_ACCEPT, .run = close_peek, .hint = "close"},
    {COMMAND_ESCAPE, .run = close_peek, .hint = "close"},
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
    .footer = footer,
    .contexts = {{CONTEXT_TOKEN_DIALOG, CONTEXT_DIALOG}},
    .draw = draw,
    .key = key,
    .commands = {dialog_commands},
    .due = due,
    .tick = tick,
    .close = close_dialog,
};

static const struct screen_class peek_class = {
    .title = "A token",
    .popup = true,
    .contexts = {{CONTEXT_DIALOG}},
    .draw = draw,
    .key = peek_key,
    .commands = {peek_commands},
    .due = due,
    .tick = tick,
    .close = close_dialog,
};

static struct token_dialog *open_dialog(struct app *app, const struct screen_class *class,
                                        struct secret *text)
{
    struct token_dialog *dialog = screen_new(app, class, sizeof *dialog);
    if (!dialog) {
        secret_free(text);
        return NULL;
    }
    dialog->text = text;
    screen_push(&dialog->screen);
    return dialog;
}

/* "sa::ci-deploy · github-main · expires in 90 d · only Proxies". */
static enum error describe(struct app *app, struct token_dialog *dialog, int64_t token)
{
    struct token_row row;
    struct account_row account;
    struct token_limits limits;
    char label[TOKEN_LABEL_SIZE], ends[WHEN_SIZE], limited[200];
    int64_t now = ambient_now();
    dialog->only_once = true;
    enum error e = token_get(app->store, now, token, &row);
    if (!e) e = account_get(app->store, now, row.account, &account);
    if (!e) e = token_limits_load(app->store, token, &limits);
    if (e) return e;
    dialog->only_once = !row.sealed;
    e = token_limits_text(app->store, &limits, limited, sizeof limited);
    token_limits_free(&limits);
    token_label(&row, label);
    when_relative(ends, row.expires, now);
    snprintf(dialog->about, sizeof dialog->about, "sa::%s · %s · %s%s%s%s", account.name, label,
             row.expires == WHEN_NEVER ? "never expires" : "expires ",
             row.expires == WHEN_NEVER ? "" : ends, *limited ? " · " : "", limited);
    if (row.predecessor)
        snprintf(dialog->result, sizeof dialog->result, "✓ Rotated %s of sa::%s", label,
                 account.name);
    else
        snprintf(dialog->result, sizeof dialog->result, "✓ Generated %s for sa::%s", label,
                 account.name);
    return e;
}

void token_dialog_open(struct app *app, int64_t token, struct secret *text)
{
    struct token_dialog *dialog = open_dialog(app, &dialog_class, text);
    if (dialog && describe(app, dialog, token)) app_say_error(app);
}

void token_peek_open(struct app *app, struct secret *text)
{
    struct token_dialog *dialog = open_dialog(app, &peek_class, text);
    if (dialog) dialog->peek = true;
}

void token_code_open(struct app *app, struct secret *text)
{
    struct token_dialog *dialog = open_dialog(app, &dialog_class, text);
    if (!dialog) return;
    dialog->code = dialog->only_once = dialog->sent = true;
    snprintf(dialog->said, sizeof dialog->said,
             "Unlocks the vault if the passphrase is lost. Keep it on paper, somewhere else.");
}
