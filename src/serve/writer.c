#include "src/serve/writer.h"

#include "src/serve/denial_log.h"
#include "src/serve/log.h"
#include "src/serve/source.h"

#include <gatehouse/ambient.h>
#include <gatehouse/token_change.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SLOTS = 8192,       /* of a queue; a power of two */
    NOTES_MAX = 6000,   /* more would make finding a free one slow */
    PENDING_MAX = 8192, /* waiting for the lock of the database */
    CHUNK = 200,        /* in one transaction, so that an admin waits for a moment at most */
    COLLECT_MS = 300,
    USE_SECONDS = 4,    /* between two records of one token: with the above, 5 s are never lost */
    ALARM_SECONDS = 60, /* between two events of one canary */
    ALARMS = 64,        /* canaries whose last event is remembered */
};

struct note {
    struct token_use use; /* at 0: free */
    unsigned count;       /* how many it stands for */
    bool canary;
};

/* Two tables: one is filled while the writer reads the other. */
struct batch {
    size_t count;
    struct note notes[SLOTS];
};
struct queue {
    pthread_mutex_t lock;
    struct batch *filling, *reading;
};

struct writer {
    struct source source;
    struct actor actor;
    struct queue **queues;
    size_t queue_count;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool noted, stopping;
    struct revocation *first, **last;
    atomic_ullong lost;
    size_t pending_count;
    struct token_use pending[PENDING_MAX];
    struct denial_log log;
    struct alarm {
        int64_t token, at;
    } alarms[ALARMS];
    size_t alarm_next;
};

enum error queue_new(struct queue **out)
{
    struct queue *queue = *out = calloc(1, sizeof *queue);
    if (!queue) return fail_memory();
    pthread_mutex_init(&queue->lock, NULL);
    queue->filling = calloc(1, sizeof *queue->filling);
    queue->reading = calloc(1, sizeof *queue->reading);
    if (queue->filling && queue->reading) return OK;
    queue_free(queue);
    *out = NULL;
    return fail_memory();
}

