/* Somebody else has changed what is being edited: who, what and when, and what to do now. */
#ifndef GATEHOUSE_UI_CONFLICT_H
#define GATEHOUSE_UI_CONFLICT_H

#include "ui/app.h"

/* The newest event, to be kept when the fields of a form are filled. */
enum error conflict_seen(struct store *store, int64_t *seen) MUST_CHECK;

/* "alice changed it 2 min ago: owner a → b", a line for each change since `seen` of the account, or
 * of the group if `account` is 0. */
void conflict_changes(struct app *app, int64_t account, const char *group, int64_t seen, char *out,
                      size_t size);
/* Appends a field that was changed here. */
void conflict_add_field(char *out, size_t size, const char *name, const char *theirs,
                        const char *mine);
/* Asks; `done` gets 1 for keep mine, 2 for take theirs. Returns effects. */
int conflict_ask(struct app *app, const char *text,
                 int (*done)(struct app *app, void *arg, int choice), void *arg);

#endif
