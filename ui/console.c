#include "ui/console.h"

#include "ui/background.h"
#include "ui/copy.h"
#include "ui/kit/overview.h"
#include "ui/kit/table.h"
#include "ui/kit/tabs.h"
#include "ui/kit/undo.h"
#include "ui/loop.h"
#include "ui/screens/accounts.h"
#include "ui/screens/audit.h"
#include "ui/screens/first_start.h"
#include "ui/screens/groups.h"
#include "ui/screens/help.h"
#include "ui/screens/palette.h"
#include "ui/screens/panic.h"
#include "ui/screens/permissions.h"
#include "ui/screens/settings_screen.h"
#include "ui/screens/tokens.h"
#include "ui/screens/tour.h"
#include "ui/screens/vault_screen.h"
#include "ui/terminal/input.h"
#include "ui/terminal/term.h"

#include <gatehouse/account_list.h>
#include <gatehouse/config.h>
#include <gatehouse/database.h>
#include <gatehouse/text.h>
#include <gatehouse/token_due.h>
#include <gatehouse/token_query.h>
#include <stdio.h>
#include <unistd.h>

static const struct tab tabs[] = {
    {COMMAND_TAB_ACCOUNTS, "Accounts", accounts_open},
    {COMMAND_TAB_TOKENS, "Tokens", tokens_open},
    {COMMAND_TAB_GROUPS, "Groups", groups_open},
    {COMMAND_TAB_PERMISSIONS, "Permissions", permissions_open},
    {COMMAND_TAB_AUDIT, "Audit", audit_open},
};
_Static_assert(sizeof tabs / sizeof *tabs <= TABS_MAX, "app.h has room for all tabs");

static int help(struct screen *screen)
{
    help_open(screen->app);
    return EFFECT_DRAW;
}

static int palette(struct screen *screen)
{
    palette_open(screen->app);
    return EFFECT_DRAW;
}

/* What Esc does in a screen that has no use for it; it never closes the last one. */
static int escape(struct screen *screen)
{
    return screen->below ? EFFECT_CLOSE : EFFECT_NONE;
}

static bool has_below(const struct screen *screen)
{
    return screen->below != NULL;
}

static int back(struct screen *screen)
{
    if (screen->below) return EFFECT_CLOSE;
    screen->app->quit = true;
    return EFFECT_NONE;
}

static bool may_leave(struct app *app, enum command next)
{
    for (struct screen *screen = app->top; screen; screen = screen->below)
        if (screen->class->leave && !screen->class->leave(screen, next)) return false;
    return true;
}

static int quit(struct screen *screen)
{
    struct app *app = screen->app;
    app->quit = may_leave(app, COMMAND_QUIT);
    return EFFECT_DRAW;
}

static int refresh(struct screen *screen)
{
    screen->app->outdated++;
    return EFFECT_LOAD;
}

static int redraw(struct screen *screen)
{
    loop_redraw(screen->app);
    return EFFECT_DRAW;
}

static int suspend(struct screen *screen)
{
    loop_suspend(screen->app);
    return EFFECT_DRAW;
}

static const char *why_not_lock(const struct screen *screen)
{
    return screen->app->vault ? NULL : "the vault is locked";
}

static int lock(struct screen *screen)
{
    struct app *app = screen->app;
    app_lock(app);
    app_say(app, ROLE_GOOD, "The vault is locked");
    return EFFECT_DRAW;
}

static int undo(struct screen *screen)
{
    return undo_run(screen->app);
}

static int vault(struct screen *screen)
{
    vault_screen_open(screen->app);
    return EFFECT_DRAW;
}

static int settings(struct screen *screen)
{
    settings_screen_open(screen->app);
    return EFFECT_DRAW;
}

static int panic(struct screen *screen)
{
    return panic_ask(screen->app);
}

static int audit_verify(struct screen *screen)
{
    return audit_chain_verify(screen->app);
}

static int audit_head(struct screen *screen)
{
    return audit_chain_head(screen->app);
}

