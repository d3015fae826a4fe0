#include "ui/undo.h"

#include <gatehouse/account_change.h>
#include <gatehouse/group_change.h>
#include <gatehouse/text.h>
#include <gatehouse/token.h>
#include <gatehouse/token_change.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNDO_MAX = 20 };
enum undo_kind { KIND_BULK, KIND_SUSPENDED, KIND_EXPIRY, KIND_RENAME, KIND_DETAILS, KIND_GROUP };

struct change {
    enum undo_kind kind;
    enum bulk_kind bulk;
    int64_t target;
    bool on; /* what was set */
    int64_t expired_before, expires_after;
    int64_t version;
    struct id_set rows; /* accounts or tokens, as the kind says */
    char before[TOKEN_NAME_MAX * 4 + 1], after[TOKEN_NAME_MAX * 4 + 1];
    struct account_details details;
    struct group_details group;
    struct id_set joined, left; /* of the group */
};

struct undo {
    struct change changes[UNDO_MAX];
    size_t count;
};

/* The kind that takes it back; BULK_COUNT: none does. */
enum bulk_kind undo_inverse(enum bulk_kind kind);

struct undo *undo_new(void)
{
    return calloc(1, sizeof(struct undo));
}

static void undo_change_free(struct change *change)
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

/* Takes ownership of the rows. */
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

/* What was not undone because someone else has changed it since. */
struct left {
    size_t count;
    char first[ACCOUNT_ID_SIZE + 64];
};

static void leave(struct left *left, const char *name)
{
    if (!left->count++) text_visible(left->first, sizeof left->first, name, 32);
}

static void name_row(struct app *app, enum bulk_kind kind, int64_t id, char *out, size_t size)
{
    struct account account;
    struct token_row token;
    int64_t now = app_act(app).now;
    if (kind >= BULK_TOKEN_SUSPEND) {
        bool there = !token_get(app->store, now, id, &token);
        snprintf(out, size, "%s", there && token.name[0] ? token.name : "a token");
    } else if (!account_get(app->store, now, id, &account)) {
        account_id_text(out, account.row.name);
    } else {
        snprintf(out, size, "a deleted account");
    }
}

static enum error undo_bulk(struct app *app, const struct change *change,
                            const struct progress *progress, struct left *left)
{
    struct bulk_result result;
    struct act act = app_act(app);
    const struct bulk bulk = {.kind = undo_inverse(change->bulk),
                              .target = change->target,
                              .reason = change->rows.count > 1 ? "undo" : NULL};
    enum error e = bulk_run(&act, &bulk, &change->rows, progress, &result);
    app->message[0] = 0;
    if (e) return e;
    char name[TOKEN_NAME_MAX * 4 + 1];
    if (result.left) name_row(app, bulk.kind, result.first_left, name, sizeof name);
    for (size_t i = 0; i < result.left; i++)
        leave(left, name);
    id_set_free(&result.changed);
    return OK;
}

static bool is_as_left(const struct change *change, const struct token_row *token)
{
    if (change->kind == KIND_RENAME) return !strcmp(token->name, change->after);
    if (change->kind == KIND_EXPIRY) return token->expires == change->expires_after;
    return token->state == (change->on ? TOKEN_SUSPENDED : TOKEN_LIVE);
}

static enum error undo_token(const struct act *act, const struct change *change, struct left *left)
{
    struct token_row token;
    enum error e = token_get(act->store, act->now, change->rows.ids[0], &token);
    if (e) return e;
    if (!is_as_left(change, &token)) {
        leave(left, token.name[0] ? token.name : "the token");
        return OK;
    }
    if (change->kind == KIND_RENAME) return token_rename(act, token.number, change->before, NULL);
    if (change->kind == KIND_EXPIRY)
        return token_set_expiry(act, token.number, change->expired_before, NULL);
    return token_set_suspended(act, token.number, !change->on, NULL);
}

static enum error undo_details(const struct act *act, const struct change *change,
                               struct left *left)
{
    enum error e = account_update(act, change->rows.ids[0], change->version, &change->details);
    if (e != ERR_CONFLICT && e != ERR_NOT_FOUND) return e;
    leave(left, "the account");
    return OK;
}

