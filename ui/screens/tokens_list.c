/* How the list of tokens is read, and the order of its rows. */
#include <gatehouse/token_page.h>

#include "ui/screens/tokens_screen.h"

#include <stdlib.h>

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

/* What a row says beside what the database's row holds. */
static enum error complete(const struct table_reader *reader, struct listed_token *listed)
{
    const struct token_query rule = {.filter = reader->rule_filter,
                                     .facet = (enum token_facet)reader->rule_facet,
                                     .now = reader->now};
    listed->ruled = false;
    enum error e = token_detail(reader->store, reader->now, &listed->item.token, listed->detail);
    if (!e && reader->rule)
        e = token_matches(reader->store, &rule, listed->item.token.number, &listed->ruled);
    return e;
}

static enum error read_page(void *arg, const void *from, bool backward, bool inclusive, void *out,
                            size_t max, size_t *count)
{
    const struct table_reader *reader = arg;
    const struct listed_token *place = from;
    const struct token_query query = query_of(reader);
    struct listed_token *listed = out;
    struct token_item *rows = malloc(max * sizeof *rows);
    if (!rows) return fail(ERR_SYSTEM, "out of memory");
    enum error e = token_page(reader->store, &query, place ? &place->item : NULL, backward,
                              inclusive, rows, max, count);
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
    .empty = "No tokens yet.",
    .next = COMMAND_TOKEN_GENERATE,
    .next_text = "to generate the first one",
    .none = "there is no token",
    .gone = "this token is gone: its account was deleted elsewhere",
    .sorts = sorts,
    .sort_count = sizeof sorts / sizeof *sorts,
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
