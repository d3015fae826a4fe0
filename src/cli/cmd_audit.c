#include "src/cli/command.h"
#include "src/cli/print.h"
#include "src/cli/progress.h"
#include "src/cli/unlock.h"

#include <gatehouse/account.h>
#include <gatehouse/archive.h>
#include <gatehouse/audit.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

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
    bool changed = false;
    enum error e = OK;
    while (!e && !changed) {
        struct pollfd wake = {.fd = store_wake_descriptor(store), .events = POLLIN};
        poll(&wake, 1, PAUSE_MS);
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

static enum error list_matching(struct call *call)
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

/* Lists an archive as if it were the database. */
static enum error list_archive(struct call *call, const char *path)
{
    struct archive archive;
    struct store *own = call->act.store;
    if (call_has(call, "follow"))
        return fail(ERR_USAGE, "an archive has no new events: give --from or --follow, not both");
    enum error e = archive_open(path, &archive);
    if (e) return e;
    call->act.store = archive.store;
    e = list_matching(call);
    call->act.store = own;
    archive_close(&archive);
    return e;
}

static enum error audit_exec(struct call *call)
{
    const char *from = call_value(call, "from");
    return from ? list_archive(call, from) : list_matching(call);
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
    {.name = "from",
     .value = "FILE",
     .sentence = "events of an archive that audit archive wrote, instead of the database's"},
    {.name = "follow",
     .sentence = "print the last ten events (with --since: all since then), oldest first, then new "
                 "ones as they happen"},
    {0},
};

struct verdict {
    int64_t begins, checked, proven; /* `begins`: the events up to this one are in archives */
    const char *finding;             /* NULL: none */
};

static enum error print_verdict_json(const struct verdict *verdict)
{
    bool bad = verdict->finding;
    return print_json(json_pack(
        "{s:b, s:I, s:I, s:o, s:o, s:o}", "sound", !bad, "begins", (json_int_t)verdict->begins + 1,
        "checked", (json_int_t)verdict->checked, "proven",
        verdict->proven ? json_integer((json_int_t)verdict->proven) : json_null(), "event",
        bad ? json_integer((json_int_t)verdict->checked + 1) : json_null(), "finding",
        bad ? json_text(verdict->finding) : json_null()));
}

/* Also says what cannot be known. */
static void print_verdict(const struct verdict *verdict, bool has_head)
{
    char events[TEXT_COUNT_SIZE];
    if (verdict->finding) print_line("Found: %s", verdict->finding);
    if (verdict->begins)
        print_line("Events %" PRId64 " to %" PRId64
                   " form an unbroken chain%s; earlier ones are in "
                   "archives: name those, oldest first, to check that they belong to it",
                   verdict->begins + 1, verdict->checked, verdict->finding ? " before that" : "");
    else
        print_line("%s form%s an unbroken chain%s", text_count(events, verdict->checked, "event"),
                   verdict->checked == 1 ? "s" : "", verdict->finding ? " before that" : "");
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

static enum error check_key(const struct call *call, const struct archive *archive,
                            const char *path)
{
    char key[AUDIT_KEY_TEXT];
    enum error e = audit_archive_key(call->act.store, archive->part.last, key);
    if (e == ERR_NOT_FOUND) return OK; /* told of in another archive */
    if (!e && strcmp(key, archive->key) != 0)
        e = fail(ERR_CONFLICT, "%s is not signed with the key that was recorded when it was made",
                 path);
    return e;
}

/* Each archive must go on where the one before it ended, and the database where the last one did.
 */
static enum error check_archives(const struct call *call, const struct audit_part *beginning,
                                 int64_t *begins)
{
    int64_t first = *begins;
    struct audit_part before = {0};
    enum error e = OK;
    for (int i = 0; i < call->argc && !e; i++) {
        struct archive archive;
        e = archive_open(call->argv[i], &archive);
        if (e) return e;
        const struct audit_part part = archive.part;
        if (i && (part.first != before.last + 1 ||
                  memcmp(part.before, before.head, sizeof part.before) != 0))
            e = fail(ERR_CONFLICT, "%s does not continue where %s ends", call->argv[i],
                     call->argv[i - 1]);
        if (!e) e = check_key(call, &archive, call->argv[i]);
        if (!e && !call->json)
            print_line("%s: events %" PRId64 " to %" PRId64 ", unbroken, %s%s", call->argv[i],
                       part.first, part.last, archive.key[0] ? "signed with key " : "not signed",
                       archive.key);
        if (!i) first = part.first - 1;
        before = part;
        archive_close(&archive);
    }
    if (!e && call->argc &&
        (before.last != beginning->last ||
         memcmp(before.head, beginning->head, sizeof before.head) != 0))
        e = fail(ERR_CONFLICT, "the database does not continue where %s ends",
                 call->argv[call->argc - 1]);
    if (!e) *begins = first;
    return e;
}

static enum error check_chain(struct call *call, const uint8_t *head, struct verdict *verdict)
{
    struct audit_part beginning = {0};
    struct store *store = call->act.store;
    enum error e = audit_beginning(store, &beginning.last, beginning.head);
    if (!e)
        e = head ? audit_verify_head(store, head, &verdict->checked, &verdict->proven)
                 : audit_verify(store, &verdict->checked);
    verdict->begins = beginning.last;
    return e ? e : check_archives(call, &beginning, &verdict->begins);
}

static enum error verify_exec(struct call *call)
{
    uint8_t head[AUDIT_HASH_SIZE];
    const char *typed = call_value(call, "head");
    struct verdict verdict = {0};
    enum error e = typed ? audit_hash_parse(typed, head) : OK;
    if (e) return e;
    e = check_chain(call, typed ? head : NULL, &verdict);
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

static enum error open_vault(const struct call *call, struct vault **vault)
{
    struct vault_slots *slots;
    *vault = NULL;
    if (call_has(call, "unsigned")) return OK;
    enum error e = vault_list_slots(call->act.store, &slots);
    if (e) return e;
    bool has = slots->count > 0;
    free(slots);
    return has ? unlock_vault(call, vault)
               : fail(ERR_CONFLICT, "there is no vault whose key could sign: add --unsigned");
}

static enum error archive_exec(struct call *call)
{
    const char *before = call_value(call, "before");
    int64_t time;
    struct vault *vault;
    struct audit_part part;
    struct cli_progress progress;
    if (!before) return fail(ERR_USAGE, "--before is missing: say how old the events must be");
    enum error e = when_parse_past(before, call->act.now, false, &time);
    if (!e) e = open_vault(call, &vault);
    if (e) return e;
    cli_progress_begin(&progress, "events");
    e = archive_write(&call->act, time, call->argv[0], vault, &progress.progress, &part);
    cli_progress_end(&progress);
    vault_lock(vault);
    if (e) return e;
    if (call->json)
        return print_json(json_pack("{s:o, s:I, s:I}", "file", json_text(call->argv[0]), "first",
                                    (json_int_t)part.first, "last", (json_int_t)part.last));
    print_line("Moved events %" PRId64 " to %" PRId64 " to %s%s", part.first, part.last,
               call->argv[0], vault ? ", signed" : "");
    return OK;
}

static const struct command_option archive_options[] = {
    {.name = "before",
     .value = "TIME",
     .sentence = "events before this time: 400d (ago) or a date"},
    UNLOCK_OPTIONS,
    {.name = "unsigned", .sentence = "do not sign it: the vault stays locked"},
    {0},
};

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
        .arguments = "[ARCHIVE...]",
        .most = -1,
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
    {
        .words = "audit archive",
        .arguments = "FILE",
        .least = 1,
        .most = 1,
        .sentence =
            "Moves old events to a file: signed, compressed, and part of the chain that audit "
            "verify checks.",
        .example = "gatehouse audit archive --before 2026-01-01 events-2025.gz",
        .options = archive_options,
        .store = CLI_WRITES,
        .exec = archive_exec,
    },
    {0},
};
