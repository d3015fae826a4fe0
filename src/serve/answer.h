/* The answers that are the same for everybody. All have an empty body: nginx drops the connection
 * of a check whose answer has one. */
#ifndef GATEHOUSE_SERVE_ANSWER_H
#define GATEHOUSE_SERVE_ANSWER_H

#include <gatehouse/error.h>
#include <microhttpd.h>
#include <stdbool.h>

enum answer {
    ANSWER_OK,
    ANSWER_NO_CREDENTIAL, /* 401 without an error code (RFC 6750, 3.1) */
    ANSWER_DENIED,        /* 401 */
    ANSWER_SCOPE,         /* 403 insufficient_scope */
    ANSWER_FORBIDDEN,     /* 403 of what a setting switches off */
    ANSWER_MALFORMED,     /* 400; ends the connection, as the next ones do */
    ANSWER_BODY_LARGE,    /* 413 */
    ANSWER_HEADER_LARGE,  /* 431 */
    ANSWER_NOT_FOUND,
    ANSWER_METHOD,      /* 405 */
    ANSWER_UNAVAILABLE, /* 503 */
    ANSWER_COUNT
};

/* Made once for each thread. */
struct answers {
    struct MHD_Response *made[ANSWER_COUNT][2]; /* 1: and the connection ends */
};
/* `basic`: the challenge of a 401 is Basic, for which browsers ask. */
enum error answers_make(struct answers *answers, bool basic) MUST_CHECK;
void answers_free(struct answers *answers);
/* `last`: the connection ends afterwards. */
enum MHD_Result answer_queue(const struct answers *answers, struct MHD_Connection *connection,
                             enum answer answer, bool last);

#endif
