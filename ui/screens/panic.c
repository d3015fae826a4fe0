#include "ui/screens/panic.h"

#include "ui/kit/chooser.h"
#include "ui/kit/dialog.h"
#include "ui/kit/menu.h"
#include "ui/kit/progress.h"
#include "ui/screens/bulk_ask.h"

#include <gatehouse/account_list.h>
#include <gatehouse/group.h>
#include <gatehouse/text.h>
#include <stdio.h>

enum { WHOSE_SIZE = ACCOUNT_OWNER_MAX * 4 + 16 }; /* "owner …"; a group's name is shorter */

/* Takes `rows` over. */
static int ask(struct app *app, struct id_set *rows, const char *whose)
{
    char title[WHOSE_SIZE + 40], text[400], hit[300], accounts[TEXT_COUNT_SIZE];
    struct bulk_ask *ask = bulk_ask_new(app, rows, false);
    if (!ask) return EFFECT_DRAW;
    ask->bulk.kind = BULK_SUSPEND;
    snprintf(ask->reason, sizeof ask->reason, "panic: %s", whose);
    snprintf(title, sizeof title, "Suspend every token of %s", whose);
    bulk_ask_suspend_text(ask, hit, sizeof hit);
    snprintf(text, sizeof text, "%s. %s",
             text_count(accounts, (int64_t)ask->impact.accounts, "account"), hit);
    confirm_open(app, &(struct confirm){.title = title,
                                        .destroys = true,
                                        .text = text,
                                        .choices = {{"Suspend", 'Y'}},
                                        .done = bulk_ask_confirmed,
                                        .arg = ask});
    return EFFECT_DRAW;
}

int panic_group(struct app *app, int64_t number)
{
    struct group group;
    char whose[WHOSE_SIZE];
    struct id_set rows = {0};
    struct long_work work;
    const struct account_query query = {.filter = "", .group = number};
    progress_begin(&work, app, "Collecting the accounts");
    enum error e = group_get(app->store, number, &group);
    if (!e) e = account_numbers(app->store, &query, &rows);
    progress_end(app);
    if (e) return app_say_error(app);
    snprintf(whose, sizeof whose, "group %s", group.name);
    return ask(app, &rows, whose);
}

static int group_chosen(struct app *app, void *arg, int64_t group)
{
    (void)arg;
    return panic_group(app, group);
}

static enum error owner_given(struct app *app, void *arg, const char *owner, struct secret *unused)
{
    (void)arg, (void)unused;
    char whose[WHOSE_SIZE];
    struct id_set rows;
    struct long_work work;
    progress_begin(&work, app, "Collecting the accounts");
    enum error e = account_numbers_of_owner(app->store, owner, &rows);
    progress_end(app);
    if (e) return e;
    snprintf(whose, sizeof whose, "owner %s", owner);
    int ignored = ask(app, &rows, whose);
    (void)ignored;
    return OK;
}

static int pick(struct app *app, void *arg, size_t index)
{
    (void)arg;
    enum error e =
        index == 0
            ? chooser_open(app, &(struct chooser){.title = "Panic: which group?",
                                                  .find = choose_groups,
                                                  .chosen = group_chosen})
            : prompt_open(app, &(struct prompt){.title = "Panic: which owner?",
                                                .label = "Owner",
                                                .note = "Case and extra blanks do not matter.",
                                                .max = ACCOUNT_OWNER_MAX,
                                                .done = owner_given});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

int panic_ask(struct app *app)
{
    static const struct picker_entry entries[] = {{"Every token of a group", 'g'},
                                                  {"Every token of an owner", 'o'}};
    picker_open(app, "Suspend", app->rows / 3, app->columns / 4, entries, 2, 0, pick, NULL);
    return EFFECT_DRAW;
}