static enum error undo_group(const struct act *act, const struct change *change, struct left *left)
{
    enum error e = group_update(act, change->rows.ids[0], change->version, &change->group,
                                &change->left, &change->joined);
    if (e != ERR_CONFLICT && e != ERR_NOT_FOUND) return e;
    leave(left, "the group");
    return OK;
}

static enum error take_back(struct app *app, const struct change *change,
                            const struct progress *progress, struct left *left)
{
    struct act act = app_act(app);
    switch (change->kind) {
    case KIND_BULK:
        return undo_bulk(app, change, progress, left);
    case KIND_DETAILS:
        return undo_details(&act, change, left);
    case KIND_GROUP:
        return undo_group(&act, change, left);
    case KIND_SUSPENDED:
    case KIND_EXPIRY:
    case KIND_RENAME:
        return undo_token(&act, change, left);
    }
    return OK;
}

/* How the rows are after a bulk change of each kind was taken back. */
static const char *const again[BULK_COUNT] = {
    [BULK_ACTIVATE] = "inactive again",
    [BULK_DEACTIVATE] = "active again",
    [BULK_GRANT] = "without the explicit grant again",
    [BULK_UNGRANT] = "granted the permission again",
    [BULK_JOIN] = "out of the group again",
    [BULK_LEAVE] = "in the group again",
    [BULK_SUSPEND] = "live again",
    [BULK_TOKEN_SUSPEND] = "live again",
    [BULK_TOKEN_RESUME] = "suspended again",
};

static void describe(struct app *app, const struct change *change, char *out, size_t size)
{
    char name[ACCOUNT_ID_SIZE];
    size_t count = change->rows.count;
    bool tokens = change->bulk == BULK_SUSPEND || change->bulk >= BULK_TOKEN_SUSPEND;
    if (change->kind == KIND_SUSPENDED) {
        snprintf(out, size, "the token is %s again", change->on ? "live" : "suspended");
    } else if (change->kind == KIND_EXPIRY) {
        snprintf(out, size, "the token expires when it did before");
    } else if (change->kind == KIND_RENAME) {
        snprintf(out, size, "the token is called “%s” again", change->before);
    } else if (change->kind == KIND_GROUP) {
        snprintf(out, size, "the group is as it was");
    } else if (change->kind == KIND_BULK && (count > 1 || tokens)) {
        snprintf(out, size, "%zu %s%s %s %s", count, tokens ? "token" : "account",
                 count == 1 ? "" : "s", count == 1 ? "is" : "are", again[change->bulk]);
    } else {
        name_row(app, BULK_ACTIVATE, change->rows.ids[0], name, sizeof name);
        snprintf(out, size, "%s is %s", name,
                 change->kind == KIND_DETAILS ? "as it was" : again[change->bulk]);
    }
}

int undo_run(struct app *app, const struct progress *progress)
{
    struct undo *undo = app->undo;
    struct left left = {0};
    char done[400];
    if (!undo->count) {
        app_say(app, ROLE_MUTED, "Nothing to undo");
        return EFFECT_DRAW;
    }
    struct change *change = &undo->changes[undo->count - 1];
    enum error e = take_back(app, change, progress, &left);
    if (e && e != ERR_NOT_FOUND) return app_say_error(app);
    describe(app, change, done, sizeof done);
    if (e)
        app_say_error(app);
    else if (left.count && left.count == change->rows.count)
        app_say(app, ROLE_WARN, "Not undone: %s was changed by someone else since", left.first);
    else if (left.count == 1)
        app_say(app, ROLE_WARN, "Undone, but %s was changed by someone else since", left.first);
    else if (left.count)
        app_say(app, ROLE_WARN, "Undone, but %zu were changed by someone else since, %s first",
                left.count, left.first);
    else
        app_say(app, ROLE_GOOD, "✓ Undone: %s", done);
    undo_change_free(change);
    undo->count--;
    return EFFECT_LOAD;
}
