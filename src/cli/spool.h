/* Standard output that keeps nobody waiting.
 *
 * A list is read in one transaction, and for as long as that lasts the log of the database cannot
 * be emptied. Whoever reads the output may take hours (a pager), so what is not taken at once goes
 * to a temporary file that has no name. */
#ifndef GATEHOUSE_SRC_CLI_SPOOL_H
#define GATEHOUSE_SRC_CLI_SPOOL_H

#include <gatehouse/error.h>

/* From now on, stdout does not wait for its reader; it does where there is no room for a temporary
 * file. Not for secrets, and not for what never ends. */
void spool_begin(void);
/* Once the store is closed: waits until everything is taken. Then stdout is as it was. ERR_SYSTEM
 * when something was lost. Without spool_begin it does nothing. */
enum error spool_end(void) MUST_CHECK;

#endif
