#include "ui/screens/why_dialog.h"

#include "ui/kit/chooser.h"
#include "ui/kit/dialog.h"

#include <gatehouse/ambient.h>
#include <gatehouse/why.h>
#include <stdio.h>
#include <stdlib.h>

int why_show(struct app *app, int64_t number, int64_t permission)
{
    struct account_row account;
    struct why *why;
    char text[1000], title[PERMISSION_NAME_MAX * 4 + 32];
    enum error e = account_get(app->store, ambient_now(), number, &account);
    if (!e) e = why_find(app->store, number, permission, &why);
    if (e) return app_say_error(app);
    why_text(why, account.name, text, sizeof text);
    snprintf(title, sizeof title, "Why %s", why->permission.name);
    free(why);
    confirm_open(app, &(struct confirm){.title = title, .text = text, .cancel = "Close"});
    return EFFECT_DRAW;
}

static int chosen(struct app *app, void *arg, int64_t permission)
{
    const int64_t *account = arg;
    return why_show(app, *account, permission);
}

int why_ask(struct app *app, int64_t *account)
{
    enum error e = chooser_open(app, &(struct chooser){.title = "Why does it hold…",
                                                       .find = choose_permissions,
                                                       .chosen = chosen,
                                                       .arg = account});
    return e ? app_say_error(app) : EFFECT_DRAW;
}
