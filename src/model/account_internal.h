/* What the files about accounts share. */
#ifndef GATEHOUSE_MODEL_ACCOUNT_INTERNAL_H
#define GATEHOUSE_MODEL_ACCOUNT_INTERNAL_H

#include <gatehouse/account.h>

/* "Soon" in the list: tokens that end within 14 days. Bind :soon to now + this. */
#define ACCOUNT_SOON (14 * (int64_t)86400)
#define ACCOUNT_COLUMNS                                                                            \
    "number, name, active, tokens, last_used, created, owner, description, "                       \
    "EXISTS (SELECT 1 FROM token WHERE token.account = account.number AND token.revoked IS NULL "  \
    "AND token.expires < :soon) AS ending"

void account_read_row(struct stmt *stmt, struct account_row *row);
/* "sa::ci-deploy"; ERR_NOT_FOUND. */
enum error account_read_id(struct store *store, int64_t number,
                           char id[static ACCOUNT_ID_SIZE]) MUST_CHECK;

/* Makes memberships and grants of an account equal to `to`; `from` is what is there now. */
enum error account_write_sets(struct store *store, int64_t number,
                              const struct account_details *from,
                              const struct account_details *to) MUST_CHECK;

#endif
