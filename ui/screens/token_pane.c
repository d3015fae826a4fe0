#include <gatehouse/audit_list.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_query.h>

#include "ui/screens/panes.h"
#include "ui/screens/token_act.h"

#include <stdio.h>
#include <string.h>

static void add_state(struct detail *out, const struct token_item *item)
{
    enum { WIDE = 20 };
    char label[TOKEN_LABEL_SIZE], id[ACCOUNT_ID_SIZE], mask[TOKEN_MASK_SIZE];
    struct cell state = {.width = WIDE, .text = ""};
    token_label(&item->token, label);
    account_id_text(id, item->account_name);
    token_mask(&item->token, mask);
    token_state_cell(&item->token, item->account_active, &state);
    detail_title(out, label);
    detail_field(out, "account", ROLE_TEXT, "%s", id);
    detail_field(out, "", item->account_active ? ROLE_TEXT : ROLE_WARN, "%s",
                 item->account_active ? "active" : "inactive");
    detail_field(out, "state", state.role, "%s", state.text);
    if (*mask)
        detail_field(out, "token", ROLE_TEXT, "%s%s", mask, item->token.sealed ? "" : ", no copy");
}

static enum error add_limits(struct store *store, const struct token_row *token, struct detail *out)
{
    struct token_limits limits;
    char text[TOKEN_DETAIL_SIZE];
    enum error e = token_limits_load(store, token->number, &limits);
    if (e) return e;
    e = token_limits_text(store, &limits, text, sizeof text);
    token_limits_free(&limits);
    if (e) return e;
    detail_field(out, "allows", *text ? ROLE_TEXT : ROLE_MUTED, "%s",
                 *text ? text : "all that the account may");
    return OK;
}

static bool makes_tokens(const char *kind)
{
    static const char *const kinds[] = {"token.generate", "token.rotate", "token.import",
                                        "token.apply"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i])) return true;
    return false;
}

/* By whom, from the event of that moment; "" if it was another program. */
static enum error find_maker(struct store *store, const struct token_row *token, char *out,
                             size_t size)
{
    enum { AT_ONCE = 20 };
    struct audit_event events[AT_ONCE];
    const struct audit_query query = {.account = token->account,
                                      .kind = "token",
                                      .since = token->created,
                                      .until = token->created};
    size_t count = 0;
    enum error e = audit_page(store, &query, 0, (struct page){.max = AT_ONCE}, events, &count);
    *out = 0;
    if (e) return e;
    for (size_t i = 0; i < count; i++) {
        if (makes_tokens(events[i].kind) && events[i].token == token->number)
            actor_text(&events[i].actor, out, size);
        audit_event_free(&events[i]);
    }
    return OK;
}

static enum error add_life(struct store *store, int64_t now, const struct token_row *token,
                           struct detail *out)
{
    char date[WHEN_SIZE], relative[WHEN_SIZE], maker[160];
    bool never = token->expires == WHEN_NEVER, soon = token_ends_soon(token, now);
    when_end(date, token->expires);
    when_relative(relative, token->expires, now);
    detail_field(out, "expires", soon ? ROLE_WARN : ROLE_TEXT, "%s%s%s", relative,
                 never ? "" : ", ", never ? "" : date);
    enum error e = find_maker(store, token, maker, sizeof maker);
    if (e) return e;
    when_date(date, token->created);
    detail_field(out, token->imported ? "imported" : "generated", ROLE_TEXT, "%s%s%s", date,
                 *maker ? " by " : "", maker);
    when_date(date, token->revoked);
    if (token->revoked != WHEN_NEVER) detail_field(out, "revoked", ROLE_TEXT, "%s", date);
    return OK;
}

static enum error add_other(struct store *store, int64_t now, int64_t number, const char *label,
                            struct detail *out)
{
    struct token_row other;
    char name[TOKEN_LABEL_SIZE];
    if (!number) return OK;
    enum error e = token_get(store, now, number, &other);
    if (e) return e == ERR_NOT_FOUND ? OK : e;
    token_label(&other, name);
    detail_field(out, label, ROLE_TEXT, "%s", name);
    return OK;
}

static void add_use(const struct token_item *item, int64_t now, struct detail *out)
{
    const struct token_row *token = &item->token;
    char at[WHEN_SIZE];
    when_relative(at, token->last_used, now);
    detail_field(out, "last used", ROLE_TEXT, "%s%s%s", at, *token->last_from ? " from " : "",
                 token->last_from);
    if (token->denied == WHEN_NEVER) return;
    bool knocks = token_is_knocking(token, item->account_active, now);
    when_relative(at, token->denied, now);
    detail_field(out, knocks ? "knocking" : "denied", knocks ? ROLE_BAD : ROLE_TEXT, "%s%s%s%s%s",
                 at, *token->denied_from ? " from " : "", token->denied_from,
                 *token_denial_text(token->denied_why) ? ": " : "",
                 token_denial_text(token->denied_why));
}

enum error token_pane_read(struct store *store, int64_t now, int64_t token, struct detail *out)
{
    struct token_item item;
    enum error e = token_item_get(store, now, token, &item);
    if (e) return e;
    add_state(out, &item);
    e = add_limits(store, &item.token, out);
    if (!e) e = add_life(store, now, &item.token, out);
    if (!e) e = add_other(store, now, item.token.predecessor, "replaces", out);
    if (!e) e = add_other(store, now, item.token.successor, "replaced by", out);
    if (!e) add_use(&item, now, out);
    return e;
}
