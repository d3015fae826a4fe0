#include "ui/loop.h"

#include "ui/background.h"
#include "ui/screen.h"
#include "ui/terminal/term.h"

#include <errno.h>
#include <gatehouse/ambient.h>
#include <gatehouse/audit.h>
#include <gatehouse/clock.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WATCH_MS = 250, TIMES_MS = 60000, TIMERS = 8, LEAST_ROWS = 5, LEAST_COLUMNS = 20 };

struct timer {
    void (*done)(struct app *app);
    int64_t due;
};

struct loop {
    bool dirty;
    bool may_ask;     /* the terminal: once, after the first frame */
    int64_t asked_at; /* by clock_ms(); 0: no answer is on its way */
    bool suspends;    /* as soon as a call that is waited for has returned */
    bool unmapped;
    int64_t next_watch, next_times;
    bool lost; /* the database: it did not answer the last time */
    struct timer timers[TIMERS];
};

struct loop *loop_new(void)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop) return NULL;
    loop->dirty = loop->may_ask = true;
    loop->next_watch = ambient_ticks() + WATCH_MS;
    loop->next_times = ambient_ticks() + TIMES_MS;
    return loop;
}

void loop_free(struct loop *loop)
{
    free(loop);
}

void loop_redraw(struct app *app)
{
    app->loop->dirty = true;
    draw_everything();
}

void loop_set_timer(struct app *app, int64_t delay, void (*done)(struct app *app))
{
    struct timer *timer = NULL;
    for (int i = 0; i < TIMERS; i++)
        if (app->loop->timers[i].done == done) timer = &app->loop->timers[i];
    for (int i = 0; i < TIMERS && !timer; i++)
        if (!app->loop->timers[i].done) timer = &app->loop->timers[i];
    if (timer) *timer = (struct timer){done, ambient_ticks() + delay};
}

static void run_timers(struct app *app, int64_t ticks)
{
    for (int i = 0; i < TIMERS; i++) {
        struct timer *timer = &app->loop->timers[i];
        if (!timer->done || timer->due > ticks) continue;
        void (*done)(struct app *) = timer->done;
        timer->done = NULL;
        done(app);
        app->loop->dirty = true;
    }
}

static struct screen *first_visible(struct app *app)
{
    struct screen *screen = app->top;
    while (screen && screen->class->popup && screen->below)
        screen = screen->below;
    return screen;
}

/* The screen below a pop-up is drawn first. */
static void draw_from(struct screen *screen, struct screen *bottom, const struct canvas *canvas)
{
    if (screen != bottom) draw_from(screen->below, bottom, canvas);
    screen->class->draw(screen, canvas);
}

void loop_draw(struct app *app)
{
    struct canvas canvas = draw_begin(&app->theme, &app->cursor);
    app->rows = canvas.rows;
    app->columns = canvas.columns;
    app->loop->dirty = false;
    app->targets.count = 0;
    if (canvas.rows < LEAST_ROWS || canvas.columns < LEAST_COLUMNS)
        draw_text(&canvas, 0, 0, ROLE_TEXT, "Too small: 20×5 at least");
    else if (app->top)
        draw_from(app->top, first_visible(app), &canvas);
    draw_end(&app->cursor);
    app->message_drawn = true;
    if (app->discard_keys) input_discard(app->input, clock_ms());
    app->discard_keys = false;
}

void loop_suspend(struct app *app)
{
    term_suspend();
    app->loop->dirty = true;
}

void loop_reload(struct app *app)
{
    for (struct screen *screen = app->top; screen; screen = screen->below)
        screen->wants_load = screen->class->load != NULL;
    app->outdated++;
    app->loop->dirty = true;
}

static bool load(struct app *app, struct screen *screen)
{
    /* Not the first time: the keys that are pending are meant for what it will show. */
    if (app->store && screen->was_loaded)
        store_set_interrupt(app->store, input_is_pending, app->input);
    enum error e = screen->class->load(screen);
    if (app->store) store_set_interrupt(app->store, NULL, NULL);
    app->loop->dirty = true;
    if (e == ERR_STOPPED) return false;
    screen->wants_load = false;
    screen->was_loaded |= !e;
    if (!e && !screen->is_loading)
        screen->failed_since = 0;
    else if (e)
        screen_set_failed(screen);
    if (e) app_say_error(app);
    return true;
}

