#include "src/serve/oauth.h"

#include <gatehouse/ascii.h>
#include <gatehouse/permission.h>
#include <gatehouse/setting.h>
#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The permission that the caller of /introspect must hold. */
static const char introspection[] = "token_introspection";

static enum MHD_Result queue_text(struct seat *seat, struct MHD_Connection *connection, char *text)
{
    struct MHD_Response *made =
        text ? MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE) : NULL;
    if (!made) {
        free(text);
        return seat_answer(seat, connection, ANSWER_UNAVAILABLE);
    }
    bool ok = MHD_add_response_header(made, "Content-Type", "application/json") &&
              MHD_add_response_header(made, "Cache-Control", "no-store");
    if (ok && atomic_load(&seat->service->draining))
        ok = MHD_add_response_header(made, "Connection", "close");
    enum MHD_Result queued = ok ? MHD_queue_response(connection, MHD_HTTP_OK, made)
                                : seat_answer(seat, connection, ANSWER_UNAVAILABLE);
    MHD_destroy_response(made);
    return queued;
}

const char oauth_metadata_path[] = "/.well-known/oauth-authorization-server";

/* What is written into the page must be a name, or an address, and a port. */
static bool is_host(const char *host)
{
    static const char others[] = "-.:[]";
    for (const char *at = host; *at; at++)
        if (!ascii_is_alnum(*at) && !strchr(others, *at)) return false;
    return *host;
}

enum MHD_Result oauth_metadata(struct seat *seat, struct MHD_Connection *connection,
                               const struct request *request)
{
    const char *host = request->host;
    if (!is_host(host)) return seat_answer(seat, connection, ANSWER_MALFORMED);
    char *text = NULL;
    int size = asprintf(&text,
                        "{\"issuer\":\"http://%s\",\"introspection_endpoint\":\"http://%s/"
                        "introspect\",\"revocation_endpoint\":\"http://%s/revoke\","
                        "\"response_types_supported\":[]}",
                        host, host, host);
    return queue_text(seat, connection, size < 0 ? NULL : text);
}

/* The ids of all that the token allows, separated by blanks. */
static enum error read_scope(struct store *store, const struct token_pass *pass, json_t **out)
{
    struct id_set allowed;
    char *scope = strdup("");
    enum error e = token_allowed(store, pass->token, pass->account, &allowed);
    for (size_t i = 0; i < allowed.count && !e && scope; i++) {
        struct permission permission;
        char *longer = NULL;
        e = permission_get(store, allowed.ids[i], &permission);
        if (!e && asprintf(&longer, "%s%s%s", scope, i ? " " : "", permission.id) < 0)
            longer = NULL;
        free(scope);
        scope = longer;
    }
    id_set_free(&allowed);
    if (!e && !scope) e = fail_memory();
    *out = e ? NULL : json_string(scope);
    free(scope);
    return e;
}

static enum error describe(struct seat *seat, const struct token_pass *pass, json_t **out)
{
    char id[ACCOUNT_ID_SIZE], number[32];
    struct token_row row;
    json_t *scope = NULL;
    struct store *store = seat->source.store;
    enum error e = token_get(store, 0, pass->token, &row);
    if (!e) e = read_scope(store, pass, &scope);
    if (e) return e;
    account_id_text(id, pass->account_name);
    snprintf(number, sizeof number, "%" PRId64, pass->token);
    *out = json_pack("{s:b, s:o, s:s, s:s, s:s, s:s, s:I, s:s}", "active", 1, "scope", scope,
                     "client_id", id, "username", id, "sub", id, "token_type", "Bearer", "iat",
                     (json_int_t)row.created, "jti", number);
    if (*out && pass->expires != WHEN_NEVER)
        json_object_set_new(*out, "exp", json_integer(pass->expires));
    return *out ? OK : fail_memory();
}

struct introspection {
    struct token_pass caller, pass;
    json_t *answer;
};

