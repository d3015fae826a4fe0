#include <gatehouse/setting.h>
#include <gatehouse/when.h>

#include "counter.h"
#include "json.h"
#include "token_limits_write.h"
#include "token_row.h"
#include <inttypes.h>

static json_t *one_time(const char *key, int64_t time)
{
    char text[WHEN_SIZE];
    when_iso(text, time);
    return json_pack("{s:s}", key, text);
}

enum error token_write_expiry(struct store *store, int64_t number, int64_t expires)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE token SET expires = :expires WHERE number = :number");
    bind_time(stmt, ":expires", expires);
    bind_int(stmt, ":number", number);
    enum error e = stmt_run(stmt);
    if (e) return e;
    stmt = store_prepare(store, "UPDATE digest SET expires = :expires WHERE token = :number");
    bind_time(stmt, ":expires", expires);
    bind_int(stmt, ":number", number);
    e = stmt_run(stmt);
    return e ? e : generation_bump(store);
}

static enum error set_expiry(const struct act *act, int64_t number, int64_t expires, bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = token_refuse_final(&row);
    if (e) return e;
    *changed = row.expires != expires;
    if (!*changed) return OK;
    e = token_check_expiry(act, expires);
    if (e) return e;
    if (row.successor && (expires == WHEN_NEVER || expires > row.expires))
        return fail(ERR_CONFLICT,
                    "the token is being replaced by token %" PRId64 ": it can only end earlier",
                    row.successor);
    e = token_write_expiry(act->store, number, expires);
    return e ? e
             : token_event(act, "token.expire", &row, one_time("expires", row.expires),
                           one_time("expires", expires));
}

enum error token_set_expiry(const struct act *act, int64_t number, int64_t expires, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, set_expiry(act, number, expires, changed ? changed : &ignored));
}

static enum error clear_box(const struct act *act, const struct token_row *row)
{
    struct stmt *stmt =
        store_prepare(act->store, "UPDATE token SET box = NULL WHERE number = :number");
    bind_int(stmt, ":number", row->number);
    enum error e = stmt_run(stmt);
    return e ? e : token_event(act, "token.forget", row, NULL, NULL);
}

static enum error forget(const struct act *act, int64_t number, bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (e) return e;
    *changed = row.sealed;
    return row.sealed ? clear_box(act, &row) : OK;
}

enum error token_forget(const struct act *act, int64_t number, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, forget(act, number, changed ? changed : &ignored));
    /* The sealed copy must not live on in the write-ahead log. */
    if (!e) store_truncate_log(act->store);
    return e;
}

/* The first whose copy is due; 0: none. */
static enum error find_due(struct store *store, int64_t before, int64_t *number)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT number FROM token WHERE box IS NOT NULL AND created <= :before LIMIT 1");
    bind_int(stmt, ":before", before);
    enum error e = stmt_int(stmt, number);
    if (e == ERR_NOT_FOUND) *number = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error forget_all_due(const struct act *act, int64_t before, int64_t *count)
{
    int64_t number = 0;
    enum error e = find_due(act->store, before, &number);
    while (!e && number) {
        bool changed;
        e = forget(act, number, &changed);
        ++*count;
        if (!e) e = find_due(act->store, before, &number);
    }
    return e;
}

enum error token_forget_due(const struct act *act, int64_t *count)
{
    int64_t days, number, forgotten = 0;
    enum error e = setting_get(act->store, SETTING_TOKEN_FORGET, &days);
    if (count) *count = 0;
    if (e || !days) return e;
    const int64_t before = act->now - days * DAY_SECONDS;
    e = find_due(act->store, before, &number);
    if (e || !number) return e;
    e = store_begin(act->store);
    if (!e) e = store_end(act->store, forget_all_due(act, before, &forgotten));
    if (!e) store_truncate_log(act->store);
    if (count) *count = forgotten;
    return e;
}

static enum error make_canary(const struct act *act, int64_t number, bool *changed)
{
    struct token_row row;
    struct token_limits limits;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e) e = token_refuse_final(&row);
    if (e) return e;
    *changed = !row.canary;
    if (row.canary) return OK;
    e = token_limits_load(act->store, number, &limits);
    if (e) return e;
    limits.canary = true;
    e = token_limits_write(act->store, number, &limits);
    token_limits_free(&limits);
    if (!e) e = generation_bump(act->store);
    return e ? e : token_event(act, "token.trap", &row, NULL, json_pack("{s:b}", "canary", 1));
}

enum error token_make_canary(const struct act *act, int64_t number, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    if (e) return e;
    return store_end(act->store, make_canary(act, number, changed ? changed : &ignored));
}
