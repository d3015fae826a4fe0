/* What differs between what is there and what is wished for, each with its direction: “active: yes
 * → no, groups: +build, -deploy”. For the lines of a report. */
#ifndef GATEHOUSE_SRC_TRANSFER_DIFFERENCE_H
#define GATEHOUSE_SRC_TRANSFER_DIFFERENCE_H

#include <gatehouse/account.h>
#include <gatehouse/group.h>
#include <gatehouse/token_record.h>

/* The caller frees *out. */
enum error difference_of_account(struct store *store, const struct account_details *before,
                                 const struct account_details *after, bool was_active,
                                 bool is_active, char **out) MUST_CHECK;
enum error difference_of_token(struct store *store, const struct token_record *before,
                               const struct token_record *after, char **out) MUST_CHECK;
/* Of a group: what it gains and loses, its name (NULL: it stays) and description, and how many
 * members that reaches; "" if nothing differs. */
enum error difference_of_group(struct store *store, const struct group *group, const char *name,
                               const struct group_details *before,
                               const struct group_details *after, char **out) MUST_CHECK;

#endif
