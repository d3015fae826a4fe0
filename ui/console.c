#include "ui/console.h"

#include "ui/app.h"
#include "ui/background.h"
#include "ui/kit/tabs.h"
#include "ui/loop.h"
#include "ui/screens/first_start.h"
#include "ui/terminal/clipboard.h"
#include "ui/terminal/input.h"
#include "ui/terminal/term.h"
#include "ui/undo.h"

#include <gatehouse/token.h>
#include <stdio.h>
#include <unistd.h>

static enum error open_first_screen(struct app *app)
{
    if (!access(app->options->database, F_OK)) return app_open_database(app);
    if (app->options->read_only)
        return fail(ERR_NOT_FOUND, "there is no database at %s; without --read-only one is made",
                    app->options->database);
    return first_start_open(app);
}

/* Everything that can be refused is refused while sentences still reach a plain terminal. */
static enum error prepare(struct app *app)
{
    enum error e = theme_check(app->options->theme);
    if (e) return e;
    app->loop = loop_new();
    app->undo = undo_new();
    if (!app->loop || !app->undo) return fail(ERR_SYSTEM, "out of memory");
    actor_current(&app->actor);
    return open_first_screen(app);
}

/* The first problem of the configuration file; the rest is told where no console opens. */
static void say_problem(struct app *app)
{
    const struct config *config = app->options->config;
    char more[48] = "";
    if (!config->problem_count) return;
    if (config->problem_count > 1)
        snprintf(more, sizeof more, " (and %zu more)", config->problem_count - 1);
    app_say(app, ROLE_WARN, "Configuration%s: %s", more, config->problems[0]);
}

/* What the policy says to forget by now. It is refused either way; this clears it. */
static void forget_due(struct app *app)
{
    struct act act = app_act(app);
    if (app->store && !store_is_read_only(app->store) && token_forget_due(&act, NULL))
        app_say_error(app);
}

static enum error run(struct app *app)
{
    enum error e = theme_init(&app->theme, app->options->theme);
    if (e) return e;
    app->mouse = app->options->config->mouse;
    if (app->mouse) term_mouse(true);
    say_problem(app);
    forget_due(app);
    app->input = input_new(STDIN_FILENO, loop_use_of_key, app);
    if (!app->input) return fail(ERR_SYSTEM, "out of memory");
    return loop_run(app);
}

static void close_all(struct app *app)
{
    while (app->top)
        screen_close(app, app->top);
    tabs_close(app);
    background_free(app->background);
    app_lock(app);
    undo_free(app->undo);
    loop_free(app->loop);
    input_free(app->input);
    store_close(app->store);
}

enum error console_run(const struct console_options *options)
{
    struct app app = {.options = options};
    enum error e = prepare(&app);
    bool opened = false;
    if (!e) {
        e = term_open();
        opened = !e;
    }
    if (!e) e = run(&app);
    if (opened) clipboard_clear(&app);
    close_all(&app);
    if (opened) term_close();
    return e;
}
