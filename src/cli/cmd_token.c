#include "src/cli/commands.h"
#include "src/cli/token.h"

#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 200 };

enum error cli_token_load(const struct call *call, const char *ref, struct token_row *out)
{
    int64_t number;
    enum error e = token_find(call->act.store, ref, &number);
    return e ? e : token_get(call->act.store, call->act.now, number, out);
}

enum error cli_token_account_id(const struct call *call, int64_t number,
                                char id[static ACCOUNT_ID_SIZE])
{
    struct account account;
    enum error e = account_get(call->act.store, call->act.now, number, &account);
    id[0] = '\0';
    if (e == ERR_NOT_FOUND) return OK;
    if (!e) account_id_text(id, account.row.name);
    return e;
}

/* A list, with the account of the row before, which is mostly the same. */
struct listing {
    struct table *table; /* NULL: JSON */
    struct json_list json;
    int64_t account;
    char id[ACCOUNT_ID_SIZE];
};

static const struct column columns[] = {
    {.title = "NUMBER"},
    {.title = "ACCOUNT ID", .least = 12, .middle = true},
    {.title = "NAME", .least = 8},
    {.title = "TOKEN"},
    {.title = "STATE"},
    {.title = "EXPIRES"},
    {.title = "LAST USED"},
    {.title = "CREATED"},
    {0},
};

static enum error add_row(struct listing *listing, const struct token_row *row, int64_t now)
{
    char number[32], token[32], created[WHEN_SIZE], expires[WHEN_SIZE], used[WHEN_SIZE];
    snprintf(number, sizeof number, "%" PRId64, row->number);
    snprintf(token, sizeof token, "gth_%s%s", text_glyph(GLYPH_ELLIPSIS), row->last_four);
    when_date(created, row->created);
    when_date(expires, row->expires);
    when_relative(used, row->last_used, now);
    const char *cells[] = {number,  listing->id, row->name, token, token_state_text(row->state),
                           expires, used,        created};
    return table_add(listing->table, cells);
}

static json_t *row_json(const struct token_row *row, const char *id)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:b}", "token",
                     (json_int_t)row->number, "account", json_text(id), "name",
                     json_text(row->name), "last_four", json_text(row->last_four), "state",
                     token_state_text(row->state), "created", json_time(row->created), "expires",
                     json_time(row->expires), "revoked", json_time(row->revoked), "last_used",
                     json_time(row->last_used), "sealed", row->sealed);
}

static enum error list_rows(const struct call *call, struct listing *listing,
                            const struct token_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct token_row *row = &rows->items[i];
        enum error e = OK;
        if (row->account != listing->account)
            e = cli_token_account_id(call, row->account, listing->id);
        if (e) return e;
        listing->account = row->account;
        e = listing->table ? add_row(listing, row, call->act.now)
                           : json_list_add(&listing->json, row_json(row, listing->id));
        if (e) return e;
    }
    return listing->table ? OK : cli_flush();
}

static enum error list_of_account(const struct call *call, struct listing *listing)
{
    int64_t number;
    struct token_rows *rows = NULL;
    enum error e = account_find(call->act.store, call->argv[0], &number);
    if (!e) e = token_list(call->act.store, call->act.now, number, true, &rows);
    if (!e) e = list_rows(call, listing, rows);
    free(rows);
    return e;
}

static enum error list_all(const struct call *call, struct listing *listing)
{
    int64_t after = 0;
    for (size_t count = PAGE; count == PAGE;) {
        struct token_rows *rows = NULL;
        enum error e = token_list_all(call->act.store, call->act.now, after, PAGE, &rows);
        if (!e) e = list_rows(call, listing, rows);
        count = e ? 0 : rows->count;
        if (count) after = rows->items[count - 1].number;
        free(rows);
        if (e) return e;
    }
    return OK;
}

static enum error list_exec(struct call *call)
{
    struct listing listing = {0};
    enum error e = call->json ? OK : table_new(columns, &listing.table);
    if (!e) e = store_begin_read(call->act.store);
    if (!e)
        e = store_end(call->act.store,
                      call->argc ? list_of_account(call, &listing) : list_all(call, &listing));
    if (listing.table)
        table_end(listing.table, e ? NULL : "No tokens; gatehouse token generate ID makes one");
    if (call->json && !e) json_list_end(&listing.json);
    return e;
}

const struct command command_token_list = {
    .words = "token list",
    .arguments = "[ID]",
    .most = 1,
    .sentence = "Lists the tokens of one account, or all.",
    .example = "gatehouse token list ci-deploy",
    .opens = true,
    .exec = list_exec,
};
