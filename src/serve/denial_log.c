#include "src/serve/denial_log.h"

#include "src/serve/log.h"

#include <gatehouse/token.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct denial_log_line *line_of(struct denial_log *log, const char *from)
{
    uint32_t hash = 0;
    for (const char *at = from; *at; at++)
        hash = hash * 31 + (unsigned char)*at;
    return &log->lines[hash % DENIAL_LOG_ADDRESSES];
}

/* "token 12 (…7Qxz)" */
static void name_token(char *out, size_t size, struct store *store, const struct token_use *use)
{
    struct token_row row;
    if (!use->token)
        snprintf(out, size, "a token");
    else if (!store || token_get(store, use->at, use->token, &row))
        snprintf(out, size, "token %" PRId64, use->token);
    else
        snprintf(out, size, "token %" PRId64 " (…%s)", use->token, row.last_four);
}

void denial_log_add(struct denial_log *log, struct store *store, const struct token_use *use,
                    unsigned count)
{
    char token[64], more[64] = "";
    struct denial_log_line *line = line_of(log, use->from);
    if (strcmp(line->from, use->from) != 0) *line = (struct denial_log_line){0};
    line->left_out += count;
    if (line->at == use->at) return;
    name_token(token, sizeof token, store, use);
    if (--line->left_out) snprintf(more, sizeof more, " (and %lu more from there)", line->left_out);
    log_line("denied %s from %s: %s%s", token, use->from[0] ? use->from : "an unknown address",
             token_denial_text((int)use->denial), more);
    memcpy(line->from, use->from, sizeof line->from);
    line->at = use->at;
    line->left_out = 0;
}
