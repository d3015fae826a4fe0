/* Inside of the model: what the files about tokens share. */
#ifndef GATEHOUSE_MODEL_TOKEN_ROW_H
#define GATEHOUSE_MODEL_TOKEN_ROW_H

#include <gatehouse/token.h>

/* ERR_LIMIT when `more` tokens in use beside those there are would be too many. */
enum error token_check_limit(struct store *store, int64_t now, int64_t account,
                             int64_t more) MUST_CHECK;
/* "sa::ci-deploy/github-main", or ".../#12" for a token without a name: what an event is about. */
enum { TOKEN_SUBJECT_SIZE = 69 + 1 + TOKEN_NAME_MAX * 4 + 24 };
enum error token_subject(struct store *store, const struct token_row *row,
                         char out[static TOKEN_SUBJECT_SIZE]) MUST_CHECK;

#endif
