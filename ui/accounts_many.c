/* What changes the marked accounts. */
#include "ui/accounts_screen.h"
#include "ui/bulk.h"
#include "ui/dialog.h"
#include "ui/undo.h"

#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>

/* Beyond that many their tokens are not counted before a question: it would take too long. */
enum { COUNTED = 2000 };

struct many {
    struct accounts *accounts;
    int64_t *ids;
    size_t count, active, changed;
    int64_t live, last_used;
    bool counted, on;
};

static void many_free(struct many *many)
{
    free(many->ids);
    free(many);
}

static enum error count_one(struct many *many, struct store *store, int64_t now, int64_t id)
{
    struct account account;
    struct account_impact impact;
    enum error e = account_get(store, now, id, &account);
    if (!e) e = account_get_impact(store, now, id, &impact);
    if (e) return e == ERR_NOT_FOUND ? OK : e;
    many->active += account.row.active;
    many->live += impact.live;
    if (impact.last_used > many->last_used) many->last_used = impact.last_used;
    return OK;
}

static enum error count_states(struct many *many, struct app *app, int64_t now)
{
    const struct marks *marks = &many->accounts->marks;
    many->counted = many->count <= COUNTED;
    many->last_used = WHEN_NEVER;
    enum error e = OK;
    for (size_t i = 0; many->counted && i < many->count && !e; i++)
        e = count_one(many, app->store, now, many->ids[i]);
    if (many->counted) return e;
    struct account_query query = {.filter = marks->filter, .status = ACCOUNT_ACTIVE};
    int64_t active = (int64_t)many->count;
    if (marks->rule) e = account_count(app->store, &query, &active);
    many->active = (size_t)active < many->count ? (size_t)active : many->count;
    return e;
}

static struct many *gather(struct accounts *accounts)
{
    struct app *app = accounts->app;
    int64_t now = app_act(app).now;
    struct many *many = calloc(1, sizeof *many);
    if (!many) {
        app_say(app, ROLE_BAD, "out of memory");
        return NULL;
    }
    many->accounts = accounts;
    enum error e = marks_collect(&accounts->marks, app->store, now, &many->ids, &many->count);
    if (!e) e = count_states(many, app, now);
    if (!e && many->count) return many;
    if (e)
        app_say_error(app);
    else
        app_say(app, ROLE_MUTED, "Nothing is marked any more");
    many_free(many);
    return NULL;
}

static void hit_text(const struct many *many, char *out, size_t size)
{
    char used[WHEN_SIZE];
    when_relative(used, many->last_used, app_act(many->accounts->app).now);
    if (!many->counted)
        snprintf(out, size, "Their tokens stop working now.");
    else if (!many->live)
        snprintf(out, size, "None of them has a live token.");
    else
        snprintf(out, size, "%lld token%s, %s%s, stop working now.", (long long)many->live,
                 many->live == 1 ? "" : "s",
                 many->last_used == WHEN_NEVER ? "never used" : "last used ",
                 many->last_used == WHEN_NEVER ? "" : used);
}

/* Remembers in place of the list which accounts were otherwise before: those can be undone. */
static enum error set_active(const struct act *act, int64_t id, void *arg)
{
    struct many *many = arg;
    bool changed = false;
    enum error e = account_set_active(act, id, many->on, &changed);
    if (e == ERR_NOT_FOUND) return OK;
    if (!e && changed) many->ids[many->changed++] = id;
    return e;
}

static int toggle_confirmed(struct app *app, void *arg, int choice)
{
    struct many *many = arg;
    if (!choice) {
        many_free(many);
        return EFFECT_DRAW;
    }
    bool mixed = many->active && many->active < many->count;
    many->on = mixed ? choice == 1 : !many->active;
    enum error e = bulk_run(app, many->on ? "Activating" : "Deactivating", many->ids, many->count,
                            set_active, many);
    if (e) {
        app_say_error(app);
    } else {
        undo_push_active(app, many->ids, many->changed, many->on);
        marks_free(&many->accounts->dropped);
        app_say(app, ROLE_GOOD, "✓ %zu account%s %s · U undo", many->changed,
                many->changed == 1 ? "" : "s", many->on ? "activated" : "deactivated");
    }
    many_free(many);
    return EFFECT_LOAD;
}

int accounts_toggle_marked(struct accounts *accounts)
{
    struct many *many = gather(accounts);
    if (!many) return EFFECT_DRAW;
    size_t inactive = many->count - many->active;
    char text[256], hit[128], first[64], second[64];
    hit_text(many, hit, sizeof hit);
    snprintf(first, sizeof first, "Activate %zu", inactive);
    snprintf(second, sizeof second, "Deactivate %zu", many->active);
    struct confirm confirm = {.title = "Marked accounts", .done = toggle_confirmed, .arg = many};
    if (many->active && inactive) {
        snprintf(text, sizeof text, "%zu of the %zu are active. Deactivated: %s", many->active,
                 many->count, hit);
        confirm.choices[0].label = first;
        confirm.choices[0].key = 'A';
        confirm.choices[1].label = second;
        confirm.choices[1].key = 'D';
    } else {
        snprintf(text, sizeof text, "%s", many->active ? hit : "Their tokens work again.");
        confirm.choices[0].label = many->active ? second : first;
        confirm.choices[0].key = 'Y';
    }
    confirm.text = text;
    confirm_open(accounts->app, &confirm);
    return EFFECT_DRAW;
}

static enum error delete_one(const struct act *act, int64_t id, void *arg)
{
    struct many *many = arg;
    enum error e = account_delete(act, id);
    if (e == ERR_NOT_FOUND) return OK;
    if (!e) many->changed++;
    return e;
}

static int delete_confirmed(struct app *app, void *arg, int choice)
{
    struct many *many = arg;
    struct accounts *accounts = many->accounts;
    if (!choice) {
        many_free(many);
        return EFFECT_DRAW;
    }
    enum error e = bulk_run(app, "Deleting", many->ids, many->count, delete_one, many);
    if (e) {
        app_say_error(app);
    } else {
        app_say(app, ROLE_GOOD, "✓ %zu account%s deleted", many->changed,
                many->changed == 1 ? "" : "s");
        marks_free(&accounts->marks);
        marks_free(&accounts->dropped);
        accounts->drop_gone = true;
    }
    many_free(many);
    return EFFECT_LOAD;
}

int accounts_delete_marked(struct accounts *accounts)
{
    struct many *many = gather(accounts);
    if (!many) return EFFECT_DRAW;
    char text[512], hit[128], typed[32];
    hit_text(many, hit, sizeof hit);
    snprintf(typed, sizeof typed, "%zu", many->count);
    snprintf(text, sizeof text,
             "Deleting %zu marked account%s cannot be taken back. %s\n\nType %s to delete:",
             many->count, many->count == 1 ? "" : "s", hit, typed);
    confirm_open(accounts->app, &(struct confirm){.title = "Delete the marked accounts",
                                                  .text = text,
                                                  .choices = {{"Delete", 0}},
                                                  .typed = typed,
                                                  .done = delete_confirmed,
                                                  .arg = many});
    return EFFECT_DRAW;
}
