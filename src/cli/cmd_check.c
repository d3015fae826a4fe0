#include "src/cli/cmd_token.h"
#include "src/cli/print.h"

#include <gatehouse/account.h>
#include <gatehouse/cli.h>
#include <gatehouse/text.h>
#include <gatehouse/token_alarm.h>
#include <gatehouse/token_due.h>
#include <gatehouse/token_page.h>
#include <gatehouse/token_query.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 };

enum form { TEXT, JSON, PROMETHEUS };

struct check {
    const struct call *call;
    enum form form;
    const char *within; /* as typed */
    int64_t expiring, canaries;
    json_t *expiring_json, *canaries_json;
};

/* A token that was replaced and is no longer used needs no attention. */
static bool is_done(const struct token_row *row)
{
    return row->successor && (row->last_used == WHEN_NEVER || row->last_used <= row->rotated);
}

static json_t *token_json(const struct token_item *item)
{
    char id[ACCOUNT_ID_SIZE];
    const struct token_row *row = &item->token;
    account_id_text(id, item->account_name);
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "token", (json_int_t)row->number,
                     "account", json_text(id), "name", json_text(row->name), "expires",
                     json_time(row->expires), "last_used", json_time(row->last_used), "last_from",
                     json_text(row->last_from), "replaced_by",
                     row->successor ? json_integer(row->successor) : json_null());
}

/* A label and its value, with the escapes that Prometheus knows. */
static void print_label(const char *name, const char *value, const char *after)
{
    char visible[TOKEN_NAME_MAX * 8 + 80];
    text_visible(visible, sizeof visible, value, TOKEN_NAME_MAX + ACCOUNT_ID_SIZE);
    text_hide_tokens(visible);
    printf("%s=\"", name);
    for (const char *c = visible; *c; c++)
        printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    printf("\"%s", after);
}

static void print_sample(const char *metric, const struct token_item *item, int64_t value)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, item->account_name);
    printf("%s{", metric);
    print_label("account", id, ",");
    print_label("name", item->token.name, ",");
    printf("token=\"%" PRId64 "\"} %" PRId64 "\n", item->token.number, value);
}

static enum error found_expiring(struct check *check, const struct token_item *item)
{
    char id[ACCOUNT_ID_SIZE], ends[WHEN_SIZE], used[WHEN_SIZE];
    const struct token_row *row = &item->token;
    if (is_done(row)) return OK;
    check->expiring++;
    if (check->form == JSON)
        json_array_append_new(check->expiring_json, token_json(item));
    else if (check->form == PROMETHEUS)
        print_sample("gatehouse_token_expires_timestamp_seconds", item, row->expires);
    if (check->form != TEXT) return OK;
    account_id_text(id, item->account_name);
    when_relative(ends, row->expires, check->call->act.now);
    when_relative(used, row->last_used, check->call->act.now);
    print_line("token %" PRId64 " of %s%s%s ends %s · last used %s%s%s%s", row->number, id,
               row->name[0] ? " · " : "", row->name, ends, used, row->last_from[0] ? " from " : "",
               row->last_from, row->successor ? " · replaced, and still used" : "");
    return OK;
}

static enum error found_canary(struct check *check, const struct token_item *item)
{
    char id[ACCOUNT_ID_SIZE], used[WHEN_SIZE];
    const struct token_row *row = &item->token;
    bool open;
    if (row->state == TOKEN_REVOKED) return OK;
    enum error e = token_alarm_is_open(check->call->act.store, row, &open);
    if (e || !open) return e;
    check->canaries++;
    if (check->form == JSON)
        json_array_append_new(check->canaries_json, token_json(item));
    else if (check->form == PROMETHEUS)
        print_sample("gatehouse_canary_last_use_timestamp_seconds", item, row->last_used);
    if (check->form != TEXT) return OK;
    account_id_text(id, item->account_name);
    when_relative(used, row->last_used, check->call->act.now);
    print_line("canary %" PRId64 " of %s%s%s was used %s%s%s · check --dealt-with %" PRId64
               " ends the alarm",
               row->number, id, row->name[0] ? " · " : "", row->name, used,
               row->last_from[0] ? " from " : "", row->last_from, row->number);
    return OK;
}

