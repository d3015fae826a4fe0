/* The orders of the list of tokens. */
#include <gatehouse/token_query.h>
#include <gatehouse/when.h>

#include <string.h>

const char *const token_sort_words[TOKENS_SORTS] = {
    [TOKENS_BY_ACCOUNT] = "account",     [TOKENS_BY_NAME] = "name",
    [TOKENS_BY_TOKEN] = "token",         [TOKENS_BY_STATE] = "state",
    [TOKENS_BY_CREATED] = "created",     [TOKENS_BY_EXPIRES] = "expires",
    [TOKENS_BY_LAST_USED] = "last-used",
};

enum error token_sort_find(const char *word, enum token_sort *out)
{
    for (int i = 0; i < TOKENS_SORTS; i++) {
        if (strcmp(token_sort_words[i], word) != 0) continue;
        *out = (enum token_sort)i;
        return OK;
    }
    return fail(ERR_INVALID,
                "“%s” is no order: account, name, token, state, created, expires or last-used",
                word);
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int64_t or_else(int64_t time, int64_t otherwise)
{
    return time == WHEN_NEVER ? otherwise : time;
}

static int compare_keys(enum token_sort sort, const struct token_item *a,
                        const struct token_item *b)
{
    switch (sort) {
    case TOKENS_BY_ACCOUNT:
        return strcmp(a->account_name, b->account_name);
    case TOKENS_BY_NAME:
        return strcmp(a->token.name, b->token.name);
    case TOKENS_BY_TOKEN:
        return strcmp(a->token.last_four, b->token.last_four);
    case TOKENS_BY_STATE:
        return (int)a->token.state - (int)b->token.state;
    case TOKENS_BY_CREATED:
        return compare_numbers(a->token.created, b->token.created);
    case TOKENS_BY_EXPIRES:
        return compare_numbers(or_else(a->token.expires, INT64_MAX),
                               or_else(b->token.expires, INT64_MAX));
    case TOKENS_BY_LAST_USED:
        return compare_numbers(or_else(a->token.last_used, 0), or_else(b->token.last_used, 0));
    case TOKENS_SORTS:
        break;
    }
    return 0;
}

int token_compare(const struct token_query *query, const struct token_item *a,
                  const struct token_item *b)
{
    int order = compare_keys(query->sort, a, b);
    if (!order) order = compare_numbers(a->token.number, b->token.number);
    return query->descending ? -order : order;
}
