/* The vault: one key pair; the public key in the open, the secret key once for each key slot.
 * Checking and generating never need it unlocked; copying an older token does. */
#ifndef GATEHOUSE_VAULT_H
#define GATEHOUSE_VAULT_H

#include <gatehouse/actor.h>
#include <gatehouse/keybox.h>

enum { SLOT_LABEL_MAX = 64 };

/* An unlocked vault holds the secret key in guarded memory. */
struct vault;

struct vault_slot {
    int64_t id;
    enum slot_kind kind;
    char label[SLOT_LABEL_MAX * 4 + 1];
    int64_t created;
};
struct vault_slots {
    size_t count;
    struct vault_slot items[];
};

/* Creates the key pair and its first slot (audited). `label` may be "". Without `unlock` (NULL) the
 * policy becomes show-once (setting token.keep = 0) and there is no slot and no key pair. Only once
 * for a database. */
enum error vault_create(const struct act *act, enum slot_kind kind, const char *label,
                        const struct secret *unlock, struct kdf_cost cost) MUST_CHECK;
/* Whether tokens are kept for copying (a key pair exists and the setting says so). */
enum error vault_keeps_tokens(struct store *store, bool *keeps) MUST_CHECK;

/* Tries every slot of that kind. Audited: tried, and done. ERR_SECRET when none opens. Caller frees
 * with vault_lock. */
enum error vault_unlock(const struct act *act, enum slot_kind kind, const struct secret *unlock,
                        struct vault **out) MUST_CHECK;
void vault_lock(struct vault *vault); /* wipes and frees; NULL is fine */

enum error vault_list_slots(struct store *store, struct vault_slots **out) MUST_CHECK; /* free() */
/* `out_slot` may be NULL. */
enum error vault_add_slot(const struct act *act, const struct vault *vault, enum slot_kind kind,
                          const char *label, const struct secret *unlock, struct kdf_cost cost,
                          int64_t *out_slot) MUST_CHECK;
/* The last slot cannot be removed (ERR_CONFLICT). */
enum error vault_remove_slot(const struct act *act, int64_t slot) MUST_CHECK;
/* Re-wraps one slot with a new secret of the same kind. */
enum error vault_change_slot(const struct act *act, const struct vault *vault, int64_t slot,
                             const struct secret *unlock, struct kdf_cost cost) MUST_CHECK;

/* Makes a new key pair: every box is opened and sealed again, and the slot that opened `vault` gets
 * the new key under the same secret `unlock` (of `kind`), all in one transaction. Other slots
 * cannot follow without their secrets: they are removed where `drop_others` says so, else
 * ERR_CONFLICT names how many there are. ERR_SECRET names a token whose box does not open.
 * ERR_STOPPED when `progress` (may be NULL) says so. `vault` is of no use afterwards. */
struct progress;
struct rekeyed {
    size_t boxes, removed;
    int64_t slot;
};
enum error vault_rekey(const struct act *act, const struct vault *vault, enum slot_kind kind,
                       const struct secret *unlock, struct kdf_cost cost, bool drop_others,
                       const struct progress *progress, struct rekeyed *out) MUST_CHECK;

const char *slot_kind_text(enum slot_kind kind); /* "passphrase", "key file", "recovery code" */

/* For the token model: seals / opens with this database's keys. Sealing reads the public key from
 * the store. */
enum error vault_seal(struct store *store, int64_t token, int64_t account,
                      const struct secret *text, struct keybox *box) MUST_CHECK;
enum error vault_open_box(const struct vault *vault, int64_t token, int64_t account,
                          const uint8_t *box, size_t size, struct secret **text) MUST_CHECK;

/* ERR_CONFLICT when `vault` was unlocked before another key pair came. */
enum error vault_check_current(struct store *store, const struct vault *vault) MUST_CHECK;

/* A passphrase for a new slot: at least 12 characters; the reason otherwise. */
enum error vault_check_passphrase(const struct secret *passphrase) MUST_CHECK;

#endif
