/* Inside of the model: what granting to accounts and to groups shares. */
#ifndef GATEHOUSE_MODEL_PERMISSION_ROW_H
#define GATEHOUSE_MODEL_PERMISSION_ROW_H

#include <gatehouse/permission.h>

/* The id of a permission that is to be granted or taken; ERR_NOT_FOUND when it is gone,
 * ERR_CONFLICT when a reserved one is to be granted. */
enum error permission_read_id(struct store *store, int64_t permission, bool granted,
                              char id[static PERMISSION_ID_MAX + 1]) MUST_CHECK;

#endif
