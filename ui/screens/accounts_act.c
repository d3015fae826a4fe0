/* The commands that change accounts: the one under the cursor, or the marked ones. */
#include "ui/kit/chooser.h"
#include "ui/kit/dialog.h"
#include "ui/screens/account_toggle.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/bulk_ask.h"
#include "ui/screens/token_form.h"
#include "ui/screens/whatif_text.h"

#include <gatehouse/account_change.h>
#include <gatehouse/group.h>
#include <gatehouse/impact_text.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>

/* An account that a dialog is about; the row under the cursor may be another by the time it is
 * answered. */
struct chosen {
    struct accounts *accounts;
    int64_t number;
    char id[ACCOUNT_ID_SIZE];
};

static struct chosen *choose(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    struct chosen *chosen = here ? app_alloc(accounts->base.table.app, sizeof *chosen) : NULL;
    if (!chosen) return NULL;
    *chosen = (struct chosen){.accounts = accounts, .number = here->row.number};
    account_id_text(chosen->id, here->row.name);
    return chosen;
}

int accounts_toggle(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    const struct listed *here = accounts_current(accounts);
    if (!here) return EFFECT_NONE;
    marks_free(&accounts->base.table.dropped);
    return account_toggle(accounts->base.table.app, &here->row);
}

static int delete_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    enum error e = choice ? account_delete(&act, chosen->number) : OK;
    if (e)
        app_say_error(app);
    else if (choice)
        app_say(app, ROLE_GOOD, "✓ %s deleted", chosen->id);
    if (choice && !e) id_set_remove(&chosen->accounts->base.table.marks.ids, chosen->number);
    if (choice && !e) chosen->accounts->base.table.drop_gone = true;
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

int accounts_delete(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    struct app *app = accounts->base.table.app;
    struct account_impact impact;
    struct chosen *chosen = choose(accounts);
    char hit[IMPACT_TEXT_SIZE], knocking[IMPACT_TEXT_SIZE], tokens[600], text[1200];
    if (!chosen) return EFFECT_DRAW;
    int64_t now = app_act(app).now;
    if (account_get_impact(app->store, now, chosen->number, &impact) ||
        impact_lines(app->store, now, chosen->number, tokens, sizeof tokens)) {
        free(chosen);
        return app_say_error(app) | EFFECT_LOAD;
    }
    impact_text(&impact, impact.working,
                impact.working == 1 ? "stops working now" : "stop working now", now, hit,
                sizeof hit);
    impact_knocking_text(impact.knocking, impact.denied, impact.denied_from, now, knocking,
                         sizeof knocking);
    snprintf(text, sizeof text,
             "Deleting %s cannot be undone: %s, and its tokens go with it. The audit log keeps "
             "what happened.\n%s%s%s",
             chosen->id, hit, tokens, *knocking ? "\n" : "", knocking);
    confirm_open(app, &(struct confirm){.title = "Delete the account",
                                        .destroys = true,
                                        .text = text,
                                        .choices = {{"Delete", 0}},
                                        .ask = "Type its name to delete it:",
                                        .typed = chosen->id,
                                        .done = delete_confirmed,
                                        .arg = chosen});
    return EFFECT_DRAW;
}

int accounts_generate(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    const struct listed *here = accounts_current(accounts);
    return here ? token_form_open(accounts->base.table.app, here->row.number, NULL, NULL)
                : EFFECT_NONE;
}