void queue_free(struct queue *queue)
{
    if (!queue) return;
    free(queue->filling);
    free(queue->reading);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

static size_t slot_of(const struct token_use *use)
{
    uint64_t hash = (uint64_t)use->token * 2 + (use->denial != DENIAL_NONE);
    if (use->denial)
        for (const char *at = use->from; *at; at++)
            hash = hash * 31 + (unsigned char)*at;
    return hash * UINT64_C(0x9e3779b97f4a7c15) >> 51; /* 13 bits: SLOTS */
}

static bool is_same(const struct token_use *a, const struct token_use *b)
{
    return a->token == b->token && !a->denial == !b->denial &&
           (!a->denial || strcmp(a->from, b->from) == 0);
}

/* The newer of two notes about a token replaces the older; the denials are kept apart by address.
 */
static bool put(struct batch *batch, const struct token_use *use, bool canary)
{
    size_t slot = slot_of(use);
    while (batch->notes[slot].use.at && !is_same(&batch->notes[slot].use, use))
        slot = (slot + 1) % SLOTS;
    if (!batch->notes[slot].use.at && batch->count++ >= NOTES_MAX) {
        batch->count--;
        return false;
    }
    unsigned count = batch->notes[slot].count + 1;
    batch->notes[slot] = (struct note){.use = *use, .count = count, .canary = canary};
    return true;
}

void writer_note(struct writer *writer, struct queue *queue, const struct token_use *use,
                 bool canary)
{
    pthread_mutex_lock(&queue->lock);
    bool first = queue->filling->count == 0;
    bool fits = put(queue->filling, use, canary);
    pthread_mutex_unlock(&queue->lock);
    if (!fits) atomic_fetch_add(&writer->lost, 1);
    if (!first) return;
    pthread_mutex_lock(&writer->lock);
    writer->noted = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
}

void writer_revoke(struct writer *writer, struct revocation *revocation)
{
    revocation->next = NULL;
    revocation->result = ERR_STOPPED;
    pthread_mutex_lock(&writer->lock);
    bool late = writer->stopping;
    if (!late) {
        *writer->last = revocation;
        writer->last = &revocation->next;
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->lock);
    if (late) revocation->done(revocation);
}

unsigned long long writer_lost(const struct writer *writer)
{
    return atomic_load(&writer->lost);
}

static struct revocation *take_revocations(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    struct revocation *first = writer->first;
    writer->first = NULL;
    writer->last = &writer->first;
    pthread_mutex_unlock(&writer->lock);
    return first;
}

static struct act act_of(const struct writer *writer)
{
    return (struct act){
        .store = writer->source.store, .actor = &writer->actor, .now = ambient_now()};
}

/* What the store cannot do now is tried again after it has been reopened. */
static void watch(struct writer *writer, enum error e)
{
    if (e == ERR_STORE || e == ERR_SYSTEM) source_drop(&writer->source);
}

static void revoke_all(struct writer *writer)
{
    struct revocation *revocation = take_revocations(writer);
    while (revocation) {
        struct revocation *next = revocation->next;
        enum error e = source_open(&writer->source);
        struct act act = act_of(writer);
        if (!e) e = token_revoke_from(&act, revocation->token, revocation->from, NULL);
        watch(writer, e);
        revocation->result = e == ERR_NOT_FOUND ? OK : e; /* deleted meanwhile */
        revocation->done(revocation);
        revocation = next;
    }
}

static bool is_alarm_due(struct writer *writer, const struct token_use *use)
{
    struct alarm *found = NULL;
    for (size_t i = 0; i < ALARMS; i++)
        if (writer->alarms[i].token == use->token) found = &writer->alarms[i];
    if (found && use->at >= found->at && use->at < found->at + ALARM_SECONDS) return false;
    if (!found) found = &writer->alarms[writer->alarm_next++ % ALARMS];
    *found = (struct alarm){.token = use->token, .at = use->at};
    return true;
}

static void raise_alarm(struct writer *writer, const struct token_use *use)
{
    const struct token_pass pass = {.token = use->token, .account = use->account};
    if (source_store(&writer->source) && is_alarm_due(writer, use)) {
        struct act act = act_of(writer);
        enum error e = token_alarm(&act, &pass, use->from[0] ? use->from : NULL);
        watch(writer, e);
        if (e) log_line("the use of a canary could not be recorded: %s", error_message());
    }
}

static void take_note(struct writer *writer, const struct note *note)
{
    const struct token_use *use = &note->use;
    if (use->denial) denial_log_add(&writer->log, source_store(&writer->source), use, note->count);
    if (note->canary)
        raise_alarm(writer, use);
    else if (use->token && writer->pending_count < PENDING_MAX)
        writer->pending[writer->pending_count++] = *use;
    else if (use->token)
        atomic_fetch_add(&writer->lost, 1);
}

static void take_notes(struct writer *writer, struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    struct batch *batch = queue->filling;
    queue->filling = queue->reading;
    queue->reading = batch;
    pthread_mutex_unlock(&queue->lock);
    if (!batch->count) return;
    for (size_t i = 0; i < SLOTS; i++)
        if (batch->notes[i].use.at) take_note(writer, &batch->notes[i]);
    memset(batch, 0, sizeof *batch);
}

/* Whoever holds the lock of the database is not disturbed: what is left is tried again. */
static void record(struct writer *writer)
{
    size_t done = 0;
    enum error e = OK;
    while (done < writer->pending_count && !e && source_store(&writer->source)) {
        size_t count = writer->pending_count - done;
        if (count > CHUNK) count = CHUNK;
        e = token_use_record(writer->source.store, writer->pending + done, count, USE_SECONDS);
        if (!e) done += count;
        watch(writer, e);
    }
    writer->pending_count -= done;
    memmove(writer->pending, writer->pending + done,
            writer->pending_count * sizeof *writer->pending);
}

/* Waits for something to do; with `collecting`, for a moment at most. False: it is to end. */
static bool wait(struct writer *writer, bool collecting)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += COLLECT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    bool late = false;
    pthread_mutex_lock(&writer->lock);
    while (!writer->stopping && !writer->first && !late && (collecting || !writer->noted)) {
        if (!collecting)
            pthread_cond_wait(&writer->wake, &writer->lock);
        else
            late = pthread_cond_timedwait(&writer->wake, &writer->lock, &until) != 0;
    }
    bool stopping = writer->stopping;
    pthread_mutex_unlock(&writer->lock);
    return !stopping;
}

static void work(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->noted = false;
    pthread_mutex_unlock(&writer->lock);
    revoke_all(writer);
    enum error ignored = source_open(&writer->source); /* tells itself */
    (void)ignored;
    for (size_t i = 0; i < writer->queue_count; i++)
        take_notes(writer, writer->queues[i]);
    record(writer);
}

static void *run(void *arg)
{
    struct writer *writer = arg;
    bool more = true;
    while (more) {
        more = wait(writer, writer->pending_count > 0);
        revoke_all(writer);
        if (more) more = wait(writer, true);
        work(writer);
    }
    return NULL;
}

static enum error start(struct writer *writer)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&writer->thread, NULL, run, writer) == 0) return OK;
    return fail(ERR_SYSTEM, "cannot start a thread");
}

enum error writer_start(const char *path, struct queue **queues, size_t count, struct writer **out)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer) return fail_memory();
    writer->source = (struct source){.path = path, .mode = STORE_OPEN};
    writer->queues = queues;
    writer->queue_count = count;
    writer->last = &writer->first;
    actor_current(&writer->actor);
    enum error e = source_open(&writer->source);
    if (!e) e = start(writer);
    if (e) {
        source_close(&writer->source);
        free(writer);
        return e;
    }
    *out = writer;
    return OK;
}

void writer_stop(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    source_close(&writer->source);
}

void writer_free(struct writer *writer)
{
    if (!writer) return;
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}
