/* Reading the names of all accounts into memory. */
#include "ui/background.h"
#include "ui/screens/accounts_screen.h"

#include <stdlib.h>

enum { LEAST = 5000 }; /* below that the database is as fast */

struct naming {
    struct job job;
    struct accounts *accounts;
    struct name_arena *arena;
};

bool accounts_want_names(const struct accounts *accounts)
{
    return accounts->arena_wanted && !accounts->arena_reading && !accounts->table.reading &&
           !accounts->table.counting && accounts->table.total >= LEAST;
}

static enum error run(struct job *job, struct store *store)
{
    bool done = false;
    enum error e = OK;
    while (!e && !done && !job_is_stopped(job))
        e = name_arena_step(((struct naming *)job)->arena, store, &done);
    return e || done ? e : ERR_STOPPED;
}

/* Without them the database is searched: what failed will be said where it matters. */
static void done(struct app *app, struct job *job, enum error e)
{
    (void)app;
    struct accounts *accounts = ((struct naming *)job)->accounts;
    accounts->arena_reading = false;
    accounts->arena_wanted = e == ERR_STOPPED;
}

static void free_job(struct job *job)
{
    free(job);
}

void accounts_read_names(struct accounts *accounts)
{
    struct naming *naming = malloc(sizeof *naming);
    accounts->arena_wanted = naming != NULL;
    if (!naming) return;
    *naming = (struct naming){.job = {.owner = accounts->arena,
                                      .yields = true,
                                      .run = run,
                                      .done = done,
                                      .free = free_job},
                              .accounts = accounts,
                              .arena = accounts->arena};
    accounts->arena_reading = true;
    background_post(accounts->table.app->background, &naming->job);
}

void accounts_free_names(struct accounts *accounts)
{
    struct background *background = accounts->table.app ? accounts->table.app->background : NULL;
    if (background && accounts->arena) background_leave(background, accounts->arena);
    name_arena_free(accounts->arena);
}
