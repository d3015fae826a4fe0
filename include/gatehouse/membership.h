/* Who is in which group, and what was granted to accounts and groups. src/model/membership.c is the
 * only file that writes these rows. Each change is one transaction with its event. */
#ifndef GATEHOUSE_MEMBERSHIP_H
#define GATEHOUSE_MEMBERSHIP_H

#include <gatehouse/actor.h>
#include <gatehouse/id_set.h>

/* Adds an account to a group or removes it. If nothing would change: OK, no event, and *changed
 * (may be NULL) is false. */
enum error group_set_member(const struct act *act, int64_t group, int64_t account, bool in,
                            bool *changed) MUST_CHECK;
/* If nothing would change: OK, and no event. */
enum error group_grant(const struct act *act, int64_t number, int64_t permission,
                       bool granted) MUST_CHECK;
/* The same for those of the accounts that exist and would change, with an event each, in the order
 * of their numbers; *changed (may be NULL), which only grows, notes them. */
enum error group_set_members(const struct act *act, int64_t group, const struct id_set *accounts,
                             bool in, struct id_set *changed) MUST_CHECK;
enum error permission_grant_all(const struct act *act, const struct id_set *accounts,
                                int64_t permission, bool granted,
                                struct id_set *changed) MUST_CHECK;
/* Grants to the account itself, or revokes that. If nothing would change: OK, no event, and
 * *changed (may be NULL) is false. */
enum error permission_grant(const struct act *act, int64_t account, int64_t permission,
                            bool granted, bool *changed) MUST_CHECK;

/* For the rest of the model, only between store_begin and store_end. Makes the memberships and
 * explicit grants of an account equal to `to`; `from` is what it has. */
struct account_details;
enum error membership_write_sets(struct store *store, int64_t account,
                                 const struct account_details *from,
                                 const struct account_details *to) MUST_CHECK;
/* To be called before an account or a group is deleted, which deletes its rows too: corrects the
 * counters. */
enum error membership_end_account(struct store *store, int64_t account) MUST_CHECK;
enum error membership_end_group(struct store *store, int64_t group) MUST_CHECK;

#endif
