/* A new passphrase: checked, and typed twice, because nobody can look it up later. */
#ifndef GATEHOUSE_UI_PASSPHRASE_H
#define GATEHOUSE_UI_PASSPHRASE_H

#include "ui/app.h"

#include <gatehouse/secret.h>

struct passphrase {
    const char *title, *note;
    /* Called with what was typed twice; it stays the dialog's. OK closes it; an error keeps it open
     * and shows its sentence. */
    enum error (*done)(struct app *app, void *arg, const struct secret *passphrase);
    void (*cancelled)(struct app *app, void *arg); /* may be NULL */
    void *arg;
};
enum error passphrase_open(struct app *app, const struct passphrase *passphrase) MUST_CHECK;

#endif
