#include "src/serve/batch.h"

#include <poll.h>

void batch_start(struct batch *batch, struct source *source,
                 enum error (*decide)(void *arg, struct request *request), void *arg)
{
    batch->source = source;
    batch->decide = decide;
    batch->arg = arg;
}

bool batch_add(struct batch *batch, struct MHD_Connection *connection, struct request *request,
               const struct secret *token)
{
    if (!batch->source || !batch->waits) return false;
    struct token_checker *checker = batch->source->checker;
    const size_t place = atomic_fetch_add(&batch->count, 1); /* before it is asked whether to end */
    if (atomic_load(&batch->ends) || !checker ||
        token_checker_expect(checker, token->bytes, token->size)) {
        atomic_store(&batch->count, place);
        return false;
    }
    request->waiting = connection;
    request->pass = (struct token_pass){.denial = DENIAL_UNKNOWN}; /* unless `decide` says other */
    batch->requests[place] = request;
    MHD_suspend_connection(connection);
    if (place + 1 == TOKEN_CHECKER_TOGETHER) batch_run(batch);
    return true;
}

static enum error decide_all(struct batch *batch, size_t count)
{
    enum error e = token_checker_read_expected(batch->source->checker);
    for (size_t i = 0; i < count && !e; i++)
        e = batch->decide(batch->arg, batch->requests[i]);
    return e;
}

void batch_run(struct batch *batch)
{
    const size_t count = atomic_load(&batch->count);
    if (!count) return;
    enum error e = source_begin(batch->source);
    if (!e) e = source_end(batch->source, decide_all(batch, count));
    if (batch->source->checker) token_checker_expect_nothing(batch->source->checker);
    for (size_t i = 0; i < count; i++) {
        struct request *request = batch->requests[i];
        request->is_decided = true;
        request->decision = e;
        MHD_resume_connection(request->waiting);
    }
    atomic_store(&batch->count, 0);
}

void batch_end(struct batch *batch)
{
    atomic_store(&batch->ends, true);
    while (atomic_load(&batch->count) > 0)
        poll(NULL, 0, 1);
}
