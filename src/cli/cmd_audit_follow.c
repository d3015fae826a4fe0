#include "src/cli/audit.h"
#include "src/cli/print.h"

#include <gatehouse/audit_text.h>
#include <gatehouse/when.h>
#include <stdlib.h>
#include <time.h>

enum { LAST = 10, PAUSE_MS = 250 };

static enum error print_event(const struct call *call, const struct audit_event *event)
{
    char at[WHEN_SIZE], actor[160], from[160], change[2048];
    if (call->json) return print_json_line(cli_audit_json(event));
    when_iso(at, event->at);
    actor_text(&event->actor, actor, sizeof actor);
    audit_from_text(&event->actor, from, sizeof from);
    audit_change_text(event, change, sizeof change);
    print_line("%s  %s  %s  %s  %s  %s", at, actor, from, event->kind, event->subject, change);
    return OK;
}

/* Prints a page, which has the newest first, from its end; *from becomes its newest. */
static enum error print_page(const struct call *call, struct audit_event *events, size_t count,
                             int64_t *from)
{
    enum error e = OK;
    for (size_t i = count; i-- > 0;) {
        if (!e) e = print_event(call, &events[i]);
        *from = events[i].sequence;
        audit_event_free(&events[i]);
    }
    return e ? e : cli_flush();
}

/* All that are newer than *from. */
static enum error print_newer(const struct call *call, const struct audit_query *query,
                              struct audit_event *events, int64_t *from)
{
    size_t count = CLI_AUDIT_PAGE;
    enum error e = OK;
    while (!e && count == CLI_AUDIT_PAGE) {
        e = audit_page(call->act.store, query, *from, true, false, events, CLI_AUDIT_PAGE, &count);
        if (!e) e = print_page(call, events, count, from);
    }
    return e;
}

static enum error print_last(const struct call *call, const struct audit_query *query,
                             struct audit_event *events, int64_t *from)
{
    size_t count = 0;
    uint8_t ignored[AUDIT_HASH_SIZE];
    enum error e = audit_head(call->act.store, from, ignored);
    if (!e) e = audit_page(call->act.store, query, *from, false, true, events, LAST, &count);
    int64_t printed;
    return e ? e : print_page(call, events, count, &printed);
}

static enum error wait_for_change(struct store *store)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    bool changed = false;
    enum error e = OK;
    while (!e && !changed) {
        nanosleep(&pause, NULL);
        e = store_changed(store, &changed);
    }
    return e;
}

enum error cli_audit_follow(const struct call *call, const struct audit_query *query)
{
    int64_t from = 0;
    struct audit_event *events = calloc(CLI_AUDIT_PAGE, sizeof *events);
    if (!events) return fail(ERR_SYSTEM, "out of memory");
    enum error e = query->since == WHEN_NEVER ? print_last(call, query, events, &from) : OK;
    while (!e) {
        e = print_newer(call, query, events, &from);
        if (!e) e = wait_for_change(call->act.store);
    }
    free(events);
    return e;
}
