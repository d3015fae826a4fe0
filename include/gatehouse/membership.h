/* Who is in which group, and who was granted what: memberships, and grants to accounts and groups.
 * Everything that writes such a row is here (src/model/membership.c). Each is one transaction with
 * its event. */
#ifndef GATEHOUSE_MEMBERSHIP_H
#define GATEHOUSE_MEMBERSHIP_H

#include <gatehouse/actor.h>

/* Puts an account in or takes it out. Already so: OK, no event, *changed (may be NULL) false. */
enum error group_set_member(const struct act *act, int64_t group, int64_t account, bool in,
                            bool *changed) MUST_CHECK;
/* Already so: OK, no event. */
enum error group_grant(const struct act *act, int64_t number, int64_t permission,
                       bool granted) MUST_CHECK;
/* To the account itself. Already so: OK, no event, *changed (may be NULL) false. */
enum error permission_grant(const struct act *act, int64_t account, int64_t permission,
                            bool granted, bool *changed) MUST_CHECK;

/* For the rest of the model, inside store_begin / store_end. Makes the memberships and explicit
 * grants of an account equal to `to`; `from` is what is there now. The caller grows its version. */
struct account_details;
enum error membership_write_sets(struct store *store, int64_t account,
                                 const struct account_details *from,
                                 const struct account_details *to) MUST_CHECK;
/* Before an account, a group or a permission is deleted, and its rows with it: corrects the
 * counters and grows the versions of those who lose something by it. */
enum error membership_end_account(struct store *store, int64_t account) MUST_CHECK;
enum error membership_end_group(struct store *store, int64_t group) MUST_CHECK;
enum error membership_end_permission(struct store *store, int64_t permission) MUST_CHECK;

#endif
