#include <gatehouse/setting.h>
#include <gatehouse/when.h>

#include "json.h"
#include "token_limits_write.h"
#include "token_row.h"
#include <inttypes.h>
#include <string.h>

/* A successor that was revoked leaves the old one to be rotated again. */
static enum error refuse(const struct act *act, const struct token_row *row)
{
    struct token_row next;
    if (row->canary)
        return fail(ERR_CONFLICT, "the token is a canary, which never passes: generate another");
    if (row->state == TOKEN_SUSPENDED)
        return fail(ERR_CONFLICT, "the token is suspended: resume it first, or generate another");
    enum error e = token_refuse_final(row);
    if (e || !row->successor) return e;
    e = token_get(act->store, act->now, row->successor, &next);
    if (e == ERR_NOT_FOUND) return OK;
    if (e || next.state == TOKEN_REVOKED) return e;
    return fail(ERR_CONFLICT, "the token is being replaced by token %" PRId64 " already",
                row->successor);
}

/* The old one's length of life, counted from now, as far as the longest allows it. */
static enum error plan_expiry(const struct act *act, const struct token_row *old, int64_t *expires)
{
    int64_t days;
    enum error e = setting_get(act->store, SETTING_TOKEN_EXPIRY_LONGEST, &days);
    if (e) return e;
    *expires = old->expires;
    if (old->expires != WHEN_NEVER) *expires = act->now + (old->expires - old->created);
    const int64_t longest = act->now + days * DAY_SECONDS;
    if (days && (*expires == WHEN_NEVER || *expires > longest)) *expires = longest;
    return OK;
}

static enum error link_old(const struct act *act, const struct token_row *old, int64_t successor,
                           int64_t ends)
{
    char text[WHEN_SIZE];
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET successor = :successor, rotated = :now WHERE "
                                  "number = :number");
    bind_int(stmt, ":successor", successor);
    bind_int(stmt, ":now", act->now);
    bind_int(stmt, ":number", old->number);
    enum error e = stmt_run(stmt);
    if (!e) e = token_write_expiry(act->store, old->number, ends);
    if (e) return e;
    when_iso(text, ends);
    return token_event(
        act, "token.rotate", old, NULL,
        json_pack("{s:s, s:I}", "expires", text, "successor", (json_int_t)successor));
}

static enum error rotate(const struct act *act, int64_t number, int64_t grace, int64_t *successor,
                         struct secret **text)
{
    struct token_row old, next = {0};
    struct token_limits limits;
    enum error e = token_get(act->store, act->now, number, &old);
    if (!e) e = refuse(act, &old);
    if (!e) e = plan_expiry(act, &old, &next.expires);
    if (!e) e = token_limits_load(act->store, number, &limits);
    if (e) return e;
    next.account = old.account;
    next.predecessor = number;
    memcpy(next.name, old.name, sizeof next.name);
    e = token_issue(act, &next, &limits, text);
    token_limits_free(&limits);
    if (e) return e;
    *successor = next.number;
    /* A grace of nothing ends it this very second: it is good while now < expires. */
    int64_t ends = act->now + grace;
    if (old.expires != WHEN_NEVER && old.expires < ends) ends = old.expires;
    return link_old(act, &old, next.number, ends);
}

enum error token_rotate(const struct act *act, int64_t number, int64_t grace, int64_t *successor,
                        struct secret **text)
{
    *text = NULL;
    *successor = 0;
    if (grace < 0 || grace > TOKEN_GRACE_MOST)
        return fail(ERR_INVALID, "the grace can be 0 to %d days", TOKEN_GRACE_MOST / DAY_SECONDS);
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, rotate(act, number, grace, successor, text));
    if (e) {
        secret_free(*text);
        *text = NULL;
    }
    return e;
}
