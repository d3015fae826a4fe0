/* The list of tokens: its columns, and how its rows are read. */
#include "ui/screens/panes.h"
#include "ui/screens/tokens.h"
#include "ui/screens/tokens_screen.h"

#include <gatehouse/account.h>
#include <gatehouse/token_page.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct token_query query_of(const struct table_reader *reader)
{
    return (struct token_query){.filter = reader->filter,
                                .facet = (enum token_facet)reader->facet,
                                .sort = (enum token_sort)reader->sort,
                                .descending = reader->descending,
                                .now = reader->now};
}

static int64_t row_id(const void *row)
{
    return ((const struct listed_token *)row)->item.token.number;
}

static bool is_ruled(const void *row)
{
    return ((const struct listed_token *)row)->ruled;
}

/* What is shown of a row besides what the database's row holds. */
static enum error complete(const struct table_reader *reader, struct listed_token *listed)
{
    const struct token_query rule = {.filter = reader->rule_filter,
                                     .facet = (enum token_facet)reader->rule_facet,
                                     .now = reader->now};
    listed->ruled = false;
    enum error e = token_detail(reader->store, reader->now, &listed->item.token,
                                listed->item.account_active, listed->detail);
    if (!e && reader->rule)
        e = token_matches(reader->store, &rule, listed->item.token.number, &listed->ruled);
    return e;
}

static enum error read_page(void *arg, const void *from, struct page page, void *out, size_t *count)
{
    const struct table_reader *reader = arg;
    const struct listed_token *place = from;
    const struct token_query query = query_of(reader);
    struct listed_token *listed = out;
    struct token_item *rows = malloc(page.max * sizeof *rows);
    if (!rows) return fail_memory();
    enum error e =
        token_page(reader->store, &query, place ? &place->item : NULL, page, rows, count);
    for (size_t i = 0; i < *count && !e; i++) {
        listed[i].item = rows[i];
        e = complete(reader, &listed[i]);
    }
    free(rows);
    return e;
}

static enum error read_one(void *arg, int64_t id, void *out)
{
    const struct table_reader *reader = arg;
    struct listed_token *listed = out;
    enum error e = token_item_get(reader->store, reader->now, id, &listed->item);
    return e ? e : complete(reader, listed);
}

static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    struct token_query query = {.filter = "", .now = reader->now};
    if (matching) query = query_of(reader);
    return token_count(reader->store, &query, count);
}

static enum error rows_before(const struct table_reader *reader, const void *row, int64_t total,
                              int64_t *rows)
{
    const struct token_query query = query_of(reader);
    struct sample sample;
    enum error e =
        token_sample(reader->store, &query, &((const struct listed_token *)row)->item, &sample);
    *rows = table_part(total, sample.before, sample.matching);
    return e;
}

static int compare(const struct table_reader *reader, const void *a, const void *b)
{
    const struct token_query query = query_of(reader);
    return token_compare(&query, &((const struct listed_token *)a)->item,
                         &((const struct listed_token *)b)->item);
}

static enum error matches(const struct table_reader *reader, int64_t id, bool *out)
{
    const struct token_query query = query_of(reader);
    return token_matches(reader->store, &query, id, out);
}

static enum error read_numbers(const struct table_reader *reader, struct id_set *out)
{
    const struct token_query query = query_of(reader);
    return token_numbers(reader->store, &query, out);
}

static const struct token_row *token_of(const void *row)
{
    return &((const struct listed_token *)row)->item.token;
}

static void match_filter(const struct tokens *tokens, struct cell *cell)
{
    cell_match_words(cell, WORDS_TOKENS, tokens->base.table.filter.text, WORD_TEXT);
}

static void account_cell(void *owner, const void *row, struct cell *cell)
{
    const struct token_item *item = &((const struct listed_token *)row)->item;
    account_id_text(cell->buffer, item->account_name);
    cell->text = cell->buffer;
    if (!item->account_active) cell->role = ROLE_MUTED;
    match_filter(owner, cell);
    cell_match_words(cell, WORDS_TOKENS, ((struct tokens *)owner)->base.table.filter.text,
                     WORD_ACCOUNT);
}

