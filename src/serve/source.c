#include "src/serve/source.h"

#include "src/serve/log.h"

#include <gatehouse/clock.h>
#include <gatehouse/database.h>
#include <stdatomic.h>

enum { MILLION = 1000000 };

static atomic_uint reopen_count;

static bool is_late(void *arg)
{
    const struct source *source = arg;
    return clock_ns() - source->began > (int64_t)SOURCE_ANSWER_MS * MILLION;
}

static bool is_long(void *arg, int64_t waited_ms)
{
    (void)arg;
    return waited_ms >= SOURCE_ANSWER_MS;
}

static atomic_int told; /* enum error: what the log says last; OK: it is open */

/* One line for all threads when it fails, another when an admin is needed for it to end, and one
 * when it works again; what fails at the start ends the program, which says why. */
static void tell(struct source *source, enum error e)
{
    source->was_open |= !e;
    if (!source->was_open) return;
    if (!e) {
        if (source->failed && atomic_exchange(&told, OK)) log_line("the database is open again");
        source->failed = false;
        return;
    }
    int before = atomic_load(&told);
    bool is_news = before == OK ? !source->failed : e == ERR_STORE && before != ERR_STORE;
    source->failed = true;
    if (is_news && atomic_compare_exchange_strong(&told, &before, (int)e))
        log_line("no answers until the database can be opened again: %s", error_message());
}

void source_close(struct source *source)
{
    token_checker_free(source->checker);
    store_close(source->store);
    source->checker = NULL;
    source->store = NULL;
}

void source_reopen_all(void)
{
    atomic_fetch_add(&reopen_count, 1);
}

static enum error open_now(struct source *source)
{
    enum error e = database_open(source->path, source->mode, &source->store);
    if (!e) e = token_checker_new(source->store, &source->checker);
    if (e) {
        source_close(source);
        return e;
    }
    if (source->mode == STORE_ANSWER) { /* it answers, and must not wait */
        store_set_wait(source->store, is_long, NULL);
        store_set_interrupt(source->store, is_late, source);
    }
    return OK;
}

void source_drop(struct source *source)
{
    source->dropped = source->store && store_hang_up(source->store);
    if (!source->dropped) source_close(source);
}

/* An answer connects when it begins. */
static enum error connect_again(struct source *source)
{
    source->dropped = false;
    if (source->mode == STORE_ANSWER) return OK;
    enum error e = store_begin_read(source->store);
    if (!e) e = store_end(source->store, OK);
    if (e) source_drop(source);
    tell(source, e);
    return e;
}

enum error source_open(struct source *source)
{
    unsigned count = atomic_load(&reopen_count);
    if (source->store && !source->dropped && source->reopened == count) return OK;
    int64_t now = clock_ns() / MILLION;
    bool asked = source->reopened != count;
    if (!asked && source->tried && now - source->tried < SOURCE_RETRY_MS)
        return fail(ERR_BUSY, "the database cannot be opened");
    source_drop(source);
    source->reopened = count;
    source->tried = now;
    source->began = clock_ns();
    if (source->dropped) return connect_again(source);
    enum error e = open_now(source);
    tell(source, e);
    return e;
}

/* Stopped, kept waiting by a writer, or just slow: the log says the same of all three. */
static enum error drop(struct source *source, enum error e)
{
    if (is_late(source) && (e == ERR_STOPPED || e == ERR_BUSY))
        e = fail(e, "reading took longer than %d ms", SOURCE_ANSWER_MS);
    tell(source, e);
    source_drop(source);
    return e;
}

struct store *source_store(const struct source *source)
{
    return source->dropped ? NULL : source->store;
}

enum error source_begin(struct source *source)
{
    enum error e = source_open(source);
    if (e) return e;
    source->began = clock_ns();
    if (source->keeps) store_keep_reads(source->store);
    e = store_begin_fresh(source->store);
    if (e) return drop(source, e);
    tell(source, OK);
    return OK;
}

void source_let_go(struct source *source)
{
    if (source->store) store_let_go(source->store);
}

enum error source_end(struct source *source, enum error result)
{
    enum error e = store_end(source->store, result);
    if (e == OK || e == ERR_NOT_FOUND || e == ERR_INVALID) {
        if (!is_late(source)) return e;
        e = ERR_STOPPED;
    }
    return drop(source, e);
}
