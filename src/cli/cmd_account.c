#include "src/cli/access.h"
#include "src/cli/account.h"
#include "src/cli/commands.h"

#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 };

enum error cli_account_load(const struct call *call, const char *typed, struct account *out)
{
    int64_t number;
    enum error e = account_find(call->act.store, typed, &number);
    return e ? e : account_get(call->act.store, call->act.now, number, out);
}

json_t *cli_account_json(const struct account_row *row)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, row->name);
    return json_pack("{s:o, s:I, s:b, s:I, s:b, s:o, s:o, s:o, s:o}", "id", json_text(id), "number",
                     (json_int_t)row->number, "active", row->active, "tokens",
                     (json_int_t)row->tokens, "ending", row->ending, "last_used",
                     json_time(row->last_used), "created", json_time(row->created), "owner",
                     json_text(row->owner), "description", json_text(row->description));
}

static const struct column columns[] = {
    {.title = "ACCOUNT ID", .least = 12, .middle = true},
    {.title = "STATUS"},
    {.title = "TOKENS"},
    {.title = "LAST USED"},
    {.title = "CREATED"},
    {.title = "OWNER", .least = 8},
    {.title = "DESCRIPTION", .least = 11},
    {0},
};

static enum error add_row(struct table *table, const struct account_row *row, int64_t now)
{
    char id[ACCOUNT_ID_SIZE], tokens[32], used[WHEN_SIZE], created[WHEN_SIZE];
    account_id_text(id, row->name);
    snprintf(tokens, sizeof tokens, "%" PRId64 "%s", row->tokens, row->ending ? "!" : "");
    when_relative(used, row->last_used, now);
    when_date(created, row->created);
    const char *cells[] = {id,
                           row->active ? "active" : "inactive",
                           tokens,
                           used,
                           created,
                           row->owner,
                           row->description};
    return table_add(table, cells);
}

static const char *const sort_words[] = {
    [ACCOUNT_BY_ID] = "id",           [ACCOUNT_BY_STATUS] = "status",
    [ACCOUNT_BY_TOKENS] = "tokens",   [ACCOUNT_BY_LAST_USED] = "last-used",
    [ACCOUNT_BY_CREATED] = "created",
};

static enum error read_query(const struct call *call, struct account_query *query)
{
    const char *filter = call_value(call, "filter"), *sort = call_value(call, "sort");
    query->filter = filter ? filter : "";
    query->status = call_has(call, "inactive") ? ACCOUNT_INACTIVE
                    : call_has(call, "active") ? ACCOUNT_ACTIVE
                                               : ACCOUNT_ANY;
    if (!sort) return OK;
    if (*sort == '-') {
        query->descending = true;
        sort++;
    }
    for (size_t i = 0; i < sizeof sort_words / sizeof *sort_words; i++) {
        if (strcmp(sort, sort_words[i]) != 0) continue;
        query->sort = (enum account_sort)i;
        return OK;
    }
    return fail(ERR_USAGE,
                "cannot sort by “%s”: id, status, tokens, last-used or created, with a "
                "- before it to reverse",
                sort);
}

/* `table` is NULL for JSON. */
static enum error list_rows(const struct call *call, const struct account_query *query,
                            struct account_row *rows, struct table *table, struct json_list *list)
{
    struct account_place place = {0};
    size_t count = PAGE;
    while (count == PAGE) {
        enum error e = account_page(call->act.store, call->act.now, query, &place, false, false,
                                    rows, PAGE, &count);
        for (size_t i = 0; i < count && !e; i++)
            e = table ? add_row(table, &rows[i], call->act.now)
                      : json_list_add(list, cli_account_json(&rows[i]));
        if (!e && !table) e = cli_flush();
        if (e) return e;
        if (count) place = account_place_of(query, &rows[count - 1]);
    }
    return OK;
}

static enum error list_exec(struct call *call)
{
    struct account_query query = {0};
    enum error e = read_query(call, &query);
    if (e) return e;
    if (call_has(call, "csv") && (!call_has(call, "access") || call->json))
        return fail(ERR_USAGE, "--csv goes with --access, and not with --json");
    if (call_has(call, "access")) return cli_print_access(call, &query);
    struct account_row *rows = calloc(PAGE, sizeof *rows);
    if (!rows) return fail(ERR_SYSTEM, "out of memory");
    struct table *table = NULL;
    struct json_list list = {0};
    if (!call->json) e = table_new(columns, &table);
    if (!e) e = store_begin_read(call->act.store);
    if (!e) e = store_end(call->act.store, list_rows(call, &query, rows, table, &list));
    if (table)
        table_end(table, e ? NULL : "No account matches; gatehouse account create ID makes one");
    if (call->json && !e) json_list_end(&list);
    free(rows);
    return e;
}

static const struct command_option list_options[] = {
    {.name = "filter",
     .value = "TEXT",
     .sentence = "only IDs with all these words; d:word looks in the description, o:word in the "
                 "owner"},
    {.name = "inactive", .sentence = "only inactive ones", .or_next = true},
    {.name = "active", .sentence = "only active ones"},
    {.name = "sort",
     .value = "COLUMN",
     .sentence = "id, status, tokens, last-used or created; a - before it reverses"},
    {.name = "access", .sentence = "who holds what through what, by owner"},
    {.name = "csv", .sentence = "with --access: comma-separated values"},
    {0},
};

const struct command command_account_list = {
    .words = "account list",
    .sentence = "Lists accounts.",
    .example = "gatehouse account list --filter ci- --sort -last-used",
    .options = list_options,
    .opens = true,
    .exec = list_exec,
};
