/* A list that narrows as you type: picks one of many. */
#ifndef GATEHOUSE_UI_CHOOSER_H
#define GATEHOUSE_UI_CHOOSER_H

#include "ui/app.h"

#include <gatehouse/error.h>

struct choice {
    int64_t id;
    char label[300];
    char detail[1700]; /* what the line below says of it; "" */
};

struct chooser {
    const char *title;
    /* At most `max` that match what was typed. */
    enum error (*find)(struct store *store, const void *arg, const char *text, struct choice *out,
                       size_t max, size_t *count);
    bool in_background; /* `find` may take long: it runs in the background, and must not need `arg`
                         */
    /* After it closed. Returns effects for the screen below. */
    int (*chosen)(struct app *app, void *arg, int64_t id);
    void (*cancelled)(void *arg); /* takes `arg` back; NULL: nothing to do */
    void *arg;
};
enum error chooser_open(struct app *app, const struct chooser *chooser) MUST_CHECK;

/* For `find`. Groups do not include Everyone. */
enum error choose_groups(struct store *store, const void *arg, const char *text, struct choice *out,
                         size_t max, size_t *count) MUST_CHECK;
enum error choose_permissions(struct store *store, const void *arg, const char *text,
                              struct choice *out, size_t max, size_t *count) MUST_CHECK;
enum error choose_accounts(struct store *store, const void *arg, const char *text,
                           struct choice *out, size_t max, size_t *count) MUST_CHECK;

#endif
