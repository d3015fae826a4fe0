#include "ui/screens/account_history.h"

#include "ui/background.h"
#include "ui/screens/audit_event.h"

#include <gatehouse/ambient.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct job job;
    struct account_history *history; /* of the main thread */
    int64_t account;
    size_t count;
    struct history_event events[HISTORY_ROWS];
};

static void take(struct history_event *out, const struct audit_event *event)
{
    *out = (struct history_event){.sequence = event->sequence, .at = event->at};
    snprintf(out->who, sizeof out->who, "%s", event->actor.user);
    snprintf(out->kind, sizeof out->kind, "%s", event->kind);
    audit_change_text(event, out->change, sizeof out->change);
}

static enum error run(struct job *job, struct store *store)
{
    struct reading *reading = (struct reading *)job;
    const struct audit_query query = {
        .account = reading->account, .since = WHEN_NEVER, .until = WHEN_NEVER};
    struct audit_event events[HISTORY_ROWS];
    enum error e =
        audit_page(store, &query, 0, (struct page){.max = HISTORY_ROWS}, events, &reading->count);
    if (e) return e;
    for (size_t i = 0; i < reading->count; i++) {
        take(&reading->events[i], &events[i]);
        audit_event_free(&events[i]);
    }
    return OK;
}

/* The cursor stays on its event as newer ones come. */
static void done(struct app *app, struct job *job, enum error e)
{
    const struct reading *reading = (const struct reading *)job;
    struct account_history *history = reading->history;
    if (e) {
        app_say_error(app);
        return;
    }
    history->was_read = true;
    history->count = reading->count;
    history->at = 0;
    history->now = ambient_now();
    memcpy(history->events, reading->events, sizeof history->events);
    for (size_t i = 0; i < history->count; i++)
        if (history->events[i].sequence == history->sequence) history->at = i;
}

static void free_reading(struct job *job)
{
    free(job);
}

void account_history_ask(struct account_history *history, struct app *app, int64_t account)
{
    struct reading *reading = app_alloc(app, sizeof *reading);
    if (!reading) return;
    reading->job = (struct job){.owner = history, .run = run, .done = done, .free = free_reading};
    reading->history = history;
    reading->account = account;
    background_post(app->background, &reading->job);
}

void account_history_leave(struct account_history *history, struct app *app)
{
    if (app->background) background_leave(app->background, history);
}

static void time_cell(void *owner, const void *row, struct cell *cell)
{
    const struct account_history *history = owner;
    when_event(cell->buffer, ((const struct history_event *)row)->at, history->now);
    cell->text = cell->buffer;
}

static void who_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct history_event *)row)->who;
}

static void kind_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct history_event *)row)->kind;
}

static void change_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct history_event *)row)->change;
}

/* No heads: the rule above them is enough. */
const struct columns account_history_columns = {
    .left = 3,
    .items = {
        {.least = WHEN_EVENT_WIDTH, .role = ROLE_MUTED, .cell = time_cell},
        {.least = 8, .best = 12, .gap = 2, .cell = who_cell},
        {.least = 18, .best = 26, .gap = 2, .cell = kind_cell},
        {.least = 16, .grow = 1, .gap = 2, .role = ROLE_MUTED, .cell = change_cell},
    }};
enum { LAST = 3 };

/* The last column gets what the others do not need. */
static void lay_out(struct account_history *history, int width, struct layout *layout)
{
    struct column_needs needs = {0};
    for (size_t i = 0; i < history->count; i++)
        columns_measure(&account_history_columns, history, &history->events[i], &needs);
    needs.widths[LAST] = width;
    columns_lay_out(&account_history_columns, width, layout);
    columns_fit(&account_history_columns, &needs, width, layout);
}

int account_history_draw(struct account_history *history, const struct screen *screen,
                         const struct canvas *canvas, int top, bool focused, int target)
{
    struct layout layout;
    int row = top;
    draw_rule(canvas, row++, "History", "", focused);
    lay_out(history, canvas->columns + 1, &layout);
    for (size_t i = 0; i < history->count; i++) {
        struct canvas line = canvas_row(canvas, row++, focused && i == history->at, layout.bar);
        columns_draw_row(&account_history_columns, &layout, &line, 0, history, &history->events[i]);
        screen_target(screen, &line, 0, 0, line.columns, target + (int)i);
        if (line.lit) draw_cursor(&line, 0, account_history_columns.left, false);
    }
    if (!history->count)
        draw_text(canvas, row++, account_history_columns.left, ROLE_MUTED,
                  history->was_read ? "No events" : text_glyph(GLYPH_ELLIPSIS));
    return row - top;
}

void account_history_go(struct account_history *history, size_t index)
{
    if (index >= history->count) return;
    history->at = index;
    history->sequence = history->events[index].sequence;
}

int account_history_move(struct account_history *history, enum command command)
{
    int count = (int)history->count;
    int at = (int)history->at + command_rows(command, count, count);
    if (!count) return EFFECT_NONE;
    account_history_go(history, at < 0 ? 0 : at < count ? (size_t)at : (size_t)count - 1);
    return EFFECT_DRAW;
}

int account_history_show(const struct account_history *history, struct app *app)
{
    if (!history->count) return EFFECT_NONE;
    return audit_event_open(app, history->events[history->at].sequence);
}
