/* What changes the marked accounts. */
#include "ui/kit/dialog.h"
#include "ui/kit/progress.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/bulk_ask.h"

#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

static void forget_marks(struct app *app, void *arg, enum bulk_kind kind)
{
    (void)app;
    struct accounts *accounts = arg;
    marks_free(&accounts->table.dropped);
    if (kind != BULK_DELETE) return;
    marks_free(&accounts->table.marks);
    accounts->table.drop_gone = true;
}

struct bulk_ask *accounts_gather(struct accounts *accounts)
{
    struct app *app = accounts->table.app;
    struct id_set rows;
    struct long_work work;
    progress_begin(&work, app, "Gathering what is marked");
    enum error e = table_chosen(&accounts->table, &rows);
    progress_end(app);
    if (e) {
        app_say_error(app);
        return NULL;
    }
    struct bulk_ask *ask = bulk_ask_new(app, &rows);
    if (!ask) return NULL;
    ask->done = forget_marks;
    ask->arg = accounts;
    if (bulk_ask_look(ask)) return ask;
    bulk_ask_free(ask);
    return NULL;
}

static int toggle_confirmed(struct app *app, void *arg, int choice)
{
    struct bulk_ask *ask = arg;
    size_t active = ask->impact.active;
    bool mixed = active && active < ask->impact.accounts;
    if (!choice) return bulk_ask_confirmed(app, ask, 0);
    bool on = mixed ? choice == 1 : !active;
    return bulk_ask_run(ask, on ? BULK_ACTIVATE : BULK_DEACTIVATE);
}

int accounts_toggle_marked(struct accounts *accounts)
{
    struct bulk_ask *ask = accounts_gather(accounts);
    if (!ask) return EFFECT_DRAW;
    size_t active = ask->impact.active, inactive = ask->impact.accounts - active;
    char text[400], hit[200], first[64], second[64];
    bulk_ask_hit_text(ask, active ? "stop working now" : "work again", hit, sizeof hit);
    snprintf(first, sizeof first, "Activate %zu", inactive);
    snprintf(second, sizeof second, "Deactivate %zu", active);
    struct confirm confirm = {.title = "Marked accounts", .done = toggle_confirmed, .arg = ask};
    if (active && inactive) {
        snprintf(text, sizeof text, "%zu of the %zu are active. Deactivated: %s", active,
                 ask->impact.accounts, hit);
        confirm.choices[0].label = first;
        confirm.choices[0].key = 'A';
        confirm.choices[1].label = second;
        confirm.choices[1].key = 'D';
    } else {
        snprintf(text, sizeof text, "%s", hit);
        confirm.choices[0].label = active ? second : first;
        confirm.choices[0].key = 'Y';
    }
    confirm.text = text;
    confirm_open(accounts->table.app, &confirm);
    return EFFECT_DRAW;
}

int accounts_delete_marked(struct accounts *accounts)
{
    struct bulk_ask *ask = accounts_gather(accounts);
    if (!ask) return EFFECT_DRAW;
    char text[512], hit[200], typed[32];
    size_t count = ask->rows.count;
    bulk_ask_hit_text(ask, "stop working now", hit, sizeof hit);
    snprintf(typed, sizeof typed, "%zu", count);
    snprintf(text, sizeof text,
             "Deleting %zu marked account%s cannot be taken back. %s\n\nType %s to delete:", count,
             count == 1 ? "" : "s", hit, typed);
    ask->bulk.kind = BULK_DELETE;
    confirm_open(accounts->table.app, &(struct confirm){.title = "Delete the marked accounts",
                                                        .text = text,
                                                        .choices = {{"Delete", 0}},
                                                        .typed = typed,
                                                        .done = bulk_ask_confirmed,
                                                        .arg = ask});
    return EFFECT_DRAW;
}

int accounts_suspend(struct accounts *accounts)
{
    struct bulk_ask *ask = accounts_gather(accounts);
    if (!ask) return EFFECT_DRAW;
    char text[400], hit[200], title[96];
    size_t count = ask->rows.count;
    bulk_ask_hit_text(ask, "stop working until they are resumed", hit, sizeof hit);
    snprintf(title, sizeof title, "Suspend all tokens of %zu account%s", count,
             count == 1 ? "" : "s");
    snprintf(text, sizeof text, "%s", hit);
    ask->bulk.kind = BULK_SUSPEND;
    confirm_open(accounts->table.app, &(struct confirm){.title = title,
                                                        .text = text,
                                                        .choices = {{"Suspend", 'Y'}},
                                                        .done = bulk_ask_confirmed,
                                                        .arg = ask});
    return EFFECT_DRAW;
}

static enum error path_given(struct app *app, void *arg, const char *path, struct secret *unused)
{
    (void)unused;
    struct bulk_ask *ask = arg;
    if (!*path) return fail(ERR_INVALID, "the file needs a name");
    snprintf(ask->path, sizeof ask->path, "%s", path);
    ask->bulk.path = ask->path;
    ask->bulk.name = "";
    enum error e = token_parse_expiry(app->store, app_act(app).now, NULL, &ask->bulk.expires);
    if (e) return e;
    int ignored = bulk_ask_run(ask, BULK_GENERATE);
    (void)ignored;
    return OK;
}

static void path_cancelled(struct app *app, void *arg)
{
    (void)app;
    bulk_ask_free(arg);
}

int accounts_generate_marked(struct accounts *accounts)
{
    enum { PATH_CHARACTERS = 400 };
    struct bulk_ask *ask = accounts_gather(accounts);
    if (!ask) return EFFECT_DRAW;
    char title[96];
    size_t count = ask->rows.count;
    snprintf(title, sizeof title, "Generate %zu token%s, one for each account", count,
             count == 1 ? "" : "s");
    enum error e = prompt_open(accounts->table.app,
                               &(struct prompt){.title = title,
                                                .label = "File",
                                                .note = "A new file, readable by you alone, takes "
                                                        "them: a line for each, with its account.",
                                                .max = PATH_CHARACTERS,
                                                .done = path_given,
                                                .cancelled = path_cancelled,
                                                .arg = ask});
    if (!e) return EFFECT_DRAW;
    bulk_ask_free(ask);
    return app_say_error(accounts->table.app);
}
