#include "ui/terminal/clipboard.h"

#include "ui/console.h"
#include "ui/loop.h"
#include "ui/terminal/term.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a copy left in the clipboard that must go again; one terminal, one clipboard. */
static bool holds_secret;

static enum error send_text(enum clipboard_way way, const void *text, size_t size)
{
    if (way == CLIPBOARD_TMUX) return clipboard_tmux_copy(text, size);
    struct secret *bytes;
    enum error e = clipboard_bytes(way, text, size, &bytes);
    if (e) return e;
    e = term_send(bytes->bytes, bytes->size);
    secret_free(bytes);
    return e;
}

void clipboard_clear(struct app *app)
{
    (void)app;
    if (!holds_secret) return;
    holds_secret = false;
    enum clipboard_way way = clipboard_way();
    /* tmux takes no empty buffer. A failure leaves nothing that could still be done. */
    enum error e = send_text(way, " ", way == CLIPBOARD_TMUX ? 1 : 0);
    (void)e;
}

static int send_and_say(struct app *app, const void *text, size_t size, const char *what)
{
    /* The frame first: the sequence must not stand in the middle of one. */
    loop_draw(app);
    enum clipboard_way way = clipboard_way();
    if (send_text(way, text, size)) return app_say_error(app);
    if (way == CLIPBOARD_INSIDE)
        app_say(app, ROLE_WARN, "%s; an outer tmux drops this unless set -s set-clipboard on",
                what);
    else
        app_say(app, ROLE_GOOD,
                "%s to the clipboard of your terminal; a terminal cannot confirm it", what);
    return EFFECT_DRAW;
}

enum error clipboard_copy_once(struct store *store, const struct secret *secret, char *said,
                               size_t size)
{
    (void)store;
    enum clipboard_way way = clipboard_way();
    struct secret *bytes;
    enum error e = OK;
    if (way == CLIPBOARD_TMUX)
        e = clipboard_tmux_copy(secret->bytes, secret->size);
    else if (!(e = clipboard_bytes(way, secret->bytes, secret->size, &bytes))) {
        int tty = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (tty < 0 || write(tty, bytes->bytes, bytes->size) != (ssize_t)bytes->size)
            e = fail(ERR_SYSTEM, "there is no terminal to send to: use gatehouse token reveal");
        if (tty >= 0) close(tty);
        secret_free(bytes);
    }
    if (!e)
        snprintf(said, size,
                 "Sent to the clipboard of your terminal; a terminal cannot confirm it");
    return e;
}

int clipboard_copy_text(struct app *app, const char *text)
{
    char what[128];
    snprintf(what, sizeof what, "%s sent", text);
    int effects = send_and_say(app, text, strlen(text), what);
    /* What was there before is overwritten: there is nothing of ours left to clear. */
    if (app->message_role != ROLE_BAD) holds_secret = false;
    return effects;
}

int clipboard_copy_secret(struct app *app, const struct secret *secret)
{
    int64_t seconds =
        app_seconds(app, SETTING_CLIPBOARD_CLEAR, app->options->config->clipboard_clear);
    int effects = send_and_say(app, secret->bytes, secret->size, "Sent");
    holds_secret = app->message_role != ROLE_BAD;
    if (seconds > 0)
        loop_set_timer(app, seconds * 1000, clipboard_clear);
    else
        holds_secret = false;
    return effects;
}
