/* Questions: confirmations and one-line prompts. */
#ifndef GATEHOUSE_UI_DIALOG_H
#define GATEHOUSE_UI_DIALOG_H

#include "ui/app.h"
#include "ui/kit/pane.h"

#include <gatehouse/secret.h>

/* Up to three buttons beside Cancel, which has the focus. The texts are copied. */
enum { CONFIRM_CHOICES = 3 };
struct confirm {
    const char *title;
    bool destroys;    /* cannot be taken back, or stops many: title and frame are red
                       */
    const char *text; /* may break lines */
    struct {
        const char *label; /* "Revoke" */
        int key;           /* 'Y' where there is only one */
    } choices[CONFIRM_CHOICES];
    const char *cancel; /* NULL: "Cancel" */
    const char *ask;    /* with `typed`: the line above its field, "Type its name to delete it:" */
    const char *typed;  /* NULL, or what must be typed (with or without sa::) before the first
                           choice can be taken; then no letter confirms */
    /* Called once, after the dialog closed. choice: 0 cancelled, 1.. the button. Returns effects
     * for the screen below. NULL: it is no question. */
    int (*done)(struct app *app, void *arg, int choice);
    void *arg;
};
void confirm_open(struct app *app, const struct confirm *confirm);

struct prompt {
    const char *title;
    const char *label;   /* "File" */
    const char *note;    /* a sentence below; NULL: none */
    const char *initial; /* NULL: empty. What is typed replaces it, unless it is to be edited */
    bool edits;
    size_t max; /* characters */
    bool is_secret;
    /* Called on Enter with what was typed (`secret` where is_secret, the callee's to free). OK
     * closes the dialog; an error keeps it open and shows its sentence. */
    enum error (*done)(struct app *app, void *arg, const char *text, struct secret *secret);
    void (*cancelled)(void *arg); /* takes `arg` back; NULL: nothing to do */
    void *arg;
};
enum error prompt_open(struct app *app, const struct prompt *prompt) MUST_CHECK;

/* How a dialog is drawn, for those of other files: a centred box above the footer, below 46 columns
 * the full screen without a border. The head and the foot stay where they are; the body scrolls
 * where not all of it has room, and so does a foot that is higher than half of the rest. Of their
 * cursors that of the head counts, then that of the foot. */
struct dialog_parts {
    const char *title;
    bool destroys;                    /* what it asks about: title and frame are red */
    int columns;                      /* of the inside, at most */
    int body_rows;                    /* the height of the body, as far as there is room; 0: all */
    pane_drawing *head, *body, *foot; /* `body` is drawn in `pane`; the others may be NULL */
    struct pane *pane;
};
/* Returns the window of the body. */
struct canvas dialog_draw(const struct canvas *screen, const struct dialog_parts *parts, void *arg);
/* Scrolls a body without a cursor by ↑ ↓ PgUp PgDn; false: not one of them, or all of it is shown.
 */
bool dialog_scroll(struct pane *pane, int key);

#endif
