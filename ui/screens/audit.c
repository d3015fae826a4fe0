/* The Audit tab: its filter, columns, rows and commands, and checking the chain. */
#include "ui/screens/audit.h"

#include "ui/copy.h"
#include "ui/kit/dialog.h"
#include "ui/kit/progress.h"
#include "ui/kit/table.h"
#include "ui/screens/account_form.h"
#include "ui/screens/audit_event.h"
#include "ui/screens/panes.h"

#include <gatehouse/account.h>
#include <gatehouse/ambient.h>
#include <gatehouse/audit.h>
#include <gatehouse/audit_filter.h>
#include <gatehouse/audit_story.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An event as the list shows it. */
struct audited {
    int64_t sequence, at, account;
    int64_t oldest; /* the event that the database begins with */
    int64_t first;  /* of an act on many rows: its first event; 0: it is none */
    bool open;      /* its events are shown */
    bool is_of_act; /* one of them */
    char act[400];  /* what the act did */
    char who[160], from[136], kind[48], subject[260], change[400];
};

/* The acts whose events are shown. Only changed while no job reads. */
enum { OPEN_MAX = 32 };
struct open_acts {
    struct id_set events; /* their own events */
    struct event_range ranges[OPEN_MAX];
    size_t count;
};

struct audit {
    struct table_screen base;
    struct open_acts acts;
    bool following; /* the cursor stays on the newest event */
    int64_t newest; /* the newest event of the last load; -1: not loaded yet */
};

/* The one under the cursor, or NULL. */
static const struct audited *current(const struct audit *audit)
{
    return list_current(&audit->base.table.list);
}

/* The dialog also says what this cannot prove. */
int audit_chain_verify(struct app *app)
{
    struct long_work work;
    struct progress progress = progress_of(&work, app, "Checking events");
    int64_t checked;
    char text[ERROR_MESSAGE_MAX + 256], events[TEXT_COUNT_SIZE];
    enum error e = audit_verify_watched(app->store, &progress, &checked);
    const char *forms = checked == 1 ? "s" : "";
    app->message[0] = 0;
    if (e == ERR_STOPPED) {
        app_say(app, ROLE_WARN, "Stopped: the first %s form%s an unbroken chain",
                text_count(events, checked, "event"), forms);
        return EFFECT_DRAW;
    }
    if (e && e != ERR_CONFLICT) return app_say_error(app);
    if (e)
        snprintf(text, sizeof text, "Found: %s. %s before that form%s an unbroken chain.",
                 error_message(), text_count(events, checked, "event"), forms);
    else
        snprintf(text, sizeof text,
                 "%s form%s an unbroken chain.\n\nA log that was cut off at the end or rewritten "
                 "as a whole looks the same: keep its head elsewhere (%s), and give it to "
                 "gatehouse audit verify --head.",
                 text_count(events, checked, "event"), forms, command_key(COMMAND_AUDIT_HEAD).text);
    confirm_open(app, &(struct confirm){.title = e ? "The chain of events is broken"
                                                   : "The chain of events is sound",
                                        .text = text,
                                        .cancel = "Close"});
    return EFFECT_DRAW;
}

/* `arg` is the hash that was shown. */
static int head_closed(struct app *app, void *arg, int choice)
{
    int effects = choice ? copy_text(app, arg) : EFFECT_DRAW;
    free(arg);
    return effects;
}

int audit_chain_head(struct app *app)
{
    int64_t sequence;
    uint8_t hash[AUDIT_HASH_SIZE];
    char text[AUDIT_HASH_TEXT + 256], title[64];
    enum error e = audit_head(app->store, &sequence, hash);
    if (!e && !sequence)
        e = fail(ERR_NOT_FOUND, "there is no event yet, so there is no head to keep");
    if (e) return app_say_error(app);
    char *shown = app_alloc(app, AUDIT_HASH_TEXT);
    if (!shown) return EFFECT_DRAW;
    audit_hash_text(hash, shown);
    snprintf(title, sizeof title, "Head of the log: event %" PRId64, sequence);
    snprintf(text, sizeof text,
             "%s\n\nKeep it elsewhere: gatehouse audit verify --head then proves that this event "
             "and all before it are unchanged and present.",
             shown);
    confirm_open(app, &(struct confirm){.title = title,
                                        .text = text,
                                        .choices = {{"Copy", 'y'}},
                                        .cancel = "Close",
                                        .done = head_closed,
                                        .arg = shown});
    return EFFECT_DRAW;
}

