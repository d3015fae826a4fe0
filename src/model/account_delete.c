#include "account_row.h"
#include "counter.h"
#include "json.h"

/* One step of a deletion: SQL with :number. */
static enum error run(struct store *store, const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(store, sql);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

/* The digests stay behind as dead, so that no import can bring one back. */
static enum error end_tokens(struct store *store, int64_t number, int64_t *ended)
{
    enum error e = run(store,
                       "UPDATE digest SET dead = 1 WHERE token IN (SELECT number FROM token WHERE "
                       "account = :number)",
                       number);
    if (!e) e = run(store, "DELETE FROM token WHERE account = :number", number);
    if (e) return e;
    *ended = store_changes(store);
    return counter_add(store, "tokens", -*ended);
}

static enum error remove_rows(struct store *store, int64_t number, bool active)
{
    enum error e = run(store,
                       "UPDATE account_group SET members = members - 1 WHERE number IN (SELECT "
                       "account_group FROM membership WHERE account = :number)",
                       number);
    if (!e)
        e = run(store,
                "UPDATE permission SET accounts = accounts - 1 WHERE number IN (SELECT permission "
                "FROM account_grant WHERE account = :number)",
                number);
    if (!e) e = run(store, "DELETE FROM account WHERE number = :number", number);
    if (!e) e = counter_add(store, "accounts", -1);
    if (!e && !active) e = counter_add(store, "inactive", -1);
    return e ? e : generation_bump(store);
}

static enum error delete_account(const struct act *act, int64_t number)
{
    struct account account;
    enum error e = account_get(act->store, act->now, number, &account);
    if (e) return e;
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, account.row.name);
    int64_t ended = 0;
    e = end_tokens(act->store, number, &ended);
    if (!e) e = remove_rows(act->store, number, account.row.active);
    if (e) return e;
    json_t *before = json_object();
    json_object_set_new(before, "active", json_boolean(account.row.active));
    json_object_set_new(before, "description", event_text(account.row.description));
    json_object_set_new(before, "owner", event_text(account.row.owner));
    json_object_set_new(before, "tokens", json_integer(ended));
    return audit_write_json(act, "account.delete", id, number, 0, before, NULL);
}

enum error account_delete(const struct act *act, int64_t number)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, delete_account(act, number));
    /* The sealed copies must not live on in the write-ahead log. */
    if (!e) store_truncate_log(act->store);
    return e;
}
