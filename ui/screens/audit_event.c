/* One event, whole, in a dialog. */
#include "ui/screens/audit_event.h"
#include "ui/kit/dialog.h"
#include "ui/kit/text_search.h"
#include "ui/screen.h"
#include "ui/terminal/key.h"

#include <gatehouse/ambient.h>
#include <gatehouse/audit.h>
#include <gatehouse/audit_kind.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 74, LABEL_COLUMNS = 10, LINES_MAX = 16 };

struct line {
    const char *label;
    char text[280];
};

struct event_dialog {
    struct text_screen base;
    struct audit_event event;
    struct line lines[LINES_MAX];
    size_t count;
    char *change;
    struct pane pane;
};

static void add(struct event_dialog *dialog, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(struct event_dialog *dialog, const char *label, const char *format, ...)
{
    if (dialog->count == LINES_MAX) return;
    struct line *line = &dialog->lines[dialog->count++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->text, sizeof line->text, format, arguments);
    va_end(arguments);
    line->label = label;
}

static void tell_actor(struct event_dialog *dialog)
{
    const struct actor *actor = &dialog->event.actor;
    add(dialog, "Who", "%s (user id %u)", actor->user, (unsigned)actor->uid);
    if (actor->has_login)
        add(dialog, "Login", "%s (user id %u, says the kernel)", actor->login,
            (unsigned)actor->login_uid);
    if (actor->sudo_claim[0]) add(dialog, "sudo", "claims %s (not verified)", actor->sudo_claim);
    if (actor->host[0]) add(dialog, "Host", "%s", actor->host);
    if (actor->terminal[0]) add(dialog, "Terminal", "%s", actor->terminal);
}

static void tell(struct event_dialog *dialog)
{
    const struct audit_event *event = &dialog->event;
    char at[WHEN_SIZE], ago[WHEN_SIZE];
    when_iso(at, event->at);
    when_relative(ago, event->at, ambient_now());
    add(dialog, "Time", "%s · %s", at, ago);
    tell_actor(dialog);
    const struct audit_kind *kind = audit_kind_find(event->kind);
    add(dialog, "What", "%s%s%s", event->kind, kind ? " · " : "", kind ? kind->sentence : "");
    if (event->subject[0]) add(dialog, "Subject", "%s", event->subject);
    if (event->account) add(dialog, "Account", "number %" PRId64, event->account);
    if (event->token) add(dialog, "Token", "number %" PRId64, event->token);
}

static int draw_part(struct event_dialog *dialog, const struct canvas *canvas, int row,
                     const char *label, const char *text)
{
    draw_text(canvas, row, 0, ROLE_MUTED, label);
    return text_search_wrapped(&dialog->base.search, canvas, row, LABEL_COLUMNS,
                               canvas->columns - LABEL_COLUMNS, ROLE_TEXT, text);
}

static int draw_event(void *arg, const struct canvas *canvas)
{
    struct event_dialog *dialog = arg;
    int row = 0;
    text_search_page(&dialog->base.search);
    char hash[AUDIT_HASH_TEXT];
    audit_hash_text(dialog->event.hash, hash);
    for (size_t i = 0; i < dialog->count; i++)
        row += draw_part(dialog, canvas, row, dialog->lines[i].label, dialog->lines[i].text);
    if (*dialog->change) row += draw_part(dialog, canvas, row, "Change", dialog->change);
    return row + draw_part(dialog, canvas, row, "Hash", hash);
}

static int draw_bottom(void *arg, const struct canvas *canvas)
{
    struct event_dialog *dialog = arg;
    int columns = draw_button(canvas, 0, 0, "Close", !dialog->base.search.follows);
    screen_target(&dialog->base.screen, canvas, 0, 0, columns, UI_ESC);
    if (!text_search_is_on(&dialog->base.search)) return 1;
    text_search_draw(&dialog->base.search, canvas, 1, 0, canvas->columns);
    return 2;
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct event_dialog *dialog = (struct event_dialog *)screen;
    char title[48];
    snprintf(title, sizeof title, "Event %" PRId64, dialog->event.sequence);
    dialog_draw(canvas,
                &(struct dialog_parts){.title = title,
                                       .columns = COLUMNS,
                                       .body = draw_event,
                                       .foot = draw_bottom,
                                       .pane = &dialog->pane},
                dialog);
}

static int move(struct screen *screen, enum command command)
{
    struct event_dialog *dialog = (struct event_dialog *)screen;
    dialog->base.search.follows = false;
    pane_scroll(&dialog->pane, command_rows(command, dialog->pane.height - 1, dialog->pane.rows));
    return EFFECT_DRAW;
}

static int close(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static int open_account(struct screen *screen)
{
    struct app *app = screen->app;
    int64_t account = ((struct event_dialog *)screen)->event.account;
    screen_close(screen);
    return audit_account_open(app, account);
}

static const char *why_not_account(const struct screen *screen)
{
    bool has_one = ((const struct event_dialog *)screen)->event.account != 0;
    return has_one ? NULL : "this event does not concern an account";
}

static bool is_all_shown(const struct screen *screen)
{
    const struct event_dialog *dialog = (const struct event_dialog *)screen;
    return !pane_is_cut(&dialog->pane);
}

static int stay(struct screen *screen)
{
    (void)screen;
    return EFFECT_NONE;
}

static struct text_search *search_of(struct screen *screen)
{
    return &((struct event_dialog *)screen)->base.search;
}

static int key(struct screen *screen, int pressed)
{
    return text_search_key(search_of(screen), screen->app, pressed);
}

static bool is_searching(const struct screen *screen)
{
    return ((const struct event_dialog *)screen)->base.search.typing;
}

static struct contexts focus(const struct screen *screen)
{
    if (is_searching(screen)) return (struct contexts){{CONTEXT_TEXT, CONTEXT_DIALOG}};
    return screen->class->contexts;
}

static const struct screen_command event_commands[] = {
    {COMMAND_HELP_SEARCH, .run = text_search_open},
    {COMMAND_AUDIT_SHOW, .run = close, .hint = "close"},
    {COMMAND_ESCAPE, .run = close, .hint = "close"},
    {COMMAND_BACK, .run = close},
    {COMMAND_DOWN, .when = is_all_shown, .run = stay, .hint = ""},
    {COMMAND_UP, .when = is_all_shown, .run = stay, .hint = ""},
    {COMMAND_AUDIT_ACCOUNT, .run = open_account, .why_not = why_not_account},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {
    COMMAND_ACCEPT, COMMAND_AUDIT_ACCOUNT, COMMAND_HELP_NEXT, COMMAND_HELP_PREVIOUS, COMMAND_DOWN,
    COMMAND_UP,     COMMAND_HELP_SEARCH,   COMMAND_NONE};

static void close_event(struct screen *screen)
{
    struct event_dialog *dialog = (struct event_dialog *)screen;
    audit_event_free(&dialog->event);
    free(dialog->change);
    text_search_free(&dialog->base.search);
    free(dialog);
}

static const struct screen_class event_class = {
    .title = "Event",
    .popup = true,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_HELP, CONTEXT_AUDIT, CONTEXT_MENU, CONTEXT_LIST, CONTEXT_DIALOG}},
    .focus = focus,
    .draw = draw,
    .key = key,
    .commands = {text_search_commands, event_commands},
    .move = move,
    .close = close_event,
};

int audit_event_open(struct app *app, int64_t sequence)
{
    struct event_dialog *dialog = screen_new(app, &event_class, sizeof *dialog);
    if (!dialog) return EFFECT_DRAW;
    enum error e = text_search_init(&dialog->base.search);
    if (!e) e = audit_get(app->store, sequence, &dialog->event);
    if (!e) e = audit_change_lines(&dialog->event, &dialog->change);
    if (e) {
        close_event(&dialog->base.screen);
        return app_say_error(app);
    }
    tell(dialog);
    screen_push(&dialog->base.screen);
    return EFFECT_DRAW;
}