static enum error each_of(struct check *check, const struct token_query *query,
                          enum error (*each)(struct check *check, const struct token_item *item))
{
    struct token_item *rows = malloc(PAGE * sizeof *rows), last;
    enum error e = rows ? OK : fail_memory();
    for (size_t count = PAGE, seen = 0; !e && count == PAGE; seen += count) {
        e = token_page(check->call->act.store, query, seen ? &last : NULL,
                       (struct page){.max = PAGE}, rows, &count);
        for (size_t i = 0; !e && i < count; i++)
            e = each(check, &rows[i]);
        if (!e && count) last = rows[count - 1];
    }
    free(rows);
    return e;
}

static void begin_metric(const struct check *check, const char *name, const char *help)
{
    if (check->form == PROMETHEUS) printf("# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static enum error look(struct check *check)
{
    int64_t within;
    const int64_t now = check->call->act.now;
    enum error e = when_parse_length(check->within, now, &within);
    if (e) return e;
    const struct token_query ending = {.filter = "",
                                       .facet = TOKENS_ENDING,
                                       .sort = TOKENS_BY_EXPIRES,
                                       .now = now,
                                       .within = within};
    const struct token_query canaries = {.filter = "",
                                         .facet = TOKENS_CANARIES,
                                         .sort = TOKENS_BY_LAST_USED,
                                         .descending = true,
                                         .now = now};
    begin_metric(check, "gatehouse_token_expires_timestamp_seconds",
                 "When a token in use expires, for those that expire soon.");
    e = each_of(check, &ending, found_expiring);
    begin_metric(check, "gatehouse_canary_last_use_timestamp_seconds",
                 "When a canary was last used, for alarms not dealt with yet.");
    return e ? e : each_of(check, &canaries, found_canary);
}

static enum error sum_up(struct check *check)
{
    if (check->form == JSON)
        return print_json(json_pack("{s:s, s:O, s:O}", "within", check->within, "expiring",
                                    check->expiring_json, "canaries_used", check->canaries_json));
    begin_metric(check, "gatehouse_tokens_expiring", "How many tokens in use expire soon.");
    if (check->form == PROMETHEUS) {
        fputs("gatehouse_tokens_expiring{", stdout);
        print_label("within", check->within, "} ");
        printf("%" PRId64 "\n", check->expiring);
    }
    return OK;
}

static enum error deal_with(struct call *call, const char *ref)
{
    struct token_row row;
    char id[ACCOUNT_ID_SIZE];
    bool changed;
    enum error e = cli_token_load(call, ref, &row);
    if (!e) e = cli_token_account_id(call, row.account, id);
    if (!e) e = token_alarm_settle(&call->act, row.number, &changed);
    if (e) return e;
    if (call->json)
        return print_json(json_pack("{s:I, s:s, s:o, s:b}", "token", (json_int_t)row.number,
                                    "account", id, "name", json_text(row.name), "changed",
                                    changed));
    if (changed)
        print_line("The alarm of token %" PRId64 " of %s has been dealt with", row.number, id);
    else
        print_line("Token %" PRId64 " of %s has no open alarm", row.number, id);
    return OK;
}

static enum error check_exec(struct call *call)
{
    const char *ref = call_value(call, "dealt-with");
    if (ref) return deal_with(call, ref);
    const char *within = call_value(call, "expiring");
    struct check check = {.call = call,
                          .form = call->json                     ? JSON
                                  : call_has(call, "prometheus") ? PROMETHEUS
                                                                 : TEXT,
                          .within = within ? within : "14d",
                          .expiring_json = json_array(),
                          .canaries_json = json_array()};
    enum error e = call->options->read_only ? OK : token_due_run(&call->act, NULL);
    if (!e) e = store_begin_read(call->act.store);
    if (!e) e = store_end(call->act.store, look(&check));
    if (!e) e = sum_up(&check);
    json_decref(check.expiring_json);
    json_decref(check.canaries_json);
    if (!e && (check.expiring || check.canaries)) call->status = EXIT_NO;
    return e;
}

static const struct command_option options[] = {
    {.name = "expiring",
     .value = "TIME",
     .sentence = "how soon a token must expire to be listed; default 14d"},
    {.name = "dealt-with",
     .value = "REF",
     .sentence = "end the alarm of this canary, which stays one; nothing else is reported",
     .writes = true},
    {.name = "prometheus", .sentence = "print metrics for the textfile collector of node_exporter"},
    {0},
};

const struct cli_command cli_check_commands[] = {
    {
        .words = "check",
        .sentence =
            "Reports what needs attention soon: tokens that expire, canaries that were used.",
        .example = "gatehouse check --expiring 14d",
        .options = options,
        .store = CLI_READS,
        .exec = check_exec,
    },
    {0},
};
