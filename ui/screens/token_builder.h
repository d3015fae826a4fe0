/* What a new token is asked for: its name, its expiry, and what it is limited to. A part of the
 * form of a new account, and of the dialog of a new token. */
#ifndef GATEHOUSE_UI_TOKEN_BUILDER_H
#define GATEHOUSE_UI_TOKEN_BUILDER_H

#include "ui/kit/field.h"
#include "ui/kit/grid.h"

#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>

/* In Tab order. */
enum builder_part {
    BUILDER_NAME,
    BUILDER_EXPIRES, /* the choices */
    BUILDER_UNTIL,   /* a field, where the choice is another expiry */
    BUILDER_ONLY,    /* a grid, where there is a permission to choose */
    BUILDER_FROM,
    BUILDER_PARTS
};

struct token_builder {
    struct field name, until, from;
    size_t choice; /* of the expiry */
    struct grid grid;
    int64_t at;                  /* the permission that the cursor was moved to; 0: none */
    struct permissions *offered; /* what the account holds, and what is ticked */
    struct id_set held, only;    /* only: what is ticked; none: everything */

    /* Of what is filled in, by token_builder_check. */
    int64_t expires, now;
    struct token_limits limits;                                       /* its networks */
    char no_expiry[ERROR_MESSAGE_MAX], no_network[ERROR_MESSAGE_MAX]; /* "": it is good */
};

/* Empty, with the default expiry of the settings. */
enum error token_builder_init(struct token_builder *builder, struct store *store) MUST_CHECK;
void token_builder_free(struct token_builder *builder);
/* What the account holds now, of the whole catalogue. What was ticked before stays. */
enum error token_builder_offer(struct token_builder *builder, const struct permissions *catalogue,
                               const struct permission_sources *sources) MUST_CHECK;
/* To be called after whatever changes it: whether expiry and networks are good. */
enum error token_builder_check(struct token_builder *builder, const struct act *act) MUST_CHECK;

bool token_builder_has(const struct token_builder *builder, enum builder_part part);
/* NULL: the part is no text field. */
struct field *token_builder_field(struct token_builder *builder, enum builder_part part);
/* The contexts of its keys; fewer than CONTEXTS_MAX. CONTEXT_NONE: the part is a text field. */
enum context token_builder_context(enum builder_part part);
/* Ticks the permission under the cursor, or no longer. */
enum error token_builder_tick(struct token_builder *builder) MUST_CHECK;
bool token_builder_is_ticked(const struct token_builder *builder); /* the one under the cursor */
/* For `move` of a class, while the part has the focus. */
int token_builder_move(struct token_builder *builder, enum builder_part part, enum command command);

/* Draws the parts from `top` on, labels from column `left`, the rest from `column`; returns the
 * rows used. `focus`: BUILDER_PARTS if none of them has it. */
int token_builder_draw(struct token_builder *builder, const struct canvas *canvas, int top,
                       int left, int column, enum builder_part focus);
/* What there is to say about a part while it has the focus. */
enum { BUILDER_TEXT_SIZE = 2048 };
void token_builder_note(const struct token_builder *builder, enum builder_part part,
                        char out[static BUILDER_TEXT_SIZE]);
/* What the token will be: "30 days · Alerts only · from 10.0.0.0/8". */
void token_builder_text(const struct token_builder *builder, char out[static BUILDER_TEXT_SIZE]);

/* Generates the token that is described. *wrong: the part of an error. The caller frees the secret.
 */
enum error token_builder_generate(struct token_builder *builder, const struct act *act,
                                  int64_t account, int64_t *number, struct secret **secret,
                                  enum builder_part *wrong) MUST_CHECK;

#endif
