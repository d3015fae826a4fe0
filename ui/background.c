#include "ui/background.h"

#include "ui/app.h"
#include "ui/terminal/term.h"

#include <errno.h>
#include <gatehouse/database.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct background {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t posted, finished_one;
    int fd;
    bool delivered; /* by background_wait, since background_deliver was last called */
    char *database;
    enum store_mode mode;
    bool checkpointing;
    struct store *store;                      /* the thread's */
    struct job *waiting, *running, *finished; /* guarded by the lock, like what follows */
    bool ending;
};

bool job_is_stopped(void *job)
{
    return atomic_load(&((struct job *)job)->stopped);
}

static void append(struct job **list, struct job *job)
{
    while (*list)
        list = &(*list)->next;
    job->next = NULL;
    *list = job;
}

static struct job *take_first(struct job **list)
{
    struct job *job = *list;
    if (job) *list = job->next;
    return job;
}

static bool has(const struct job *list, const void *owner)
{
    for (; list; list = list->next)
        if (list->owner == owner) return true;
    return false;
}

static void run(struct background *background, struct job *job)
{
    enum error e = OK;
    if (!background->store)
        e = database_open(background->database, background->mode, &background->store);
    if (!e) {
        store_set_interrupt(background->store, job_is_stopped, job);
        e = job->run(job, background->store);
        store_set_interrupt(background->store, NULL, NULL);
    }
    job->error = e;
    if (e) snprintf(job->message, sizeof job->message, "%s", error_message());
}

/* The caller holds the lock, before and after. */
static void run_next(struct background *background)
{
    struct job *job = background->running = take_first(&background->waiting);
    pthread_mutex_unlock(&background->lock);
    run(background, job);
    pthread_mutex_lock(&background->lock);
    background->running = NULL;
    pthread_cond_broadcast(&background->finished_one);
    if (job->dropped) {
        job->free(job);
        return;
    }
    append(&background->finished, job);
    eventfd_write(background->fd, 1);
}

static void *work(void *arg)
{
    struct background *background = arg;
    static char crash_stack[TERM_CRASH_STACK]; /* there is one such thread */
    term_give_crash_stack(crash_stack);
    pthread_mutex_lock(&background->lock);
    while (!background->ending) {
        if (background->waiting)
            run_next(background);
        else
            pthread_cond_wait(&background->posted, &background->lock);
    }
    pthread_mutex_unlock(&background->lock);
    store_close(background->store);
    return NULL;
}

/* Signals are handled by the main thread, except those of a crash: where the thread that crashed
 * blocks them, the process ends without giving the terminal back. */
