#include "ui/audit.h"

#include "ui/account_form.h"
#include "ui/audit_screen.h"

#include <gatehouse/account.h>
#include <gatehouse/ambient.h>
#include <stdio.h>
#include <stdlib.h>

static void show(const struct audit_event *event, struct audited *row)
{
    *row =
        (struct audited){.sequence = event->sequence, .at = event->at, .account = event->account};
    actor_text(&event->actor, row->who, sizeof row->who);
    audit_from_text(&event->actor, row->from, sizeof row->from);
    snprintf(row->kind, sizeof row->kind, "%s", event->kind);
    snprintf(row->subject, sizeof row->subject, "%s", event->subject);
    audit_change_text(event, row->change, sizeof row->change);
}

static int64_t row_id(const void *row)
{
    return ((const struct audited *)row)->sequence;
}

static enum error read_page(void *arg, const void *from, bool backward, bool inclusive, void *out,
                            size_t max, size_t *count)
{
    const struct audit *audit = arg;
    struct audited *rows = out;
    *count = 0;
    if (audit->filter.problem[0]) return OK;
    struct audit_event *events = malloc(max * sizeof *events);
    if (!events) return fail(ERR_SYSTEM, "out of memory");
    enum error e = audit_page(audit->table.app->store, &audit->filter.query,
                              from ? row_id(from) : 0, backward, inclusive, events, max, count);
    for (size_t i = 0; i < *count && !e; i++) {
        show(&events[i], &rows[i]);
        audit_event_free(&events[i]);
    }
    free(events);
    return e;
}

static enum error read_one(void *arg, int64_t id, void *row)
{
    struct audit_event event;
    enum error e = audit_get(((const struct audit *)arg)->table.app->store, id, &event);
    if (e) return e;
    show(&event, row);
    audit_event_free(&event);
    return OK;
}

/* Events are numbered without a gap, so the number of the newest is how many there are. */
static enum error count_rows(void *arg, bool matching, int64_t *count)
{
    const struct audit *audit = arg;
    uint8_t ignored[AUDIT_HASH_SIZE];
    *count = 0;
    if (!matching) return audit_head(audit->table.app->store, count, ignored);
    if (audit->filter.problem[0]) return OK;
    return audit_count(audit->table.app->store, &audit->filter.query, count);
}

/* By number, exactly; what a filter lets through is taken to be spread evenly. */
static enum error rows_before(void *arg, const void *row, int64_t total, int64_t *rows)
{
    const struct audit *audit = arg;
    int64_t all = audit->table.total;
    *rows = table_part(total, all - row_id(row), all);
    return OK;
}

/* Events only ever come. Where none came that matches, the list stands as it is. */
static enum error find_new(const struct audit *audit, int64_t newest, bool *any)
{
    const struct table *table = &audit->table;
    struct audit_event event;
    size_t count = 0;
    *any = audit->newest < 0 || table->reopen != TABLE_KEEP || audit->filter.problem[0] ||
           table->list.height != table_height(table->app->rows);
    if (*any || newest == audit->newest) return OK;
    enum error e = audit_page(table->app->store, &audit->filter.query, audit->newest, true, false,
                              &event, 1, &count);
    *any = count > 0;
    if (*any) audit_event_free(&event);
    return e;
}

static enum error read_all(struct audit *audit)
{
    struct table *table = &audit->table;
    int64_t newest;
    bool any;
    enum error e = count_rows(audit, false, &newest);
    if (!e) e = find_new(audit, newest, &any);
    if (!e && any)
        e = audit_filter_read(&audit->filter, table->app->store, audit->now, table->filter.text);
    if (!e && any && audit->following) table->reopen = TABLE_TOP;
    if (!e && any) e = table_load(table, table->app->rows);
    if (e) return e;
    if (audit->following) table->list.cursor = 0;
    audit->newest = table->total = newest;
    return OK;
}

static enum error load(struct app *app, struct screen *screen)
{
    (void)app;
    struct audit *audit = (struct audit *)screen;
    audit->now = ambient_now();
    audit_search_begin(audit, false);
    enum error e = read_all(audit);
    audit_search_end(audit);
    return e;
}

/* Whoever looks elsewhere does not want to be taken back to the top. */
static void settle(struct audit *audit)
{
    const struct list *list = &audit->table.list;
    if (list->cursor || !list->at_top) audit->following = false;
}

static int follow(struct audit *audit)
{
    audit->following = !audit->following;
    return audit->following ? table_reopen(&audit->table, TABLE_TOP) : EFFECT_DRAW;
}

