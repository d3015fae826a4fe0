#include "src/serve/verify.h"

#include <gatehouse/clock.h>
#include <gatehouse/permission.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_SIZE = 2048,
    PERMISSIONS_SIZE = CHECK_PERMISSIONS_MAX * (PERMISSION_ID_MAX + 1) + 1,
    SLOTS = 64,
};

/* An answer that was made, for the next check that is allowed the same. It is only its text:
 * whether the token is good is read each time. */
struct allowed {
    struct MHD_Response *made; /* NULL: the slot is free */
    int64_t token, expires;
    char account[ACCOUNT_NAME_MAX + 1];
    char permissions[PERMISSIONS_SIZE];
};
struct allowed_slots {
    struct allowed slots[SLOTS];
};

void verify_stop(struct seat *seat)
{
    for (int i = 0; seat->allowed && i < SLOTS; i++)
        if (seat->allowed->slots[i].made) MHD_destroy_response(seat->allowed->slots[i].made);
    free(seat->allowed);
}

/* Cuts the next part of the path out of the buffer: from *at to the next slash. */
static char *take_part(char **at)
{
    char *part = *at, *slash = strchr(part, '/');
    *at = slash ? slash + 1 : part + strlen(part);
    if (slash) *slash = 0;
    return part;
}

static bool take_account(char **at, struct question *question)
{
    char name[ACCOUNT_NAME_MAX + 1];
    char *part = take_part(at);
    if (account_parse_name(part, name)) return false;
    strcpy(part, name); /* no longer than what was typed */
    question->account = part;
    return true;
}

static bool take_permissions(char **at, struct question *question)
{
    char *rest = take_part(at);
    while (rest) {
        char *comma = strchr(rest, ',');
        if (comma) *comma = 0;
        size_t size = strlen(rest);
        if (!size || size > PERMISSION_ID_MAX || question->count == CHECK_PERMISSIONS_MAX)
            return false;
        question->permissions[question->count++] = rest;
        rest = comma ? comma + 1 : NULL;
    }
    return true;
}

/* What a path asks; the texts point into `buffer`. What follows the last part that is known is
 * ignored: Envoy appends the path of the original request. False for another path, and for one that
 * asks for something that cannot be: an account that has no such name, more than
 * CHECK_PERMISSIONS_MAX permissions. */
static bool parse(const char *path, char buffer[static PATH_SIZE], struct question *question)
{
    static const char prefix[] = "/verify";
    size_t size = sizeof prefix - 1;
    *question = (struct question){.from = ""};
    if (strncmp(path, prefix, size) != 0 || (path[size] && path[size] != '/')) return false;
    /* What does not fit is beyond the longest part that is accepted. */
    memccpy(buffer, path[size] ? path + size + 1 : "", 0, PATH_SIZE - 1);
    buffer[PATH_SIZE - 1] = 0;
    char *at = buffer;
    if (strncmp(at, "a/", 2) == 0) {
        at += 2;
        if (!take_account(&at, question)) return false;
    }
    if (strncmp(at, "p/", 2) != 0) return true;
    at += 2;
    return take_permissions(&at, question);
}

/* The check of a request that waits. */
static enum error decide(void *arg, struct request *request)
{
    struct seat *seat = arg;
    char buffer[PATH_SIZE], user[REQUEST_USER_MAX];
    struct question question;
    enum error e = OK;
    if (parse(request->path, buffer, &question)) {
        question.from = request->from;
        request_credential(request, seat->token, user);
        e = check_token(seat, seat->token, user, &question, &request->pass);
        secret_clear(seat->token);
    }
    return e == ERR_NOT_FOUND ? OK : e;
}

enum error verify_start(struct seat *seat)
{
    seat->allowed = calloc(1, sizeof *seat->allowed);
    if (seat->is_remote) batch_start(&seat->batch, &seat->source, decide, seat);
    return seat->allowed ? OK : fail_memory();
}

/* The permissions that were asked, as they stand in X-Auth-Permissions. */
static void join(const struct question *question, char out[static PERMISSIONS_SIZE])
{
    char *end = out;
    strcpy(out, "-");
    for (size_t i = 0; i < question->count; i++) {
        if (i) *end++ = ',';
        end = stpcpy(end, question->permissions[i]); /* no longer than an id may be */
    }
}

/* Each header is there and not empty: where one is missing, Caddy passes the client's own on. */
static struct MHD_Response *make_allowed(const struct token_pass *pass, const char *permissions)
{
    static char nothing[] = "";
    char account[ACCOUNT_ID_SIZE], number[32], expires[WHEN_SIZE] = "-";
    account_id_text(account, pass->account_name);
    snprintf(number, sizeof number, "%" PRId64, pass->token);
    if (pass->expires != WHEN_NEVER) when_iso(expires, pass->expires);
    struct MHD_Response *made = MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
    bool ok = made && MHD_add_response_header(made, "X-Auth-Account", account) &&
              MHD_add_response_header(made, "X-Auth-Token", number) &&
              MHD_add_response_header(made, "X-Auth-Permissions", permissions) &&
              MHD_add_response_header(made, "X-Auth-Expires", expires) &&
              MHD_add_response_header(made, "Cache-Control", "no-store");
    if (ok) return made;
    if (made) MHD_destroy_response(made);
    return NULL;
}