static void name_cell(void *owner, const void *row, struct cell *cell)
{
    struct tokens *tokens = owner;
    const struct token_row *token = token_of(row);
    if (tokens->renaming && token->number == tokens->renamed) cell->field = &tokens->rename;
    token_name_cell(token, cell);
    match_filter(tokens, cell);
}

static void token_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    token_masked_cell(token_of(row), cell);
}

static void state_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    token_state_cell(token_of(row), ((const struct listed_token *)row)->item.account_active, cell);
}

static void created_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    when_date(cell->buffer, token_of(row)->created);
    cell->text = cell->buffer;
}

static void expires_cell(void *owner, const void *row, struct cell *cell)
{
    token_expires_cell(token_of(row), ((const struct tokens *)owner)->base.table.now, cell);
}

static void used_cell(void *owner, const void *row, struct cell *cell)
{
    token_used_cell(token_of(row), ((const struct listed_token *)row)->item.account_active,
                    ((const struct tokens *)owner)->base.table.now, cell);
}

static void from_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = token_of(row)->last_from;
}

const struct columns tokens_columns = {
    .left = 3,
    .marks = true,
    .items = {
        {.title = "ACCOUNT ID",
         .brief = "ACCOUNT",
         .least = 9,
         .best = 16,
         .grow = 14,
         .align = COLUMN_MIDDLE,
         .sort = {"Account", 'a', TOKENS_BY_ACCOUNT},
         .cell = account_cell},
        {.title = "NAME",
         .least = 8,
         .best = 13,
         .grow = 11,
         .gap = 1,
         .sort = {"Name", 'n', TOKENS_BY_NAME},
         .cell = name_cell},
        {.title = "TOKEN",
         .from = 78,
         .least = TOKEN_MASKED_LEAST,
         .best = TOKEN_MASKED_BEST,
         .gap = 1,
         .role = ROLE_TEXT,
         .sort = {"Token", 't', TOKENS_BY_TOKEN},
         .cell = token_cell},
        {.from = 70, .least = 1, .role = ROLE_TEXT, .cell = columns_menu_cell},
        {.title = "STATE",
         .is_state = true,
         .from = 34,
         .stub = 1,
         .least = 11,
         .gap = 1,
         .role = ROLE_MUTED,
         .sort = {"State", 's', TOKENS_BY_STATE},
         .cell = state_cell},
        {.title = "CREATED",
         .from = 120,
         .least = 10,
         .gap = 1,
         .role = ROLE_MUTED,
         .sort = {"Created", 'c', TOKENS_BY_CREATED},
         .cell = created_cell},
        {.title = "EXPIRES",
         .from = 56,
         .least = 9,
         .gap = 1,
         .role = ROLE_MUTED,
         .sort = {"Expires", 'e', TOKENS_BY_EXPIRES},
         .cell = expires_cell},
        {.title = "LAST USED",
         .from = 70,
         .least = 12,
         .gap = 1,
         .role = ROLE_MUTED,
         .sort = {"Last used", 'l', TOKENS_BY_LAST_USED},
         .cell = used_cell},
        {.title = "FROM",
         .from = 120,
         .least = 17,
         .grow = 2,
         .gap = 1,
         .role = ROLE_MUTED,
         .cell = from_cell},
    }};

static enum error read_detail(struct store *store, int64_t now, const void *row, struct detail *out)
{
    return token_pane_read(store, now, row_id(row), out);
}

static const char *facet_text(int facet)
{
    return token_facets[facet].label;
}

static const char *note_of(const void *row)
{
    return ((const struct listed_token *)row)->detail;
}

const struct table_source tokens_source = {
    .title = "API Tokens",
    .one = "token",
    .many = "tokens",
    .empty = "No tokens yet.",
    .next = COMMAND_TOKEN_GENERATE,
    .next_text = "to generate the first one",
    .columns = &tokens_columns,
    .facet_text = facet_text,
    .detail = read_detail,
    .note = note_of,
    .none = "there is no token",
    .gone = "this token is gone: its account was deleted elsewhere",
    .words = WORDS_TOKENS,
    .rows = {.row_size = sizeof(struct listed_token),
             .id = row_id,
             .page = read_page,
             .get = read_one},
    .count = count_rows,
    .before = rows_before,
    .matches = matches,
    .numbers = read_numbers,
    .is_ruled = is_ruled,
    .compare = compare,
};
