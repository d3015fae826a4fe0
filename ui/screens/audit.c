#include "ui/screens/audit.h"

#include "ui/screens/account_form.h"
#include "ui/screens/audit_screen.h"

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
    const struct table_reader *reader = arg;
    struct audited *rows = out;
    struct audit_filter filter;
    enum error e = audit_filter_read(&filter, reader->store, reader->now, reader->filter);
    if (e) return e;
    struct audit_event *events = malloc(max * sizeof *events);
    if (!events) return fail(ERR_SYSTEM, "out of memory");
    e = audit_page(reader->store, &filter.query, from ? row_id(from) : 0, backward, inclusive,
                   events, max, count);
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
    enum error e = audit_get(((const struct table_reader *)arg)->store, id, &event);
    if (e) return e;
    show(&event, row);
    audit_event_free(&event);
    return OK;
}

/* Events are numbered without a gap, so the number of the newest is how many there are. */
static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    uint8_t ignored[AUDIT_HASH_SIZE];
    struct audit_filter filter;
    if (!matching) return audit_head(reader->store, count, ignored);
    enum error e = audit_filter_read(&filter, reader->store, reader->now, reader->filter);
    return e ? e : audit_count(reader->store, &filter.query, count);
}

/* By number, exactly; what a filter lets through is taken to be spread evenly. */
static enum error rows_before(const struct table_reader *reader, const void *row, int64_t total,
                              int64_t *rows)
{
    int64_t all;
    enum error e = count_rows(reader, false, &all);
    if (!e) *rows = table_part(total, all - row_id(row), all);
    return e;
}

/* Events only ever come: where none did, the list stands as it is. */
static enum error load(struct app *app, struct screen *screen)
{
    struct audit *audit = (struct audit *)screen;
    struct table *table = &audit->table;
    uint8_t ignored[AUDIT_HASH_SIZE];
    int64_t newest;
    enum error e = audit_head(app->store, &newest, ignored);
    if (e) return e;
    bool same = newest == audit->newest && table->reopen == TABLE_KEEP && !table->problem[0] &&
                table->list.height == table_height(app->rows);
    table->now = ambient_now();
    if (same) return OK;
    if (audit->following) table->reopen = TABLE_FIRST;
    e = table_load(table, app->rows);
    if (!e) audit->newest = newest;
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
    return audit->following ? table_reopen(&audit->table, TABLE_FIRST) : EFFECT_DRAW;
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
    int effects = table_run(&audit->table, command);
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
    int effects = table_key(&audit->table, pressed);
    settle(audit);
    return effects;
}

static int64_t due(const struct app *app, const struct screen *screen)
{
    (void)app;
    return table_is_due(&((const struct audit *)screen)->table) ? 0 : INT64_MAX;
}

static int tick(struct app *app, struct screen *screen, int64_t ticks)
{
    (void)app, (void)ticks;
    return table_tick(&((struct audit *)screen)->table);
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
