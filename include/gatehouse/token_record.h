/* Whole tokens as they are moved between databases: identified by digest, with everything but the
 * secret. For import, export and apply. */
#ifndef GATEHOUSE_TOKEN_RECORD_H
#define GATEHOUSE_TOKEN_RECORD_H

#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>

struct token_record {
    int64_t number; /* 0: not in this database yet */
    int64_t account;
    uint8_t digest[TOKEN_DIGEST_SIZE];
    char name[TOKEN_NAME_MAX * 4 + 1];
    char last_four[5]; /* "" if the secret was never seen */
    int64_t created, expires, last_used, rotated;
    bool suspended, revoked, imported;
    struct token_limits limits;
    /* For token_record_create, of what is known in its transaction: that the digest is not in the
     * database, whose the token is (NULL: look), and what seals a copy (NULL: none is kept). */
    bool is_unknown;
    const char *account_name;
    const uint8_t *seal_key;
    bool has_successor;
    uint8_t successor[TOKEN_DIGEST_SIZE];
};
void token_record_free(struct token_record *record); /* frees the members */

struct token_records {
    size_t count;
    struct token_record items[];
};
/* All tokens of an account, including revoked ones, by (created, digest). Freed with
 * token_records_free. */
enum error token_records_load(struct store *store, int64_t account,
                              struct token_records **out) MUST_CHECK;
void token_records_free(struct token_records *records);

/* Which fields differ. */
enum {
    RECORD_NAME = 1,
    RECORD_CREATED = 2,
    RECORD_EXPIRES = 4,
    RECORD_STATE = 8,
    RECORD_PERMISSIONS = 16,
    RECORD_NETWORKS = 32,
    RECORD_CANARY = 64,
    RECORD_ROTATED = 128,
    RECORD_SUCCESSOR = 256,
    RECORD_LAST_FOUR = 512 /* become known */
};
int token_record_diff(const struct token_record *a, const struct token_record *b);

/* Whose token has a digest. */
struct digest_holder {
    bool known, dead;
    int64_t token;                           /* 0: the row was deleted */
    int64_t account;                         /* kept after the account is deleted */
    char account_name[ACCOUNT_NAME_MAX + 1]; /* "": deleted */
};
enum error digest_find_holder(struct store *store, const uint8_t digest[static TOKEN_DIGEST_SIZE],
                              struct digest_holder *out) MUST_CHECK;

/* Which of some digests are in the database, dead ones too. */
enum { DIGESTS_MAX = 256 };
enum error digests_find(struct store *store, const uint8_t *const *digests, size_t count,
                        bool *known) MUST_CHECK;

/* Writes a new row with its digest and its event ("token.import" with `value`, "token.apply"
 * without). `value` is sealed with record->seal_key. The successor is not written, see
 * token_record_link. A known digest is ERR_CONFLICT, unless it is dead, its row was deleted and the
 * record is revoked: then it gets a row and stays dead. The caller checks the limits, and calls
 * token_records_count in the same transaction, unless the account was made with the count
 * (account_start). */
enum error token_record_create(const struct act *act, const struct token_record *record,
                               const struct secret *value, int64_t *number) MUST_CHECK;
/* Notes in the row of an account that it has `more` tokens that are not revoked, the latest use of
 * which was at `used`: once for all that were created. */
enum error token_records_count(struct store *store, int64_t account, int64_t more,
                               int64_t used) MUST_CHECK;
/* Changes the token `before` into `after`, except for the successor. A revoked or expired token
 * cannot become usable again: ERR_CONFLICT. */
enum error token_record_update(const struct act *act, const struct token_record *before,
                               const struct token_record *after) MUST_CHECK;
/* Deletes the row; the digest is kept as dead. */
enum error token_record_delete(const struct act *act, const struct token_record *record) MUST_CHECK;
/* Links a token to its successor, given by digest (NULL: none). ERR_NOT_FOUND if that is not a
 * token of this account. */
enum error token_record_link(const struct act *act, const struct token_record *record,
                             const uint8_t *successor) MUST_CHECK;

/* Calls `each` for every token in use of an active account that would gain `permission` if `group`
 * were granted it. */
enum error token_records_reached(struct store *store, int64_t now, int64_t group,
                                 int64_t permission,
                                 enum error (*each)(int64_t token, const char *account,
                                                    const char *name, void *arg),
                                 void *arg) MUST_CHECK;

#endif
