/* Unlocking the vault: asks once, then goes on with what needed it. */
#ifndef GATEHOUSE_UI_UNLOCK_H
#define GATEHOUSE_UI_UNLOCK_H

#include "ui/app.h"

#include <gatehouse/secret.h>

/* Calls `done` with the vault unlocked: at once when it is, else after asking. Cancelled: never.
 * `number` is handed on. Returns effects. */
int unlock_then(struct app *app, int (*done)(struct app *app, int64_t number), int64_t number);

/* A new passphrase: checked, and typed twice, because nobody can look it up later. */
struct passphrase {
    const char *title, *note;
    /* Called with what was typed twice, which the dialog owns. OK closes the dialog; an error keeps
     * it open and shows its sentence. */
    enum error (*done)(struct app *app, void *arg, const struct secret *passphrase);
    void (*cancelled)(void *arg); /* takes `arg` back; NULL: nothing to do */
    void *arg;
};
enum error passphrase_open(struct app *app, const struct passphrase *passphrase) MUST_CHECK;

#endif