/* The caller and the token are read from one state of the database. */
static enum error read_introspection(struct seat *seat, const char *user, const char *from,
                                     struct introspection *out)
{
    const struct question may_ask = {.from = from, .count = 1, .permissions = {introspection}};
    const struct question is_good = {.from = ""};
    enum error e = source_begin(&seat->source);
    if (e) return e;
    e = check_token(seat, seat->caller, user, &may_ask, &out->caller);
    if (!e) e = check_token(seat, seat->token, "", &is_good, &out->pass);
    if (!e) e = describe(seat, &out->pass, &out->answer);
    e = source_end(&seat->source, e);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum MHD_Result answer_introspection(struct seat *seat, struct MHD_Connection *connection,
                                            const struct request *request,
                                            struct introspection *found)
{
    check_note(seat, &found->caller, request->from);
    if (found->caller.denial == DENIAL_PERMISSION || found->caller.denial == DENIAL_NARROWED)
        return seat_answer(seat, connection, ANSWER_SCOPE);
    if (found->caller.denial) return seat_answer(seat, connection, ANSWER_DENIED);
    check_note(seat, &found->pass, "");
    return queue_text(seat, connection,
                      found->answer ? json_dumps(found->answer, JSON_COMPACT)
                                    : strdup("{\"active\":false}"));
}

static enum MHD_Result introspect(struct seat *seat, struct MHD_Connection *connection,
                                  const struct request *request)
{
    char user[REQUEST_USER_MAX];
    struct introspection found = {.caller = {.denial = DENIAL_FORM}};
    enum credential credential = request_credential(request, seat->caller, user);
    if (credential == CREDENTIAL_NONE) return seat_answer(seat, connection, ANSWER_NO_CREDENTIAL);
    if (credential == CREDENTIAL_TWO || !request_field(request, "token", seat->token))
        return seat_answer(seat, connection, ANSWER_MALFORMED);
    if (credential == CREDENTIAL_MALFORMED) return seat_answer(seat, connection, ANSWER_DENIED);
    enum error e = read_introspection(seat, user, request->from, &found);
    enum MHD_Result queued = e ? seat_answer(seat, connection, ANSWER_UNAVAILABLE)
                               : answer_introspection(seat, connection, request, &found);
    json_decref(found.answer);
    return queued;
}

enum MHD_Result oauth_introspect(struct seat *seat, struct MHD_Connection *connection,
                                 const struct request *request)
{
    enum MHD_Result queued = introspect(seat, connection, request);
    secret_clear(seat->caller);
    secret_clear(seat->token);
    return queued;
}

/* In the thread of the writer. */
static void resume(struct revocation *revocation)
{
    MHD_resume_connection(revocation->arg);
}

/* *token: 0 unless it is one that is not revoked yet. */
static enum error find_token(struct seat *seat, int64_t *token, bool *allowed)
{
    const struct question is_good = {.from = ""};
    struct token_pass pass = {0};
    int64_t possession = 0;
    enum error e = source_begin(&seat->source);
    if (e) return e;
    e = setting_get(seat->source.store, SETTING_TOKEN_REVOKE_HELD, &possession);
    if (!e) e = check_token(seat, seat->token, "", &is_good, &pass);
    e = source_end(&seat->source, e);
    if (e && e != ERR_NOT_FOUND) return e;
    bool gone = pass.denial == DENIAL_REVOKED || pass.denial == DENIAL_DELETED;
    *allowed = possession;
    *token = gone || pass.canary ? 0 : pass.token;
    if (pass.canary && possession) check_note(seat, &pass, "");
    return OK;
}

static enum MHD_Result begin_revocation(struct seat *seat, struct MHD_Connection *connection,
                                        struct request *request, int64_t token)
{
    struct revocation *revocation = calloc(1, sizeof *revocation);
    if (!revocation) return seat_answer(seat, connection, ANSWER_UNAVAILABLE);
    *revocation = (struct revocation){.token = token, .done = resume, .arg = connection};
    snprintf(revocation->from, sizeof revocation->from, "%s", request->from);
    request->job = revocation;
    MHD_suspend_connection(connection);
    writer_revoke(seat->service->writer, revocation);
    return MHD_YES;
}

static enum MHD_Result end_revocation(const struct seat *seat, struct MHD_Connection *connection,
                                      struct request *request)
{
    struct revocation *revocation = request->job;
    enum answer answer = revocation->result ? ANSWER_UNAVAILABLE : ANSWER_OK;
    request->job = NULL;
    free(revocation);
    return seat_answer(seat, connection, answer);
}

enum MHD_Result oauth_revoke(struct seat *seat, struct MHD_Connection *connection,
                             struct request *request)
{
    int64_t token = 0;
    bool allowed = false;
    if (request->job) return end_revocation(seat, connection, request);
    if (!request_field(request, "token", seat->token))
        return seat_answer(seat, connection, ANSWER_MALFORMED);
    enum error e = find_token(seat, &token, &allowed);
    secret_clear(seat->token);
    if (e) return seat_answer(seat, connection, ANSWER_UNAVAILABLE);
    if (!allowed) return seat_answer(seat, connection, ANSWER_FORBIDDEN);
    if (!token) return seat_answer(seat, connection, ANSWER_OK);
    return begin_revocation(seat, connection, request, token);
}
