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
        const char *initial; /* NULL: empty. What is typed replaces it */
        size_t max;          /* characters */
    } fields[FIELDS_MAX];
    bool edits;   /* `initial` is to be edited instead */
    size_t focus; /* the field that has it first */
    /* Called with what was typed. OK closes the dialog; an error keeps it open, shows its sentence
     * and puts the cursor in the field *wrong, which is the one that has it unless `done` sets it.
     */
    enum error (*done)(struct app *app, void *arg, const char *const texts[FIELDS_MAX],
                       size_t *wrong);
    void (*cancelled)(void *arg); /* takes `arg` back; NULL: nothing to do */
    void *arg;
};
enum error fields_open(struct app *app, const struct fields *fields) MUST_CHECK;

#endif
