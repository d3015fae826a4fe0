#include <gatehouse/audit_kind.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/when.h>

#include "ui/screens/panes.h"

#include <inttypes.h>
#include <stdio.h>

static void add_event(struct detail *out, const struct audit_event *event, int64_t now)
{
    char title[64], at[WHEN_SIZE], ago[WHEN_SIZE], who[160], from[160];
    const struct audit_kind *kind = audit_kind_find(event->kind);
    snprintf(title, sizeof title, "Event %" PRId64, event->sequence);
    when_iso(at, event->at);
    when_relative(ago, event->at, now);
    actor_text(&event->actor, who, sizeof who);
    audit_from_text(&event->actor, from, sizeof from);
    detail_title(out, title);
    detail_field(out, "what", ROLE_TEXT, "%s", kind ? kind->sentence : event->kind);
    if (*event->subject) detail_field(out, "subject", ROLE_TEXT, "%s", event->subject);
    detail_field(out, "when", ROLE_TEXT, "%s, %s", ago, at);
    detail_field(out, "who", ROLE_TEXT, "%s%s%s", who, *from ? " from " : "", from);
}

/* The first field brings the heads of the columns along. */
static void add_change(void *arg, const char *name, const char *before, const char *after)
{
    struct detail *out = arg;
    if (out->lines[out->count - 1].kind != DETAIL_PAIR) {
        detail_head(out, "CHANGE");
        struct detail_line *heads = detail_row(out, DETAIL_PAIR);
        detail_cell(out, heads, 0, ROLE_MUTED, "");
        detail_cell(out, heads, 1, ROLE_MUTED, "before");
        detail_cell(out, heads, 2, ROLE_MUTED, "after");
    }
    struct detail_line *line = detail_row(out, DETAIL_PAIR);
    detail_cell(out, line, 0, ROLE_MUTED, name);
    detail_cell(out, line, 1, ROLE_TEXT, before ? before : "-");
    detail_cell(out, line, 2, ROLE_TEXT, after ? after : "-");
}

enum error audit_pane_read(struct store *store, int64_t now, int64_t sequence, struct detail *out)
{
    struct audit_event event;
    enum error e = audit_get(store, sequence, &event);
    if (e) return e;
    add_event(out, &event, now);
    e = audit_change_each(&event, add_change, out);
    audit_event_free(&event);
    return e;
}