/* The mouse is off until it is asked for, so that selecting text works as in any other program. */
static int mouse(struct screen *screen)
{
    struct app *app = screen->app;
    app->mouse = !app->mouse;
    term_mouse(app->mouse);
    app_say(app, ROLE_MUTED,
            app->mouse ? "Mouse on: click and wheel; Shift-drag selects text" : "Mouse off");
    return EFFECT_DRAW;
}

/* Shown already, it shows all its rows again. */
static int show_tab(struct app *app, enum command tab)
{
    struct screen *top = app->top;
    if (!top->below && top->class->tab == tab) return table_show_facet(top, 0);
    return may_leave(app, tab) ? tabs_show(app, tab) : EFFECT_DRAW;
}

/* The same facet again takes it away. */
static int show_facet(struct app *app, enum command tab, int facet)
{
    struct screen *top = app->top;
    bool here = !top->below && top->class->tab == tab;
    if (here && table_facet(top) == facet) return table_show_facet(top, 0);
    int effects = here ? EFFECT_NONE : show_tab(app, tab);
    here = !app->top->below && app->top->class->tab == tab;
    return here ? effects | table_show_facet(app->top, facet) : effects;
}

static int show_active(struct screen *screen)
{
    return show_facet(screen->app, COMMAND_TAB_ACCOUNTS, ACCOUNT_ACTIVE);
}

static int show_live(struct screen *screen)
{
    return show_facet(screen->app, COMMAND_TAB_TOKENS, TOKENS_LIVE);
}

static int show_ending(struct screen *screen)
{
    return show_facet(screen->app, COMMAND_TAB_TOKENS, TOKENS_ENDING);
}

static int show_unused(struct screen *screen)
{
    return show_facet(screen->app, COMMAND_TAB_TOKENS, TOKENS_UNUSED);
}

static int tab_accounts(struct screen *screen)
{
    return show_tab(screen->app, COMMAND_TAB_ACCOUNTS);
}

static int tab_tokens(struct screen *screen)
{
    return show_tab(screen->app, COMMAND_TAB_TOKENS);
}

static int tab_groups(struct screen *screen)
{
    return show_tab(screen->app, COMMAND_TAB_GROUPS);
}

static int tab_permissions(struct screen *screen)
{
    return show_tab(screen->app, COMMAND_TAB_PERMISSIONS);
}

static int tab_audit(struct screen *screen)
{
    return show_tab(screen->app, COMMAND_TAB_AUDIT);
}

static const struct screen_command commands[] = {
    {COMMAND_HELP, .run = help},
    {COMMAND_PALETTE, .run = palette},
    {COMMAND_ESCAPE, .run = escape, .when = has_below},
    {COMMAND_ESCAPE, .run = escape, .hint = ""},
    {COMMAND_BACK, .run = back, .when = has_below},
    {COMMAND_BACK, .run = back, .hint = "quit"},
    {COMMAND_QUIT, .run = quit, .hint = "quit"},
    {COMMAND_REFRESH, .run = refresh},
    {COMMAND_REDRAW, .run = redraw},
    {COMMAND_SUSPEND, .run = suspend},
    {COMMAND_LOCK, .run = lock, .why_not = why_not_lock},
    {COMMAND_UNDO, .run = undo},
    {COMMAND_VAULT, .run = vault},
    {COMMAND_SETTINGS, .run = settings},
    {COMMAND_PANIC, .run = panic},
    {COMMAND_AUDIT_VERIFY, .run = audit_verify},
    {COMMAND_AUDIT_HEAD, .run = audit_head},
    {COMMAND_MOUSE, .run = mouse},
    {COMMAND_TAB_ACCOUNTS, .run = tab_accounts},
    {COMMAND_TAB_TOKENS, .run = tab_tokens},
    {COMMAND_TAB_GROUPS, .run = tab_groups},
    {COMMAND_TAB_PERMISSIONS, .run = tab_permissions},
    {COMMAND_TAB_AUDIT, .run = tab_audit},
    {COMMAND_SHOW_ACTIVE, .run = show_active},
    {COMMAND_SHOW_LIVE, .run = show_live},
    {COMMAND_SHOW_ENDING, .run = show_ending},
    {COMMAND_SHOW_UNUSED, .run = show_unused},
    {.command = COMMAND_NONE},
};

