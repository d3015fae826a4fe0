#include "src/serve/worker.h"

#include "src/serve/admin.h"
#include "src/serve/guard.h"
#include "src/serve/oauth.h"
#include "src/serve/verify.h"

#include <gatehouse/token_format.h>
#include <string.h>
#include <unistd.h>

enum {
    IDLE_SECONDS = 30,
    POOL_SIZE = 24 * 1024, /* for the headers of a request, and what the library makes of them */
    SECRET_SIZE = 1024,    /* the base64 of Basic is decoded into it */
};

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct seat *seat = arg;
    struct request *request = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        if (request_new(connection, &seat->service->trusted, &request)) return;
        *context = request;
        return;
    }
    if (request) guard_close(request->fd);
    request_free(request);
    *context = NULL;
    atomic_fetch_sub(&seat->connections, 1);
    atomic_fetch_sub(&seat->service->connections, 1);
}

static void *on_target(void *arg, const char *target, struct MHD_Connection *connection)
{
    (void)arg;
    struct request *request =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (request && target) request_read_target(request, target);
    return request;
}

/* Paths are compared as they came. */
static size_t keep_escapes(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg, (void)connection;
    return strlen(text);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct request *request = *context;
    (void)arg, (void)connection, (void)code;
    if (!request) return;
    guard_answered(request->fd);
    request_end(request);
    *context = NULL;
}

static bool takes_form(const char *path)
{
    return strcmp(path, "/introspect") == 0 || strcmp(path, "/revoke") == 0;
}

static void before_waiting(void *arg)
{
    struct seat *seat = arg;
    batch_run(&seat->batch);
}

static void on_idle(void *arg)
{
    struct seat *seat = arg;
    source_let_go(&seat->source);
}

/* Refuses a request by its headers; *status 0: it may go on. */
static enum MHD_Result begin(struct seat *seat, struct MHD_Connection *connection,
                             struct request *request, const char *path)
{
    request->begun = true;
    seat->batch.waits = seat->source.keeps = guard_on_wait(before_waiting, on_idle, seat);
    unsigned status = request_read_headers(request, connection);
    if (status == MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE)
        return seat_answer(seat, connection, ANSWER_HEADER_LARGE);
    if (status || (request->has_body && !takes_form(path)))
        return seat_answer(seat, connection, ANSWER_MALFORMED);
    return MHD_YES;
}

static enum MHD_Result take_body(struct request *request, const char *bytes, size_t *size)
{
    if (!request->body_too_long && request_read_body(request, bytes, *size)) return MHD_NO;
    *size = 0;
    return MHD_YES;
}

/* Whether the database can be read, with our schema. */
static enum answer is_ready(struct seat *seat)
{
    static const struct question nothing = {.from = ""};
    struct token_pass pass;
    secret_clear(seat->token);
    seat->token->size = TOKEN_TEXT_SIZE; /* an unknown one, which is looked up all the same */
    memset(seat->token->bytes, 'x', TOKEN_TEXT_SIZE);
    enum error e = source_begin(&seat->source);
    if (!e) e = source_end(&seat->source, check_token(seat, seat->token, "", &nothing, &pass));
    secret_clear(seat->token);
    return !e || e == ERR_NOT_FOUND ? ANSWER_OK : ANSWER_UNAVAILABLE;
}

static enum MHD_Result form(struct seat *seat, struct MHD_Connection *connection,
                            struct request *request, const char *path, const char *method)
{
    if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
        return seat_answer(seat, connection, ANSWER_METHOD);
    if (request->body_too_long) return seat_answer(seat, connection, ANSWER_BODY_LARGE);
    if (guard_is_odd(request->fd)) return seat_answer(seat, connection, ANSWER_MALFORMED);
    return strcmp(path, "/revoke") == 0 ? oauth_revoke(seat, connection, request)
                                        : oauth_introspect(seat, connection, request);
}

