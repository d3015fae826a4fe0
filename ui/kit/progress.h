/* Long work: a bar, count, rate and time left on the result line; Esc stops it. */
#ifndef GATEHOUSE_UI_PROGRESS_H
#define GATEHOUSE_UI_PROGRESS_H

#include "ui/app.h"

#include <gatehouse/progress.h>

struct long_work {
    struct app *app;
    const char *what; /* "Deactivating" */
    int64_t began, next;
};
/* For the model; `work` must outlive it. Nothing is shown before 200 ms. */
struct progress progress_of(struct long_work *work, struct app *app, const char *what);

/* "Deactivating ████░░░░ 1,204 of 9,881 · 5,210/s · 2 s left · Esc stops", as much of it as fits
 * `columns`: the rate goes first, then what is being done, the count, the time. `done` < `total`.
 */
enum { PROGRESS_SIZE = 640 };
void progress_text(char out[static PROGRESS_SIZE], const char *what, size_t done, size_t total,
                   int64_t took_ms, int columns);

/* The same for queries, whose progress is not known: Esc ends them with ERR_STOPPED. */
void progress_begin(struct long_work *work, struct app *app, const char *what);
void progress_end(struct app *app);

#endif
