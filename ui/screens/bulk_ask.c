#include "ui/screens/bulk_ask.h"

#include "ui/kit/dialog.h"
#include "ui/kit/progress.h"
#include "ui/kit/undo.h"

#include <gatehouse/impact_text.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *doing, *done;
} words[BULK_COUNT] = {
    [BULK_ACTIVATE] = {"Activating", "activated"},
    [BULK_DEACTIVATE] = {"Deactivating", "deactivated"},
    [BULK_DELETE] = {"Deleting", "deleted"},
    [BULK_GRANT] = {"Granting", "granted the permission"},
    [BULK_UNGRANT] = {"Revoking", "no longer granted it explicitly"},
    [BULK_JOIN] = {"Adding", "added to the group"},
    [BULK_LEAVE] = {"Removing", "removed from the group"},
    [BULK_SUSPEND] = {"Suspending", "suspended"},
    [BULK_GENERATE] = {"Generating", "given a token"},
    [BULK_TOKEN_SUSPEND] = {"Suspending", "suspended"},
    [BULK_TOKEN_RESUME] = {"Resuming", "resumed"},
    [BULK_TOKEN_REVOKE] = {"Revoking", "revoked"},
    [BULK_TOKEN_EXPIRE] = {"Setting", "given the new expiry"},
};

void bulk_ask_free(struct bulk_ask *ask)
{
    id_set_free(&ask->rows);
    free(ask);
}

static bool measure(struct bulk_ask *ask)
{
    struct app *app = ask->app;
    struct long_work work;
    struct progress progress = progress_of(&work, app, "Checking");
    int64_t now = app_act(app).now;
    enum error e = ask->of_tokens
                       ? bulk_get_token_impact(app->store, now, &ask->rows, &progress, &ask->impact)
                       : bulk_get_impact(app->store, now, &ask->rows, &progress, &ask->impact);
    app->message[0] = 0;
    if (e)
        app_say_error(app);
    else if (!ask->impact.accounts)
        app_say(app, ROLE_WARN, "There is nothing to change: it was all deleted elsewhere");
    return !e && ask->impact.accounts;
}

struct bulk_ask *bulk_ask_new(struct app *app, struct id_set *rows, bool of_tokens)
{
    struct bulk_ask *ask = rows->count ? app_alloc(app, sizeof *ask) : NULL;
    if (!ask) {
        if (!rows->count) app_say(app, ROLE_MUTED, "There is nothing to change");
        id_set_free(rows);
        return NULL;
    }
    *ask = (struct bulk_ask){.app = app, .rows = *rows, .of_tokens = of_tokens};
    *rows = (struct id_set){0};
    if (measure(ask)) return ask;
    bulk_ask_free(ask);
    return NULL;
}

struct bulk_ask *bulk_ask_marked(struct table *table, bool of_tokens)
{
    struct app *app = table->app;
    struct id_set rows;
    struct long_work work;
    progress_begin(&work, app, "Collecting the marked rows");
    enum error e = table_chosen(table, &rows);
    progress_end(app);
    if (e) {
        app_say_error(app);
        return NULL;
    }
    struct bulk_ask *ask = bulk_ask_new(app, &rows, of_tokens);
    if (ask) ask->marked = table;
    return ask;
}

void bulk_ask_hit_text(const struct bulk_ask *ask, int64_t count, const char *does, const char *do_,
                       char *out, size_t size)
{
    const struct bulk_impact *impact = &ask->impact;
    char used[WHEN_SIZE + 80];
    impact_used_text(impact->last_used, impact->last_from, app_act(ask->app).now, used,
                     sizeof used);
    if (!count)
        snprintf(out, size, "No working token is affected.");
    else
        snprintf(out, size, "%s token%s, %s, %s.", number_text(count).text, count == 1 ? "" : "s",
                 used, count == 1 ? does : do_);
}

void bulk_ask_add_knocking(const struct bulk_ask *ask, char *text, size_t size)
{
    const struct bulk_impact *impact = &ask->impact;
    char knocking[IMPACT_TEXT_SIZE];
    size_t used = strlen(text);
    impact_knocking_text(impact->knocking, impact->denied, impact->denied_from,
                         app_act(ask->app).now, knocking, sizeof knocking);
    if (*knocking) snprintf(text + used, size - used, "\n%s.", knocking);
}

