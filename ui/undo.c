#include "ui/undo.h"

#include <gatehouse/text.h>
#include <gatehouse/token.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNDO_MAX = 20 };
enum kind { KIND_ACTIVE, KIND_SUSPENDED, KIND_RENAME, KIND_DETAILS };

struct change {
    enum kind kind;
    bool on; /* what was set */
    int64_t version;
    int64_t *ids; /* accounts, or the one token */
    size_t count;
    char before[TOKEN_NAME_MAX * 4 + 1], after[TOKEN_NAME_MAX * 4 + 1];
    struct account_details details;
};

struct undo {
    struct change changes[UNDO_MAX];
    size_t count;
};

/* What an undo left alone because someone else has changed it since. */
struct left {
    size_t count;
    char first[ACCOUNT_ID_SIZE + 64];
};

struct undo *undo_new(void)
{
    return calloc(1, sizeof(struct undo));
}

static void change_free(struct change *change)
{
    free(change->ids);
    account_details_free(&change->details);
}

void undo_free(struct undo *undo)
{
    for (size_t i = 0; undo && i < undo->count; i++)
        change_free(&undo->changes[i]);
    free(undo);
}

bool undo_is_empty(const struct undo *undo)
{
    return !undo->count;
}

static struct change *push(struct app *app, enum kind kind, const int64_t *ids, size_t count)
{
    struct undo *undo = app->undo;
    int64_t *copy = malloc(count * sizeof *copy);
    if (!copy) return NULL;
    memcpy(copy, ids, count * sizeof *copy);
    if (undo->count == UNDO_MAX) {
        change_free(&undo->changes[0]);
        memmove(undo->changes, undo->changes + 1, (UNDO_MAX - 1) * sizeof *undo->changes);
        undo->count--;
    }
    struct change *change = &undo->changes[undo->count++];
    *change = (struct change){.kind = kind, .ids = copy, .count = count};
    return change;
}

void undo_push_active(struct app *app, const int64_t *accounts, size_t count, bool active)
{
    struct change *change = count ? push(app, KIND_ACTIVE, accounts, count) : NULL;
    if (change) change->on = active;
}

void undo_push_suspended(struct app *app, int64_t token, bool suspended)
{
    struct change *change = push(app, KIND_SUSPENDED, &token, 1);
    if (change) change->on = suspended;
}

void undo_push_rename(struct app *app, int64_t token, const char *before, const char *after)
{
    struct change *change = push(app, KIND_RENAME, &token, 1);
    if (!change) return;
    snprintf(change->before, sizeof change->before, "%s", before);
    snprintf(change->after, sizeof change->after, "%s", after);
}

void undo_push_details(struct app *app, int64_t account, int64_t version,
                       struct account_details *before)
{
    struct change *change = push(app, KIND_DETAILS, &account, 1);
    if (!change) {
        account_details_free(before);
        return;
    }
    change->version = version;
    change->details = *before;
    *before = (struct account_details){0};
}

static void leave(struct left *left, const char *name)
{
    if (!left->count++) text_visible(left->first, sizeof left->first, name, 32);
}

static enum error undo_active_one(const struct act *act, int64_t id, bool on, struct left *left)
{
    struct account account;
    enum error e = account_get(act->store, act->now, id, &account);
    if (e == ERR_NOT_FOUND) {
        leave(left, "a deleted account");
        return OK;
    }
    if (e) return e;
    if (account.row.active != on) {
        char name[ACCOUNT_ID_SIZE];
        account_id_text(name, account.row.name);
        leave(left, name);
        return OK;
    }
    return account_set_active(act, id, !on, NULL);
}

static enum error undo_active(const struct act *act, const struct change *change, struct left *left)
{
    enum error e = store_begin(act->store);
    if (e) return e;
    for (size_t i = 0; i < change->count && !e; i++)
        e = undo_active_one(act, change->ids[i], change->on, left);
    return store_end(act->store, e);
}

static enum error undo_token(const struct act *act, const struct change *change, struct left *left)
{
    struct token_row token;
    enum error e = token_get(act->store, act->now, change->ids[0], &token);
    if (e) return e;
    bool rename = change->kind == KIND_RENAME;
    bool same = rename ? !strcmp(token.name, change->after)
                       : token.state == (change->on ? TOKEN_SUSPENDED : TOKEN_LIVE);
    if (!same) {
        leave(left, token.name[0] ? token.name : "the token");
        return OK;
    }
    return rename ? token_rename(act, token.number, change->before, NULL)
                  : token_set_suspended(act, token.number, !change->on, NULL);
}

static enum error undo_details(const struct act *act, const struct change *change,
                               struct left *left)
{
    enum error e = account_update(act, change->ids[0], change->version, &change->details);
    if (e != ERR_CONFLICT && e != ERR_NOT_FOUND) return e;
    leave(left, "the account");
    return OK;
}

static enum error take_back(const struct act *act, const struct change *change, struct left *left)
{
    switch (change->kind) {
    case KIND_ACTIVE:
        return undo_active(act, change, left);
    case KIND_DETAILS:
        return undo_details(act, change, left);
    case KIND_SUSPENDED:
    case KIND_RENAME:
        return undo_token(act, change, left);
    }
    return OK;
}

static void describe(struct app *app, const struct change *change, char *out, size_t size)
{
    struct account account;
    char name[ACCOUNT_ID_SIZE] = "the account";
    if (change->kind == KIND_SUSPENDED) {
        snprintf(out, size, "the token is %s again", change->on ? "live" : "suspended");
    } else if (change->kind == KIND_RENAME) {
        snprintf(out, size, "the token is called “%s” again", change->before);
    } else if (change->count > 1) {
        snprintf(out, size, "%zu accounts are %s again", change->count,
                 change->on ? "inactive" : "active");
    } else {
        if (!account_get(app->store, app_act(app).now, change->ids[0], &account))
            account_id_text(name, account.row.name);
        snprintf(out, size, "%s is %s again", name,
                 change->kind == KIND_DETAILS ? "as it was"
                 : change->on                 ? "inactive"
                                              : "active");
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
    struct act act = app_act(app);
    enum error e = take_back(&act, change, &left);
    if (e && e != ERR_NOT_FOUND) return app_say_error(app);
    describe(app, change, done, sizeof done);
    if (e)
        app_say_error(app);
    else if (left.count && left.count == change->count)
        app_say(app, ROLE_WARN, "Not undone: %s was changed by someone else since", left.first);
    else if (left.count)
        app_say(app, ROLE_WARN, "Undone, but %zu were changed by someone else since, %s first",
                left.count, left.first);
    else
        app_say(app, ROLE_GOOD, "✓ Undone: %s", done);
    change_free(change);
    undo->count--;
    return EFFECT_LOAD;
}
