#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/account.h>
#include <gatehouse/audit.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum { PAGE = 200 };

/* The state before or after a change: the object itself, not its text. */
static json_t *change_json(const char *text)
{
    if (!text) return json_null();
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value ? value : json_text(text);
}

static json_t *number_or_null(int64_t number)
{
    return number ? json_integer((json_int_t)number) : json_null();
}

static json_t *text_or_null(bool known, const char *text)
{
    return known ? json_text(text) : json_null();
}

static json_t *event_json(const struct audit_event *event)
{
    const struct actor *actor = &event->actor;
    char hash[AUDIT_HASH_TEXT];
    audit_hash_text(event->hash, hash);
    return json_pack(
        "{s:I, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "event",
        (json_int_t)event->sequence, "time", json_time(event->at), "uid", (json_int_t)actor->uid,
        "user", json_text(actor->user), "login", text_or_null(actor->has_login, actor->login),
        "sudo_claim", text_or_null(actor->sudo_claim[0], actor->sudo_claim), "host",
        json_text(actor->host), "terminal", text_or_null(actor->terminal[0], actor->terminal),
        "kind", json_text(event->kind), "subject", json_text(event->subject), "account",
        number_or_null(event->account), "token", number_or_null(event->token), "before",
        change_json(event->before), "after", change_json(event->after), "hash", hash);
}

static const char *event_cell(struct cell *cell)
{
    const struct audit_event *row = cell->row;
    return cell_print(cell, "%" PRId64, row->sequence);
}

static const char *time_cell(struct cell *cell)
{
    const struct audit_event *row = cell->row;
    when_iso(cell->text, row->at);
    return cell->text;
}

static const char *actor_cell(struct cell *cell)
{
    const struct audit_event *row = cell->row;
    actor_text(&row->actor, cell->text, sizeof cell->text);
    return cell->text;
}

static const char *from_cell(struct cell *cell)
{
    const struct audit_event *row = cell->row;
    audit_from_text(&row->actor, cell->text, sizeof cell->text);
    return cell->text;
}

static const char *what_cell(struct cell *cell)
{
    const struct audit_event *row = cell->row;
    return row->kind;
}

static const char *subject_cell(struct cell *cell)
{
    const struct audit_event *row = cell->row;
    return row->subject;
}

static const char *change_cell(struct cell *cell)
{
    const struct audit_event *row = cell->row;
    audit_change_text(row, cell->text, sizeof cell->text);
    return cell->text;
}

static const struct column columns[] = {
    {.title = "EVENT", .text = event_cell, .right = true},
    {.title = "TIME", .text = time_cell},
    {.title = "ACTOR", .text = actor_cell, .least = 8},
    {.title = "FROM", .text = from_cell, .least = 6},
    {.title = "WHAT", .text = what_cell},
    {.title = "SUBJECT", .text = subject_cell, .least = 10, .middle = true},
    {.title = "CHANGE", .text = change_cell, .least = 10},
    {0},
};

/* `table` is NULL for JSON. Events are only ever added at the head, so the pages fit together
 * without a read transaction, which would keep the write-ahead log from being checkpointed. */
static enum error list_events(const struct call *call, const struct audit_query *query,
                              struct audit_event *events, struct table *table)
{
    int64_t from = 0;
    size_t count = PAGE;
    while (count == PAGE) {
        enum error e =
            audit_page(call->act.store, query, from, (struct page){.max = PAGE}, events, &count);
        for (size_t i = 0; i < count; i++) {
            from = events[i].sequence;
            if (!e)
                e = table ? table_add(table, &events[i]) : print_json_line(event_json(&events[i]));
            audit_event_free(&events[i]);
        }
        if (!e && !table) e = print_flush();
        if (e) return e;
    }
    return OK;
}

static enum error list(const struct call *call, const struct audit_query *query)
{
    struct table *table = NULL;
    struct audit_event *events = calloc(PAGE, sizeof *events);
    if (!events) return fail_memory();
    enum error e = call->json ? OK : table_new(columns, call->act.now, &table);
    if (!e) e = list_events(call, query, events, table);
    if (table) table_end(table, e ? NULL : "No event matches");
    free(events);
    return e;
}