static void load_visible(struct app *app)
{
    struct screen *bottom = first_visible(app);
    for (struct screen *screen = app->top; screen; screen = screen->below) {
        if (screen->wants_load && !load(app, screen)) return;
        if (screen == bottom) return;
    }
}

static bool is_open(const struct app *app, const struct screen *screen)
{
    for (const struct screen *at = app->top; at; at = at->below)
        if (at == screen) return true;
    return false;
}

static void apply(struct app *app, struct screen *screen, int effects)
{
    if (effects & (EFFECT_DRAW | EFFECT_LOAD | EFFECT_CLOSE)) app->loop->dirty = true;
    if (effects & EFFECT_CLOSE && is_open(app, screen)) screen_close(screen);
    if (effects & EFFECT_LOAD) loop_reload(app);
}

static bool is_of_mouse(int key)
{
    return key == UI_CLICK || key == UI_WHEEL_UP || key == UI_WHEEL_DOWN || key >= UI_TARGET;
}

static bool has_text_focus(const struct app *app)
{
    struct contexts contexts = screen_contexts(app->top);
    return command_types_text(&contexts);
}

/* Keys that people hold down, and those after which they type on. */
static bool is_free(enum command command)
{
    return command_moves(command) || command == COMMAND_FILTER || command == COMMAND_PALETTE;
}

/* Dialogs and menus answer to letters that are no commands there, and may run one. */
enum input_use loop_use_of_key(void *arg, int key)
{
    const struct app *app = arg;
    if (!app->top || has_text_focus(app)) return INPUT_FREE;
    struct contexts contexts = screen_contexts(app->top);
    enum command command = command_of_key(key, &contexts);
    if (is_free(command)) return INPUT_FREE;
    bool changes = !command || command_table[command].needs == NEEDS_WRITING;
    return changes ? INPUT_CHANGES : INPUT_ACTS;
}

/* Whether a paste goes on to the screen. What becomes of it is said unless all is as expected. */
static bool takes_paste(struct app *app)
{
    bool text = has_text_focus(app), whole = input_paste_is_whole(app->input);
    if (!text)
        app_say(app, ROLE_WARN, "Dropped a paste: no text field has the focus");
    else if (!whole)
        app_say(app, ROLE_WARN, "The paste never ended; what came of it is in the field");
    return text;
}

bool loop_wait(void *arg, int64_t waited_ms)
{
    enum { SILENT_MS = 200 };
    struct app *app = arg;
    int key;
    if (waited_ms < SILENT_MS || !app->input) return false;
    if (loop_is_ending(app)) return true;
    if (!app->waits) {
        app_say(app, ROLE_WARN, "Waiting for another writer… · Esc gives up");
        app->waits = true;
        loop_draw(app);
    }
    while (input_next(app->input, clock_ms(), &key))
        if (key == UI_ESC || key == UI_CTRL('C')) return true;
    return false;
}

/* What was waited for has come, and had nothing to say: a key, or what was done by itself. */
static void end_wait(struct app *app)
{
    if (!app->waits) return;
    app->message[0] = 0;
    app->waits = false;
    app->loop->dirty = true;
}

/* On the way to U: moving, and what the palette takes to run it. */
static bool keeps_offer(enum command command)
{
    return is_free(command) || command == COMMAND_UNDO || command == COMMAND_ACCEPT ||
           command == COMMAND_NEXT_PART;
}

/* Runs the command of a key, or says that it has none. */
static int run_command(struct screen *screen, int key)
{
    struct contexts contexts = screen_contexts(screen);
    enum command command = command_of_key(key, &contexts);
    if (command && !keeps_offer(command)) screen->app->offers_undo = false;
    if (command && screen_has(screen, command)) return screen_run(screen, command);
    int help = command_key_in(COMMAND_HELP, &contexts);
    char name[16], help_name[16];
    if (is_of_mouse(key) || key == UI_PASTE) return EFFECT_NONE;
    key_text(key, name);
    key_text(help, help_name);
    app_say(screen->app, ROLE_MUTED, "%s does nothing here%s%s%s", name, help ? " · " : "",
            help ? help_name : "", help ? " shows the keys" : "");
    return EFFECT_DRAW;
}