static void match_filter(const struct audit *audit, struct cell *cell)
{
    cell_match_words(cell, WORDS_EVENTS, audit->base.table.filter.text, WORD_TEXT);
}

static void time_cell(void *owner, const void *row, struct cell *cell)
{
    int64_t now = ((const struct audit *)owner)->base.table.now;
    const struct audited *event = row;
    if (event->is_of_act) { /* at the same time as the act above */
        cell_format(cell, "%*s%s", WHEN_EVENT_WIDTH - 1, "", text_glyph(GLYPH_BAR));
        return;
    }
    when_event(cell->buffer, event->at, now);
    cell->text = cell->buffer;
}

static void who_cell(void *owner, const void *row, struct cell *cell)
{
    cell->text = ((const struct audited *)row)->who;
    match_filter(owner, cell);
}

static void from_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct audited *)row)->from;
}

static void kind_cell(void *owner, const void *row, struct cell *cell)
{
    const struct audited *event = row;
    cell->text = event->kind;
    if (event->first) {
        cell_format(cell, "%s %s", event->open ? "-" : "+", event->act);
        cell->spans = true;
    }
    match_filter(owner, cell);
}

static void subject_cell(void *owner, const void *row, struct cell *cell)
{
    cell->text = ((const struct audited *)row)->subject;
    match_filter(owner, cell);
}

static void change_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct audited *)row)->change;
}

const struct columns audit_columns = {
    .left = 3,
    .items = {
        {.title = "TIME",
         .least = WHEN_EVENT_WIDTH,
         .role = ROLE_MUTED,
         .sort.label = "Time",
         .cell = time_cell},
        {.title = "WHO", .from = 60, .least = 8, .best = 10, .grow = 1, .gap = 1, .cell = who_cell},
        {.title = "FROM",
         .from = 120,
         .least = 14,
         .grow = 1,
         .gap = 2,
         .role = ROLE_MUTED,
         .cell = from_cell},
        {.title = "WHAT", .least = 18, .gap = 1, .cell = kind_cell},
        {.title = "SUBJECT",
         .least = 12,
         .best = 19,
         .grow = 2,
         .gap = 1,
         .align = COLUMN_MIDDLE,
         .cell = subject_cell},
        {.title = "CHANGE",
         .from = 78,
         .least = 16,
         .grow = 2,
         .gap = 1,
         .role = ROLE_MUTED,
         .cell = change_cell},
    }};

static void show(const struct audit_event *event, const struct open_acts *acts, struct audited *row)
{
    *row = (struct audited){.sequence = event->sequence,
                            .oldest = event->oldest,
                            .at = event->at,
                            .account = event->account,
                            .first = audit_act_first(event),
                            .open = id_set_has(&acts->events, event->sequence)};
    for (size_t i = 0; i < acts->count; i++)
        row->is_of_act |=
            event->sequence >= acts->ranges[i].first && event->sequence < acts->ranges[i].last;
    if (row->first) audit_act_text(event, row->act, sizeof row->act);
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

static enum error read_page(void *arg, const void *from, struct page page, void *out, size_t *count)
{
    const struct table_reader *reader = arg;
    struct audited *rows = out;
    struct audit_filter filter;
    enum error e = audit_filter_read(reader->store, reader->now, reader->filter, &filter);
    if (e) return e;
    struct audit_event *events = malloc(page.max * sizeof *events);
    if (!events) return fail_memory();
    const struct open_acts *acts = reader->own;
    e = audit_story_page(reader->store, &filter.query, &acts->events, from ? row_id(from) : 0, page,
                         events, count);
    for (size_t i = 0; i < *count && !e; i++) {
        show(&events[i], acts, &rows[i]);
        audit_event_free(&events[i]);
    }
    free(events);
    return e;
}

static enum error read_one(void *arg, int64_t id, void *row)
{
    const struct table_reader *reader = arg;
    struct audit_event event;
    enum error e = audit_get(reader->store, id, &event);
    if (e) return e;
    show(&event, reader->own, row);
    audit_event_free(&event);
    return OK;
}

/* Events are numbered without a gap, and those that left for archives were the first. */
static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    uint8_t ignored[AUDIT_HASH_SIZE];
    struct audit_filter filter;
    int64_t oldest;
    if (!matching) {
        enum error e = audit_oldest(reader->store, &oldest);
        if (!e) e = audit_head(reader->store, count, ignored);
        if (!e && *count) *count -= oldest - 1;
        return e;
    }
    enum error e = audit_filter_read(reader->store, reader->now, reader->filter, &filter);
    return e ? e : audit_count(reader->store, &filter.query, count);
}

