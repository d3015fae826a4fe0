/* How a token reads. */
#include "ui/screens/token_act.h"

#include <gatehouse/text.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void token_label(const struct token_row *token, char out[static TOKEN_LABEL_SIZE])
{
    if (token->name[0])
        snprintf(out, TOKEN_LABEL_SIZE, "%s", token->name);
    else
        snprintf(out, TOKEN_LABEL_SIZE, "token #%" PRId64, token->number);
}

/* Appends a part, separated from what stands there. */
static void add(char *out, const char *part)
{
    size_t used = strlen(out);
    snprintf(out + used, TOKEN_DETAIL_SIZE - used, "%s%s", used ? " · " : "", part);
}

static void add_pair(const struct token_row *token, int64_t now, char *out)
{
    char part[160], used[WHEN_SIZE];
    if (token->successor) {
        when_relative(used, token->last_used, now);
        bool still = token->last_used != WHEN_NEVER && token->last_used > token->rotated;
        snprintf(part, sizeof part, "replaced by #%" PRId64 ", %s%s", token->successor,
                 still ? "used " : "no use since the rotation", still ? used : "");
        add(out, part);
    }
    if (token->predecessor) {
        snprintf(part, sizeof part, "replaces #%" PRId64, token->predecessor);
        add(out, part);
    }
}

enum error token_detail(struct store *store, int64_t now, const struct token_row *token,
                        char out[static TOKEN_DETAIL_SIZE])
{
    struct token_limits limits;
    char text[TOKEN_DETAIL_SIZE];
    out[0] = 0;
    add_pair(token, now, out);
    if (token->last_from[0]) {
        snprintf(text, sizeof text, "last used from %s", token->last_from);
        add(out, text);
    }
    if (!token->narrowed && !token->networks && !token->canary) return OK;
    enum error e = token_limits_load(store, token->number, &limits);
    if (!e) e = token_limits_text(store, &limits, text, sizeof text);
    if (e) return e;
    token_limits_free(&limits);
    add(out, text);
    return OK;
}

void token_draw_state(const struct canvas *canvas, int row, int column, int columns,
                      const struct token_row *token)
{
    static const enum glyph glyphs[] = {GLYPH_ACTIVE, GLYPH_SUSPENDED, GLYPH_DEAD, GLYPH_DEAD};
    static const enum role roles[] = {ROLE_GOOD, ROLE_WARN, ROLE_BAD, ROLE_MUTED};
    bool trap = token->canary && token->state == TOKEN_LIVE;
    enum role role = trap ? ROLE_WARN : roles[token->state];
    char text[32];
    snprintf(text, sizeof text, "%s %s", text_glyph(glyphs[token->state]),
             trap ? "canary" : token_state_text(token->state));
    draw_cell(canvas, row, column, columns > 2 ? columns : 1, role, text);
}

const char *token_command_label(const struct token_row *token, enum command command)
{
    if (command == COMMAND_TOKEN_SUSPEND)
        return token->state == TOKEN_SUSPENDED ? "Resume" : "Suspend";
    return NULL;
}

const char *token_why_not(const struct token_row *token, enum command command)
{
    static const char *const final[] = {NULL, NULL, "expired, which is final", "revoked"};
    bool revoked = token->state == TOKEN_REVOKED;
    switch (command) {
    case COMMAND_TOKEN_COPY:
    case COMMAND_TOKEN_PEEK:
    case COMMAND_TOKEN_FORGET:
        return revoked ? "revoked" : token->sealed ? NULL : "its secret is not kept";
    case COMMAND_TOKEN_RENAME:
    case COMMAND_TOKEN_REVOKE:
        return revoked ? "revoked" : NULL;
    case COMMAND_TOKEN_SUSPEND:
    case COMMAND_TOKEN_EXPIRY:
    case COMMAND_TOKEN_CANARY:
        return final[token->state];
    case COMMAND_TOKEN_ROTATE:
        if (token->canary) return "a canary";
        return token->state == TOKEN_SUSPENDED ? "suspended" : final[token->state];
    default:
        return NULL;
    }
}