static struct MHD_Response *find_allowed(const struct seat *seat, const struct token_pass *pass,
                                         const char *permissions)
{
    struct allowed *slot = &seat->allowed->slots[(uint64_t)pass->token % SLOTS];
    if (slot->made && slot->token == pass->token && slot->expires == pass->expires &&
        strcmp(slot->account, pass->account_name) == 0 &&
        strcmp(slot->permissions, permissions) == 0)
        return slot->made;
    if (slot->made) MHD_destroy_response(slot->made);
    slot->made = make_allowed(pass, permissions);
    slot->token = pass->token;
    slot->expires = pass->expires;
    strcpy(slot->account, pass->account_name);
    strcpy(slot->permissions, permissions);
    return slot->made;
}

/* The answer that also ends the connection. */
static enum MHD_Result allow_last(struct MHD_Connection *connection, const struct token_pass *pass,
                                  const char *permissions)
{
    struct MHD_Response *made = make_allowed(pass, permissions);
    if (!made) return MHD_NO;
    enum MHD_Result queued = MHD_add_response_header(made, "Connection", "close");
    if (queued) queued = MHD_queue_response(connection, MHD_HTTP_OK, made);
    MHD_destroy_response(made);
    return queued;
}

static enum MHD_Result allow(struct seat *seat, struct MHD_Connection *connection,
                             const struct token_pass *pass, const struct question *question)
{
    char permissions[PERMISSIONS_SIZE];
    join(question, permissions);
    if (atomic_load(&seat->service->draining)) return allow_last(connection, pass, permissions);
    struct MHD_Response *made = find_allowed(seat, pass, permissions);
    return made ? MHD_queue_response(connection, MHD_HTTP_OK, made)
                : seat_answer(seat, connection, ANSWER_UNAVAILABLE);
}

static enum error check(struct seat *seat, const char *user, const struct question *question,
                        struct token_pass *pass)
{
    enum error e = source_begin(&seat->source);
    if (e) return e;
    e = source_end(&seat->source, check_token(seat, seat->token, user, question, pass));
    return e == ERR_NOT_FOUND ? OK : e;
}

/* A good token that may not do what was asked is told so; all other denials look the same. */
static enum answer answer_of(const struct token_pass *pass)
{
    bool scope = pass->denial == DENIAL_NARROWED || pass->denial == DENIAL_PERMISSION;
    return scope ? ANSWER_SCOPE : ANSWER_DENIED;
}

static int answer_decided(struct seat *seat, struct MHD_Connection *connection, enum error e,
                          const struct token_pass *pass, const struct question *question,
                          enum MHD_Result *queued)
{
    if (e) {
        *queued = seat_answer(seat, connection, ANSWER_UNAVAILABLE);
        return COUNT_UNAVAILABLE;
    }
    *queued = pass->denial ? seat_answer(seat, connection, answer_of(pass))
                           : allow(seat, connection, pass, question);
    check_note(seat, pass, question->from);
    return (int)pass->denial;
}

enum { WAITS = -1 };

/* Returns what is counted, or WAITS. */
static int answer(struct seat *seat, struct MHD_Connection *connection, struct request *request,
                  const struct question *question, enum MHD_Result *queued)
{
    char user[REQUEST_USER_MAX];
    struct token_pass pass = {.denial = DENIAL_FORM};
    enum error e = OK;
    enum credential credential = request_credential(request, seat->token, user);
    if (credential == CREDENTIAL_NONE) {
        *queued = seat_answer(seat, connection, ANSWER_NO_CREDENTIAL);
        return COUNT_NO_CREDENTIAL;
    }
    if (credential == CREDENTIAL_TWO) {
        *queued = seat_answer(seat, connection, ANSWER_MALFORMED);
        return COUNT_MALFORMED;
    }
    if (credential == CREDENTIAL_GIVEN) {
        if (batch_add(&seat->batch, connection, request, seat->token)) return WAITS;
        e = check(seat, user, question, &pass);
    }
    return answer_decided(seat, connection, e, &pass, question, queued);
}

enum MHD_Result verify_answer(struct seat *seat, struct MHD_Connection *connection,
                              struct request *request, const char *path)
{
    char buffer[PATH_SIZE];
    struct question question;
    enum MHD_Result queued;
    if (!parse(path, buffer, &question)) return seat_answer(seat, connection, ANSWER_NOT_FOUND);
    question.from = request->from;
    request->path = path;
    if (!request->is_decided) request->began = clock_ns();
    int result = request->is_decided ? answer_decided(seat, connection, request->decision,
                                                      &request->pass, &question, &queued)
                                     : answer(seat, connection, request, &question, &queued);
    secret_clear(seat->token);
    if (result == WAITS) return MHD_YES;
    counts_add(&seat->counts, result, clock_ns() - request->began);
    return queued;
}