static int start_thread(struct background *background)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all, before;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigdelset(&all, crashes[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&background->thread, NULL, work, background);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

enum error background_new(const char *database, enum store_mode mode, struct background **out)
{
    struct background *background = calloc(1, sizeof *background);
    if (background) background->database = strdup(database);
    int code = background && background->database ? 0 : ENOMEM;
    if (!code && (background->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0) code = errno;
    if (!code) {
        background->mode = mode;
        pthread_mutex_init(&background->lock, NULL);
        pthread_cond_init(&background->posted, NULL);
        pthread_cond_init(&background->finished_one, NULL);
        code = start_thread(background);
        if (code) close(background->fd);
    }
    *out = code ? NULL : background;
    if (!code) return OK;
    if (background) free(background->database);
    free(background);
    return fail(ERR_SYSTEM, "cannot start a thread: %s", strerror(code));
}

static void free_all(struct job **list)
{
    for (struct job *job; (job = take_first(list));)
        job->free(job);
}

void background_free(struct background *background)
{
    if (!background) return;
    pthread_mutex_lock(&background->lock);
    background->ending = true;
    if (background->running) atomic_store(&background->running->stopped, true);
    pthread_cond_signal(&background->posted);
    pthread_mutex_unlock(&background->lock);
    pthread_join(background->thread, NULL);
    free_all(&background->waiting);
    free_all(&background->finished);
    pthread_cond_destroy(&background->finished_one);
    pthread_cond_destroy(&background->posted);
    pthread_mutex_destroy(&background->lock);
    close(background->fd);
    free(background->database);
    free(background);
}

static void remove_of(struct job **list, const void *owner)
{
    while (*list) {
        struct job *job = *list;
        if (job->owner == owner) {
            *list = job->next;
            job->free(job);
        } else {
            list = &job->next;
        }
    }
}

/* The caller holds the lock. */
static void drop(struct background *background, const void *owner)
{
    struct job *running = background->running;
    remove_of(&background->waiting, owner);
    remove_of(&background->finished, owner);
    if (!running || running->owner != owner) return;
    running->dropped = true;
    atomic_store(&running->stopped, true);
}

void background_post(struct background *background, struct job *job)
{
    pthread_mutex_lock(&background->lock);
    drop(background, job->owner);
    append(&background->waiting, job);
    if (background->running && background->running->yields && !job->yields)
        atomic_store(&background->running->stopped, true);
    pthread_cond_signal(&background->posted);
    pthread_mutex_unlock(&background->lock);
}

void background_drop(struct background *background, const void *owner)
{
    pthread_mutex_lock(&background->lock);
    drop(background, owner);
    pthread_mutex_unlock(&background->lock);
}

/* The caller holds the lock. */
static void wait_for(struct background *background, const void *owner)
{
    while (has(background->waiting, owner) ||
           (background->running && background->running->owner == owner))
        pthread_cond_wait(&background->finished_one, &background->lock);
}

void background_leave(struct background *background, const void *owner)
{
    pthread_mutex_lock(&background->lock);
    drop(background, owner);
    wait_for(background, owner);
    pthread_mutex_unlock(&background->lock);
}

void background_wait(struct app *app, const void *owner)
{
    struct background *background = app->background;
    pthread_mutex_lock(&background->lock);
    wait_for(background, owner);
    pthread_mutex_unlock(&background->lock);
    /* What it brings is drawn, even if the key that waited has no effect of its own. */
    background->delivered = background_deliver(app);
    if (background->delivered) eventfd_write(background->fd, 1);
}

int background_fd(const struct background *background)
{
    return background->fd;
}

/* One at a time, since the `done` of a job may drop another. */
static struct job *take_finished(struct background *background)
{
    pthread_mutex_lock(&background->lock);
    struct job *job = take_first(&background->finished);
    pthread_mutex_unlock(&background->lock);
    return job;
}

bool background_deliver(struct app *app)
{
    struct background *background = app->background;
    eventfd_t ignored;
    struct job *job;
    if (!background) return false;
    bool any = background->delivered;
    background->delivered = false;
    eventfd_read(background->fd, &ignored);
    while ((job = take_finished(background))) {
        any = true;
        if (job->error) error_say("%s", job->message);
        job->done(app, job, job->error);
        job->free(job);
    }
    return any;
}

static enum error checkpoint(struct job *job, struct store *store)
{
    (void)job;
    return store_checkpoint(store);
}

static enum error truncate_log(struct job *job, struct store *store)
{
    (void)job;
    store_truncate_log(store);
    return OK;
}

/* If it failed, the next long commit will fail as well, and say so. */
static void checkpointed(struct app *app, struct job *job, enum error e)
{
    (void)job, (void)e;
    app->background->checkpointing = false;
}

static void free_job(struct job *job)
{
    free(job);
}

void background_checkpoint(struct app *app)
{
    struct background *background = app->background;
    struct job *job;
    if (background->checkpointing) return;
    bool truncates = store_wants_truncate(app->store);
    if (!truncates && !store_wants_checkpoint(app->store)) return;
    if (!(job = malloc(sizeof *job))) return;
    *job = (struct job){.owner = &background->checkpointing,
                        .run = truncates ? truncate_log : checkpoint,
                        .done = checkpointed,
                        .free = free_job};
    background->checkpointing = true;
    background_post(background, job);
}
