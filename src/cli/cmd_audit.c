#include "src/cli/audit.h"
#include "src/cli/commands.h"
#include "src/cli/print.h"

#include <gatehouse/account.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What stands before or after, as the object it is. */
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

json_t *cli_audit_json(const struct audit_event *event)
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

static const struct column columns[] = {
    {.title = "EVENT"},
    {.title = "TIME"},
    {.title = "ACTOR", .least = 8},
    {.title = "FROM", .least = 6},
    {.title = "WHAT"},
    {.title = "SUBJECT", .least = 10, .middle = true},
    {.title = "CHANGE", .least = 10},
    {0},
};

static enum error add_row(struct table *table, const struct audit_event *event)
{
    char number[24], at[WHEN_SIZE], actor[160], from[160], change[2048];
    snprintf(number, sizeof number, "%" PRId64, event->sequence);
    when_iso(at, event->at);
    actor_text(&event->actor, actor, sizeof actor);
    audit_from_text(&event->actor, from, sizeof from);
    audit_change_text(event, change, sizeof change);
    const char *cells[] = {number, at, actor, from, event->kind, event->subject, change};
    return table_add(table, cells);
}

/* `table` is NULL for JSON. Events are only ever added at the head, so that the pages fit together
 * without a transaction that would hold up the log of the database. */
static enum error list_events(const struct call *call, const struct audit_query *query,
                              struct audit_event *events, struct table *table)
{
    int64_t from = 0;
    size_t count = CLI_AUDIT_PAGE;
    while (count == CLI_AUDIT_PAGE) {
        enum error e =
            audit_page(call->act.store, query, from, false, false, events, CLI_AUDIT_PAGE, &count);
        for (size_t i = 0; i < count; i++) {
            from = events[i].sequence;
            if (!e)
                e = table ? add_row(table, &events[i])
                          : print_json_line(cli_audit_json(&events[i]));
            audit_event_free(&events[i]);
        }
        if (!e && !table) e = cli_flush();
        if (e) return e;
    }
    return OK;
}

static enum error list(const struct call *call, const struct audit_query *query)
{
    struct table *table = NULL;
    struct audit_event *events = calloc(CLI_AUDIT_PAGE, sizeof *events);
    if (!events) return fail(ERR_SYSTEM, "out of memory");
    enum error e = call->json ? OK : table_new(columns, &table);
    if (!e) e = list_events(call, query, events, table);
    if (table) table_end(table, e ? NULL : "No event matches");
    free(events);
    return e;
}

/* An account that is gone is still in the log. */
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
    return call_has(call, "follow") ? cli_audit_follow(call, &query) : list(call, &query);
}

static const struct command_option audit_options[] = {
    {.name = "text",
     .value = "TEXT",
     .sentence = "only events with all these words, wherever they stand"},
    {.name = "actor",
     .value = "USER",
     .sentence = "only events of this user: the real one, that of the login, or sudo's claim"},
    {.name = "account",
     .value = "ID",
     .sentence = "only events of this account, also a deleted one"},
    {.name = "kind",
     .value = "KIND",
     .sentence = "only events of this kind: token.revoke, or token for all of tokens"},
    {.name = "since", .value = "TIME", .sentence = "from then on: 7d (before now) or a date"},
    {.name = "until", .value = "TIME", .sentence = "up to then, the day included"},
    {.name = "follow",
     .sentence = "print the last ten (with --since: all since then), the oldest first, then each "
                 "event as it comes"},
    {0},
};

const struct command command_audit = {
    .words = "audit",
    .sentence = "Lists who did what, the newest first; with --json one object on each line.",
    .example = "gatehouse audit --account ci-deploy --kind token --since 7d",
    .options = audit_options,
    .opens = true,
    .exec = audit_exec,
};
