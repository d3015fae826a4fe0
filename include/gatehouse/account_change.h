/* Making, changing and deleting an account. */
#ifndef GATEHOUSE_ACCOUNT_CHANGE_H
#define GATEHOUSE_ACCOUNT_CHANGE_H

#include <gatehouse/account.h>

/* Lengths and characters of description and owner; NULL is fine. Part of every change; for those
 * who must know before they begin one. */
enum error account_check_details(const struct account_details *details) MUST_CHECK;

/* Each is one transaction with its audit events. Already so: OK and no event. */
enum error account_create(const struct act *act, const char *typed_name,
                          const struct account_details *details, int64_t *number) MUST_CHECK;
/* ERR_CONFLICT when `version` is not the present one. */
enum error account_update(const struct act *act, int64_t number, int64_t version,
                          const struct account_details *details) MUST_CHECK;
/* *changed (may be NULL) says whether it was otherwise before. */
enum error account_set_active(const struct act *act, int64_t number, bool active,
                              bool *changed) MUST_CHECK;
enum error account_delete(const struct act *act, int64_t number) MUST_CHECK;

#endif
