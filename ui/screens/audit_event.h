/* One event of the audit log, whole. */
#ifndef GATEHOUSE_UI_AUDIT_EVENT_H
#define GATEHOUSE_UI_AUDIT_EVENT_H

#include "ui/app.h"

/* The whole event in a dialog. Returns effects. */
int audit_event_open(struct app *app, int64_t sequence);
/* The form of an account that an event names; says so when it is gone. Returns effects. */
int audit_account_open(struct app *app, int64_t account);

#endif
