#include "src/serve/batch.h"

#include "src/serve/seat.h"
#include "src/serve/verify.h"

#include <poll.h>

bool batch_add(struct seat *seat, struct MHD_Connection *connection, struct request *request)
{
    struct batch *batch = &seat->batch;
    const struct secret *token = seat->token;
    if (!seat->is_remote || !seat->waits || atomic_load(&batch->ends)) return false;
    if (token_checker_expect(seat->source.checker, token->bytes, token->size)) return false;
    request->waiting = connection;
    batch->requests[atomic_fetch_add(&batch->count, 1)] = request;
    MHD_suspend_connection(connection);
    if (atomic_load(&batch->count) == TOKEN_CHECKER_TOGETHER) batch_run(seat);
    return true;
}

static enum error check_all(struct seat *seat, size_t count)
{
    enum error e = token_checker_read_expected(seat->source.checker);
    for (size_t i = 0; i < count && !e; i++)
        e = verify_decide(seat, seat->batch.requests[i]);
    return e;
}

void batch_run(struct seat *seat)
{
    struct batch *batch = &seat->batch;
    const size_t count = atomic_load(&batch->count);
    if (!count) return;
    enum error e = source_begin(&seat->source);
    if (!e) e = source_end(&seat->source, check_all(seat, count));
    if (seat->source.checker) token_checker_expect_nothing(seat->source.checker);
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
