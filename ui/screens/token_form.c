#include "ui/screens/token_form.h"

#include "ui/kit/fields.h"
#include "ui/screens/token_dialog.h"

#include <gatehouse/account.h>
#include <gatehouse/ambient.h>
#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXPIRY_MAX = 32, LIST_MAX = 400 };

struct asked {
    int64_t account;
    void (*created)(void *arg, int64_t token);
    void *arg;
};

enum { FIELD_NAME, FIELD_EXPIRES, FIELD_ONLY, FIELD_FROM };

/* *wrong: the field of the first error. */
static enum error parse(struct app *app, const char *const texts[FIELDS_MAX], int64_t now,
                        struct token_plan *plan, struct token_limits *limits, size_t *wrong)
{
    const char *only = *texts[FIELD_ONLY] ? texts[FIELD_ONLY] : NULL;
    plan->name = texts[FIELD_NAME];
    *wrong = FIELD_EXPIRES;
    enum error e = token_parse_expiry(app->store, now, texts[FIELD_EXPIRES], &plan->expires);
    if (e) return e;
    *wrong = FIELD_ONLY;
    e = token_limits_parse(app->store, only, NULL, limits);
    if (e) return e;
    token_limits_free(limits);
    *wrong = FIELD_FROM;
    return token_limits_parse(app->store, only, texts[FIELD_FROM], limits);
}

static enum error generate(struct app *app, void *arg, const char *const texts[FIELDS_MAX],
                           size_t *wrong)
{
    struct asked *asked = arg;
    int64_t number;
    struct secret *secret;
    struct token_limits limits;
    struct token_plan plan = {.limits = &limits};
    struct act act = app_act(app);
    enum error e = parse(app, texts, act.now, &plan, &limits, wrong);
    if (e) return e;
    *wrong = FIELD_NAME;
    e = token_generate(&act, asked->account, &plan, &number, &secret);
    token_limits_free(&limits);
    if (e) return e;
    if (asked->created) asked->created(asked->arg, number);
    free(asked);
    token_dialog_open(app, number, secret);
    return OK;
}

enum error token_default_expiry(struct app *app, char *out, size_t size)
{
    int64_t days;
    enum error e = token_default_days(app->store, &days);
    if (!e && days)
        snprintf(out, size, "%lldd", (long long)days);
    else
        snprintf(out, size, "never");
    return e;
}

/* Takes `asked` over where it opens. */
static enum error open_fields(struct app *app, const char *title, const char *expiry,
                              struct asked *asked)
{
    return fields_open(
        app,
        &(struct fields){.title = title,
                         .fields = {{"Name", "What uses it? Optional.", NULL, TOKEN_NAME_MAX},
                                    {"Expires", "never, 7d, 30d, 90d, 365d, or a day: 2027-01-31",
                                     expiry, EXPIRY_MAX},
                                    {"Only",
                                     "Permissions it is limited to, separated by commas. Empty: "
                                     "all that the account has.",
                                     NULL, LIST_MAX},
                                    {"From",
                                     "Networks it may be used from: 10.0.0.0/8, 2001:db8::/32. "
                                     "Empty: anywhere.",
                                     NULL, LIST_MAX}},
                         .done = generate,
                         .cancelled = free,
                         .arg = asked});
}

int token_form_open(struct app *app, int64_t number, void (*created)(void *arg, int64_t token),
                    void *arg)
{
    struct account account;
    char title[ACCOUNT_ID_SIZE + 16], expiry[EXPIRY_MAX];
    enum error e = account_get(app->store, ambient_now(), number, &account);
    if (!e) e = token_default_expiry(app, expiry, sizeof expiry);
    if (e) return app_say_error(app);
    struct asked *asked = app_alloc(app, sizeof *asked);
    if (!asked) return EFFECT_DRAW;
    *asked = (struct asked){number, created, arg};
    snprintf(title, sizeof title, "New token of sa::%s", account.row.name);
    if (!open_fields(app, title, expiry, asked)) return EFFECT_DRAW;
    free(asked);
    return app_say_error(app);
}
