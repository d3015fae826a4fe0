/* Giving the vault another key pair, and every box with it. */
#include <gatehouse/progress.h>
#include <gatehouse/text.h>

#include "vault_internal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct rekey {
    const struct act *act;
    const struct vault *old, *new;
    const struct key_wrap *wrap;
    const struct progress *progress;
    bool drop_others;
    struct rekeyed *out;
};

/* The next token with a box after `after`; *number 0: there is none. */
static enum error next_box(struct store *store, int64_t after, int64_t *number, int64_t *account,
                           struct keybox *box)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT number, account, box FROM token WHERE number "
                             "> :after AND box IS NOT NULL ORDER BY number LIMIT 1");
    bind_int(stmt, ":after", after);
    bool row;
    *number = 0;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    const void *bytes = column_blob(stmt, "box", &box->size);
    *number = column_int(stmt, "number");
    *account = column_int(stmt, "account");
    /* A box that is too long does not open anyway, so it may be cut here. */
    if (box->size)
        memcpy(box->bytes, bytes, box->size < sizeof box->bytes ? box->size : sizeof box->bytes);
    stmt_reset(stmt);
    return OK;
}

static enum error seal_again(struct rekey *rekey, int64_t number, int64_t account,
                             const struct keybox *box)
{
    struct secret *text;
    struct keybox fresh;
    enum error e = vault_open_box(rekey->old, number, account, box->bytes, box->size, &text);
    if (e == ERR_SECRET)
        return fail(e,
                    "nothing was changed: the sealed copy of token %" PRId64
                    " cannot be opened; revoke that token first",
                    number);
    if (e) return e;
    e = keybox_seal(rekey->new->keys.public_key, number, account, text, &fresh);
    secret_free(text);
    if (e) return e;
    struct stmt *stmt =
        store_prepare(rekey->act->store, "UPDATE token SET box = :box WHERE number = :number");
    bind_blob(stmt, ":box", fresh.bytes, fresh.size);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static enum error ask_on(const struct rekey *rekey, size_t total)
{
    const struct progress *progress = rekey->progress;
    if (progress && progress->step && progress->step(progress->arg, rekey->out->boxes, total))
        return fail(ERR_STOPPED, "stopped; nothing was changed");
    return OK;
}

static enum error seal_all(struct rekey *rekey)
{
    struct store *store = rekey->act->store;
    struct keybox box;
    int64_t total, number = 0, account;
    enum error e =
        stmt_int(store_prepare(store, "SELECT count(*) FROM token WHERE box IS NOT NULL"), &total);
    if (!e) e = next_box(store, 0, &number, &account, &box);
    while (!e && number) {
        e = ask_on(rekey, (size_t)total);
        if (!e) e = seal_again(rekey, number, account, &box);
        if (!e) rekey->out->boxes++;
        if (!e) e = next_box(store, number, &number, &account, &box);
    }
    return e ? e : ask_on(rekey, (size_t)total);
}

/* The other slots hold the old key under secrets that we do not have. */
static enum error drop_slots(struct rekey *rekey)
{
    struct vault_slots *slots;
    enum error e = vault_list_slots(rekey->act->store, &slots);
    if (e) return e;
    if (slots->count > 1 && !rekey->drop_others)
        e = fail(ERR_CONFLICT,
                 "%s other key slots hold the old key and cannot follow: they would be removed",
                 number_text((int64_t)(slots->count - 1)).text);
    for (size_t i = 0; !e && i < slots->count; i++) {
        if (slots->items[i].id == rekey->wrap->slot) continue;
        e = vault_remove_slot(rekey->act, slots->items[i].id);
        rekey->out->removed++;
    }
    free(slots);
    return e;
}

static enum error write_key(const struct rekey *rekey)
{
    struct stmt *stmt =
        store_prepare(rekey->act->store, "UPDATE vault SET public_key = :public_key");
    bind_blob(stmt, ":public_key", rekey->new->keys.public_key, sizeof rekey->new->keys.public_key);
    enum error e = stmt_run(stmt);
    return e ? e : vault_update_slot(rekey->act->store, rekey->wrap);
}

static enum error run(struct rekey *rekey)
{
    char text[VAULT_KEY_TEXT];
    enum error e = vault_check_current(rekey->act->store, rekey->old);
    if (!e) e = drop_slots(rekey);
    if (!e) e = seal_all(rekey);
    if (!e) e = write_key(rekey);
    return e ? e
             : audit_write_json(rekey->act, "vault.rekey", "vault", 0, 0, NULL,
                                json_pack("{s:I, s:I, s:I, s:s}", "boxes",
                                          (json_int_t)rekey->out->boxes, "slot",
                                          (json_int_t)rekey->wrap->slot, "slots_removed",
                                          (json_int_t)rekey->out->removed, "public_key",
                                          vault_key_text(rekey->new->keys.public_key, text)));
}

enum error vault_rekey(const struct act *act, const struct vault *vault, enum slot_kind kind,
                       const struct secret *unlock, struct kdf_cost cost, bool drop_others,
                       const struct progress *progress, struct rekeyed *out)
{
    struct vault fresh = {.keys = vault->keys};
    struct key_wrap wrap;
    *out = (struct rekeyed){.slot = vault->slot};
    enum error e = keybox_new_pair(fresh.keys.public_key, &fresh.secret_key);
    if (e) return e;
    struct rekey rekey = {act, vault, &fresh, &wrap, progress, drop_others, out};
    e = vault_wrap_key(&fresh, vault->slot, kind, unlock, cost, &wrap);
    if (!e) e = store_begin(act->store);
    if (!e) e = store_end(act->store, run(&rekey));
    secret_free(fresh.secret_key);
    return e;
}
