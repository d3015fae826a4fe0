#include "ui/copy.h"

#include "ui/loop.h"
#include "ui/terminal/clipboard.h"

#include <gatehouse/config.h>
#include <stdio.h>
#include <string.h>

/* Whether the clipboard holds a secret of ours; one terminal, one clipboard. */
static bool holds_secret;

void copy_clear(struct app *app)
{
    (void)app;
    if (!holds_secret) return;
    holds_secret = false;
    enum clipboard_way way = clipboard_way();
    /* tmux refuses an empty buffer. If this fails there is nothing left to try. */
    enum error e = clipboard_send(way, " ", way == CLIPBOARD_TMUX ? 1 : 0);
    (void)e;
}

static int send_and_say(struct app *app, const void *text, size_t size, const char *what)
{
    /* The frame first: the sequence must not end up in the middle of one. */
    loop_draw(app);
    enum clipboard_way way = clipboard_way();
    if (clipboard_send(way, text, size)) return app_say_error(app);
    if (way == CLIPBOARD_INSIDE)
        app_say(app, ROLE_WARN, "%s; an outer tmux drops this unless set -s set-clipboard on",
                what);
    else
        app_say(app, ROLE_GOOD,
                "%s to the clipboard of your terminal; a terminal cannot confirm it", what);
    return EFFECT_DRAW;
}

int copy_text(struct app *app, const char *text)
{
    char what[128];
    snprintf(what, sizeof what, "%s sent", text);
    int effects = send_and_say(app, text, strlen(text), what);
    /* This overwrote any secret that was there: nothing of ours is left to clear. */
    if (app->message_role != ROLE_BAD) holds_secret = false;
    return effects;
}

int copy_secret(struct app *app, const struct secret *secret)
{
    int64_t seconds =
        app_seconds(app, SETTING_CLIPBOARD_CLEAR, app->options->config->clipboard_clear);
    int effects = send_and_say(app, secret->bytes, secret->size, "Sent");
    holds_secret = app->message_role != ROLE_BAD;
    if (seconds > 0)
        loop_set_timer(app, seconds * 1000, copy_clear);
    else
        holds_secret = false;
    return effects;
}