static enum error open_database(struct app *app)
{
    const char *database = app->options->database;
    enum store_mode mode = app->options->read_only ? STORE_READ_ONLY : STORE_OPEN;
    enum error e = database_open(database, mode, &app->store);
    if (e) return e;
    store_hold_checkpoints(app->store);
    store_set_wait(app->store, loop_wait, app);
    if (!app->background) e = background_new(database, mode, &app->background);
    return e ? e : accounts_open(app);
}

static enum error open_first_screen(struct app *app)
{
    const char *database = app->options->database;
    if (store_is_address(database) || !access(database, F_OK)) return open_database(app);
    if (app->options->read_only)
        return fail(ERR_NOT_FOUND,
                    "there is no database at %s; run without --read-only to create one", database);
    return first_start_open(app);
}

/* Whatever can be refused is refused while errors can still be printed to a plain terminal. */
static enum error prepare(struct app *app)
{
    enum error e = theme_check(app->options->theme);
    if (e) return e;
    app->loop = loop_new();
    app->undo = undo_new();
    app->overview = overview_new();
    if (!app->loop || !app->undo || !app->overview) return fail_memory();
    actor_current(&app->actor);
    return open_first_screen(app);
}

/* The first problem of the configuration file; all are printed where no console opens. */
static void say_problem(struct app *app)
{
    const struct config *config = app->options->config;
    char more[48] = "";
    if (!config->problem_count) return;
    if (config->problem_count > 1)
        snprintf(more, sizeof more, " (and %s more)",
                 number_text((int64_t)(config->problem_count - 1)).text);
    app_say(app, ROLE_WARN, "Configuration%s: %s", more, config->problems[0]);
}

static void say_type(struct app *app)
{
    const char *type = term_unknown_type();
    if (type)
        app_say(app, ROLE_MUTED, "The terminal type “%.40s” is not known here: treated as an xterm",
                type);
}

/* Deletes what the policies say by now: copies to forget, which are refused in any case, and
 * revoked tokens to drop. */
static void delete_due(struct app *app)
{
    struct act act = app_act(app);
    struct token_due done;
    if (token_due_run(&act, &done))
        app_say_error(app);
    else if (done.forgotten || done.dropped)
        loop_reload(app);
}

static enum error run(struct app *app)
{
    enum error e = theme_init(&app->theme, app->options->theme);
    if (e) return e;
    app->mouse = app->options->config->mouse;
    if (app->mouse) term_mouse(true);
    say_type(app);
    say_problem(app);
    if (app->store && !store_is_read_only(app->store)) loop_set_timer(app, 0, delete_due);
    if (app->options->demo) tour_open(app);
    draw_size(&app->rows, &app->columns);
    app->input = input_new(STDIN_FILENO, loop_use_of_key, app);
    if (!app->input) return fail_memory();
    return loop_run(app);
}

static void close_all(struct app *app)
{
    while (app->top)
        screen_close(app->top);
    tabs_close(app);
    background_free(app->background);
    app_lock(app);
    undo_free(app->undo);
    overview_free(app->overview);
    loop_free(app->loop);
    input_free(app->input);
    store_close(app->store);
}

enum error console_run(const struct console_options *options)
{
    struct app app = {.options = options,
                      .commands = commands,
                      .tabs = tabs,
                      .detail_right = true,
                      .tab_count = sizeof tabs / sizeof *tabs,
                      .open_database = open_database};
    enum error e = prepare(&app);
    bool opened = false;
    if (!e) {
        e = term_open();
        opened = !e;
    }
    if (!e) e = run(&app);
    if (opened) copy_clear(&app);
    close_all(&app);
    if (opened) term_close();
    return e;
}
