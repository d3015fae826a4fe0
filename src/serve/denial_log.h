/* The lines about denials: at most one a second for each address. */
#ifndef GATEHOUSE_SERVE_DENIAL_LOG_H
#define GATEHOUSE_SERVE_DENIAL_LOG_H

#include <gatehouse/token_use.h>

enum { DENIAL_LOG_ADDRESSES = 256 };

struct denial_log {
    struct denial_log_line {
        char from[64];
        int64_t at;             /* of the last line */
        unsigned long left_out; /* denials since */
    } lines[DENIAL_LOG_ADDRESSES];
};
/* `count` denials, of which this is the last: the number of a known token, the end of its text,
 * where the request came from and why it was denied. `store` may be NULL: then the end is left out.
 */
void denial_log_add(struct denial_log *log, struct store *store, const struct token_use *use,
                    unsigned count);

#endif
