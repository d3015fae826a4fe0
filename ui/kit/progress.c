#include "ui/kit/progress.h"

#include "ui/loop.h"
#include "ui/terminal/input.h"

#include <gatehouse/ambient.h>
#include <gatehouse/text.h>

enum { QUIET_MS = 200, BETWEEN_MS = 100 };

static bool was_stopped(struct app *app)
{
    int key;
    while (input_next(app->input, input_clock(), &key))
        if (key == UI_ESC || key == UI_CTRL('C')) return true;
    return false;
}

static void show(struct long_work *work, size_t done, size_t total)
{
    int64_t ticks = ambient_ticks(), took = ticks - work->began;
    if (ticks < work->next) return;
    work->next = ticks + BETWEEN_MS;
    long long rate = took ? (long long)done * 1000 / took : 0;
    long long left = rate ? (long long)(total - done) / rate : 0;
    if (!total)
        app_say(work->app, ROLE_TEXT, "%s · Esc stops", work->what);
    else if (done == total)
        app_say(work->app, ROLE_TEXT, "Writing: this can no longer be stopped");
    else
        app_say(work->app, ROLE_TEXT, "%s %s of %s · %s/s · %s s left · Esc stops", work->what,
                number_text((int64_t)done).text, number_text((int64_t)total).text,
                number_text(rate).text, number_text(left).text);
    loop_draw(work->app);
}

/* Work that ends before it is shown takes no keys: they are meant for what follows. */
static bool step(void *arg, size_t done, size_t total)
{
    struct long_work *work = arg;
    if (ambient_ticks() - work->began < QUIET_MS) return false;
    if (was_stopped(work->app)) return true;
    show(work, done, total);
    return false;
}

static void start(struct long_work *work, struct app *app, const char *what)
{
    *work = (struct long_work){.app = app, .what = what, .began = ambient_ticks()};
    work->next = work->began + QUIET_MS;
}

struct progress progress_of(struct long_work *work, struct app *app, const char *what)
{
    start(work, app, what);
    return (struct progress){.step = step, .arg = work};
}

static bool step_of_query(void *arg)
{
    return step(arg, 0, 0);
}

void progress_begin(struct long_work *work, struct app *app, const char *what)
{
    start(work, app, what);
    store_set_interrupt(app->store, step_of_query, work);
}

void progress_end(struct app *app)
{
    store_set_interrupt(app->store, NULL, NULL);
    app->message[0] = 0;
}
