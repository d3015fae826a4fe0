#include "ui/app.h"

#include <gatehouse/ambient.h>
#include <gatehouse/config.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct act app_act(const struct app *app)
{
    return (struct act){.store = app->store, .actor = &app->actor, .now = ambient_now()};
}

int64_t app_data_version(const struct app *app)
{
    int64_t first, last;
    store_last_commit(app->store, &first, &last);
    return app->outdated + last;
}

void app_say(struct app *app, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->message, sizeof app->message, format, args);
    va_end(args);
    app->message_role = role;
    app->message_drawn = app->waits = app->offers_undo = false;
}

int app_say_error(struct app *app)
{
    app_say(app, ROLE_BAD, "%s", error_message());
    return EFFECT_DRAW;
}

void *app_alloc(struct app *app, size_t size)
{
    void *memory = calloc(1, size);
    if (!memory && fail_memory()) app_say_error(app);
    return memory;
}

void app_set_vault(struct app *app, struct vault *vault)
{
    app_lock(app);
    app->vault = vault;
    app_touch_vault(app);
}

int64_t app_seconds(const struct app *app, enum setting setting, int64_t own)
{
    int64_t seconds;
    if (setting_get(app->store, setting, &seconds)) seconds = setting_table[setting].value;
    return config_shorter(own, seconds);
}

int64_t app_vault_idle(const struct app *app)
{
    return app_seconds(app, SETTING_VAULT_IDLE, app->options->config->vault_idle);
}

void app_touch_vault(struct app *app)
{
    app->vault_locks = ambient_ticks() + app_vault_idle(app) * 1000;
}

void app_lock(struct app *app)
{
    vault_lock(app->vault);
    app->vault = NULL;
}