/* A click on a target is its key. */
static int key_of_click(const struct app *app)
{
    int row, column, key = UI_CLICK;
    input_mouse(app->input, &row, &column);
    for (size_t i = 0; i < app->targets.count; i++) {
        int left = app->targets.items[i].column;
        if (row == app->targets.items[i].row && column >= left &&
            column < left + app->targets.items[i].columns)
            key = app->targets.items[i].key; /* the last drawn is the one that is seen */
    }
    return key;
}

static void handle_key(struct app *app, int key)
{
    struct screen *screen = app->top;
    if (is_of_mouse(key) && !app->mouse) return;
    if (key == UI_CLICK) key = key_of_click(app);
    if (app->message[0] && app->message_drawn) {
        app->message[0] = 0;
        app->loop->dirty = true;
    }
    if (app->store) app->written = audit_last(app->store).last;
    if (key == UI_BURST)
        app_say(app, ROLE_WARN, "Ignored keys that arrived all at once, like a paste");
    if (key == UI_BURST || (key == UI_PASTE && !takes_paste(app))) {
        app->loop->dirty = true;
        return;
    }
    int effects = screen->class->key && screen_is_ready(screen) ? screen->class->key(screen, key)
                                                                : EFFECT_PASS;
    apply(app, screen, effects & EFFECT_PASS ? run_command(screen, key) : effects);
    end_wait(app);
    /* What was typed before a refusal was seen was meant for what did not happen. */
    if (app->message[0] && app->message_role == ROLE_BAD && !app->message_drawn)
        app->discard_keys = true;
}

/* Keys are handled without a frame in between, unless the next one would act on what it shows. */
static void handle_keys(struct app *app)
{
    int key;
    while (!app->quit && app->top && !app->discard_keys &&
           input_next(app->input, clock_ms(), &key)) {
        handle_key(app, key);
        if (app->top) load_visible(app);
    }
}

static void handle_signals(struct app *app)
{
    unsigned char number;
    while (read(term_signals(), &number, 1) == 1) {
        app->loop->dirty = true;
        if (number == SIGTSTP) {
            app->loop->suspends = true;
        } else if (number == SIGCONT) {
            term_resume();
        } else if (number == SIGWINCH) {
            term_resize();
            draw_size(&app->rows, &app->columns);
            loop_reload(app);
        } else {
            app->quit = true; /* every other one would have ended it */
        }
    }
}

bool loop_is_ending(struct app *app)
{
    bool was_dirty = app->loop->dirty;
    app->loop->dirty = false;
    handle_signals(app);
    if (app->loop->dirty) loop_draw(app);
    app->loop->dirty = was_dirty;
    return app->quit;
}

/* What is on the screen stays, and so does the sentence, until another one comes. Reading it again
 * says since when it is not up to date. */
static void say_lost(struct app *app)
{
    if (!app->loop->lost) loop_reload(app);
    app->loop->lost = true;
    if (strcmp(app->message, error_message()) == 0) return;
    app_say_error(app);
    app->loop->dirty = true;
}

/* Asks whether another process has committed: now and then, and when the database says so. */
static void watch(struct app *app, int64_t ticks, bool woken)
{
    bool changed = false;
    if (ticks < app->loop->next_watch && !woken) return;
    app->loop->next_watch = ticks + WATCH_MS;
    if (app->store && store_changed(app->store, &changed))
        say_lost(app);
    else
        app->loop->lost = false;
    if (changed) loop_reload(app);
    if (app->background) background_checkpoint(app);
    if (ticks >= app->loop->next_times) {
        app->loop->next_times = ticks + TIMES_MS;
        loop_reload(app);
    }
}

/* Before keys are handled: the first key after a suspend must not find the vault open. */
static void lock_if_idle(struct app *app)
{
    if (!app->vault || ambient_ticks() < app->vault_locks) return;
    app_lock(app);
    app_say(app, ROLE_MUTED, "The vault has locked itself");
    app->loop->dirty = true;
}

/* In how many ms something must be done even if nothing comes. */
static int64_t longest_wait(const struct app *app)
{
    int64_t due = app->loop->next_watch;
    for (int i = 0; i < TIMERS; i++)
        if (app->loop->timers[i].done && app->loop->timers[i].due < due)
            due = app->loop->timers[i].due;
    for (struct screen *screen = app->top; screen; screen = screen->below) {
        int64_t own = screen->class->due ? screen->class->due(screen) : INT64_MAX;
        if (own < due) due = own;
    }
    int64_t wait = due - ambient_ticks(), of_input = input_due(app->input) - clock_ms();
    return of_input < wait ? of_input : wait;
}