void bulk_ask_suspend_text(const struct bulk_ask *ask, char *out, size_t size)
{
    int64_t waiting = ask->impact.waiting;
    bulk_ask_hit_text(ask, ask->impact.working, "stops working until it is resumed",
                      "stop working until they are resumed", out, size);
    size_t used = strlen(out);
    if (waiting)
        snprintf(out + used, size - used, " %s token%s suspended, too.", number_text(waiting).text,
                 waiting == 1 ? " of an inactive account is" : "s of inactive accounts are");
}

static void say_done(struct app *app, enum bulk_kind kind, const struct bulk_result *result)
{
    bool of_tokens = kind >= BULK_TOKEN_SUSPEND, tokens = kind == BULK_SUSPEND || of_tokens;
    size_t count = result->changed.count;
    char left[64] = "";
    if (result->left && kind != BULK_SUSPEND)
        snprintf(left, sizeof left, "%s unchanged%s", number_text((int64_t)result->left).text,
                 of_tokens ? " or not possible" : "");
    if (count)
        undo_say(app, left, "%s %s%s %s", number_text((int64_t)count).text,
                 tokens ? "token" : "account", count == 1 ? "" : "s", words[kind].done);
    else
        app_say(app, ROLE_MUTED, "Nothing changed%s%s", *left ? ": " : "", left);
}

/* What was dropped before is no longer what U restores; deleted rows are not marked. */
static void drop_marks(struct table *table, enum bulk_kind kind)
{
    marks_free(&table->dropped);
    if (kind != BULK_DELETE) return;
    marks_free(&table->marks);
    table->drop_gone = true;
}

int bulk_ask_run(struct bulk_ask *ask, enum bulk_kind kind)
{
    struct app *app = ask->app;
    struct long_work work;
    struct bulk_result result;
    struct act act = app_act(app);
    ask->bulk.kind = kind;
    ask->bulk.reason = ask->reason[0] ? ask->reason : NULL;
    struct progress progress = progress_of(&work, app, words[kind].doing);
    enum error e = bulk_run(&act, &ask->bulk, &ask->rows, &progress, &result);
    app->message[0] = 0;
    if (e) {
        app_say_error(app);
    } else {
        say_done(app, kind, &result);
        if (ask->marked) drop_marks(ask->marked, kind);
        id_set_free(&result.changed);
    }
    bulk_ask_free(ask);
    return EFFECT_LOAD;
}

int bulk_ask_which_way(struct bulk_ask *ask, const char *title, const char *text,
                       const struct bulk_way ways[static 2])
{
    struct app *app = ask->app;
    const struct bulk_way *first = &ways[ways[1].count > ways[0].count];
    const struct bulk_way *second = first == ways ? &ways[1] : &ways[0];
    char labels[2][64];
    struct confirm confirm = {.title = title, .text = text, .done = bulk_ask_confirmed, .arg = ask};
    if (!first->count) {
        app_say(app, ROLE_MUTED, "There is nothing to change");
        bulk_ask_free(ask);
        return EFFECT_DRAW;
    }
    snprintf(labels[0], sizeof labels[0], "%s %s", first->label,
             number_text((int64_t)first->count).text);
    snprintf(labels[1], sizeof labels[1], "%s %s", second->label,
             number_text((int64_t)second->count).text);
    ask->bulk.kind = first->kind;
    ask->other = second->kind;
    confirm.choices[0].label = labels[0];
    confirm.choices[0].key = 'Y';
    if (second->count) {
        confirm.choices[1].label = labels[1];
        confirm.choices[1].key = 'V';
    }
    confirm_open(app, &confirm);
    return EFFECT_DRAW;
}

int bulk_ask_confirmed(struct app *app, void *arg, int choice)
{
    struct bulk_ask *ask = arg;
    (void)app;
    if (choice) return bulk_ask_run(ask, choice == 1 ? ask->bulk.kind : ask->other);
    bulk_ask_free(ask);
    return EFFECT_DRAW;
}
