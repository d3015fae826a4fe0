#include "src/cli/commands.h"
#include "src/cli/print.h"
#include "src/cli/unlock.h"

#include <errno.h>
#include <gatehouse/ambient.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The secret of a new or changed slot. */
struct fresh {
    enum slot_kind kind;
    struct secret *unlock;
    const char *key_file;
    bool made_key_file;
};

static enum error make_fresh(const struct call *call, struct fresh *fresh)
{
    fresh->key_file = call_value(call, "new-key-file");
    if (fresh->kind == SLOT_KEY_FILE)
        return unlock_new_key_file(fresh->key_file, &fresh->made_key_file, &fresh->unlock);
    if (fresh->kind == SLOT_RECOVERY) return keybox_recovery_code(&fresh->unlock);
    return unlock_new_passphrase(call_value(call, "new-passphrase-file"), &fresh->unlock);
}

/* Nothing was changed: a key file that opens nothing would only mislead. */
static void drop_fresh(struct fresh *fresh, bool failed)
{
    if (failed && fresh->made_key_file) unlink(fresh->key_file);
    secret_free(fresh->unlock);
}

/* A recovery code is shown now or never, alone on its line. */
static enum error print_fresh(const struct call *call, const struct fresh *fresh, int64_t slot,
                              const char *done)
{
    json_t *object = NULL;
    if (call->json)
        object = json_pack("{s:I, s:s, s:b}", "slot", (json_int_t)slot, "kind",
                           unlock_kind_word(fresh->kind), "key_file_made", fresh->made_key_file);
    if (fresh->kind != SLOT_RECOVERY && call->json) return print_json(object);
    if (fresh->kind != SLOT_RECOVERY) {
        print_line("slot %" PRId64 " %s (%s)", slot, done, slot_kind_text(fresh->kind));
        if (fresh->made_key_file)
            print_line("Made the key file %s: keep a copy of it elsewhere", fresh->key_file);
        return OK;
    }
    enum error e = call->json ? print_json_secret(object, "recovery_code", fresh->unlock)
                              : print_secret(fresh->unlock);
    if (!e) return OK;
    return fail(e,
                "the code of slot %" PRId64 " could not be printed; remove the slot: gatehouse "
                "vault remove %" PRId64,
                slot, slot);
}

static enum error add_exec(struct call *call)
{
    struct fresh fresh = {.kind = call_has(call, "new-key-file") ? SLOT_KEY_FILE
                                  : call_has(call, "recovery")   ? SLOT_RECOVERY
                                                                 : SLOT_PASSPHRASE};
    const char *label = call_value(call, "label");
    struct vault *vault = NULL;
    int64_t slot = 0;
    enum error e = unlock_vault(call, &vault);
    if (!e) e = make_fresh(call, &fresh);
    if (!e)
        e = vault_add_slot(&call->act, vault, fresh.kind, label ? label : "", fresh.unlock,
                           ambient_kdf_cost(), &slot);
    vault_lock(vault);
    bool failed = e != OK;
    if (!e) e = print_fresh(call, &fresh, slot, "added");
    drop_fresh(&fresh, failed);
    return e;
}

static const struct command_option add_options[] = {
    {.name = "new-passphrase-file",
     .value = "FILE",
     .sentence = "add the passphrase in this file; without any of the three it is asked for",
     .or_next = true},
    {.name = "new-key-file",
     .value = "FILE",
     .sentence = "add this key file, which is made if it does not exist",
     .or_next = true},
    {.name = "recovery", .sentence = "add a recovery code and print it, alone, once"},
    {.name = "label", .value = "TEXT", .sentence = "a name for the slot"},
    UNLOCK_OPTIONS,
    {0},
};

const struct command command_vault_add = {
    .words = "vault add",
    .sentence = "Adds another way to open the vault.",
    .example = "gatehouse vault add --recovery --label safe",
    .options = add_options,
    .opens = true,
    .exec = add_exec,
};

static enum error read_slot(const struct call *call, int64_t *number)
{
    char *end;
    errno = 0;
    long long value = strtoll(call->argv[0], &end, 10);
    if (errno || *end || end == call->argv[0] || value < 1)
        return fail(ERR_USAGE, "“%s” is no slot: gatehouse vault slots lists their numbers",
                    call->argv[0]);
    *number = value;
    return OK;
}

static enum error find_kind(struct store *store, int64_t slot, enum slot_kind *kind)
{
    struct vault_slots *slots;
    enum error e = vault_list_slots(store, &slots);
    if (e) return e;
    e = fail(ERR_NOT_FOUND, "there is no slot %" PRId64 ": gatehouse vault slots lists them", slot);
    for (size_t i = 0; i < slots->count; i++)
        if (slots->items[i].id == slot) {
            *kind = slots->items[i].kind;
            e = OK;
        }
    free(slots);
    return e;
}

static enum error remove_exec(struct call *call)
{
    int64_t slot = 0;
    enum error e = read_slot(call, &slot);
    if (!e) e = vault_remove_slot(&call->act, slot);
    if (e) return e;
    if (call->json)
        return print_json(json_pack("{s:I, s:b}", "slot", (json_int_t)slot, "removed", 1));
    print_line("slot %" PRId64 " removed", slot);
    return OK;
}

const struct command command_vault_remove = {
    .words = "vault remove",
    .arguments = "SLOT",
    .least = 1,
    .most = 1,
    .sentence = "Removes one way to open the vault; the last one stays.",
    .example = "gatehouse vault remove 2",
    .opens = true,
    .exec = remove_exec,
};

/* A slot keeps its kind. */
static enum error check_kind(const struct call *call, enum slot_kind kind)
{
    bool key = call_has(call, "new-key-file"), passphrase = call_has(call, "new-passphrase-file");
    if (kind == SLOT_KEY_FILE && !key)
        return fail(ERR_USAGE,
                    "this slot is a key file: name the new one with --new-key-file FILE");
    if ((key && kind != SLOT_KEY_FILE) || (passphrase && kind != SLOT_PASSPHRASE))
        return fail(ERR_USAGE, "this slot is a %s and stays one; gatehouse vault add makes another",
                    slot_kind_text(kind));
    return OK;
}

static enum error change_exec(struct call *call)
{
    struct fresh fresh = {0};
    struct vault *vault = NULL;
    int64_t slot = 0;
    enum error e = read_slot(call, &slot);
    if (!e) e = find_kind(call->act.store, slot, &fresh.kind);
    if (!e) e = check_kind(call, fresh.kind);
    if (!e) e = unlock_vault(call, &vault);
    if (!e) e = make_fresh(call, &fresh);
    if (!e) e = vault_change_slot(&call->act, vault, slot, fresh.unlock, ambient_kdf_cost());
    vault_lock(vault);
    bool failed = e != OK;
    if (!e) e = print_fresh(call, &fresh, slot, "changed");
    drop_fresh(&fresh, failed);
    return e;
}

static const struct command_option change_options[] = {
    {.name = "new-passphrase-file",
     .value = "FILE",
     .sentence = "the new passphrase is in this file; otherwise it is asked for",
     .or_next = true},
    {.name = "new-key-file",
     .value = "FILE",
     .sentence = "the new key file, which is made if it does not exist"},
    UNLOCK_OPTIONS,
    {0},
};

const struct command command_vault_change = {
    .words = "vault change",
    .arguments = "SLOT",
    .least = 1,
    .most = 1,
    .sentence = "Replaces a passphrase, a key file or a recovery code.",
    .example = "gatehouse vault change 1 --passphrase-file old --new-passphrase-file new",
    .options = change_options,
    .opens = true,
    .exec = change_exec,
};