enum { LAST = 10, PAUSE_MS = 250 };

static enum error print_event(const struct call *call, const struct audit_event *event)
{
    char at[WHEN_SIZE], actor[160], from[160], change[2048];
    if (call->json) return print_json_line(event_json(event));
    when_iso(at, event->at);
    actor_text(&event->actor, actor, sizeof actor);
    audit_from_text(&event->actor, from, sizeof from);
    audit_change_text(event, change, sizeof change);
    print_line("%s  %s  %s  %s  %s  %s", at, actor, from, event->kind, event->subject, change);
    return OK;
}

/* Prints a page, which is newest first, from its end; *from becomes its newest event. */
static enum error print_page(const struct call *call, struct audit_event *events, size_t count,
                             int64_t *from)
{
    enum error e = OK;
    for (size_t i = count; i-- > 0;) {
        if (!e) e = print_event(call, &events[i]);
        *from = events[i].sequence;
        audit_event_free(&events[i]);
    }
    return e ? e : print_flush();
}

/* Prints all events newer than *from. */
static enum error print_newer(const struct call *call, const struct audit_query *query,
                              struct audit_event *events, int64_t *from)
{
    size_t count = PAGE;
    enum error e = OK;
    while (!e && count == PAGE) {
        e = audit_page(call->act.store, query, *from, (struct page){.max = PAGE, .backward = true},
                       events, &count);
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
    if (!e)
        e = audit_page(call->act.store, query, *from, (struct page){.max = LAST, .inclusive = true},
                       events, &count);
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
        if (!e && store_wants_truncate(store)) store_truncate_log(store);
    }
    return e;
}

static enum error follow(const struct call *call, const struct audit_query *query)
{
    int64_t from = 0;
    struct audit_event *events = calloc(PAGE, sizeof *events);
    if (!events) return fail_memory();
    enum error e = query->since == WHEN_NEVER ? print_last(call, query, events, &from) : OK;
    while (!e) {
        e = print_newer(call, query, events, &from);
        if (!e) e = wait_for_change(call->act.store);
    }
    free(events);
    return e;
}

/* A deleted account is still in the log. */
static enum error read_account(const struct call *call, int64_t *number)
{
    const char *typed = call_value(call, "account");
    if (!typed) return OK;
    enum error e = account_find(call->act.store, typed, number);
    return e == ERR_NOT_FOUND ? audit_find_account(call->act.store, typed, number) : e;
}

static enum error read_time(const struct call *call, const char *option, bool last, int64_t *out)
{
    const char *typed = call_value(call, option);
    *out = WHEN_NEVER;
    return typed ? when_parse_past(typed, call->act.now, last, out) : OK;
}

static enum error audit_exec(struct call *call)
{
    struct audit_query query = {.text = call_value(call, "text"),
                                .actor = call_value(call, "actor"),
                                .kind = call_value(call, "kind")};
    enum error e = read_account(call, &query.account);
    if (!e) e = read_time(call, "since", false, &query.since);
    if (!e) e = read_time(call, "until", true, &query.until);
    if (e) return e;
    return call_has(call, "follow") ? follow(call, &query) : list(call, &query);
}

static const struct command_option audit_options[] = {
    {.name = "text",
     .value = "TEXT",
     .sentence = "only events that contain all these words, in any field"},
    {.name = "actor",
     .value = "USER",
     .sentence = "only events of this user: the real user, the login user, or sudo's claim"},
    {.name = "account",
     .value = "ID",
     .sentence = "only events of this account, which may be deleted"},
    {.name = "kind",
     .value = "KIND",
     .sentence = "only events of this kind: token.revoke, or token for all token events"},
    {.name = "since",
     .value = "TIME",
     .sentence = "only events since this time: 7d (ago) or a date"},
    {.name = "until",
     .value = "TIME",
     .sentence = "only events until this time; a date includes its whole day"},
    {.name = "follow",
     .sentence = "print the last ten events (with --since: all since then), oldest first, then new "
                 "ones as they happen"},
    {0},
};

