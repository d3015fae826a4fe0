/* A dialog of a few text fields. */
#ifndef GATEHOUSE_UI_FIELDS_H
#define GATEHOUSE_UI_FIELDS_H

#include "ui/app.h"

enum { FIELDS_MAX = 4 };

struct fields {
    const char *title;
    struct {
        const char *label;   /* "Name"; NULL: no more */
        const char *note;    /* shown while it has the focus; NULL: none */
        const char *initial; /* NULL: empty */
        size_t max;          /* characters */
    } fields[FIELDS_MAX];
    size_t focus; /* the field that has it first */
    /* Called with what was typed. OK closes the dialog; an error keeps it open and shows its
     * sentence. */
    enum error (*done)(struct app *app, void *arg, const char *const texts[FIELDS_MAX]);
    void (*cancelled)(void *arg); /* takes `arg` back; NULL: nothing to do */
    void *arg;
};
enum error fields_open(struct app *app, const struct fields *fields) MUST_CHECK;

#endif
