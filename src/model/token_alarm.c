#include <gatehouse/token_alarm.h>

#include "token_internal.h"
#include <inttypes.h>
#include <string.h>

enum error token_alarm_is_open(struct store *store, const struct token_row *canary, bool *open)
{
    /* token.canary is what earlier versions called token.alarm. */
    struct stmt *stmt = store_prepare(
        store, "SELECT kind FROM event WHERE account = :account AND token = :token AND kind IN "
               "('token.alarm', 'token.canary', 'token.settle') ORDER BY sequence DESC LIMIT 1");
    bind_int(stmt, ":account", canary->account);
    bind_int(stmt, ":token", canary->number);
    bool row;
    enum error e = stmt_step(stmt, &row);
    *open = !e && row && strcmp(column_text(stmt, "kind"), "token.settle") != 0;
    stmt_reset(stmt);
    return e;
}

static enum error settle(const struct act *act, int64_t number, bool *changed)
{
    struct token_row row;
    enum error e = token_get(act->store, act->now, number, &row);
    if (!e && !row.canary)
        e = fail(ERR_CONFLICT, "token %" PRId64 " is not a canary: it raises no alarm", number);
    if (!e) e = token_alarm_is_open(act->store, &row, changed);
    return e || !*changed ? e : token_event(act, "token.settle", &row, NULL, NULL);
}

enum error token_alarm_settle(const struct act *act, int64_t number, bool *changed)
{
    bool ignored;
    enum error e = store_begin(act->store);
    return e ? e : store_end(act->store, settle(act, number, changed ? changed : &ignored));
}
