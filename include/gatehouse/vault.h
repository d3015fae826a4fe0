/* The vault: one key pair, with the public key in the clear and the secret key wrapped once for
 * each key slot. Generating and checking tokens never need the vault unlocked; copying an existing
 * token does. */
#ifndef GATEHOUSE_VAULT_H
#define GATEHOUSE_VAULT_H

#include <gatehouse/actor.h>
#include <gatehouse/keybox.h>

enum { SLOT_LABEL_MAX = 64 };

/* An unlocked vault: the secret key in guarded memory. */
struct vault;

struct vault_slot {
    int64_t id;
    enum slot_kind kind;
    char label[SLOT_LABEL_MAX * 4 + 1];
    int64_t created;
    bool weak; /* opened with a key file that keybox_check_key_file would refuse today */
};
struct vault_slots {
    size_t count;
    struct vault_slot items[];
};

/* Creates the key pair and its first slot, with events. `label` may be "". If `unlock` is NULL,
 * tokens are shown once only (setting token.keep = 0) and there is no key pair and no slot. Only
 * once per database. */
enum error vault_create(const struct act *act, enum slot_kind kind, const char *label,
                        const struct secret *unlock, struct kdf_cost cost) MUST_CHECK;
/* The public key in hexadecimal; "" if there is no vault. */
enum { VAULT_KEY_TEXT = 2 * KEYBOX_PUBLIC_SIZE + 1 };
enum error vault_read_key(struct store *store, char out[static VAULT_KEY_TEXT]) MUST_CHECK;
/* Whether sealed copies of new tokens are kept: a key pair exists and the setting says so. */
enum error vault_keeps_tokens(struct store *store, bool *keeps) MUST_CHECK;
/* The key that seals them (keybox_seal); ERR_CONFLICT if there is no vault. */
enum error vault_read_seal_key(struct store *store,
                               uint8_t key[static KEYBOX_PUBLIC_SIZE]) MUST_CHECK;

/* Tries every slot of that kind. Writes an event for the attempt and one for success, which says
 * when a slot was opened with a weak key file. ERR_SECRET if no slot opens. The caller frees it
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
/* Wraps the key of one slot with a new secret of the same kind. */
enum error vault_change_slot(const struct act *act, const struct vault *vault, int64_t slot,
                             const struct secret *unlock, struct kdf_cost cost) MUST_CHECK;

/* Replaces the key pair: every box is opened and sealed again, and the slot that opened `vault`
 * gets the new key under the same secret `unlock` (of `kind`), all in one transaction. The other
 * slots cannot be rewrapped without their secrets: they are removed if `drop_others`, otherwise
 * ERR_CONFLICT says how many there are. ERR_SECRET names a token whose box does not open.
 * `progress` (may be NULL) can stop it: ERR_STOPPED. `vault` is useless afterwards. */
struct progress;
struct rekeyed {
    size_t boxes, removed;
    int64_t slot;
};
enum error vault_rekey(const struct act *act, const struct vault *vault, enum slot_kind kind,
                       const struct secret *unlock, struct kdf_cost cost, bool drop_others,
                       const struct progress *progress, struct rekeyed *out) MUST_CHECK;

const char *slot_kind_text(enum slot_kind kind); /* "passphrase", "key file", "recovery code" */

/* For the rest of the model: seals / opens boxes with the keys of this database. Sealing reads the
 * public key from the store. */
enum error vault_seal(struct store *store, int64_t token, int64_t account,
                      const struct secret *text, struct keybox *box) MUST_CHECK;
enum error vault_open_box(const struct vault *vault, int64_t token, int64_t account,
                          const uint8_t *box, size_t size, struct secret **text) MUST_CHECK;

/* Signs with an Ed25519 key that is derived from the secret key: the same one until vault_rekey. */
enum error vault_sign(const struct vault *vault, const uint8_t *bytes, size_t size,
                      uint8_t key[static KEYBOX_SIGN_KEY_SIZE],
                      uint8_t signature[static KEYBOX_SIGNATURE_SIZE]) MUST_CHECK;

/* ERR_CONFLICT if the key pair was replaced after `vault` was unlocked. */
enum error vault_check_current(struct store *store, const struct vault *vault) MUST_CHECK;

/* The rule for passphrases of new slots: at least 12 characters. */
enum error vault_check_passphrase(const struct secret *passphrase) MUST_CHECK;

#endif
