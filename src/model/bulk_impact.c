#include <gatehouse/bulk.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>

#include <string.h>

enum { CHUNK = 256 };

static void add(struct bulk_impact *out, const struct account_impact *one)
{
    out->accounts++;
    out->active += one->active;
    out->live += one->live;
    if (one->last_used <= out->last_used) return;
    out->last_used = one->last_used;
    memcpy(out->last_from, one->last_from, sizeof out->last_from);
}

static enum error add_account(struct store *store, int64_t now, int64_t number,
                              struct bulk_impact *out)
{
    struct account_impact one;
    enum error e = account_get_impact(store, now, number, &one);
    if (!e) add(out, &one);
    return e;
}

static enum error add_token(struct store *store, int64_t now, int64_t number,
                            struct bulk_impact *out)
{
    struct token_row row;
    struct account account;
    enum error e = token_get(store, now, number, &row);
    if (e) return e;
    e = account_get(store, now, row.account, &account);
    if (e) return e;
    struct account_impact one = {.active = account.row.active, .last_used = row.last_used};
    one.live = row.state == TOKEN_LIVE && account.row.active && !row.canary;
    memcpy(one.last_from, row.last_from, sizeof one.last_from);
    add(out, &one);
    return OK;
}

static enum error look_at_all(struct store *store, int64_t now, const struct id_set *rows,
                              enum error (*add_row)(struct store *, int64_t, int64_t,
                                                    struct bulk_impact *),
                              const struct progress *progress, struct bulk_impact *out)
{
    *out = (struct bulk_impact){.last_used = WHEN_NEVER};
    for (size_t i = 0; i < rows->count; i++) {
        enum error e = add_row(store, now, rows->ids[i], out);
        if (e && e != ERR_NOT_FOUND) return e;
        if (i % CHUNK == 0 && progress && progress->step &&
            progress->step(progress->arg, i, rows->count))
            return fail(ERR_STOPPED, "stopped: nothing was changed");
    }
    return OK;
}

/* In one transaction: the rows belong to one state, and the locks are taken once, not for each. */
enum error bulk_get_impact(struct store *store, int64_t now, const struct id_set *accounts,
                           const struct progress *progress, struct bulk_impact *out)
{
    enum error e = store_begin_read(store);
    if (e) return e;
    return store_end(store, look_at_all(store, now, accounts, add_account, progress, out));
}

enum error bulk_get_token_impact(struct store *store, int64_t now, const struct id_set *tokens,
                                 const struct progress *progress, struct bulk_impact *out)
{
    enum error e = store_begin_read(store);
    if (e) return e;
    return store_end(store, look_at_all(store, now, tokens, add_token, progress, out));
}
