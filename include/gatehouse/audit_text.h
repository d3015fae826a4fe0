/* Events as people read them. */
#ifndef GATEHOUSE_AUDIT_TEXT_H
#define GATEHOUSE_AUDIT_TEXT_H

#include <gatehouse/audit.h>

/* What an event changed, for a table cell: "active yes → no", "name ci · token 3". */
void audit_change_text(const struct audit_event *event, char *out, size_t out_size);
/* The same in full, one field per line. The caller frees it. */
enum error audit_change_lines(const struct audit_event *event, char **out) MUST_CHECK;
/* Field by field: its value before and after, each NULL where there was none. The texts are valid
 * during the call. */
enum error audit_change_each(const struct audit_event *event,
                             void (*each)(void *arg, const char *name, const char *before,
                                          const char *after),
                             void *arg) MUST_CHECK;
/* Where an event came from: "north pts/1". */
void audit_from_text(const struct actor *actor, char *out, size_t out_size);
/* The whole event on one line, for a log file. */
void audit_line_text(const struct audit_event *event, char *out, size_t out_size);

#endif
