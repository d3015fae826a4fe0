/* Asking the model about one credential: shared by the endpoints that do. */
#ifndef GATEHOUSE_SERVE_CHECK_H
#define GATEHOUSE_SERVE_CHECK_H

#include "src/serve/seat.h"

#include <gatehouse/account.h>

enum { CHECK_PERMISSIONS_MAX = 16 };

/* What a check asks. */
struct question {
    const char *account; /* the name it must be of; NULL: any */
    const char *from;    /* "": unknown */
    size_t count;
    const char *permissions[CHECK_PERMISSIONS_MAX]; /* ids; all must hold */
};

/* Whether the token in `secret` is good for the question, with Basic also its user name ("": any).
 * ERR_NOT_FOUND: no, and pass->denial says why. Between source_begin and source_end; other errors
 * are the store's. */
enum error check_token(struct seat *seat, const struct secret *secret, const char *user,
                       const struct question *question, struct token_pass *pass) MUST_CHECK;
/* Leaves a note for the writer: a use, a denial, a canary. */
void check_note(struct seat *seat, const struct token_pass *pass, const char *from);

#endif
