/* Changing the catalogue of permissions. */
#ifndef GATEHOUSE_PERMISSION_CHANGE_H
#define GATEHOUSE_PERMISSION_CHANGE_H

#include <gatehouse/permission.h>

/* The rules for the id (ERR_CONFLICT for the reserved one) and the texts, which every change
 * applies. */
enum error permission_check_id(const char *id) MUST_CHECK;
enum error permission_check_texts(const char *name, const char *sentence) MUST_CHECK;
/* Whether another permission than `except` (0: none) has a name that looks like it. */
enum error permission_name_taken(struct store *store, const char *name, int64_t except,
                                 bool *taken) MUST_CHECK;
/* ERR_CONFLICT if the id or the name is taken; so is an edit that takes another's name. */
enum error permission_create(const struct act *act, const char *id, const char *name,
                             const char *sentence, int64_t *number) MUST_CHECK;
/* A name or a sentence that is NULL stays as it is; the id cannot change. */
enum error permission_edit(const struct act *act, int64_t number, const char *name,
                           const char *sentence, bool *changed) MUST_CHECK;
/* Revokes it from everyone who holds it. A token that was restricted to this permission alone then
 * allows nothing. */
enum error permission_delete(const struct act *act, int64_t number) MUST_CHECK;

#endif
