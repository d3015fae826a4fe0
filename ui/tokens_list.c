/* How the list of tokens is read, and what lies between two of its rows. */
#include "ui/tokens_screen.h"

#include <stdlib.h>
#include <string.h>

struct token_query tokens_query(const struct tokens *tokens)
{
    return (struct token_query){.filter = tokens->table.filter.text,
                                .facet = tokens->facet,
                                .sort = (enum token_sort)tokens->table.sort,
                                .descending = tokens->table.descending,
                                .now = tokens->now};
}

struct listed_token *tokens_current(const struct tokens *tokens)
{
    return list_current(&tokens->table.list);
}

static int64_t row_id(const void *row)
{
    return ((const struct listed_token *)row)->item.token.number;
}

/* What a row says beside what the database's row holds. */
static enum error complete(const struct tokens *tokens, struct listed_token *listed)
{
    struct store *store = tokens->table.app->store;
    const struct marks *marks = &tokens->marks;
    const struct token_query rule = {
        .filter = marks->filter, .facet = (enum token_facet)marks->facet, .now = tokens->now};
    listed->ruled = false;
    enum error e = token_detail(store, tokens->now, &listed->item.token, listed->detail);
    if (!e && marks->rule)
        e = token_matches(store, &rule, listed->item.token.number, &listed->ruled);
    return e;
}

static enum error read_page(void *arg, const void *from, bool backward, bool inclusive, void *out,
                            size_t max, size_t *count)
{
    const struct tokens *tokens = arg;
    const struct listed_token *place = from;
    struct token_query query = tokens_query(tokens);
    struct listed_token *listed = out;
    struct token_item *rows = malloc(max * sizeof *rows);
    if (!rows) return fail(ERR_SYSTEM, "out of memory");
    enum error e = token_page(tokens->table.app->store, &query, place ? &place->item : NULL,
                              backward, inclusive, rows, max, count);
    for (size_t i = 0; i < *count && !e; i++) {
        listed[i].item = rows[i];
        e = complete(tokens, &listed[i]);
    }
    free(rows);
    return e;
}

static enum error read_one(void *arg, int64_t id, void *out)
{
    const struct tokens *tokens = arg;
    struct listed_token *listed = out;
    enum error e = token_item_get(tokens->table.app->store, tokens->now, id, &listed->item);
    return e ? e : complete(tokens, listed);
}

static enum error count_rows(void *arg, bool matching, int64_t *count)
{
    const struct tokens *tokens = arg;
    struct token_query query = {.filter = "", .now = tokens->now};
    if (matching) query = tokens_query(tokens);
    return token_count(tokens->table.app->store, &query, count);
}

static enum error rows_before(void *arg, const void *row, int64_t total, int64_t *rows)
{
    const struct tokens *tokens = arg;
    struct token_query query = tokens_query(tokens);
    struct sample sample;
    enum error e = token_sample(tokens->table.app->store, &query,
                                &((const struct listed_token *)row)->item, &sample);
    *rows = table_part(total, sample.before, sample.matching);
    return e;
}

static const struct picker_entry sorts[] = {
    [TOKENS_BY_ACCOUNT] = {"Account", 'a'},     [TOKENS_BY_NAME] = {"Name", 'n'},
    [TOKENS_BY_TOKEN] = {"Token", 't'},         [TOKENS_BY_STATE] = {"State", 's'},
    [TOKENS_BY_CREATED] = {"Created", 'c'},     [TOKENS_BY_EXPIRES] = {"Expires", 'e'},
    [TOKENS_BY_LAST_USED] = {"Last used", 'l'},
};

const struct table_source tokens_source = {
    .title = "API Tokens",
    .one = "token",
    .many = "tokens",
    .empty = "No tokens yet. Press n to generate the first one.",
    .sorts = sorts,
    .sort_count = sizeof sorts / sizeof *sorts,
    .rows = {.row_size = sizeof(struct listed_token),
             .id = row_id,
             .page = read_page,
             .get = read_one},
    .count = count_rows,
    .before = rows_before,
};

static bool is_between(const struct tokens *tokens, const struct token_item *item)
{
    const struct listed_token *here = tokens_current(tokens);
    struct token_query query = tokens_query(tokens);
    if (!tokens->in_range || !here) return false;
    return token_compare(&query, item, &tokens->anchor) *
               token_compare(&query, item, &here->item) <=
           0;
}

bool tokens_is_marked(const struct tokens *tokens, const struct listed_token *listed)
{
    return marks_has(&tokens->marks, listed->item.token.number, listed->ruled) ||
           is_between(tokens, &listed->item);
}

enum error tokens_add_range(struct tokens *tokens)
{
    const struct listed_token *here = tokens_current(tokens);
    struct token_query query = tokens_query(tokens);
    if (!here) return OK;
    struct listed_token *row = calloc(1, sizeof *row);
    if (!row) return fail(ERR_SYSTEM, "out of memory");
    bool down = token_compare(&query, &tokens->anchor, &here->item) <= 0;
    const struct token_item last = down ? here->item : tokens->anchor;
    row->item = down ? tokens->anchor : here->item;
    size_t count = 1;
    bool inclusive = true;
    enum error e = OK;
    while (!e) {
        e = read_page(tokens, row, false, inclusive, row, 1, &count);
        inclusive = false;
        if (e || !count || token_compare(&query, &row->item, &last) > 0) break;
        if (!marks_has(&tokens->marks, row_id(row), row->ruled))
            e = marks_flip(&tokens->marks, row_id(row), row->ruled);
    }
    free(row);
    return e;
}