/* What both kinds of sockets answer. */
static enum MHD_Result answer_common(struct seat *seat, struct MHD_Connection *connection,
                                     const char *path, const char *method)
{
    if (strcmp(path, "/healthz") == 0) return seat_answer(seat, connection, ANSWER_OK);
    if (strcmp(path, "/readyz") == 0) return seat_answer(seat, connection, is_ready(seat));
    bool options = strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0;
    return seat_answer(seat, connection,
                       options && strcmp(path, "/") == 0 ? ANSWER_OK : ANSWER_NOT_FOUND);
}

/* Called first with the headers, then with each piece of a body, then with none. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *size, void **context)
{
    struct seat *seat = arg;
    struct request *request = *context;
    (void)version;
    if (!request) return MHD_NO;
    if (!request->begun) return begin(seat, connection, request, path);
    if (*size) return take_body(request, bytes, size);
    if (strncmp(path, "/verify", sizeof "/verify" - 1) == 0)
        return verify_answer(seat, connection, request, path);
    if (strcmp(path, oauth_metadata_path) == 0) return oauth_metadata(seat, connection, request);
    if (takes_form(path)) return form(seat, connection, request, path, method);
    return answer_common(seat, connection, path, method);
}

static enum MHD_Result on_admin_request(void *arg, struct MHD_Connection *connection,
                                        const char *path, const char *method, const char *version,
                                        const char *bytes, size_t *size, void **context)
{
    struct seat *seat = arg;
    struct request *request = *context;
    (void)version;
    if (!request) return MHD_NO;
    if (!request->begun) return begin(seat, connection, request, path);
    if (*size) return take_body(request, bytes, size);
    if (strcmp(path, "/metrics") == 0) return admin_metrics(seat, connection);
    if (strcmp(path, "/status") == 0) return admin_status(seat, connection);
    return answer_common(seat, connection, path, method);
}

static enum error start_daemon(struct seat *seat, enum worker_kind kind)
{
    seat->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
            MHD_ALLOW_SUSPEND_RESUME,
        0, NULL, NULL, kind == WORKER_ADMIN ? on_admin_request : on_request, seat,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_SIZE, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)SEAT_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, seat, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, seat, MHD_OPTION_URI_LOG_CALLBACK, on_target, seat,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, seat, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    return seat->daemon ? OK : fail(ERR_SYSTEM, "cannot start a thread of libmicrohttpd");
}

enum error worker_start(struct seat *seat, struct service *service, enum worker_kind kind)
{
    seat->service = service;
    seat->source = (struct source){.path = service->path, .mode = STORE_ANSWER};
    enum error e = source_open(&seat->source);
    if (!e) seat->is_remote = store_connections(seat->source.store) > 0;
    if (!e) e = answers_make(&seat->answers, service->basic);
    if (!e) e = verify_start(seat);
    if (!e) e = secret_new(SECRET_SIZE, &seat->token);
    if (!e) e = secret_new(SECRET_SIZE, &seat->caller);
    return e ? e : start_daemon(seat, kind);
}

void worker_add(struct seat *seat, int fd, const struct sockaddr *peer, socklen_t size)
{
    atomic_fetch_add(&seat->connections, 1);
    atomic_fetch_add(&seat->service->connections, 1);
    if (!guard_open(fd, peer->sa_family == AF_UNIX)) {
        close(fd);
    } else if (MHD_add_connection(seat->daemon, fd, peer, size) == MHD_YES) {
        return;
    } else {
        guard_close(fd);
    }
    atomic_fetch_sub(&seat->connections, 1);
    atomic_fetch_sub(&seat->service->connections, 1);
}

void worker_stop(struct seat *seat)
{
    batch_end(&seat->batch);
    if (seat->daemon) MHD_stop_daemon(seat->daemon);
    answers_free(&seat->answers);
    verify_stop(seat);
    secret_free(seat->token);
    secret_free(seat->caller);
    source_close(&seat->source);
}
