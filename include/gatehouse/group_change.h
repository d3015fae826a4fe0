/* Creating, changing and deleting groups. */
#ifndef GATEHOUSE_GROUP_CHANGE_H
#define GATEHOUSE_GROUP_CHANGE_H

#include <gatehouse/group.h>

/* The rules for names and descriptions, which every change applies. */
enum error group_check_name(const char *name) MUST_CHECK;
enum error group_check_description(const char *description) MUST_CHECK;
enum error group_create(const struct act *act, const char *name, int64_t *number) MUST_CHECK;
enum error group_rename(const struct act *act, int64_t number, const char *name) MUST_CHECK;
enum error group_delete(const struct act *act, int64_t number) MUST_CHECK;

/* Writes description and permissions, and adds and removes members (NULL: none), in one
 * transaction. ERR_CONFLICT if the details are not those of `version` any more; members never
 * conflict. */
enum error group_update(const struct act *act, int64_t number, int64_t version,
                        const struct group_details *details, const struct id_set *joining,
                        const struct id_set *leaving) MUST_CHECK;

#endif
