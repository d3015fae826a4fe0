/* One change to many accounts: one transaction, with progress, which Esc rolls back. */
#ifndef GATEHOUSE_UI_BULK_H
#define GATEHOUSE_UI_BULK_H

#include "ui/app.h"

#include <stddef.h>

/* Calls `each` for every ID. ERR_STOPPED: Esc; nothing was changed. */
enum error bulk_run(struct app *app, const char *what, const int64_t *ids, size_t count,
                    enum error (*each)(const struct act *act, int64_t id, void *arg),
                    void *arg) MUST_CHECK;

#endif
