#include <gatehouse/audit_kind.h>

#include <string.h>

const struct audit_kind audit_kinds[] = {
    {"account.create", "the account was created", NULL},
    {"account.update", "the account's description, owner, groups or permissions were changed",
     NULL},
    {"account.activate", "the account was activated", NULL},
    {"account.deactivate", "the account was deactivated", NULL},
    {"account.delete", "the account and its tokens were deleted", NULL},
    {"account.join", "the account was added to a group", NULL},
    {"account.leave", "the account was removed from a group", NULL},
    {"account.grant", "the account was granted a permission", NULL},
    {"account.revoke", "a permission was revoked from the account", NULL},

    {"accounts.activate", "accounts were activated together", "bulk.activate"},
    {"accounts.deactivate", "accounts were deactivated together", "bulk.deactivate"},
    {"accounts.delete", "accounts were deleted together", "bulk.delete"},
    {"accounts.join", "accounts were added to a group together", "bulk.join"},
    {"accounts.leave", "accounts were removed from a group together", "bulk.leave"},
    {"accounts.grant", "accounts were granted a permission together", "bulk.grant"},
    {"accounts.revoke", "a permission was revoked from accounts together", "bulk.revoke"},

    {"token.generate", "the token was generated", NULL},
    {"token.import", "the token was imported with its secret", NULL},
    {"token.apply", "the token was created or changed by an export that was applied", NULL},
    {"token.rename", "the token was renamed", NULL},
    {"token.suspend", "the token was suspended", NULL},
    {"token.resume", "the token was resumed", NULL},
    {"token.expire", "the token was given another expiry", NULL},
    {"token.rotate", "the token was given a successor", NULL},
    {"token.revoke", "the token was revoked", NULL},
    {"token.delete", "the token's record was deleted", NULL},
    {"token.forget", "the token's sealed copy was deleted", NULL},
    {"token.copy", "the token's secret was copied", NULL},
    {"token.peek", "the token's secret was shown for some seconds", NULL},
    {"token.reveal", "the token's secret was printed", NULL},
    {"token.make-canary", "the token was made a canary", "token.trap"},
    {"token.alarm", "the token is a canary, and somebody used it", "token.canary"},
    {"token.settle", "the alarm of the canary was dealt with", NULL},

    {"tokens.generate", "a token was generated for each of many accounts", "bulk.generate"},
    {"tokens.suspend", "tokens were suspended together", "bulk.suspend"},
    {"tokens.resume", "tokens were resumed together", "bulk.resume"},
    {"tokens.expire", "tokens were given another expiry together", "bulk.expire"},
    {"tokens.revoke", "tokens were revoked together", "bulk.end"},
    {"tokens.drop", "tokens that were revoked long ago left the lists", NULL},

    {"group.create", "the group was created", NULL},
    {"group.update", "the group's description was changed", NULL},
    {"group.rename", "the group was renamed", NULL},
    {"group.delete", "the group was deleted", NULL},
    {"group.grant", "the group was granted a permission", NULL},
    {"group.revoke", "a permission was revoked from the group", NULL},

    {"permission.create", "the permission was added to the catalogue", NULL},
    {"permission.update", "the permission's name or sentence was changed", "permission.edit"},
    {"permission.delete", "the permission was deleted from the catalogue", NULL},

    {"vault.create", "the vault was created, or the database was made without one", NULL},
    {"vault.unlock-try", "somebody tried to unlock the vault", NULL},
    {"vault.unlock", "the vault was unlocked", NULL},
    {"vault.rekey", "the vault was given a new key, and every sealed copy with it", NULL},
    {"slot.add", "a key slot was added", NULL},
    {"slot.change", "a key slot was given a new secret", NULL},
    {"slot.remove", "a key slot was removed", NULL},

    {"setting.set", "the setting was changed", NULL},
    {"search.save", "the search was saved", NULL},
    {"search.delete", "the search was deleted", NULL},

    {"database.import", "a file was imported", NULL},
    {"database.apply", "an export was applied", NULL},
    {"database.export", "the database was exported", NULL},
    {"database.backup", "the database was backed up", NULL},
    {"database.archive", "old events were moved to a file", NULL},
    {"database.restore", "the database was restored from a backup", NULL},
};
const size_t audit_kind_count = sizeof audit_kinds / sizeof *audit_kinds;

const struct audit_kind *audit_kind_find(const char *name)
{
    for (size_t i = 0; i < audit_kind_count; i++) {
        const struct audit_kind *kind = &audit_kinds[i];
        if (!strcmp(kind->name, name) || (kind->old && !strcmp(kind->old, name))) return kind;
    }
    return NULL;
}