static void tick_screens(struct app *app, int64_t ticks)
{
    struct screen *screen = app->top;
    while (screen) {
        struct screen *below = screen->below;
        if (screen->class->due && screen->class->due(screen) <= ticks && screen->class->tick)
            apply(app, screen, screen->class->tick(screen));
        screen = below;
    }
}

/* What came while the loop slept. */
struct waking {
    bool signalled; /* a signal was caught */
    bool finished;  /* a background job has */
    bool woken;     /* by the database */
};

static enum error wait_for_something(struct app *app, struct waking *waking)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = term_signals(), .events = POLLIN},
        {.fd = app->background ? background_fd(app->background) : -1, .events = POLLIN},
        {.fd = app->store ? store_wake_descriptor(app->store) : -1, .events = POLLIN}};
    int64_t wait = longest_wait(app);
    int ready = poll(fds, sizeof fds / sizeof *fds, wait < 0 ? 0 : (int)wait);
    if (ready < 0 && errno != EINTR)
        return fail(ERR_SYSTEM, "cannot wait for keys: %s", strerror(errno));
    if (ready > 0 && fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) app->quit = true;
    *waking = (struct waking){.signalled = ready > 0 && fds[1].revents,
                              .finished = ready > 0 && fds[2].revents,
                              .woken = ready > 0 && fds[3].revents};
    return OK;
}

/* Whether the first frame is worth drawing before its rows are read: a file is read sooner. */
static bool is_far(const struct app *app)
{
    return app->loop->may_ask && store_is_address(app->options->database);
}

static void ask_terminal(struct app *app)
{
    if (app->loop->may_ask && term_ask(!app->theme.is_chosen)) app->loop->asked_at = clock_ms();
    app->loop->may_ask = false;
}

/* Mapping the pages of the first screen costs less than reading them into new memory. After that a
 * page is read into the memory of another, and only the background connection searches. */
static void stop_mapping(struct app *app)
{
    if (app->loop->unmapped || !app->store || !app->top || !app->top->was_loaded) return;
    if (store_unmap(app->store)) {
        app_say_error(app);
        app->loop->dirty = true;
    }
    app->loop->unmapped = true;
}

static void take_answers(struct app *app)
{
    int background = input_background(app->input);
    if (!app->loop->asked_at) return;
    if (app->theme.is_chosen ? input_knows_mode(app->input) : background >= 0)
        app->loop->asked_at = 0;
    if (background >= 0 && theme_suit(&app->theme, background)) app->loop->dirty = true;
}

/* An answer that is still on its way would be typed into the shell. */
static void await_answers(struct app *app)
{
    enum { LATE_MS = 1000, WAIT_MS = 150 };
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    int64_t end = clock_ms() + WAIT_MS;
    int key;
    if (clock_ms() - app->loop->asked_at > LATE_MS) return;
    while (app->loop->asked_at && clock_ms() < end &&
           poll(&terminal, 1, (int)(end - clock_ms())) > 0 && terminal.revents == POLLIN) {
        while (input_next(app->input, clock_ms(), &key))
            continue;
        take_answers(app);
    }
}

enum error loop_run(struct app *app)
{
    enum error e = OK;
    while (!e && !app->quit && app->top) {
        end_wait(app);
        if (app->loop->dirty && is_far(app)) loop_draw(app);
        load_visible(app);
        if (app->loop->dirty) loop_draw(app);
        ask_terminal(app);
        stop_mapping(app);
        struct waking waking = {0};
        e = wait_for_something(app, &waking);
        lock_if_idle(app);
        if (waking.signalled) handle_signals(app);
        if (app->loop->suspends) loop_suspend(app);
        app->loop->suspends = false;
        handle_keys(app);
        take_answers(app);
        if (waking.finished && background_deliver(app)) app->loop->dirty = true;
        int64_t ticks = ambient_ticks();
        if (app->top) run_timers(app, ticks);
        /* The effect of a key is drawn before longer work begins. */
        if (app->top && !app->loop->dirty && !input_is_pending(app->input))
            tick_screens(app, ticks);
        watch(app, ticks, waking.woken);
    }
    await_answers(app);
    return e;
}
