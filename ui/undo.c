#include "ui/undo_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct undo *undo_new(void)
{
    return calloc(1, sizeof(struct undo));
}

void undo_change_free(struct change *change)
{
    id_set_free(&change->rows);
    account_details_free(&change->details);
    group_details_free(&change->group);
    id_set_free(&change->joined);
    id_set_free(&change->left);
}

void undo_free(struct undo *undo)
{
    for (size_t i = 0; undo && i < undo->count; i++)
        undo_change_free(&undo->changes[i]);
    free(undo);
}

bool undo_is_empty(const struct undo *undo)
{
    return !undo->count;
}

/* Takes the rows over. */
static struct change *push(struct app *app, enum undo_kind kind, struct id_set *rows)
{
    struct undo *undo = app->undo;
    if (undo->count == UNDO_MAX) {
        undo_change_free(&undo->changes[0]);
        memmove(undo->changes, undo->changes + 1, (UNDO_MAX - 1) * sizeof *undo->changes);
        undo->count--;
    }
    struct change *change = &undo->changes[undo->count++];
    *change = (struct change){.kind = kind, .rows = *rows};
    *rows = (struct id_set){0};
    return change;
}

static struct change *push_one(struct app *app, enum undo_kind kind, int64_t id)
{
    struct id_set rows = {0};
    return id_set_add(&rows, id) ? NULL : push(app, kind, &rows);
}

enum bulk_kind undo_inverse(enum bulk_kind kind)
{
    switch (kind) {
    case BULK_ACTIVATE:
        return BULK_DEACTIVATE;
    case BULK_DEACTIVATE:
        return BULK_ACTIVATE;
    case BULK_GRANT:
        return BULK_UNGRANT;
    case BULK_UNGRANT:
        return BULK_GRANT;
    case BULK_JOIN:
        return BULK_LEAVE;
    case BULK_LEAVE:
        return BULK_JOIN;
    case BULK_SUSPEND:
    case BULK_TOKEN_SUSPEND:
        return BULK_TOKEN_RESUME;
    case BULK_TOKEN_RESUME:
        return BULK_TOKEN_SUSPEND;
    default:
        return BULK_COUNT;
    }
}

bool undo_can_take_back(enum bulk_kind kind)
{
    return undo_inverse(kind) != BULK_COUNT;
}

void undo_push_bulk(struct app *app, enum bulk_kind kind, int64_t target, struct id_set *rows)
{
    if (!rows->count || undo_inverse(kind) == BULK_COUNT) {
        id_set_free(rows);
        return;
    }
    struct change *change = push(app, KIND_BULK, rows);
    change->bulk = kind;
    change->target = target;
}

void undo_push_active(struct app *app, int64_t account, bool active)
{
    struct change *change = push_one(app, KIND_BULK, account);
    if (change) change->bulk = active ? BULK_ACTIVATE : BULK_DEACTIVATE;
}

void undo_push_suspended(struct app *app, int64_t token, bool suspended)
{
    struct change *change = push_one(app, KIND_SUSPENDED, token);
    if (change) change->on = suspended;
}

void undo_push_expiry(struct app *app, int64_t token, int64_t before, int64_t after)
{
    struct change *change = push_one(app, KIND_EXPIRY, token);
    if (!change) return;
    change->expired_before = before;
    change->expires_after = after;
}

void undo_push_rename(struct app *app, int64_t token, const char *before, const char *after)
{
    struct change *change = push_one(app, KIND_RENAME, token);
    if (!change) return;
    snprintf(change->before, sizeof change->before, "%s", before);
    snprintf(change->after, sizeof change->after, "%s", after);
}

void undo_push_details(struct app *app, int64_t account, int64_t version,
                       struct account_details *before)
{
    struct change *change = push_one(app, KIND_DETAILS, account);
    if (!change) {
        account_details_free(before);
        return;
    }
    change->version = version;
    change->details = *before;
    *before = (struct account_details){0};
}

void undo_push_group(struct app *app, int64_t group, int64_t version, struct group_details *before,
                     struct id_set *joined, struct id_set *left)
{
    struct change *change = push_one(app, KIND_GROUP, group);
    if (!change) return;
    change->version = version;
    change->group = *before;
    change->joined = *joined;
    change->left = *left;
    *before = (struct group_details){0};
    *joined = *left = (struct id_set){0};
}
