#include "src/cli/commands.h"
#include "src/cli/print.h"
#include "src/cli/progress.h"
#include "src/cli/unlock.h"

#include <gatehouse/ambient.h>
#include <inttypes.h>
#include <stdlib.h>

/* Before anything is asked for: the other slots cannot follow. */
static enum error ask_yes(const struct call *call)
{
    struct vault_slots *slots;
    if (call_has(call, "yes")) return OK;
    enum error e = vault_list_slots(call->act.store, &slots);
    if (e) return e;
    if (slots->count > 1)
        e = fail(ERR_USAGE,
                 "the vault has %zu key slots and only the one that unlocks can follow: this would "
                 "remove the others; add --yes if you mean it, and add them again afterwards",
                 slots->count);
    free(slots);
    return e;
}

static enum error print_result(const struct call *call, const struct rekeyed *done)
{
    if (call->json)
        return print_json(json_pack("{s:I, s:I, s:I}", "boxes", (json_int_t)done->boxes, "slot",
                                    (json_int_t)done->slot, "slots_removed",
                                    (json_int_t)done->removed));
    print_line("The vault has a new key; %zu tokens were sealed again", done->boxes);
    if (done->removed)
        print_line("Slot %" PRId64 " opens it; %zu others were removed: gatehouse vault add makes "
                   "them anew",
                   done->slot, done->removed);
    print_line("Backups from before open with the old secrets only");
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
    enum error e = ask_yes(call);
    if (!e) e = unlock_read_secret(call, &kind, &secret);
    if (!e) e = rekey(call, kind, secret, &done);
    secret_free(secret);
    return e ? e : print_result(call, &done);
}

static const struct command_option options[] = {
    {.name = "yes", .sentence = "remove the key slots that cannot follow"},
    UNLOCK_OPTIONS,
    {0},
};

const struct command command_vault_rekey = {
    .words = "vault rekey",
    .sentence = "Gives the vault a new key pair and seals every kept token again.",
    .example = "gatehouse vault rekey --key-file /etc/gatehouse/vault.key",
    .options = options,
    .opens = true,
    .exec = rekey_exec,
};
