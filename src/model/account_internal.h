/* What the files about accounts share with each other and the rest of the model. */
#ifndef GATEHOUSE_MODEL_ACCOUNT_INTERNAL_H
#define GATEHOUSE_MODEL_ACCOUNT_INTERNAL_H

#include <gatehouse/account.h>

#include "sql.h"

/* Bind :soon to now + WHEN_SOON. */
#define ACCOUNT_OWN_COLUMNS "number, name, active, tokens, last_used, created, owner, description"
#define ACCOUNT_COLUMNS                                                                            \
    ACCOUNT_OWN_COLUMNS ", " SQL_HAS(                                                              \
        "SELECT 1 FROM token WHERE token.account = account.number AND token.revoked IS NULL AND "  \
        "token.expires <= :soon") " AS ending"

void account_read_row(struct stmt *stmt, struct account_row *row);
/* "sa::ci-deploy"; ERR_NOT_FOUND. */
enum error account_read_id(struct store *store, int64_t number,
                           char id[static ACCOUNT_ID_SIZE]) MUST_CHECK;

/* Calls `change` for each of `accounts` that `sql` selects (number, name, in the order of number;
 * it is bound to a list of some of them as :accounts, and to :target), and notes them in *changed
 * (may be NULL), which only grows. What `sql` asks for is read for many accounts at once, before
 * any of them is changed. */
enum error account_change_each(struct store *store, const char *sql, const struct id_set *accounts,
                               int64_t target,
                               enum error (*change)(int64_t account, const char *id, void *arg),
                               void *arg, struct id_set *changed) MUST_CHECK;
/* The beginning of such an `sql`, to be followed by AND and ACCOUNT_CHOICE_ORDER. */
#define ACCOUNT_CHOICE                                                                             \
    "SELECT number, name FROM account WHERE number IN " SQL_NUMBERS(":accounts") " AND "
#define ACCOUNT_CHOICE_ORDER " ORDER BY number"

/* Description and owner may be NULL. */
static inline const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

#endif
