#include "src/serve/answer.h"

#include <stddef.h>

#define REALM "realm=\"gatehouse\""

static const struct {
    unsigned status;
    bool ends; /* the connection, always */
    const char *bearer, *basic;
} table[ANSWER_COUNT] = {
    [ANSWER_OK] = {MHD_HTTP_OK, false, NULL, NULL},
    [ANSWER_NO_CREDENTIAL] = {MHD_HTTP_UNAUTHORIZED, false, "Bearer " REALM,
                              "Basic " REALM ", charset=\"UTF-8\""},
    [ANSWER_DENIED] = {MHD_HTTP_UNAUTHORIZED, false, "Bearer " REALM ", error=\"invalid_token\"",
                       "Basic " REALM ", charset=\"UTF-8\""},
    [ANSWER_SCOPE] = {MHD_HTTP_FORBIDDEN, false, "Bearer " REALM ", error=\"insufficient_scope\"",
                      "Bearer " REALM ", error=\"insufficient_scope\""},
    [ANSWER_FORBIDDEN] = {MHD_HTTP_FORBIDDEN, false, NULL, NULL},
    [ANSWER_MALFORMED] = {MHD_HTTP_BAD_REQUEST, true, NULL, NULL},
    [ANSWER_BODY_LARGE] = {MHD_HTTP_CONTENT_TOO_LARGE, true, NULL, NULL},
    [ANSWER_HEADER_LARGE] = {MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, true, NULL, NULL},
    [ANSWER_NOT_FOUND] = {MHD_HTTP_NOT_FOUND, false, NULL, NULL},
    [ANSWER_METHOD] = {MHD_HTTP_METHOD_NOT_ALLOWED, false, NULL, NULL},
    [ANSWER_UNAVAILABLE] = {MHD_HTTP_SERVICE_UNAVAILABLE, false, NULL, NULL},
};

static struct MHD_Response *make(enum answer answer, bool basic, bool last)
{
    static char nothing[] = "";
    struct MHD_Response *made = MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
    const char *challenge = basic ? table[answer].basic : table[answer].bearer;
    bool ok = made && MHD_add_response_header(made, "Cache-Control", "no-store");
    if (ok && challenge) ok = MHD_add_response_header(made, "WWW-Authenticate", challenge);
    if (ok && answer == ANSWER_METHOD) ok = MHD_add_response_header(made, "Allow", "POST");
    if (ok && (last || table[answer].ends))
        ok = MHD_add_response_header(made, "Connection", "close");
    if (ok) return made;
    if (made) MHD_destroy_response(made);
    return NULL;
}

enum error answers_make(struct answers *answers, bool basic)
{
    *answers = (struct answers){0};
    for (int i = 0; i < ANSWER_COUNT; i++)
        for (int last = 0; last < 2; last++)
            if (!(answers->made[i][last] = make((enum answer)i, basic, last))) {
                answers_free(answers);
                return fail_memory();
            }
    return OK;
}

void answers_free(struct answers *answers)
{
    for (int i = 0; i < ANSWER_COUNT; i++)
        for (int last = 0; last < 2; last++)
            if (answers->made[i][last]) MHD_destroy_response(answers->made[i][last]);
    *answers = (struct answers){0};
}

enum MHD_Result answer_queue(const struct answers *answers, struct MHD_Connection *connection,
                             enum answer answer, bool last)
{
    return MHD_queue_response(connection, table[answer].status, answers->made[answer][last]);
}
