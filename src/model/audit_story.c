#include <gatehouse/audit_story.h>

#include <gatehouse/audit_kind.h>
#include <gatehouse/text.h>

#include "audit_internal.h"
#include "sql.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Kinds of acts, and what they say after "3 accounts". */
static const struct act_kind {
    const char *name, *done;
} act_kinds[] = {
    {"accounts.activate", "activated"},
    {"accounts.deactivate", "deactivated"},
    {"accounts.delete", "deleted"},
    {"accounts.join", "added to a group"},
    {"accounts.leave", "removed from a group"},
    {"accounts.grant", "granted a permission"},
    {"accounts.revoke", "lost a permission"},
    {"tokens.generate", "given a token each"},
    {"tokens.suspend", "suspended"},
    {"tokens.resume", "resumed"},
    {"tokens.expire", "given another expiry"},
    {"tokens.revoke", "revoked"},
    {"database.import", "imported"},
    {"database.apply", "applied"},
};
enum { ACT_KINDS = sizeof act_kinds / sizeof *act_kinds };

static const struct act_kind *kind_of(const struct audit_event *event)
{
    const struct audit_kind *kind = audit_kind_find(event->kind);
    for (size_t i = 0; kind && i < ACT_KINDS; i++)
        if (!strcmp(act_kinds[i].name, kind->name)) return &act_kinds[i];
    return NULL;
}

int64_t audit_act_first(const struct audit_event *event)
{
    if (!event->after || !kind_of(event)) return 0;
    json_t *after = json_loads(event->after, 0, NULL);
    int64_t first = json_integer_value(json_object_get(after, "first"));
    json_decref(after);
    return first > 0 && first < event->sequence ? first : 0;
}

void audit_act_text(const struct audit_event *event, char *out, size_t out_size)
{
    const struct act_kind *kind = kind_of(event);
    json_t *after = event->after ? json_loads(event->after, 0, NULL) : NULL;
    const char *reason = json_string_value(json_object_get(after, "reason"));
    bool file = !strncmp(event->kind, "database.", strlen("database."));
    char events[TEXT_COUNT_SIZE] = "";
    if (file) text_count(events, event->sequence - audit_act_first(event), "event");
    snprintf(out, out_size, "%s %s%s%s%s%s", event->subject, kind ? kind->done : "",
             file ? " · " : "", events, reason ? " · " : "", reason ? reason : "");
    json_decref(after);
}

/* The next act after an event: it is the only one that can hide it. */
struct acts {
    struct store *store;
    const struct audit_query *query;
    const struct id_set *open;
    int64_t looked; /* from which event on it was looked for; 0: not yet */
    int64_t next;   /* INT64_MAX: there is none */
    int64_t first;
    bool folded;
};

/* All names of kinds of acts. */
static enum error bind_kinds(struct stmt *stmt)
{
    json_t *names = json_array();
    for (size_t i = 0; i < ACT_KINDS; i++) {
        const struct audit_kind *kind = audit_kind_find(act_kinds[i].name);
        json_array_append_new(names, json_string(kind->name));
        if (kind->old) json_array_append_new(names, json_string(kind->old));
    }
    char *text = json_dumps(names, JSON_COMPACT);
    json_decref(names);
    if (!text) return fail_memory();
    bind_text(stmt, ":kinds", text);
    free(text);
    return OK;
}

/* The first event of a kind from :from on, by the index on (kind, sequence). That of the sequence
 * alone, which PostgreSQL could choose, would lead through all events to find that there is none.
 */
#define NEXT_OF_KIND                                                                               \
    SQL_SQLITE("(SELECT min(sequence) FROM event WHERE kind = act.value AND sequence >= :from)")   \
    SQL_POSTGRES("(SELECT CASE WHEN kind = act.value THEN sequence END FROM event WHERE (kind, "   \
                 "sequence) >= (act.value, :from) ORDER BY kind, sequence LIMIT 1)")

static enum error read_next(struct stmt *stmt, struct acts *acts)
{
    struct audit_event event;
    bool row;
    acts->next = INT64_MAX;
    acts->first = 0;
    acts->folded = false;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    e = audit_read_row(stmt, &event);
    stmt_reset(stmt);
    if (!e) {
        acts->next = event.sequence;
        acts->first = audit_act_first(&event);
        acts->folded = acts->first && !id_set_has(acts->open, event.sequence);
    }
    audit_event_free(&event);
    return e;
}