int accounts_toggle_marked(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    struct bulk_ask *ask = bulk_ask_marked(&accounts->base.table, false);
    if (!ask) return EFFECT_DRAW;
    const struct bulk_impact *impact = &ask->impact;
    size_t active = impact->active, inactive = impact->accounts - active;
    char stops[200] = "", works[200] = "", text[600];
    if (active)
        bulk_ask_hit_text(ask, impact->working, "stops working now", "stop working now", stops,
                          sizeof stops);
    if (inactive)
        bulk_ask_hit_text(ask, impact->waiting, "works again", "work again", works, sizeof works);
    if (active && inactive)
        snprintf(text, sizeof text, "%s of %s are active.\nDeactivate: %s\nActivate: %s",
                 number_text((int64_t)active).text, number_text((int64_t)impact->accounts).text,
                 stops, works);
    else
        snprintf(text, sizeof text, "%s", active ? stops : works);
    bulk_ask_add_knocking(ask, text, sizeof text);
    const struct bulk_way ways[2] = {{BULK_DEACTIVATE, "Deactivate", active},
                                     {BULK_ACTIVATE, "Activate", inactive}};
    return bulk_ask_which_way(ask, "Marked accounts", text, ways);
}

int accounts_delete_marked(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    struct bulk_ask *ask = bulk_ask_marked(&accounts->base.table, false);
    if (!ask) return EFFECT_DRAW;
    char text[512], hit[200], typed[32], asked[64];
    size_t count = ask->impact.accounts;
    bulk_ask_hit_text(ask, ask->impact.working, "stops working now", "stop working now", hit,
                      sizeof hit);
    snprintf(typed, sizeof typed, "%zu", count);
    snprintf(text, sizeof text, "Deleting %s marked account%s cannot be undone. %s",
             number_text((int64_t)count).text, count == 1 ? "" : "s", hit);
    bulk_ask_add_knocking(ask, text, sizeof text);
    snprintf(asked, sizeof asked, "Type %s to delete:", typed);
    ask->bulk.kind = BULK_DELETE;
    confirm_open(accounts->base.table.app, &(struct confirm){.title = "Delete the marked accounts",
                                                             .destroys = true,
                                                             .text = text,
                                                             .choices = {{"Delete", 0}},
                                                             .ask = asked,
                                                             .typed = typed,
                                                             .done = bulk_ask_confirmed,
                                                             .arg = ask});
    return EFFECT_DRAW;
}

