#include <gatehouse/impact_text.h>
#include <gatehouse/text.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>

void impact_used_text(int64_t last_used, const char *from, int64_t now, char *out, size_t size)
{
    char ago[WHEN_SIZE];
    when_relative(ago, last_used, now);
    if (last_used == WHEN_NEVER)
        snprintf(out, size, "never used");
    else
        snprintf(out, size, "last used %s%s%s", ago, *from ? " from " : "", from);
}

void impact_denied_text(const struct token_row *token, bool account_active, int64_t now, char *out,
                        size_t size)
{
    char ago[WHEN_SIZE];
    const char *from = token->denied_from, *why = token_denial_text(token->denied_why);
    bool knocks = token_is_knocking(token, account_active, now);
    when_relative(ago, token->denied, now);
    if (!token_was_denied(token, now))
        snprintf(out, size, "%s", "");
    else if (knocks)
        snprintf(out, size, "still knocking: %s%s%s", ago, *from ? " from " : "", from);
    else
        snprintf(out, size, "denied %s%s%s: %s", ago, *from ? " from " : "", from, why);
}

void impact_token_text(const struct token_row *token, bool account_active, int64_t now, char *out,
                       size_t size)
{
    char used[IMPACT_TEXT_SIZE], denied[IMPACT_TEXT_SIZE];
    impact_used_text(token->last_used, token->last_from, now, used, sizeof used);
    impact_denied_text(token, account_active, now, denied, sizeof denied);
    snprintf(out, size, "%s%s%s", used, *denied ? ", " : "", denied);
}

void impact_knocking_text(int64_t knocking, int64_t denied, const char *from, int64_t now,
                          char *out, size_t size)
{
    char ago[WHEN_SIZE];
    when_relative(ago, denied, now);
    *out = 0;
    if (knocking)
        snprintf(out, size, "%s token%s still knocking%s %s%s%s", number_text(knocking).text,
                 knocking == 1 ? "" : "s", knocking == 1 ? ":" : ", last", ago,
                 *from ? " from " : "", from);
}

void impact_text(const struct account_impact *impact, int64_t count, const char *what, int64_t now,
                 char *out, size_t size)
{
    char used[WHEN_SIZE + 80];
    impact_used_text(impact->last_used, impact->last_from, now, used, sizeof used);
    if (!count)
        snprintf(out, size, "no working token");
    else
        snprintf(out, size, "%s token%s %s, %s", number_text(count).text, count == 1 ? "" : "s",
                 what, used);
}

/* How a list of tokens is written: the first is preceded by `first`, the others by `next`. */
struct listing {
    bool active; /* what counts as the account's state */
    size_t most;
    const char *first, *next;
};

static enum error add_tokens(struct store *store, int64_t now, int64_t account,
                             const struct listing *listing, char *out, size_t size)
{
    enum { NAME_COLUMNS = 24 };
    struct token_rows *tokens;
    size_t count = 0, used = 0;
    out[0] = 0;
    enum error e = token_list(store, now, account, false, &tokens);
    if (e) return e;
    for (size_t i = 0; i < tokens->count && used < size; i++) {
        const struct token_row *token = &tokens->items[i];
        char name[TOKEN_NAME_MAX * 4 + 1], ago[WHEN_SIZE];
        if (!token_works(token, listing->active) || count++ >= listing->most) continue;
        text_visible(name, sizeof name, token->name[0] ? token->name : "(no name)", NAME_COLUMNS);
        when_relative(ago, token->last_used, now);
        used += (size_t)snprintf(out + used, size - used, "%s%s %s%s%s",
                                 count == 1 ? listing->first : listing->next, name,
                                 token->last_used == WHEN_NEVER ? "never used" : ago,
                                 token->last_from[0] ? " from " : "", token->last_from);
    }
    if (count > listing->most && used < size)
        snprintf(out + used, size - used, "%sand %s more", listing->next,
                 number_text((int64_t)(count - listing->most)).text);
    free(tokens);
    return OK;
}

enum error impact_lines(struct store *store, int64_t now, int64_t account, char *out, size_t size)
{
    struct account_row row;
    enum error e = account_get(store, now, account, &row);
    if (e) return e;
    const struct listing listing = {row.active, 5, "\n", "\n"};
    return add_tokens(store, now, account, &listing, out, size);
}

enum error impact_names(struct store *store, int64_t now, int64_t account, char *out, size_t size)
{
    const struct listing listing = {true, 2, " · ", ", "};
    return add_tokens(store, now, account, &listing, out, size);
}
