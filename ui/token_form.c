#include "ui/token_form.h"

#include "ui/fields.h"
#include "ui/token_dialog.h"

#include <gatehouse/account.h>
#include <gatehouse/ambient.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXPIRY_MAX = 32 };

static enum error generate(struct app *app, void *arg, const char *const texts[FIELDS_MAX])
{
    int64_t *account = arg, expires, number;
    struct secret *secret;
    struct act act = app_act(app);
    enum error e = when_parse_expiry(texts[1], act.now, &expires);
    const struct token_plan plan = {.name = texts[0], .expires = expires};
    if (!e) e = token_generate(&act, *account, &plan, &number, &secret);
    if (e) return e;
    free(account);
    token_dialog_open(app, number, secret);
    return OK;
}

static void forget(struct app *app, void *arg)
{
    (void)app;
    free(arg);
}

int token_form_open(struct app *app, int64_t number)
{
    struct account account;
    char title[ACCOUNT_ID_SIZE + 16];
    int64_t *asked = malloc(sizeof *asked);
    enum error e = asked ? account_get(app->store, ambient_now(), number, &account)
                         : fail(ERR_SYSTEM, "out of memory");
    if (!e) {
        *asked = number;
        snprintf(title, sizeof title, "New token of sa::%s", account.row.name);
        e = fields_open(
            app, &(struct fields){
                     .title = title,
                     .fields = {{"Name", "What uses it? May stay empty.", NULL, TOKEN_NAME_MAX},
                                {"Expires", "never, 7d, 30d, 90d, 365d, or a day: 2027-01-31",
                                 "never", EXPIRY_MAX}},
                     .done = generate,
                     .cancelled = forget,
                     .arg = asked});
    }
    if (!e) return EFFECT_DRAW;
    free(asked);
    return app_say_error(app);
}
