#include "ui/kit/progress.h"

#include "ui/loop.h"
#include "ui/terminal/input.h"

#include <gatehouse/ambient.h>
#include <gatehouse/clock.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

enum { QUIET_MS = 200, BETWEEN_MS = 100 };

static bool was_stopped(struct app *app)
{
    int key;
    while (input_next(app->input, clock_ms(), &key))
        if (key == UI_ESC || key == UI_CTRL('C')) return true;
    return false;
}

static void draw_bar(char *out, size_t size, size_t done, size_t total, int columns)
{
    int full = (int)((double)done / (double)total * columns);
    for (int i = 0; i < columns; i++) {
        size_t used = strlen(out);
        snprintf(out + used, size - used, "%s", text_glyph(i < full ? GLYPH_DONE : GLYPH_TO_DO));
    }
}

void progress_text(char out[static PROGRESS_SIZE], const char *what, size_t done, size_t total,
                   int64_t took_ms, int columns)
{
    enum { LEAST = 5, MOST = 20 };
    enum { RATE, WHAT, COUNT, LEFT, STOP, PARTS }; /* in the order in which they go */
    char parts[PARTS][96] = {[STOP] = " · Esc stops"};
    char left[WHEN_SIZE];
    int64_t rate = took_ms > 0 ? (int64_t)done * 1000 / took_ms : 0;
    snprintf(parts[WHAT], sizeof *parts, "%s ", what);
    snprintf(parts[COUNT], sizeof *parts, " %s of %s", number_text((int64_t)done).text,
             number_text((int64_t)total).text);
    if (rate) snprintf(parts[RATE], sizeof *parts, " · %s/s", number_text(rate).text);
    when_left(left, done, total, took_ms);
    if (*left) snprintf(parts[LEFT], sizeof *parts, " · %s", left);
    int width = LEAST;
    for (int i = 0; i < PARTS; i++)
        width += (int)text_width(parts[i]);
    for (int i = 0; i < PARTS && width > columns; i++) {
        width -= (int)text_width(parts[i]);
        *parts[i] = 0;
    }
    char bar[MOST * 4 + 1] = "";
    int room = LEAST + (columns > width ? columns - width : 0);
    draw_bar(bar, sizeof bar, done, total, room < MOST ? room : MOST);
    snprintf(out, PROGRESS_SIZE, "%s%s%s%s%s%s", parts[WHAT], bar, parts[COUNT], parts[RATE],
             parts[LEFT], parts[STOP]);
}

static void show(struct long_work *work, size_t done, size_t total)
{
    struct app *app = work->app;
    char text[PROGRESS_SIZE];
    int64_t ticks = ambient_ticks();
    if (ticks < work->next) return;
    work->next = ticks + BETWEEN_MS;
    if (!total) {
        app_say(app, ROLE_TEXT, "%s · Esc stops", work->what);
    } else if (done == total) {
        app_say(app, ROLE_TEXT, "Writing: this can no longer be stopped");
    } else {
        progress_text(text, work->what, done, total, ticks - work->began, app->columns - 2);
        app_say(app, ROLE_TEXT, "%s", text);
    }
    loop_draw(app);
}

/* Work that ends before it is shown takes no keys: they are meant for what follows. */
static bool step(void *arg, size_t done, size_t total)
{
    struct long_work *work = arg;
    if (ambient_ticks() - work->began < QUIET_MS) return false;
    if (loop_is_ending(work->app) || was_stopped(work->app)) return true;
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
