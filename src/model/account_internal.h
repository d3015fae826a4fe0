/* What the files about accounts share. */
#ifndef GATEHOUSE_MODEL_ACCOUNT_INTERNAL_H
#define GATEHOUSE_MODEL_ACCOUNT_INTERNAL_H

#include <gatehouse/account.h>

/* Bind :soon to now + WHEN_SOON. */
#define ACCOUNT_COLUMNS                                                                            \
    "number, name, active, tokens, last_used, created, owner, description, "                       \
    "EXISTS (SELECT 1 FROM token WHERE token.account = account.number AND token.revoked IS NULL "  \
    "AND token.expires <= :soon) AS ending"

void account_read_row(struct stmt *stmt, struct account_row *row);
/* "sa::ci-deploy"; ERR_NOT_FOUND. */
enum error account_read_id(struct store *store, int64_t number,
                           char id[static ACCOUNT_ID_SIZE]) MUST_CHECK;

/* Details may have no description and no owner: NULL. */
static inline const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

#endif
