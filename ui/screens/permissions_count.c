/* Counting the holders of permissions in the background. */
#include "ui/background.h"
#include "ui/screens/permissions_screen.h"

#include <gatehouse/ambient.h>
#include <stdlib.h>

struct holding {
    struct job job;
    struct permissions_screen *screen;
    int64_t permission, holders;
};

static struct permission_entry *uncounted(const struct permissions_screen *screen)
{
    for (size_t i = 0; i < screen->count; i++)
        if (!screen->entries[i].fresh) return &screen->entries[i];
    return NULL;
}

bool permissions_want_holders(const struct permissions_screen *screen)
{
    bool rests = !screen->screen.failed_since && !screen->screen.wants_load;
    return rests && !screen->counting && uncounted(screen);
}

static enum error run(struct job *job, struct store *store)
{
    struct holding *holding = (struct holding *)job;
    return permission_count_holders(store, holding->permission, &holding->holders);
}

static void done(struct app *app, struct job *job, enum error e)
{
    const struct holding *holding = (struct holding *)job;
    struct permissions_screen *screen = holding->screen;
    screen->counting = false;
    if (e) {
        screen->screen.failed_since = ambient_now();
        app_say_error(app);
    }
    for (size_t i = 0; i < screen->count && !e; i++) {
        if (screen->entries[i].permission.number != holding->permission) continue;
        screen->entries[i].holders = holding->holders;
        screen->entries[i].fresh = true;
    }
}

static void free_job(struct job *job)
{
    free(job);
}

void permissions_count_holders(struct permissions_screen *screen)
{
    struct holding *holding = malloc(sizeof *holding);
    if (!holding) return;
    *holding = (struct holding){
        .job = {.owner = &screen->counting, .run = run, .done = done, .free = free_job},
        .screen = screen,
        .permission = uncounted(screen)->permission.number};
    screen->counting = true;
    background_post(screen->table.app->background, &holding->job);
}

void permissions_stop_counting(struct permissions_screen *screen)
{
    if (screen->table.app) background_drop(screen->table.app->background, &screen->counting);
    screen->counting = false;
}
