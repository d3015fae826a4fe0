#include "ui/app.h"

#include "ui/accounts.h"
#include "ui/console.h"

#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <gatehouse/setting.h>
#include <stdarg.h>
#include <stdio.h>

struct act app_act(const struct app *app)
{
    return (struct act){.store = app->store, .actor = &app->actor, .now = ambient_now()};
}

void app_say(struct app *app, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->message, sizeof app->message, format, args);
    va_end(args);
    app->message_role = role;
}

int app_say_error(struct app *app)
{
    app_say(app, ROLE_BAD, "%s", error_message());
    return EFFECT_DRAW;
}

void app_set_vault(struct app *app, struct vault *vault)
{
    app_lock(app);
    app->vault = vault;
    app_touch_vault(app);
}

void app_touch_vault(struct app *app)
{
    int64_t seconds = 0;
    if (setting_get(app->store, SETTING_VAULT_IDLE, &seconds)) seconds = 0;
    app->vault_locks = ambient_ticks() + seconds * 1000;
}

void app_lock(struct app *app)
{
    vault_lock(app->vault);
    app->vault = NULL;
}

enum error app_open_database(struct app *app)
{
    enum error e =
        database_open(app->options->database,
                      app->options->read_only ? STORE_READ_ONLY : STORE_OPEN, &app->store);
    return e ? e : accounts_open(app);
}
