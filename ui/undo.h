/* This console's last 20 reversible changes. */
#ifndef GATEHOUSE_UI_UNDO_H
#define GATEHOUSE_UI_UNDO_H

#include "ui/app.h"

#include <gatehouse/account.h>
#include <gatehouse/bulk.h>
#include <gatehouse/group.h>

struct undo *undo_new(void);
void undo_free(struct undo *undo);

/* After a change was made. Without memory a change is simply not remembered. */
/* Rows that were otherwise before; takes them over. Kinds that cannot be taken back are ignored. */
void undo_push_bulk(struct app *app, enum bulk_kind kind, int64_t target, struct id_set *rows);
bool undo_can_take_back(enum bulk_kind kind);
/* The same for one account. */
void undo_push_active(struct app *app, int64_t account, bool active);
void undo_push_suspended(struct app *app, int64_t token, bool suspended);
void undo_push_expiry(struct app *app, int64_t token, int64_t before, int64_t after);
void undo_push_rename(struct app *app, int64_t token, const char *before, const char *after);
/* `version`: after the update. `before` is taken over. */
void undo_push_details(struct app *app, int64_t account, int64_t version,
                       struct account_details *before);
/* `version`: after the update; takes what was there before and the two sets over. */
void undo_push_group(struct app *app, int64_t group, int64_t version, struct group_details *before,
                     struct id_set *joined, struct id_set *left);

/* Takes back the newest change and says so; `progress` is for a change of many rows. Returns
 * effects. */
int undo_run(struct app *app, const struct progress *progress);

#endif
