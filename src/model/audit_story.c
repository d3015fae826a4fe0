#include <gatehouse/audit_story.h>

#include <gatehouse/audit_kind.h>
#include <gatehouse/text.h>

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
enum { ACT_KINDS = sizeof act_kinds / sizeof *act_kinds, NAMES = 2 * ACT_KINDS };

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

/* The next act of each kind, so that the one after an event is found without reading the events
 * between. */
struct acts {
    struct store *store;
    const struct audit_query *query;
    const struct id_set *open;
    struct {
        const char *name;
        int64_t next; /* INT64_MAX: there is none */
    } kinds[NAMES];
    size_t count;
    struct {
        int64_t event, first;
        bool folded;
    } last; /* the act that was looked at last */
};

static void add_kind(struct acts *acts, const char *name)
{
    if (!name) return;
    acts->kinds[acts->count].name = name;
    acts->kinds[acts->count++].next = 0;
}

static void init(struct acts *acts, struct store *store, const struct audit_query *query,
                 const struct id_set *open)
{
    *acts = (struct acts){.store = store, .query = query, .open = open};
    for (size_t i = 0; i < ACT_KINDS; i++) {
        const struct audit_kind *kind = audit_kind_find(act_kinds[i].name);
        add_kind(acts, kind->name);
        add_kind(acts, kind->old);
    }
}

static enum error find_next(struct acts *acts, int64_t from, int64_t *next)
{
    enum error e = OK;
    *next = INT64_MAX;
    for (size_t i = 0; i < acts->count && !e; i++) {
        if (acts->kinds[i].next < from) {
            struct stmt *stmt = store_prepare(
                acts->store, "SELECT coalesce(min(sequence), 9223372036854775807) FROM event WHERE "
                             "kind = :kind AND sequence >= :from");
            bind_text(stmt, ":kind", acts->kinds[i].name);
            bind_int(stmt, ":from", from);
            e = stmt_int(stmt, &acts->kinds[i].next);
        }
        if (acts->kinds[i].next < *next) *next = acts->kinds[i].next;
    }
    return e;
}

/* Whether the event of an act hides its others; *first of them. */
static enum error is_folded(const struct acts *acts, const struct audit_event *event,
                            int64_t *first, bool *folded)
{
    *first = audit_act_first(event);
    *folded = *first && !id_set_has(acts->open, event->sequence);
    return *folded ? audit_matches(acts->store, acts->query, event->sequence, folded) : OK;
}

static enum error look_at(struct acts *acts, int64_t sequence)
{
    struct audit_event event;
    if (acts->last.event == sequence) return OK;
    enum error e = audit_get(acts->store, sequence, &event);
    if (e) return e;
    e = is_folded(acts, &event, &acts->last.first, &acts->last.folded);
    audit_event_free(&event);
    if (!e) acts->last.event = sequence;
    return e;
}

/* The folded act that an event belongs to, or is: only the next one can be it. *act 0: none. */
static enum error find_act(struct acts *acts, int64_t sequence, int64_t *act)
{
    int64_t next;
    *act = 0;
    enum error e = find_next(acts, sequence, &next);
    if (e || next == INT64_MAX) return e;
    e = look_at(acts, next);
    if (!e && acts->last.folded && acts->last.first <= sequence) *act = next;
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
static enum error take_older(struct reading *reading, struct audit_event *page, size_t count,
                             int64_t *from, bool *skipped)
{
    int64_t hidden = INT64_MAX; /* events from here on are hidden */
    enum error e = OK;
    *skipped = false;
    for (size_t i = 0; i < count; i++) {
        int64_t first = 0;
        bool folded = false, shown = !e && (hidden == INT64_MAX || page[i].sequence < hidden);
        if (shown) {
            *from = page[i].sequence;
            hidden = INT64_MAX;
            *skipped = false;
            e = is_folded(&reading->acts, &page[i], &first, &folded);
        }
        if (!shown || e) {
            audit_event_free(&page[i]);
            continue;
        }
        reading->events[reading->count++] = page[i];
        if (folded) {
            hidden = *from = first;
            *skipped = true;
        }
    }
    return e;
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
        if (!e)
            e = (page.backward ? take_newer : take_older)(reading, events, found, &from, &skipped);
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
    if (!e && act) *from = page.backward || page.inclusive ? act : acts->last.first;
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
    struct reading reading = {.events = events, .max = page.max};
    init(&reading.acts, store, query, open);
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
