/* Inside of the model: reading one row of the table event. */
#ifndef GATEHOUSE_MODEL_AUDIT_ROW_H
#define GATEHOUSE_MODEL_AUDIT_ROW_H

#include <gatehouse/audit.h>

#define EVENT_COLUMNS                                                                              \
    "sequence, at, uid, user, login_uid, login, claim, host, terminal, kind, subject, account, "   \
    "token, before, after, hash"

/* `event` owns what it got, also after an error. */
enum error audit_read_row(struct stmt *stmt, struct audit_event *event) MUST_CHECK;

#endif
