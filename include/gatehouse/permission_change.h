/* Changing the catalogue of permissions. */
#ifndef GATEHOUSE_PERMISSION_CHANGE_H
#define GATEHOUSE_PERMISSION_CHANGE_H

#include <gatehouse/permission.h>

/* The rules for a permission, part of every change: the id (ERR_CONFLICT for the reserved one), and
 * the texts. */
enum error permission_check_id(const char *id) MUST_CHECK;
enum error permission_check_texts(const char *name, const char *sentence) MUST_CHECK;
enum error permission_create(const struct act *act, const char *id, const char *name,
                             const char *sentence, int64_t *number) MUST_CHECK;
enum error permission_edit(const struct act *act, int64_t number, const char *name,
                           const char *sentence, bool *changed) MUST_CHECK; /* its id stays */
/* Takes it from everyone who holds it. A token that is narrowed to it alone allows nothing then. */
enum error permission_delete(const struct act *act, int64_t number) MUST_CHECK;

#endif
