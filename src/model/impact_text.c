#include <gatehouse/impact_text.h>
#include <gatehouse/text.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>

void impact_text(const struct account_impact *impact, const char *what, int64_t now, char *out,
                 size_t size)
{
    char used[WHEN_SIZE];
    when_relative(used, impact->last_used, now);
    bool never = impact->last_used == WHEN_NEVER;
    if (!impact->live)
        snprintf(out, size, "no live token");
    else
        snprintf(out, size, "%lld token%s %s, %s%s%s%s", (long long)impact->live,
                 impact->live == 1 ? "" : "s", what, never ? "never used" : "last used ",
                 never ? "" : used, impact->last_from[0] ? " from " : "", impact->last_from);
}

/* Appends the live tokens, at most so many: each after `first` or `next`. */
static enum error add_tokens(struct store *store, int64_t now, int64_t account, size_t most,
                             const char *first, const char *next, char *out, size_t size)
{
    enum { NAME_COLUMNS = 24 };
    struct token_rows *tokens;
    size_t live = 0, used = 0;
    out[0] = 0;
    enum error e = token_list(store, now, account, false, &tokens);
    if (e) return e;
    for (size_t i = 0; i < tokens->count && used < size; i++) {
        const struct token_row *token = &tokens->items[i];
        char name[TOKEN_NAME_MAX * 4 + 1], ago[WHEN_SIZE];
        if (token->state != TOKEN_LIVE || live++ >= most) continue;
        text_visible(name, sizeof name, token->name[0] ? token->name : "(no name)", NAME_COLUMNS);
        when_relative(ago, token->last_used, now);
        used += (size_t)snprintf(out + used, size - used, "%s%s %s%s%s", live == 1 ? first : next,
                                 name, token->last_used == WHEN_NEVER ? "not used yet" : ago,
                                 token->last_from[0] ? " from " : "", token->last_from);
    }
    if (live > most && used < size)
        snprintf(out + used, size - used, "%sand %zu more", next, live - most);
    free(tokens);
    return OK;
}

enum error impact_lines(struct store *store, int64_t now, int64_t account, char *out, size_t size)
{
    enum { SHOWN = 5 };
    return add_tokens(store, now, account, SHOWN, "\n", "\n", out, size);
}

enum error impact_names(struct store *store, int64_t now, int64_t account, char *out, size_t size)
{
    enum { SHOWN = 2 };
    return add_tokens(store, now, account, SHOWN, " · ", ", ", out, size);
}
