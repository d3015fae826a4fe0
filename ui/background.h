/* A thread of its own, with a connection of its own, for what may take long: searches, counts, and
 * putting the write-ahead log into the file. It changes no row.
 * No key ever waits for it. Jobs run one after the other; one that is not wanted any more is told
 * to stop. */
#ifndef GATEHOUSE_UI_BACKGROUND_H
#define GATEHOUSE_UI_BACKGROUND_H

#include <gatehouse/error.h>
#include <gatehouse/store.h>
#include <stdatomic.h>
#include <stdbool.h>

struct app;
struct background;

/* What is to be done: begins a larger struct, which holds copies of all that `run` needs. */
struct job {
    /* Of each owner one job is wanted at the most: a newer one takes the place of the older. */
    const void *owner;
    bool yields; /* is stopped for any other job that waits */
    /* On the thread, with its connection. ERR_STOPPED when job_is_stopped said so. */
    enum error (*run)(struct job *job, struct store *store);
    /* On the thread of the screens, with error_message() as `run` left it; not called for a job
     * that was dropped. ERR_STOPPED: it had to yield. */
    void (*done)(struct app *app, struct job *job, enum error e);
    void (*free)(struct job *job);

    /* The background's own. */
    struct job *next;
    atomic_bool stopped;
    bool dropped;
    enum error error;
    char message[ERROR_MESSAGE_MAX];
};

/* The connection is opened when the first job comes. */
enum error background_new(const char *database, enum store_mode mode,
                          struct background **out) MUST_CHECK;
void background_free(struct background *background); /* drops all; NULL is fine */

/* Takes the job over. */
void background_post(struct background *background, struct job *job);
void background_drop(struct background *background, const void *owner);
/* As background_drop, and the thread has let go of what the job points to. */
void background_leave(struct background *background, const void *owner);
/* Waits until the owner's job is finished, and delivers. */
void background_wait(struct app *app, const void *owner);

/* Becomes readable when a job is finished. */
int background_fd(const struct background *background);
/* Calls `done` of all that are finished; false: none was. */
bool background_deliver(struct app *app);

/* Puts a long write-ahead log into the file: no commit of the screens' connection does. */
void background_checkpoint(struct app *app);

/* What `run` asks now and then where it does not ask the database, which asks by itself. `job` is a
 * struct job. */
bool job_is_stopped(void *job);

#endif
