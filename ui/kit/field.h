/* A text field: one line, many lines, or a secret. */
#ifndef GATEHOUSE_UI_FIELD_H
#define GATEHOUSE_UI_FIELD_H

#include "ui/terminal/draw.h"

#include <gatehouse/secret.h>

struct field {
    char *text;       /* UTF-8, zero-terminated; inside `secret` where there is one */
    size_t size;      /* bytes */
    size_t at;        /* the cursor: a byte */
    size_t max;       /* characters */
    bool lines;       /* Enter breaks the line */
    bool is_proposal; /* the text is one: what is typed replaces it */
    size_t left;      /* the first byte shown of a line that does not fit; the first row of many */
    struct secret *secret;
};

/* Room for `max` characters. */
enum error field_init(struct field *field, size_t max, bool lines) MUST_CHECK;
/* Typed text is held in guarded memory only and drawn as bullets. */
enum error field_init_secret(struct field *field, size_t max) MUST_CHECK;
void field_free(struct field *field); /* wipes */
/* Replaces the text (cut to the room), the cursor goes to its end. */
void field_set(struct field *field, const char *text);
/* The same with a proposal: the first letter or paste replaces it, moving the cursor accepts it. */
void field_propose(struct field *field, const char *text);
/* Takes the typed secret, which the caller frees; the field is empty afterwards. */
enum error field_take_secret(struct field *field, struct secret **out) MUST_CHECK;

enum field_effect {
    FIELD_PASSED,  /* not a key for a field */
    FIELD_MOVED,   /* only the cursor moved, or nothing happened */
    FIELD_CHANGED, /* the text changed */
    FIELD_FULL,    /* refused: no room */
};
/* Text keys, Backspace, Delete, ← → Home End, ^A ^E ^U ^K ^W; with `lines` also ↑ ↓ and Enter.
 * Every key_is_text() is taken. */
enum field_effect field_key(struct field *field, int key);
/* The same, and UI_PASTE puts in the paste that has come: its line breaks become blanks unless
 * `lines`; controls and invalid UTF-8 are dropped. */
struct input;
enum field_effect field_press(struct field *field, struct input *input, int key);

/* Draws in `columns` × `rows` cells, scrolled to show the cursor. */
void field_draw(struct field *field, const struct canvas *canvas, int row, int column, int columns,
                int rows, bool focused);
/* Rows that many lines take when wrapped at `columns`, at least 1. */
int field_rows(const struct field *field, int columns);

#endif
