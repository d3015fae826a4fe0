/* Inside of transfer: reading an export. Whatever is malformed refuses the whole file, with its
 * place: a typo must not become a change. */
#ifndef GATEHOUSE_SRC_TRANSFER_APPLY_H
#define GATEHOUSE_SRC_TRANSFER_APPLY_H

#include "src/transfer/job.h"

/* What stands where; each returns ERR_INVALID with the place. */
enum error apply_check_fields(json_t *object, const char *place,
                              const char *const *known) MUST_CHECK;
/* NULL when it is missing or null. */
enum error apply_text(json_t *object, const char *place, const char *field,
                      const char **out) MUST_CHECK;
enum error apply_needed_text(json_t *object, const char *place, const char *field,
                             const char **out) MUST_CHECK;
enum error apply_bool(json_t *object, const char *place, const char *field, bool missing,
                      bool *out) MUST_CHECK;
enum error apply_list(json_t *object, const char *place, const char *field,
                      json_t **out) MUST_CHECK;
/* A list of ids of permissions that are in the catalogue; the reserved one is noted and skipped. */
enum error apply_permissions(struct job *job, json_t *object, const char *place,
                             struct id_set *out) MUST_CHECK;
/* The sentence of the last error behind a place. */
enum error apply_at(const char *place, enum error e) MUST_CHECK;

enum error apply_read_account(struct job *job, json_t *object,
                              struct wish_account *wish) MUST_CHECK;
enum error apply_read_token(struct job *job, json_t *object, struct wish_token *token) MUST_CHECK;

/* Deletes what the file does not name. The sets are keyed by id, folded name and bare name. */
enum error apply_prune_accounts(struct job *job, json_t *named) MUST_CHECK;
enum error apply_prune_groups(struct job *job, json_t *named) MUST_CHECK;
enum error apply_prune_permissions(struct job *job, json_t *named) MUST_CHECK;

#endif
