#include "src/cli/print.h"
#include "src/cli/progress.h"
#include "src/cli/unlock.h"

#include <errno.h>
#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static json_t *weak_json(const struct vault_slots *slots)
{
    json_t *list = json_array();
    for (size_t i = 0; i < slots->count; i++)
        if (slots->items[i].weak)
            json_array_append_new(list, json_integer((json_int_t)slots->items[i].id));
    return list;
}

static void print_warnings(const struct vault_slots *slots, bool locked)
{
    for (size_t i = 0; i < slots->count; i++)
        if (slots->items[i].weak)
            print_line("Slot %" PRId64
                       " opens with a key file that is not random enough: gatehouse "
                       "vault change %" PRId64 " --new-key-file FILE",
                       slots->items[i].id, slots->items[i].id);
    if (!locked)
        print_line("Secrets in memory may be written to the swap space: raise `ulimit -l`");
}

static enum error print_status(const struct call *call, bool keeps, const struct vault_slots *slots)
{
    bool locked = secret_stays_in_memory();
    if (call->json)
        return print_json(json_pack("{s:b, s:I, s:o, s:b}", "keeps_tokens", keeps, "slots",
                                    (json_int_t)slots->count, "weak_slots", weak_json(slots),
                                    "memory_locked", locked));
    print_field("Tokens", keeps ? "kept sealed, for copying later" : "shown once, not kept");
    print_field("Key slots", number_text((int64_t)slots->count).text);
    print_warnings(slots, locked);
    return OK;
}

static enum error status_exec(struct call *call)
{
    bool keeps;
    struct vault_slots *slots = NULL;
    enum error e = vault_keeps_tokens(call->act.store, &keeps);
    if (!e) e = vault_list_slots(call->act.store, &slots);
    if (!e) e = print_status(call, keeps, slots);
    free(slots);
    return e;
}

static const char *slot_cell(struct cell *cell)
{
    const struct vault_slot *row = cell->row;
    return cell_print(cell, "%" PRId64, row->id);
}

static const char *kind_cell(struct cell *cell)
{
    const struct vault_slot *row = cell->row;
    return slot_kind_text(row->kind);
}

static const char *created_cell(struct cell *cell)
{
    const struct vault_slot *row = cell->row;
    when_date(cell->text, row->created);
    return cell->text;
}

static const char *label_cell(struct cell *cell)
{
    const struct vault_slot *row = cell->row;
    return row->label;
}

static const struct column columns[] = {
    {.title = "SLOT", .text = slot_cell, .right = true},
    {.title = "KIND", .text = kind_cell},
    {.title = "CREATED", .text = created_cell},
    {.title = "LABEL", .text = label_cell, .least = 8},
    {0},
};

static enum error print_slots(const struct call *call, const struct vault_slots *slots)
{
    struct table *table;
    enum error e = table_new(columns, call->act.now, &table);
    if (e) return e;
    for (size_t i = 0; i < slots->count && !e; i++)
        e = table_add(table, &slots->items[i]);
    table_end(table, e ? NULL : "No key slots: tokens are shown once");
    return e;
}

static enum error print_slots_json(const struct vault_slots *slots)
{
    struct json_list list = {0};
    enum error e = OK;
    for (size_t i = 0; i < slots->count && !e; i++) {
        const struct vault_slot *slot = &slots->items[i];
        e = json_list_add(&list,
                          json_pack("{s:I, s:s, s:o, s:o}", "slot", (json_int_t)slot->id, "kind",
                                    unlock_kind_word(slot->kind), "label", json_text(slot->label),
                                    "created", json_time(slot->created)));
    }
    json_list_end(&list);
    return e;
}

static enum error slots_exec(struct call *call)
{
    struct vault_slots *slots = NULL;
    enum error e = vault_list_slots(call->act.store, &slots);
    if (!e) e = call->json ? print_slots_json(slots) : print_slots(call, slots);
    free(slots);
    return e;
}