int audit_account_open(struct app *app, int64_t number)
{
    struct account account;
    enum error e = account_get(app->store, ambient_now(), number, &account);
    if (e && e != ERR_NOT_FOUND) return app_say_error(app);
    if (e)
        app_say(app, ROLE_WARN, "The account of this event is gone: it was deleted since");
    else
        account_form_open(app, number);
    return EFFECT_DRAW;
}

static int run(struct app *app, struct screen *screen, enum command command)
{
    struct audit *audit = (struct audit *)screen;
    const struct audited *here = audit_current(audit);
    audit_search_begin(audit, false);
    int effects = table_run(&audit->table, command);
    audit_search_end(audit);
    settle(audit);
    if (!(effects & EFFECT_PASS)) return effects;
    switch (command) {
    case COMMAND_ESCAPE:
        return EFFECT_NONE;
    case COMMAND_AUDIT_SHOW:
        return here ? audit_event_open(app, here->sequence) : EFFECT_NONE;
    case COMMAND_AUDIT_ACCOUNT:
        return here ? audit_account_open(app, here->account) : EFFECT_NONE;
    case COMMAND_AUDIT_FOLLOW:
        return follow(audit);
    default:
        return EFFECT_PASS;
    }
}

static const char *why_not(const struct app *app, const struct screen *screen, enum command command)
{
    (void)app;
    const struct audited *here = audit_current((const struct audit *)screen);
    if (command != COMMAND_AUDIT_SHOW && command != COMMAND_AUDIT_ACCOUNT) return NULL;
    if (!here) return "there is no event";
    return command == COMMAND_AUDIT_ACCOUNT && !here->account ? "this event is of no account"
                                                              : NULL;
}

static unsigned contexts(const struct app *app, const struct screen *screen)
{
    (void)app;
    return table_contexts(&((const struct audit *)screen)->table, CONTEXT_AUDIT);
}

static int key(struct app *app, struct screen *screen, int pressed)
{
    (void)app;
    struct audit *audit = (struct audit *)screen;
    audit_search_begin(audit, false);
    int effects = table_key(&audit->table, pressed);
    audit_search_end(audit);
    settle(audit);
    return effects;
}

static int64_t due(const struct app *app, const struct screen *screen)
{
    (void)app;
    bool wants = table_wants_count(&((const struct audit *)screen)->table);
    return wants && !screen->failed_since ? 0 : INT64_MAX;
}

static int tick(struct app *app, struct screen *screen, int64_t ticks)
{
    (void)ticks;
    struct audit *audit = (struct audit *)screen;
    audit_search_begin(audit, true);
    enum error e = table_count(&audit->table);
    audit_search_end(audit);
    return e && e != ERR_STOPPED ? app_say_error(app) : EFFECT_DRAW;
}

static void close_audit(struct app *app, struct screen *screen)
{
    (void)app;
    table_free(&((struct audit *)screen)->table);
    free(screen);
}

static const enum command footer[] = {
    COMMAND_FILTER,      COMMAND_AUDIT_SHOW,   COMMAND_AUDIT_ACCOUNT, COMMAND_AUDIT_FOLLOW,
    COMMAND_FILTER_KEEP, COMMAND_FILTER_CLEAR, COMMAND_HELP,          COMMAND_NONE};

static const struct screen_class audit_class = {
    .title = "Audit",
    .tab = COMMAND_TAB_AUDIT,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = contexts,
    .load = load,
    .draw = audit_draw,
    .key = key,
    .run = run,
    .why_not = why_not,
    .due = due,
    .tick = tick,
    .close = close_audit,
};

enum error audit_open(struct app *app)
{
    static const struct table_source source = {
        .one = "event",
        .many = "events",
        .empty = "No events yet. Every change is written here.",
        .rows = {.row_size = sizeof(struct audited),
                 .id = row_id,
                 .page = read_page,
                 .get = read_one},
        .count = count_rows,
        .before = rows_before,
    };
    struct audit *audit = calloc(1, sizeof *audit);
    if (!audit) return fail(ERR_SYSTEM, "out of memory");
    audit->screen.class = &audit_class;
    audit->source = source;
    audit->newest = -1;
    enum error e = table_init(&audit->table, app, &audit->screen, &audit->source);
    audit->table.descending = true; /* the newest first, always */
    if (e) {
        close_audit(app, &audit->screen);
        return e;
    }
    screen_push(app, &audit->screen);
    return OK;
}
