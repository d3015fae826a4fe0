/* The last 20 changes made in this console, to be taken back as far as nobody else has changed the
 * rows since. */
#ifndef GATEHOUSE_UI_UNDO_H
#define GATEHOUSE_UI_UNDO_H

#include "ui/app.h"

#include <gatehouse/account.h>
#include <gatehouse/bulk.h>
#include <gatehouse/group.h>

struct undo *undo_new(void);
void undo_free(struct undo *undo);

/* To be called after a change. If memory runs out, the change is just not remembered.
 *
 * A bulk change of these rows, which it takes ownership of; ignored if it cannot be taken back. */
void undo_push_bulk(struct app *app, enum bulk_kind kind, int64_t target, struct id_set *rows);
bool undo_can_take_back(enum bulk_kind kind);
/* The same for one account. */
void undo_push_active(struct app *app, int64_t account, bool active);
void undo_push_suspended(struct app *app, int64_t token, bool suspended);
void undo_push_expiry(struct app *app, int64_t token, int64_t before, int64_t after);
void undo_push_rename(struct app *app, int64_t token, const char *before, const char *after);
/* `version`: after the update. Takes ownership of `before`. */
void undo_push_details(struct app *app, int64_t account, int64_t version,
                       struct account_details *before);
/* `version`: after the update. Takes ownership of `before` and the two sets. */
void undo_push_group(struct app *app, int64_t group, int64_t version, struct group_details *before,
                     struct id_set *joined, struct id_set *left);

/* Takes back the newest change and says so. `progress` is used for changes of many rows. Returns
 * effects. */
int undo_run(struct app *app, const struct progress *progress);

#endif
