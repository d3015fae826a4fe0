/* Taking a change back, as far as nobody else has changed the rows since. */
#include "ui/kit/progress.h"
#include "ui/undo_change.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

/* What an undo left alone because someone else has changed it since. */
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

static enum error undo_bulk(struct app *app, const struct change *change, struct left *left)
{
    struct long_work work;
    struct bulk_result result;
    struct act act = app_act(app);
    const struct bulk bulk = {.kind = undo_inverse(change->bulk),
                              .target = change->target,
                              .reason = change->rows.count > 1 ? "undo" : NULL};
    struct progress progress = progress_of(&work, app, "Undoing");
    enum error e = bulk_run(&act, &bulk, &change->rows, &progress, &result);
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

static enum error take_back(struct app *app, const struct change *change, struct left *left)
{
    struct act act = app_act(app);
    switch (change->kind) {
    case KIND_BULK:
        return undo_bulk(app, change, left);
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

/* What holds again after a bulk change was taken back. */
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

int undo_run(struct app *app)
{
    struct undo *undo = app->undo;
    struct left left = {0};
    char done[400];
    if (!undo->count) {
        app_say(app, ROLE_MUTED, "Nothing to undo");
        return EFFECT_DRAW;
    }
    struct change *change = &undo->changes[undo->count - 1];
    enum error e = take_back(app, change, &left);
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