/* Folded, an act stands for all its events. */
static void span(const void *row, int64_t total, int64_t *above, int64_t *below)
{
    const struct audited *event = row;
    bool folded = event->first > event->oldest && !event->open;
    *above = total - 1 - (event->sequence - event->oldest);
    *below = (folded ? event->first : event->sequence) - event->oldest;
}

/* Events are only ever added: without a new one there is nothing to read. */
static enum error load(struct screen *screen)
{
    struct app *app = screen->app;
    struct audit *audit = (struct audit *)screen;
    struct table *table = &audit->base.table;
    uint8_t ignored[AUDIT_HASH_SIZE];
    int64_t newest;
    enum error e = audit_head(app->store, &newest, ignored);
    if (e) return e;
    bool same = newest == audit->newest && table->reopen == TABLE_KEEP && !table->problem[0] &&
                table->list.height == table_height(table);
    table->now = ambient_now();
    if (same) return OK;
    if (audit->following) table->reopen = TABLE_FIRST;
    e = table_load(screen);
    if (!e) audit->newest = newest;
    return e;
}

static void set_following(struct audit *audit, bool following)
{
    audit->following = following;
    audit->base.table.state = following ? "following" : NULL;
}

/* Moving away from the newest event ends following. */
static void settle(struct audit *audit)
{
    const struct list *list = &audit->base.table.list;
    if (list->cursor || !list->at_top) set_following(audit, false);
}

static int follow(struct screen *screen)
{
    struct audit *audit = (struct audit *)screen;
    set_following(audit, !audit->following);
    return audit->following ? table_reopen(&audit->base.table, TABLE_FIRST) : EFFECT_DRAW;
}

int audit_account_open(struct app *app, int64_t number)
{
    struct account_row account;
    enum error e = account_get(app->store, ambient_now(), number, &account);
    if (e && e != ERR_NOT_FOUND) return app_say_error(app);
    if (e)
        app_say(app, ROLE_WARN, "The account of this event has been deleted");
    else
        account_form_open(app, number);
    return EFFECT_DRAW;
}

static bool is_on_act(const struct screen *screen)
{
    const struct audited *here = current((const struct audit *)screen);
    return here && here->first;
}

static const char *fold_hint(const struct screen *screen)
{
    return current((const struct audit *)screen)->open ? "fold" : "unfold";
}

static void fold(struct open_acts *acts, int64_t event)
{
    size_t kept = 0;
    id_set_remove(&acts->events, event);
    for (size_t i = 0; i < acts->count; i++)
        if (acts->ranges[i].last != event) acts->ranges[kept++] = acts->ranges[i];
    acts->count = kept;
}

/* Of too many, the one that was unfolded first is folded. */
static enum error unfold(struct open_acts *acts, const struct audited *act)
{
    if (acts->count == OPEN_MAX) fold(acts, acts->ranges[0].last);
    enum error e = id_set_add(&acts->events, act->sequence);
    if (!e) acts->ranges[acts->count++] = (struct event_range){act->first, act->sequence};
    return e;
}

