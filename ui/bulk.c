#include "ui/bulk.h"

#include "ui/input.h"
#include "ui/loop.h"

#include <gatehouse/ambient.h>

enum { QUIET_MS = 200, BETWEEN_MS = 100, CHUNK = 32 };

struct progress {
    const char *what;
    int64_t began, next;
};

static bool was_stopped(struct app *app)
{
    int key;
    while (input_next(app->input, ambient_ticks(), &key))
        if (key == UI_ESC || key == UI_CTRL('C')) return true;
    return false;
}

static void show(struct app *app, struct progress *progress, size_t done, size_t count)
{
    int64_t ticks = ambient_ticks();
    if (ticks < progress->next) return;
    int64_t took = ticks - progress->began;
    progress->next = ticks + BETWEEN_MS;
    long long rate = took ? (long long)done * 1000 / took : 0;
    long long left = rate ? (long long)(count - done) / rate : 0;
    app_say(app, ROLE_TEXT, "%s %zu of %zu · %lld/s · %lld s left · Esc stops", progress->what,
            done, count, rate, left);
    loop_draw(app);
}

static enum error run_all(struct app *app, struct progress *progress, const int64_t *ids,
                          size_t count, enum error (*each)(const struct act *, int64_t, void *),
                          void *arg)
{
    struct act act = app_act(app);
    for (size_t i = 0; i < count; i++) {
        enum error e = each(&act, ids[i], arg);
        if (e) return e;
        if (i % CHUNK) continue;
        if (was_stopped(app)) return fail(ERR_STOPPED, "Stopped: nothing was changed");
        show(app, progress, i, count);
    }
    app_say(app, ROLE_TEXT, "Writing %zu changes; they can no longer be stopped", count);
    if (ambient_ticks() >= progress->next) loop_draw(app);
    return OK;
}

enum error bulk_run(struct app *app, const char *what, const int64_t *ids, size_t count,
                    enum error (*each)(const struct act *, int64_t, void *), void *arg)
{
    struct progress progress = {.what = what, .began = ambient_ticks()};
    progress.next = progress.began + QUIET_MS;
    enum error e = store_begin(app->store);
    if (!e) e = store_end(app->store, run_all(app, &progress, ids, count, each, arg));
    app->message[0] = 0;
    return e;
}