/* The secret of a new or changed key slot. */
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
        return keybox_take_key_file(fresh->key_file, &fresh->made_key_file, &fresh->unlock);
    if (fresh->kind == SLOT_RECOVERY) return keybox_recovery_code(&fresh->unlock);
    return unlock_new_passphrase(call_value(call, "new-passphrase-file"), &fresh->unlock);
}

/* If nothing was changed, the new key file opens nothing: removes it. */
static void drop_fresh(struct fresh *fresh, bool failed)
{
    if (failed && fresh->made_key_file) unlink(fresh->key_file);
    secret_free(fresh->unlock);
}

/* A recovery code is shown only now, alone on its line. */
static enum error print_fresh(const struct call *call, const struct fresh *fresh, int64_t slot,
                              const char *done)
{
    json_t *object = NULL;
    if (call->json)
        object = json_pack("{s:I, s:s, s:b}", "slot", (json_int_t)slot, "kind",
                           unlock_kind_word(fresh->kind), "key_file_made", fresh->made_key_file);
    if (fresh->kind != SLOT_RECOVERY && call->json) return print_json(object);
    if (fresh->kind != SLOT_RECOVERY) {
        print_line("Key slot %" PRId64 " %s (%s)", slot, done, slot_kind_text(fresh->kind));
        if (fresh->made_key_file)
            print_line("Created the key file %s: keep a copy of it elsewhere", fresh->key_file);
        return OK;
    }
    enum error e = call->json ? print_json_secret(object, "recovery_code", fresh->unlock)
                              : print_secret(fresh->unlock);
    if (!e) return OK;
    return fail(e,
                "the code of key slot %" PRId64
                " could not be printed; remove the slot: gatehouse vault remove %" PRId64,
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
     .sentence = "add the passphrase in this file; if none of the three is given, it is asked for",
     .or_next = true},
    {.name = "new-key-file",
     .value = "FILE",
     .sentence = "add this key file, created if it does not exist",
     .or_next = true},
    {.name = "recovery", .sentence = "add a recovery code and print it once, nothing else"},
    {.name = "label", .value = "TEXT", .sentence = "a name for the key slot"},
    UNLOCK_OPTIONS,
    {0},
};

static enum error read_slot(const struct call *call, int64_t *number)
{
    char *end;
    errno = 0;
    long long value = strtoll(call->argv[0], &end, 10);
    if (errno || *end || end == call->argv[0] || value < 1)
        return fail(ERR_USAGE, "“%s” is not a key slot: gatehouse vault slots lists their numbers",
                    call->argv[0]);
    *number = value;
    return OK;
}

static enum error find_kind(struct store *store, int64_t slot, enum slot_kind *kind)
{
    struct vault_slots *slots;
    enum error e = vault_list_slots(store, &slots);
    if (e) return e;
    e = fail(ERR_NOT_FOUND, "there is no key slot %" PRId64 ": gatehouse vault slots lists them",
             slot);
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
    print_line("Key slot %" PRId64 " removed", slot);
    return OK;
}

/* A key slot keeps its kind. */
static enum error check_kind(const struct call *call, enum slot_kind kind)
{
    bool key = call_has(call, "new-key-file"), passphrase = call_has(call, "new-passphrase-file");
    if (kind == SLOT_KEY_FILE && !key)
        return fail(ERR_USAGE,
                    "this key slot is a key file: name the new one with --new-key-file FILE");
    if ((key && kind != SLOT_KEY_FILE) || (passphrase && kind != SLOT_PASSPHRASE))
        return fail(ERR_USAGE,
                    "this key slot is a %s and stays one: gatehouse vault add adds another",
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
     .sentence = "read the new passphrase from this file; otherwise it is asked for",
     .or_next = true},
    {.name = "new-key-file",
     .value = "FILE",
     .sentence = "the new key file, created if it does not exist"},
    UNLOCK_OPTIONS,
    {0},
};

/* The other key slots cannot be carried over: their secrets are not known here. */
static enum error ask_yes(const struct call *call)
{
    struct vault_slots *slots;
    enum error e = vault_list_slots(call->act.store, &slots);
    if (e) return e;
    if (slots->count > 1)
        e = call_ask_yes(call,
                         "the vault has %s key slots and only the one that unlocks it can be "
                         "carried over: this would remove the others, to be added again afterwards",
                         number_text((int64_t)slots->count).text);
    free(slots);
    return e;
}

