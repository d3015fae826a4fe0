/* Events go to syslog once they are committed. */
#ifndef GATEHOUSE_MODEL_AUDIT_SYSLOG_H
#define GATEHOUSE_MODEL_AUDIT_SYSLOG_H

#include <gatehouse/store.h>

/* Sends the events `first` to `last` where the setting audit.syslog says so; that it was switched
 * off is sent, too. Nothing here can fail what was committed. */
void audit_syslog(struct store *store, int64_t first, int64_t last);

#endif
