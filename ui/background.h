/* A background thread with its own connection, for whatever may take long: searches, counts,
 * checkpoints of the write-ahead log. It changes no rows, and no key ever waits for it. Jobs run
 * one at a time; one that is no longer wanted is told to stop. */
#ifndef GATEHOUSE_UI_BACKGROUND_H
#define GATEHOUSE_UI_BACKGROUND_H

#include <gatehouse/error.h>
#include <gatehouse/store.h>
#include <stdatomic.h>
#include <stdbool.h>

struct app;
struct background;

/* A job. It is the first member of a larger struct that holds copies of everything `run` needs. */
struct job {
    /* Each owner has at most one job: a newer one replaces the older. */
    const void *owner;
    bool yields; /* is stopped as soon as a job waits that does not yield itself */
    /* On the background thread, with its connection. ERR_STOPPED after job_is_stopped. */
    enum error (*run)(struct job *job, struct store *store);
    /* On the main thread, with error_message() as `run` left it; not called for a dropped job.
     * ERR_STOPPED: it had to yield. */
    void (*done)(struct app *app, struct job *job, enum error e);
    void (*free)(struct job *job);

    /* Private to background.c. */
    struct job *next;
    atomic_bool stopped;
    bool dropped;
    enum error error;
    char message[ERROR_MESSAGE_MAX];
};

/* The connection is opened for the first job. */
enum error background_new(const char *database, enum store_mode mode,
                          struct background **out) MUST_CHECK;
void background_free(struct background *background); /* drops all jobs; NULL is fine */

/* Takes ownership of the job. */
void background_post(struct background *background, struct job *job);
void background_drop(struct background *background, const void *owner);
/* Drops the job and waits until the thread no longer uses what it points to. */
void background_leave(struct background *background, const void *owner);
/* Waits for the owner's job and delivers it. The descriptor is readable then, for the next frame.
 */
void background_wait(struct app *app, const void *owner);

/* Becomes readable when a job has finished. */
int background_fd(const struct background *background);
/* Calls `done` for all finished jobs; false: there were none, also none that background_wait has
 * delivered since the last time. */
bool background_deliver(struct app *app);

/* Checkpoints a long write-ahead log, which commits on the main connection never do, and empties
 * one that nobody has written to for a while. */
void background_checkpoint(struct app *app);

/* For `run` to ask now and then between its queries; the queries ask by themselves. `job` is a
 * struct job. */
bool job_is_stopped(void *job);

#endif