static enum error find_next(struct acts *acts, int64_t from)
{
    if (acts->looked && acts->looked <= from && from <= acts->next) return OK;
    struct stmt *stmt = store_prepare(
        acts->store, "SELECT " EVENT_LISTED
                     " FROM event WHERE sequence = (SELECT min(next) FROM (SELECT " NEXT_OF_KIND
                     " AS next FROM " SQL_TEXTS(":kinds") " act) nexts)");
    bind_int(stmt, ":from", from);
    acts->looked = 0;
    enum error e = bind_kinds(stmt);
    if (!e) e = read_next(stmt, acts);
    if (!e && acts->folded) e = audit_matches(acts->store, acts->query, acts->next, &acts->folded);
    if (!e) acts->looked = from;
    return e;
}

/* The folded act that an event belongs to, or is. *act 0: none. */
static enum error find_act(struct acts *acts, int64_t sequence, int64_t *act)
{
    enum error e = find_next(acts, sequence);
    *act = !e && acts->folded && acts->first <= sequence ? acts->next : 0;
    return e;
}

static void free_events(struct audit_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        audit_event_free(&events[i]);
}

/* How many are read at once after an act was skipped, when the next one may be near. */
enum { FEW = 4 };

struct reading {
    struct acts acts;
    struct audit_event *events;
    size_t count, max;
};

/* Takes a page of events, newest first, until an act hides what follows: then *from is its first
 * event. */
static void take_older(struct reading *reading, struct audit_event *page, size_t count,
                       int64_t *from, bool *skipped)
{
    int64_t hidden = INT64_MAX; /* events from here on are hidden */
    *skipped = false;
    for (size_t i = 0; i < count; i++) {
        if (hidden != INT64_MAX && page[i].sequence >= hidden) {
            audit_event_free(&page[i]);
            continue;
        }
        *from = page[i].sequence;
        hidden = audit_act_first(&page[i]);
        *skipped = hidden && !id_set_has(reading->acts.open, *from);
        if (*skipped)
            *from = hidden;
        else
            hidden = INT64_MAX;
        reading->events[reading->count++] = page[i];
    }
}

/* Takes a page of events, oldest first, until one is hidden: then its act. */
static enum error take_newer(struct reading *reading, struct audit_event *page, size_t count,
                             int64_t *from, bool *skipped)
{
    enum error e = OK;
    *skipped = false;
    for (size_t i = count; i-- > 0;) {
        int64_t act = 0;
        if (!e && !*skipped) e = find_act(&reading->acts, page[i].sequence, &act);
        bool hidden = act && act != page[i].sequence;
        if (e || *skipped || hidden) {
            audit_event_free(&page[i]);
        } else {
            *from = page[i].sequence;
            reading->events[reading->count++] = page[i];
        }
        if (e || !hidden) continue;
        *skipped = true;
        *from = act;
        e = audit_get(reading->acts.store, act, &reading->events[reading->count]);
        if (!e) reading->count++;
    }
    return e;
}

static enum error read_on(struct reading *reading, int64_t from, struct page page)
{
    size_t few = reading->max;
    enum error e = OK;
    struct audit_event *events = malloc(reading->max * sizeof *events);
    if (!events) return fail_memory();
    while (!e && reading->count < reading->max) {
        size_t left = reading->max - reading->count, found = 0;
        bool skipped = false;
        page.max = few < left ? few : left;
        e = audit_page(reading->acts.store, reading->acts.query, from, page, events, &found);
        if (!e && page.backward)
            e = take_newer(reading, events, found, &from, &skipped);
        else if (!e)
            take_older(reading, events, found, &from, &skipped);
        if (found < page.max && !(page.backward && skipped)) break;
        few = skipped ? FEW : few * 2;
        page.inclusive = false;
    }
    free(events);
    return e;
}

/* From an event that an act hides, one goes on from the act. */
static enum error leave_act(struct acts *acts, struct page page, int64_t *from)
{
    int64_t act;
    if (!*from) return OK;
    enum error e = find_act(acts, *from, &act);
    if (!e && act) *from = page.backward || page.inclusive ? act : acts->first;
    return e;
}

static void reverse(struct audit_event *events, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct audit_event one = events[i];
        events[i] = events[count - 1 - i];
        events[count - 1 - i] = one;
    }
}

enum error audit_story_page(struct store *store, const struct audit_query *query,
                            const struct id_set *open, int64_t from, struct page page,
                            struct audit_event *events, size_t *count)
{
    struct reading reading = {
        .acts = {.store = store, .query = query, .open = open}, .events = events, .max = page.max};
    *count = 0;
    enum error e = leave_act(&reading.acts, page, &from);
    if (!e && page.max) e = read_on(&reading, from, page);
    if (e) {
        free_events(events, reading.count);
        return e;
    }
    if (page.backward) reverse(events, reading.count);
    *count = reading.count;
    return OK;
}
