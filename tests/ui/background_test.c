/* Jobs on the background thread: which of them are done, in what order, and what is left of those
 * that are no longer wanted. */
#include "ui/app.h"
#include "ui/background.h"

#include <criterion/criterion.h>
#include <gatehouse/database.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64], path[128];
static struct app app;
static char told[64]; /* the letters of the jobs that were done */
static atomic_int freed, running;

struct lettered {
    struct job job;
    char letter;
    bool endless; /* until it is stopped */
};

static enum error run(struct job *job, struct store *store)
{
    const struct lettered *lettered = (struct lettered *)job;
    int64_t version;
    atomic_fetch_add(&running, 1);
    while (lettered->endless && !job_is_stopped(job))
        usleep(100);
    if (lettered->endless) return ERR_STOPPED;
    if (lettered->letter == 'x') return fail(ERR_INVALID, "x is not wanted");
    return stmt_int(store_prepare(store, "PRAGMA user_version"), &version);
}

static void done(struct app *unused, struct job *job, enum error e)
{
    (void)unused;
    char letter = ((struct lettered *)job)->letter;
    size_t size = strlen(told);
    snprintf(told + size, sizeof told - size, "%c%s", letter, e == ERR_STOPPED ? "!" : "");
    if (e == ERR_INVALID) cr_assert_str_eq(error_message(), "x is not wanted");
}

static void free_job(struct job *job)
{
    atomic_fetch_add(&freed, 1);
    free(job);
}

static void post(const void *owner, char letter, bool endless, bool yields)
{
    struct lettered *lettered = calloc(1, sizeof *lettered);
    *lettered = (struct lettered){
        .job = {.owner = owner, .yields = yields, .run = run, .done = done, .free = free_job},
        .letter = letter,
        .endless = endless};
    background_post(app.background, &lettered->job);
}

static void wait_until_running(int count)
{
    while (atomic_load(&running) < count)
        usleep(100);
}

static void open_background(void)
{
    struct store *store;
    snprintf(folder, sizeof folder, "/tmp/gatehouse-background-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/test.db", folder);
    cr_assert_eq(database_open(path, STORE_CREATE, &store), OK);
    store_close(store);
    cr_assert_eq(background_new(path, STORE_OPEN, &app.background), OK);
}

static void close_background(void)
{
    char command[160];
    background_free(app.background);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(background, .init = open_background, .fini = close_background, .timeout = 300);

static const char one, two, three;

Test(background, jobs_are_done_one_after_the_other)
{
    post(&one, 'a', false, false);
    post(&two, 'b', false, false);
    post(&three, 'c', false, false);
    background_wait(&app, &three);
    cr_assert_str_eq(told, "abc");
    cr_assert_eq(freed, 3);
}

/* The loop draws what a key has waited for, even if the key does nothing with it. */
Test(background, what_was_waited_for_is_told_to_the_loop_once)
{
    struct pollfd ready = {.fd = background_fd(app.background), .events = POLLIN};
    post(&one, 'a', false, false);
    background_wait(&app, &one);
    cr_assert_str_eq(told, "a");
    cr_assert_eq(poll(&ready, 1, 0), 1);
    cr_assert(background_deliver(&app));
    cr_assert_eq(poll(&ready, 1, 0), 0);
    cr_assert_not(background_deliver(&app));
    cr_assert_str_eq(told, "a");
}

Test(background, what_is_finished_can_be_waited_for)
{
    struct pollfd ready = {.fd = background_fd(app.background), .events = POLLIN};
    post(&one, 'a', false, false);
    cr_assert_eq(poll(&ready, 1, 30000), 1);
    cr_assert(background_deliver(&app));
    cr_assert_str_eq(told, "a");
    cr_assert_eq(poll(&ready, 1, 0), 0);
}

Test(background, a_newer_job_takes_the_place_of_the_older)
{
    post(&one, 'a', true, false);
    wait_until_running(1);
    post(&two, 'b', false, false);
    post(&one, 'c', false, false);
    post(&one, 'd', false, false);
    background_wait(&app, &one);
    cr_assert_str_eq(told, "bd");
    cr_assert_eq(freed, 4);
}

Test(background, a_job_that_was_dropped_is_not_told_of)
{
    post(&one, 'a', false, false);
    post(&two, 'b', false, false);
    background_wait(&app, &two);
    cr_assert(background_deliver(&app));
    told[0] = 0;
    post(&one, 'c', false, false);
    post(&two, 'd', true, false);
    wait_until_running(4); /* c has finished, but is not delivered yet */
    background_drop(app.background, &one);
    background_leave(app.background, &two);
    cr_assert_eq(freed, 4, "the thread has let go of it");
    cr_assert_not(background_deliver(&app));
    cr_assert_str_eq(told, "");
}

Test(background, a_job_that_yields_is_told_that_it_had_to)
{
    post(&one, 'a', true, true);
    wait_until_running(1);
    post(&two, 'b', false, false);
    background_wait(&app, &two);
    cr_assert_str_eq(told, "a!b");
}

Test(background, what_went_wrong_is_said_where_it_is_told)
{
    post(&one, 'x', false, false);
    background_wait(&app, &one);
    cr_assert_str_eq(told, "x");
}

Test(background, its_end_stops_what_runs_and_frees_what_waits)
{
    post(&one, 'a', true, false);
    wait_until_running(1);
    post(&two, 'b', false, false);
    background_free(app.background);
    app.background = NULL;
    cr_assert_eq(freed, 2);
    cr_assert_str_eq(told, "");
}

Test(background, a_database_that_cannot_be_opened_is_said)
{
    background_free(app.background);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(background_new(path, STORE_OPEN, &app.background), OK);
    post(&one, 'a', false, false);
    background_wait(&app, &one);
    cr_assert_str_eq(told, "a");
    cr_assert_neq(error_message()[0], 0);
}
