#include "ui/screen.h"

#include "ui/app.h"

#include <gatehouse/ambient.h>
#include <stdio.h>

void *screen_new(struct app *app, const struct screen_class *class, size_t size)
{
    struct screen *screen = app_alloc(app, size);
    if (screen) *screen = (struct screen){.class = class, .app = app};
    return screen;
}

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

void screen_set_failed(struct screen *screen)
{
    if (!screen->failed_since) screen->failed_since = ambient_now();
    snprintf(screen->failure, sizeof screen->failure, "%s", error_message());
}

bool screen_is_ready(const struct screen *screen)
{
    return !screen->class->load || screen->was_loaded;
}

struct contexts screen_contexts(const struct screen *screen)
{
    if (!screen_is_ready(screen)) return (struct contexts){{CONTEXT_EVERYWHERE}};
    struct contexts contexts =
        screen->class->focus ? screen->class->focus(screen) : screen->class->contexts;
    size_t count = 0;
    bool dialog = false;
    for (; count < CONTEXTS_MAX && contexts.list[count]; count++)
        dialog |= contexts.list[count] == CONTEXT_DIALOG;
    if (!dialog && count < CONTEXTS_MAX) contexts.list[count] = CONTEXT_EVERYWHERE;
    return contexts;
}

static const struct screen_command *find_in(const struct screen_command *commands,
                                            const struct screen *screen, enum command command)
{
    for (; commands && commands->command; commands++)
        if (commands->command == command && (!commands->when || commands->when(screen)))
            return commands;
    return NULL;
}

static const struct screen_command *find(const struct screen *screen, enum command command)
{
    const struct screen_command *found = NULL;
    for (int i = 0; i < COMMAND_TABLES && !found && screen_is_ready(screen); i++)
        found = find_in(screen->class->commands[i], screen, command);
    return found ? found : find_in(screen->app->commands, screen, command);
}

bool screen_has(const struct screen *screen, enum command command)
{
    return find(screen, command) || (screen->class->move && command_moves(command));
}

const char *screen_hint(const struct screen *screen, enum command command)
{
    const struct screen_command *found = find(screen, command);
    if (found && found->hint_now) return found->hint_now(screen);
    return found && found->hint ? found->hint : command_table[command].hint;
}

/* Why it is disabled in this console, whatever the screen shows. */
static const char *why_never(const struct screen *screen, enum command command)
{
    const struct store *store = screen->app->store;
    enum needs needs = command_table[command].needs;
    if (needs >= NEEDS_WRITING && screen->gone) return screen->gone;
    if (needs >= NEEDS_STORE && !store) return "there is no database yet";
    if (needs >= NEEDS_WRITING && store_is_read_only(store)) return "this console is read-only";
    return NULL;
}

bool screen_refuses_now(const struct screen *screen, enum command command)
{
    const struct screen_command *found = find(screen, command);
    if (!found || !found->why_not || why_never(screen, command)) return false;
    return (!found->needs_row || screen_row(screen)) && found->why_not(screen);
}

const char *screen_why_not(const struct screen *screen, enum command command)
{
    const char *never = why_never(screen, command);
    if (never) return never;
    const struct screen_command *found = find(screen, command);
    const char *why_not = NULL;
    if (!found || (found->needs_row && !screen->class->row(screen, &why_not))) return why_not;
    return found->why_not ? found->why_not(screen) : NULL;
}

const char *screen_label(const struct screen *screen, enum command command)
{
    const struct screen_command *found = find(screen, command);
    const struct command_entry *entry = &command_table[command];
    bool has_row = found && (!found->needs_row || screen_row(screen));
    const char *label = has_row && found->label ? found->label(screen) : entry->label;
    return label ? label : entry->name;
}

const void *screen_row(const struct screen *screen)
{
    const char *ignored;
    /* A row of the screen, never `ignored`. */
    /* cppcheck-suppress returnDanglingLifetime */
    return screen->class->row(screen, &ignored);
}

int screen_run(struct screen *screen, enum command command)
{
    if (screen->class->wait && !command_is_general(command)) screen->class->wait(screen);
    const char *reason = screen_why_not(screen, command);
    if (reason) {
        app_say(screen->app, ROLE_WARN, "Cannot do that: %s", reason);
        return EFFECT_DRAW;
    }
    const struct screen_command *found = find(screen, command);
    if (found) return found->run(screen);
    return screen_has(screen, command) ? screen->class->move(screen, command) : EFFECT_NONE;
}

void screen_target(const struct screen *screen, const struct canvas *canvas, int row, int column,
                   int columns, int key)
{
    struct targets *targets = &screen->app->targets;
    int at = canvas->top + row;
    bool seen = at >= canvas->window.top && at < canvas->window.bottom && row < canvas->rows;
    if (screen != screen->app->top || !seen || !key || targets->count == TARGETS_MAX) return;
    size_t place = targets->count++;
    targets->items[place].row = at;
    targets->items[place].column = canvas->left + column;
    targets->items[place].columns = columns;
    targets->items[place].key = key;
}