static enum error print_result(const struct call *call, const struct rekeyed *done)
{
    char count[TEXT_COUNT_SIZE];
    if (call->json)
        return print_json(json_pack("{s:I, s:I, s:I}", "boxes", (json_int_t)done->boxes, "slot",
                                    (json_int_t)done->slot, "slots_removed",
                                    (json_int_t)done->removed));
    print_line("The vault has a new key; %s resealed",
               text_count(count, (int64_t)done->boxes, "token"));
    if (done->removed)
        print_line("Key slot %" PRId64 " unlocks it; %s removed: gatehouse vault add adds another",
                   done->slot, text_count(count, (int64_t)done->removed, "other"));
    print_line("Older backups still need the old secrets");
    return OK;
}

static enum error rekey(const struct call *call, enum slot_kind kind, const struct secret *secret,
                        struct rekeyed *done)
{
    struct vault *vault = NULL;
    struct cli_progress progress;
    enum error e = vault_unlock(&call->act, kind, secret, &vault);
    if (e) return e;
    cli_progress_begin(&progress, "tokens");
    e = vault_rekey(&call->act, vault, kind, secret, ambient_kdf_cost(), call_has(call, "yes"),
                    &progress.progress, done);
    cli_progress_end(&progress);
    vault_lock(vault);
    return e;
}

static enum error rekey_exec(struct call *call)
{
    enum slot_kind kind;
    struct secret *secret = NULL;
    struct rekeyed done;
    /* Nobody should type a passphrase only to be asked for --yes. */
    bool typed = !call_value(call, "passphrase-file") && !call_value(call, "key-file") &&
                 !call_value(call, "recovery-file");
    enum error e = typed ? ask_yes(call) : OK;
    if (!e) e = unlock_read_secret(call, &kind, &secret);
    if (!e && !typed) e = ask_yes(call);
    if (!e) e = rekey(call, kind, secret, &done);
    secret_free(secret);
    return e ? e : print_result(call, &done);
}

static const struct command_option rekey_options[] = {
    {.name = "yes", .sentence = "remove the key slots that cannot be carried over"},
    UNLOCK_OPTIONS,
    {0},
};

const struct cli_command cli_vault_commands[] = {
    {
        .words = "vault status",
        .sentence = "Shows whether tokens are kept and how many key slots the vault has.",
        .example = "gatehouse vault status --json",
        .store = CLI_READS,
        .exec = status_exec,
    },
    {
        .words = "vault slots",
        .sentence = "Lists the key slots of the vault.",
        .example = "gatehouse vault slots",
        .store = CLI_READS,
        .exec = slots_exec,
    },
    {
        .words = "vault add",
        .sentence = "Adds a key slot: another way to unlock the vault.",
        .example = "gatehouse vault add --recovery --label safe",
        .options = add_options,
        .store = CLI_WRITES,
        .exec = add_exec,
    },
    {
        .words = "vault remove",
        .arguments = "SLOT",
        .least = 1,
        .most = 1,
        .sentence = "Removes a key slot; the last one cannot be removed.",
        .example = "gatehouse vault remove 2",
        .store = CLI_WRITES,
        .exec = remove_exec,
    },
    {
        .words = "vault change",
        .arguments = "SLOT",
        .least = 1,
        .most = 1,
        .sentence = "Replaces the passphrase, key file or recovery code of a key slot.",
        .example = "gatehouse vault change 1 --passphrase-file old --new-passphrase-file new",
        .options = change_options,
        .store = CLI_WRITES,
        .exec = change_exec,
    },
    {
        .words = "vault rekey",
        .sentence = "Gives the vault a new key pair and reseals every kept token.",
        .example = "gatehouse vault rekey --key-file /etc/gatehouse/vault.key",
        .options = rekey_options,
        .store = CLI_WRITES,
        .exec = rekey_exec,
    },
    {0},
};
