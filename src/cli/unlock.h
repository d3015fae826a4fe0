/* Reads the secrets that unlock a vault: from a file, or from the person at the terminal. */
#ifndef GATEHOUSE_SRC_CLI_UNLOCK_H
#define GATEHOUSE_SRC_CLI_UNLOCK_H

#include "src/cli/command.h"

#include <gatehouse/vault.h>

/* For the options of every command that unlocks. */
/* Releases of clang-format disagree about these lines. */
/* clang-format off */
#define UNLOCK_OPTIONS                                                                             \
    {.name = "passphrase-file", .value = "FILE",                                                   \
     .sentence = "unlock with the passphrase in this file", .or_next = true},                      \
    {.name = "key-file", .value = "FILE",                                                          \
     .sentence = "unlock with this key file", .or_next = true},                                    \
    {.name = "recovery-file", .value = "FILE",                                                     \
     .sentence = "unlock with the recovery code in this file"}
/* clang-format on */

/* Reads what unlocks the vault from the file that the options above name, else asks for a
 * passphrase. The caller frees it with secret_free. */
enum error unlock_read_secret(const struct call *call, enum slot_kind *kind,
                              struct secret **out) MUST_CHECK;
/* The same, and unlocks the vault. The caller ends it with vault_lock. */
enum error unlock_vault(const struct call *call, struct vault **out) MUST_CHECK;

/* The passphrase of a new key slot, read from `file` (NULL: asked for twice) and checked. The
 * caller frees it with secret_free. */
enum error unlock_new_passphrase(const char *file, struct secret **out) MUST_CHECK;

/* "passphrase", "key_file", "recovery": for JSON. */
const char *unlock_kind_word(enum slot_kind kind);

#endif
