#include "src/cli/unlock.h"

#include "src/cli/print.h"

#include <stdlib.h>
#include <string.h>

static enum error has_slot(struct store *store, enum slot_kind kind, bool *has)
{
    struct vault_slots *slots;
    enum error e = vault_list_slots(store, &slots);
    if (e) return e;
    *has = false;
    for (size_t i = 0; i < slots->count; i++)
        *has = *has || slots->items[i].kind == kind;
    free(slots);
    return OK;
}

static enum error ask(const struct call *call, struct secret **out)
{
    bool has;
    enum error e = has_slot(call->act.store, SLOT_PASSPHRASE, &has);
    if (e) return e;
    if (!has)
        return fail(ERR_LOCKED, "this vault has no passphrase: give --key-file FILE or "
                                "--recovery-file FILE");
    return secret_ask("Passphrase of the vault: ", out);
}

enum error unlock_read_secret(const struct call *call, enum slot_kind *kind, struct secret **out)
{
    const char *passphrase = call_value(call, "passphrase-file");
    const char *key = call_value(call, "key-file");
    const char *recovery = call_value(call, "recovery-file");
    const char *file = key ? key : recovery ? recovery : passphrase;
    *kind = key ? SLOT_KEY_FILE : recovery ? SLOT_RECOVERY : SLOT_PASSPHRASE;

    struct secret *secret = NULL;
    enum error e = file ? secret_read_file(file, &secret) : ask(call, &secret);
    if (!e && recovery) e = keybox_recovery_normalise(secret);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

enum error unlock_vault(const struct call *call, struct vault **out)
{
    enum slot_kind kind;
    struct secret *secret = NULL;
    enum error e = unlock_read_secret(call, &kind, &secret);
    if (!e) e = vault_unlock(&call->act, kind, secret, out);
    if (!e && kind == SLOT_KEY_FILE && keybox_check_key_file(secret))
        print_warning("this key file is not random enough: anyone with a copy of the database may "
                      "guess it; replace it: gatehouse vault change SLOT --new-key-file FILE");
    secret_free(secret);
    return e;
}

static enum error ask_twice(struct secret **out)
{
    struct secret *first = NULL, *second = NULL;
    enum error e = secret_ask("New passphrase: ", &first);
    if (!e) e = vault_check_passphrase(first);
    if (!e) e = secret_ask("Once more: ", &second);
    if (!e &&
        (first->size != second->size || memcmp(first->bytes, second->bytes, first->size) != 0))
        e = fail(ERR_INVALID, "the two passphrases differ: nothing was changed");
    secret_free(second);
    if (e)
        secret_free(first);
    else
        *out = first;
    return e;
}

enum error unlock_new_passphrase(const char *file, struct secret **out)
{
    if (!file) return ask_twice(out);
    struct secret *secret = NULL;
    enum error e = secret_read_file(file, &secret);
    if (!e) e = vault_check_passphrase(secret);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

const char *unlock_kind_word(enum slot_kind kind)
{
    switch (kind) {
    case SLOT_PASSPHRASE:
        return "passphrase";
    case SLOT_KEY_FILE:
        return "key_file";
    default:
        return "recovery";
    }
}
