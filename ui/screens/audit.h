/* The Audit tab: who did what, when and from where, the newest first. */
#ifndef GATEHOUSE_UI_AUDIT_H
#define GATEHOUSE_UI_AUDIT_H

#include "ui/app.h"
#include "ui/kit/columns.h"

enum error audit_open(struct app *app) MUST_CHECK;

/* Checks the chain of events / shows its head, to be kept elsewhere. Both return effects. */
int audit_chain_verify(struct app *app);
int audit_chain_head(struct app *app);

extern const struct columns audit_columns;

#endif