struct verdict {
    int64_t checked, proven;
    const char *finding; /* NULL: none */
};

static enum error print_verdict_json(const struct verdict *verdict)
{
    bool bad = verdict->finding;
    return print_json(json_pack(
        "{s:b, s:I, s:o, s:o, s:o}", "sound", !bad, "checked", (json_int_t)verdict->checked,
        "proven", verdict->proven ? json_integer((json_int_t)verdict->proven) : json_null(),
        "event", bad ? json_integer((json_int_t)verdict->checked + 1) : json_null(), "finding",
        bad ? json_text(verdict->finding) : json_null()));
}

/* Also says what cannot be known. */
static void print_verdict(const struct verdict *verdict, bool has_head)
{
    if (verdict->finding) print_line("Found: %s", verdict->finding);
    print_line("%" PRId64 " events form an unbroken chain%s", verdict->checked,
               verdict->finding ? " before that" : "");
    if (verdict->proven)
        print_line(
            "Event %" PRId64
            " has the hash that was kept: it and all events before it are present and unchanged. "
            "Events after it could have been cut off or rewritten without a trace",
            verdict->proven);
    else if (!has_head)
        print_line("Without a kept head, a log that was cut off at the end or rewritten as a whole "
                   "looks the same: keep what gatehouse audit head prints somewhere else and pass "
                   "it with --head");
}

static enum error verify_exec(struct call *call)
{
    uint8_t head[AUDIT_HASH_SIZE];
    const char *typed = call_value(call, "head");
    struct verdict verdict = {0};
    enum error e = typed ? audit_hash_parse(typed, head) : OK;
    if (e) return e;
    e = typed ? audit_verify_head(call->act.store, head, &verdict.checked, &verdict.proven)
              : audit_verify(call->act.store, &verdict.checked);
    if (e && e != ERR_CONFLICT) return e;
    if (e) {
        verdict.finding = error_message();
        call->status = EXIT_NO;
    }
    if (call->json) return print_verdict_json(&verdict);
    print_verdict(&verdict, typed);
    return OK;
}

static const struct command_option verify_options[] = {
    {.name = "head",
     .value = "HASH",
     .sentence = "a head that audit head printed and that was kept elsewhere"},
    {0},
};

static enum error head_exec(struct call *call)
{
    int64_t sequence;
    uint8_t hash[AUDIT_HASH_SIZE];
    char text[AUDIT_HASH_TEXT];
    enum error e = audit_head(call->act.store, &sequence, hash);
    if (e) return e;
    if (!sequence) return fail(ERR_NOT_FOUND, "there is no event yet, so there is no head to keep");
    audit_hash_text(hash, text);
    if (call->json)
        return print_json(json_pack("{s:I, s:s}", "event", (json_int_t)sequence, "hash", text));
    print_line("%s", text);
    return OK;
}

const struct cli_command cli_audit_commands[] = {
    {
        .words = "audit",
        .sentence = "Lists who did what, newest first; with --json one object per line.",
        .example = "gatehouse audit --account ci-deploy --kind token --since 7d",
        .options = audit_options,
        .store = CLI_READS,
        .exec = audit_exec,
    },
    {
        .words = "audit verify",
        .sentence =
            "Checks the chain of events and names the first event that was changed, removed or "
            "inserted; with --head also that nothing up to that head was cut off or rewritten.",
        .example = "gatehouse audit verify --head \"$(cat /media/usb/gatehouse-head)\"",
        .options = verify_options,
        .store = CLI_READS,
        .exec = verify_exec,
    },
    {
        .words = "audit head",
        .sentence = "Prints the hash of the newest event, to keep elsewhere for audit verify.",
        .example = "gatehouse audit head > /media/usb/gatehouse-head",
        .store = CLI_READS,
        .exec = head_exec,
    },
    {0},
};
