/* Creating, changing and deleting accounts. */
#ifndef GATEHOUSE_ACCOUNT_CHANGE_H
#define GATEHOUSE_ACCOUNT_CHANGE_H

#include <gatehouse/account.h>

/* Checks lengths and characters of description and owner; both may be NULL. Every change does this;
 * callers use it to find out before they begin. */
enum error account_check_details(const struct account_details *details) MUST_CHECK;

/* Each is one transaction with its events. If nothing would change: OK, and no event. */
enum error account_create(const struct act *act, const char *typed_name,
                          const struct account_details *details, int64_t *number) MUST_CHECK;
/* The same, when it is known in this transaction that no account has the name. */
struct account_start {
    bool active; /* if not, it is deactivated at once */
    /* Of what is created next, with token_record_create, and counted here already. */
    int64_t tokens, last_used;
};
enum error account_create_absent(const struct act *act, const char *typed_name,
                                 const struct account_details *details,
                                 const struct account_start *start, int64_t *number) MUST_CHECK;
/* ERR_CONFLICT if the details are not those of `version` any more (account_details_load). */
enum error account_update(const struct act *act, int64_t number, int64_t version,
                          const struct account_details *details) MUST_CHECK;
/* *changed (may be NULL) says whether this made a difference. */
enum error account_set_active(const struct act *act, int64_t number, bool active,
                              bool *changed) MUST_CHECK;
/* The same for those of the accounts that exist and are not so already, with an event each, in the
 * order of their numbers; *changed, which only grows, notes them. */
enum error account_set_active_all(const struct act *act, const struct id_set *accounts, bool active,
                                  struct id_set *changed) MUST_CHECK;
enum error account_delete(const struct act *act, int64_t number) MUST_CHECK;

#endif
