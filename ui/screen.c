#include "ui/screen.h"

void screen_push(struct screen *screen)
{
    struct app *app = screen->app;
    screen->below = app->top;
    screen->failed_since = 0;
    screen->wants_load = screen->class->load != NULL;
    app->top = screen;
    if (screen->class->popup && !screen->class->keeps_typed_ahead) app->discard_keys = true;
}

void screen_close(struct screen *screen)
{
    for (struct screen **at = &screen->app->top; *at; at = &(*at)->below) {
        if (*at != screen) continue;
        *at = screen->below;
        if (*at) (*at)->wants_load = (*at)->class->load != NULL;
        if (screen->class->close) screen->class->close(screen);
        return;
    }
}

struct contexts screen_contexts(const struct screen *screen)
{
    struct contexts contexts =
        screen->class->focus ? screen->class->focus(screen) : screen->class->contexts;
    size_t count = 0;
    bool dialog = false;
    for (; count < CONTEXTS_MAX && contexts.list[count]; count++)
        dialog |= contexts.list[count] == CONTEXT_DIALOG;
    if (!dialog && count < CONTEXTS_MAX) contexts.list[count] = CONTEXT_EVERYWHERE;
    return contexts;
}

const char *screen_why_not(const struct screen *screen, enum command command)
{
    const struct app *app = screen->app;
    const struct command_entry *entry = &command_table[command];
    if (entry->changes && app->store && store_is_read_only(app->store))
        return "this console is read-only";
    if (command == COMMAND_LOCK && !app->vault) return "the vault is locked";
    bool needs_store = command == COMMAND_VAULT || command == COMMAND_SETTINGS ||
                       command == COMMAND_PANIC || command == COMMAND_AUDIT_VERIFY ||
                       command == COMMAND_AUDIT_HEAD ||
                       (command >= COMMAND_TAB_ACCOUNTS && command <= COMMAND_TAB_AUDIT);
    if (needs_store && !app->store) return "there is no database yet";
    return screen->class->why_not ? screen->class->why_not(screen, command) : NULL;
}

static int run_everywhere(struct screen *screen, enum command command)
{
    for (const struct screen_command *at = screen->app->commands; at->command; at++)
        if (at->command == command) return at->run(screen);
    return EFFECT_NONE;
}

int screen_run(struct screen *screen, enum command command)
{
    const char *reason = screen_why_not(screen, command);
    if (reason) {
        app_say(screen->app, ROLE_WARN, "Not now: %s", reason);
        return EFFECT_DRAW;
    }
    int effects = screen->class->run ? screen->class->run(screen, command) : EFFECT_PASS;
    return effects & EFFECT_PASS ? run_everywhere(screen, command) : effects;
}
