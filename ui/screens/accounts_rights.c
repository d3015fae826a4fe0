/* `+` and `-`: permissions and groups of the marked accounts, or of the one under the cursor. */
#include "ui/kit/chooser.h"
#include "ui/kit/dialog.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/bulk_ask.h"
#include "ui/screens/whatif_text.h"

#include <gatehouse/group.h>
#include <stdio.h>
#include <stdlib.h>

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

/* "put 3 accounts into build". */
static enum error name_act(const struct bulk_ask *ask, char *out, size_t size)
{
    struct group group;
    struct permission permission;
    bool is_group = ask->bulk.kind == BULK_JOIN || ask->bulk.kind == BULK_LEAVE;
    bool adds = ask->bulk.kind == BULK_JOIN || ask->bulk.kind == BULK_GRANT;
    enum error e = is_group ? group_get(ask->app->store, ask->bulk.target, &group)
                            : permission_get(ask->app->store, ask->bulk.target, &permission);
    if (e) return e;
    snprintf(out, size, "%s %zu account%s %s %s", adds ? (is_group ? "Put" : "Grant") : "Take",
             ask->rows.count, ask->rows.count == 1 ? "" : "s",
             is_group ? (adds ? "into" : "out of") : (adds ? "the permission" : "the grant of"),
             is_group ? group.name : permission.name);
    return OK;
}

static int ask_first(struct bulk_ask *ask)
{
    struct app *app = ask->app;
    char title[400], text[900];
    struct whatif_change change = change_of(ask);
    enum error e = name_act(ask, title, sizeof title);
    if (!e && !whatif_look(app, &change, text, sizeof text)) {
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
    struct bulk_ask *ask = accounts_gather(accounts);
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
        .title = accounts->adding ? (group ? "Put into a group" : "Grant a permission")
                                  : (group ? "Take out of a group" : "Take a grant back"),
        .find = group ? choose_groups : choose_permissions,
        .chosen = group ? group_chosen : permission_chosen,
        .arg = accounts,
    };
    return chooser_open(app, &chooser) ? app_say_error(app) : EFFECT_DRAW;
}

int accounts_change_rights(struct accounts *accounts, bool add)
{
    static const struct picker_entry entries[] = {{"Permission", 'p'}, {"Group", 'g'}};
    accounts->adding = add;
    picker_open(accounts->table.app, add ? "Add" : "Remove", accounts->table.menu_row,
                accounts->table.menu_column, entries, 2, 0, pick, accounts);
    return EFFECT_DRAW;
}