static int fold_or_unfold(struct screen *screen)
{
    struct audit *audit = (struct audit *)screen;
    const struct audited *here = current(audit);
    set_following(audit, false);
    table_leave(&audit->base.table);
    enum error e = OK;
    if (here->open)
        fold(&audit->acts, here->sequence);
    else
        e = unfold(&audit->acts, here);
    return e ? app_say_error(screen->app) : table_reopen(&audit->base.table, TABLE_AROUND);
}

static int show_event(struct screen *screen)
{
    return audit_event_open(screen->app, current((struct audit *)screen)->sequence);
}

static int open_account(struct screen *screen)
{
    return audit_account_open(screen->app, current((struct audit *)screen)->account);
}

static const char *why_not_account(const struct screen *screen)
{
    bool has_one = current((const struct audit *)screen)->account != 0;
    return has_one ? NULL : "this event does not concern an account";
}

static const struct screen_command audit_commands[] = {
    {COMMAND_AUDIT_SHOW, .run = fold_or_unfold, .when = is_on_act, .hint_now = fold_hint,
     .needs_row = true},
    {COMMAND_AUDIT_SHOW, .run = show_event, .needs_row = true},
    {COMMAND_AUDIT_WHOLE, .run = show_event, .needs_row = true, .when = is_on_act, .hint = "show"},
    {COMMAND_AUDIT_WHOLE, .run = show_event, .needs_row = true, .hint = ""},
    {COMMAND_AUDIT_ACCOUNT, .run = open_account, .why_not = why_not_account, .needs_row = true},
    {COMMAND_AUDIT_FOLLOW, .run = follow},
    {.command = COMMAND_NONE},
};

static int move(struct screen *screen, enum command command)
{
    int effects = table_move(screen, command);
    settle((struct audit *)screen);
    return effects;
}

static int key(struct screen *screen, int pressed)
{
    int effects = table_key(screen, pressed);
    settle((struct audit *)screen);
    return effects;
}

static const enum command footer[] = {
    COMMAND_FILTER,       COMMAND_AUDIT_SHOW,  COMMAND_AUDIT_WHOLE, COMMAND_AUDIT_ACCOUNT,
    COMMAND_AUDIT_FOLLOW, COMMAND_FILTER_KEEP, COMMAND_ESCAPE,      COMMAND_NONE};

static void close_audit(struct screen *screen)
{
    struct audit *audit = (struct audit *)screen;
    table_free(&audit->base.table);
    id_set_free(&audit->acts.events);
    free(audit);
}

static const struct screen_class audit_class = {
    .title = "Audit",
    .tab = COMMAND_TAB_AUDIT,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_AUDIT, CONTEXT_LIST, CONTEXT_TABLE}},
    .focus = table_focus,
    .load = load,
    .draw = table_draw,
    .key = key,
    .commands = {audit_commands, table_commands},
    .row = table_row,
    .move = move,
    .wait = table_wait,
    .due = table_due,
    .tick = table_tick,
    .close = close_audit,
};

static enum error read_detail(struct store *store, int64_t now, const void *row, struct detail *out)
{
    return audit_pane_read(store, now, row_id(row), out);
}

static const struct table_source source = {
    .detail = read_detail,
    .title = "Audit",
    .one = "event",
    .many = "events",
    .empty = "No events yet. Every change is written here.",
    .none = "there is no event",
    .gone = "this event is gone",
    .columns = &audit_columns,
    .words = WORDS_EVENTS,
    .rows = {.row_size = sizeof(struct audited), .id = row_id, .page = read_page, .get = read_one},
    .count = count_rows,
    .span = span,
};

enum error audit_open(struct app *app)
{
    struct screen *screen;
    enum error e = table_screen_new(app, sizeof(struct audit), &audit_class, &source, &screen);
    if (e) return e;
    struct audit *audit = (struct audit *)screen;
    audit->newest = -1;
    audit->base.table.own = &audit->acts;
    audit->base.table.descending = true; /* the newest first, always */
    screen_push(screen);
    return OK;
}