int accounts_suspend(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    struct bulk_ask *ask = bulk_ask_marked(&accounts->base.table, false);
    if (!ask) return EFFECT_DRAW;
    char text[400], title[96];
    size_t count = ask->impact.accounts;
    bulk_ask_suspend_text(ask, text, sizeof text);
    snprintf(title, sizeof title, "Suspend all tokens of %s account%s",
             number_text((int64_t)count).text, count == 1 ? "" : "s");
    ask->bulk.kind = BULK_SUSPEND;
    confirm_open(accounts->base.table.app, &(struct confirm){.title = title,
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

static void path_cancelled(void *arg)
{
    bulk_ask_free(arg);
}

int accounts_generate_marked(struct screen *screen)
{
    struct accounts *accounts = (struct accounts *)screen;
    enum { PATH_CHARACTERS = 400 };
    struct bulk_ask *ask = bulk_ask_marked(&accounts->base.table, false);
    if (!ask) return EFFECT_DRAW;
    char title[96];
    char tokens[TEXT_COUNT_SIZE];
    snprintf(title, sizeof title, "Generate %s, one for each account",
             text_count(tokens, (int64_t)ask->impact.accounts, "token"));
    enum error e =
        prompt_open(accounts->base.table.app,
                    &(struct prompt){.title = title,
                                     .label = "File",
                                     .note = "They are written to a new file that only you can "
                                             "read: a line for each, with its account.",
                                     .max = PATH_CHARACTERS,
                                     .done = path_given,
                                     .cancelled = path_cancelled,
                                     .arg = ask});
    if (!e) return EFFECT_DRAW;
    bulk_ask_free(ask);
    return app_say_error(accounts->base.table.app);
}

static enum bulk_kind kind_of(const struct accounts *accounts, bool group)
{
    if (group) return accounts->adding ? BULK_JOIN : BULK_LEAVE;
    return accounts->adding ? BULK_GRANT : BULK_UNGRANT;
}

static struct whatif_change change_of(const struct bulk_ask *ask)
{
    struct whatif_change change = {0};
    int64_t target = ask->bulk.target;
    switch (ask->bulk.kind) {
    case BULK_JOIN:
        change.group = target;
        change.joining = &ask->rows;
        break;
    case BULK_LEAVE:
        change.group = target;
        change.leaving = &ask->rows;
        break;
    case BULK_GRANT:
        change.accounts = &ask->rows;
        change.granted = target;
        break;
    default:
        change.accounts = &ask->rows;
        change.revoked = target;
    }
    return change;
}

/* "Add 3 accounts to build", "Grant Events to 3 accounts". */
static enum error name_act(const struct bulk_ask *ask, char *out, size_t size)
{
    struct group group;
    struct permission permission;
    bool is_group = ask->bulk.kind == BULK_JOIN || ask->bulk.kind == BULK_LEAVE;
    bool adds = ask->bulk.kind == BULK_JOIN || ask->bulk.kind == BULK_GRANT;
    enum error e = is_group ? group_get(ask->app->store, ask->bulk.target, &group)
                            : permission_get(ask->app->store, ask->bulk.target, &permission);
    if (e) return e;
    const char *name = is_group ? group.name : permission.name;
    char accounts[TEXT_COUNT_SIZE];
    text_count(accounts, (int64_t)ask->impact.accounts, "account");
    if (is_group)
        snprintf(out, size, "%s %s %s %s", adds ? "Add" : "Remove", accounts, adds ? "to" : "from",
                 name);
    else
        snprintf(out, size, "%s %s %s %s", adds ? "Grant" : "Revoke", name, adds ? "to" : "from",
                 accounts);
    return OK;
}

static int ask_first(struct bulk_ask *ask)
{
    struct app *app = ask->app;
    char title[400], text[900];
    struct whatif_change change = change_of(ask);
    enum error e = name_act(ask, title, sizeof title);
    if (!e && !whatif_describe(app, &change, text, sizeof text)) {
        bulk_ask_free(ask);
        return EFFECT_DRAW;
    }
    if (e) {
        bulk_ask_free(ask);
        return app_say_error(app);
    }
    confirm_open(app, &(struct confirm){.title = title,
                                        .text = text,
                                        .choices = {{"Do it", 'Y'}},
                                        .done = bulk_ask_confirmed,
                                        .arg = ask});
    return EFFECT_DRAW;
}

static int chosen(struct accounts *accounts, int64_t target, bool group)
{
    struct bulk_ask *ask = bulk_ask_marked(&accounts->base.table, false);
    if (!ask) return EFFECT_DRAW;
    ask->bulk.kind = kind_of(accounts, group);
    ask->bulk.target = target;
    return ask_first(ask);
}

static int permission_chosen(struct app *app, void *arg, int64_t id)
{
    (void)app;
    return chosen(arg, id, false);
}

static int group_chosen(struct app *app, void *arg, int64_t id)
{
    (void)app;
    return chosen(arg, id, true);
}

static int pick(struct app *app, void *arg, size_t index)
{
    struct accounts *accounts = arg;
    bool group = index == 1;
    const struct chooser chooser = {
        .title = accounts->adding ? (group ? "Add to a group" : "Grant a permission")
                                  : (group ? "Remove from a group" : "Revoke a permission"),
        .find = group ? choose_groups : choose_permissions,
        .chosen = group ? group_chosen : permission_chosen,
        .arg = accounts,
    };
    return chooser_open(app, &chooser) ? app_say_error(app) : EFFECT_DRAW;
}

static int ask_rights(struct screen *screen, bool add)
{
    static const struct picker_entry entries[] = {{"Permission", 'p'}, {"Group", 'g'}};
    struct accounts *accounts = (struct accounts *)screen;
    accounts->adding = add;
    picker_open(screen->app, add ? "Add" : "Remove", table_menu_row(&accounts->base.table),
                accounts->base.table.menu_column, entries, 2, 0, pick, accounts);
    return EFFECT_DRAW;
}

int accounts_add_rights(struct screen *screen)
{
    return ask_rights(screen, true);
}

int accounts_remove_rights(struct screen *screen)
{
    return ask_rights(screen, false);
}
