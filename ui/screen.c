#include "ui/screen.h"

#include "ui/app.h"
#include "ui/kit/tabs.h"
#include "ui/loop.h"
#include "ui/screens/audit.h"
#include "ui/screens/help.h"
#include "ui/screens/palette.h"
#include "ui/screens/panic.h"
#include "ui/screens/settings_screen.h"
#include "ui/screens/vault_screen.h"
#include "ui/terminal/mouse.h"
#include "ui/undo.h"

void screen_push(struct app *app, struct screen *screen)
{
    screen->below = app->top;
    screen->failed_since = 0;
    screen->wants_load = screen->class->load != NULL;
    app->top = screen;
    if (screen->class->popup && !screen->class->keeps_typed_ahead) loop_discard_keys(app);
}

void screen_close(struct app *app, struct screen *screen)
{
    for (struct screen **at = &app->top; *at; at = &(*at)->below) {
        if (*at != screen) continue;
        *at = screen->below;
        if (*at) (*at)->wants_load = (*at)->class->load != NULL;
        if (screen->class->close) screen->class->close(app, screen);
        return;
    }
}

unsigned screen_contexts(const struct app *app, const struct screen *screen)
{
    unsigned contexts =
        screen->class->contexts ? screen->class->contexts(app, screen) : CONTEXT_EVERYWHERE;
    if (!(contexts & CONTEXT_DIALOG)) contexts |= CONTEXT_EVERYWHERE;
    return contexts;
}

const char *screen_why_not(const struct app *app, const struct screen *screen, enum command command)
{
    const struct command_entry *entry = &command_table[command];
    if (entry->changes && app->store && store_is_read_only(app->store))
        return "this console is read-only";
    if (command == COMMAND_LOCK && !app->vault) return "the vault is locked";
    bool needs_store = command == COMMAND_VAULT || command == COMMAND_SETTINGS ||
                       command == COMMAND_PANIC || command == COMMAND_AUDIT_VERIFY ||
                       command == COMMAND_AUDIT_HEAD ||
                       (command >= COMMAND_TAB_ACCOUNTS && command <= COMMAND_TAB_AUDIT);
    if (needs_store && !app->store) return "there is no database yet";
    return screen->class->why_not ? screen->class->why_not(app, screen, command) : NULL;
}

/* Esc and q close a screen that says nothing else; the last one is never closed by Esc. */
static int go_back(struct app *app, struct screen *screen, bool may_quit)
{
    if (screen->below) return EFFECT_CLOSE;
    if (may_quit) app->quit = true;
    return EFFECT_NONE;
}

static bool may_leave(struct app *app, enum command next)
{
    for (struct screen *screen = app->top; screen; screen = screen->below)
        if (screen->class->leave && !screen->class->leave(app, screen, next)) return false;
    return true;
}

static int quit(struct app *app)
{
    app->quit = may_leave(app, COMMAND_QUIT);
    return EFFECT_DRAW;
}

static int lock(struct app *app)
{
    app_lock(app);
    app_say(app, ROLE_GOOD, "The vault is locked");
    return EFFECT_DRAW;
}

static int run_everywhere(struct app *app, struct screen *screen, enum command command)
{
    switch (command) {
    case COMMAND_HELP:
        help_open(app);
        return EFFECT_DRAW;
    case COMMAND_PALETTE:
        palette_open(app);
        return EFFECT_DRAW;
    case COMMAND_VAULT:
        vault_screen_open(app);
        return EFFECT_DRAW;
    case COMMAND_SETTINGS:
        settings_screen_open(app);
        return EFFECT_DRAW;
    case COMMAND_AUDIT_VERIFY:
        return audit_chain_verify(app);
    case COMMAND_AUDIT_HEAD:
        return audit_chain_head(app);
    case COMMAND_ESCAPE:
        return go_back(app, screen, false);
    case COMMAND_BACK:
        return go_back(app, screen, true);
    case COMMAND_QUIT:
        return quit(app);
    case COMMAND_TAB_ACCOUNTS:
    case COMMAND_TAB_TOKENS:
    case COMMAND_TAB_GROUPS:
    case COMMAND_TAB_PERMISSIONS:
    case COMMAND_TAB_AUDIT:
        return may_leave(app, command) ? tabs_show(app, command) : EFFECT_DRAW;
    case COMMAND_MOUSE:
        return mouse_switch(app);
    case COMMAND_PANIC:
        return panic_ask(app);
    case COMMAND_REFRESH:
        return EFFECT_LOAD;
    case COMMAND_REDRAW:
        loop_redraw(app);
        return EFFECT_DRAW;
    case COMMAND_SUSPEND:
        loop_suspend(app);
        return EFFECT_DRAW;
    case COMMAND_LOCK:
        return lock(app);
    case COMMAND_UNDO:
        return undo_run(app);
    default:
        return EFFECT_NONE;
    }
}

int screen_run(struct app *app, struct screen *screen, enum command command)
{
    const char *reason = screen_why_not(app, screen, command);
    if (reason) {
        app_say(app, ROLE_WARN, "Not now: %s", reason);
        return EFFECT_DRAW;
    }
    int effects = screen->class->run ? screen->class->run(app, screen, command) : EFFECT_PASS;
    return effects & EFFECT_PASS ? run_everywhere(app, screen, command) : effects;
}
