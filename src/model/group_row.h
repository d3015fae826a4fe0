/* Inside of the model: how a row of a group is selected and read. */
#ifndef GATEHOUSE_MODEL_GROUP_ROW_H
#define GATEHOUSE_MODEL_GROUP_ROW_H

#include <gatehouse/group.h>

#define GROUP_MEMBERS                                                                              \
    "CASE WHEN system = 1 THEN (SELECT value FROM counter WHERE name = 'accounts') ELSE members "  \
    "END"
#define GROUP_PERMISSIONS                                                                          \
    "(SELECT count(*) FROM group_grant WHERE account_group = account_group.number)"
#define GROUP_COLUMNS                                                                              \
    "number, name, folded, system, description, " GROUP_MEMBERS " AS members, " GROUP_PERMISSIONS  \
    " AS permissions"

void group_read(struct stmt *stmt, void *item);

#endif
