/* Events as people read them. */
#ifndef GATEHOUSE_AUDIT_TEXT_H
#define GATEHOUSE_AUDIT_TEXT_H

#include <gatehouse/audit.h>

/* What an event changed, for a cell: "active true → false", "name ci · token 3". */
void audit_change_text(const struct audit_event *event, char *out, size_t out_size);
/* The same in full, each field on a line of its own; the caller frees. */
enum error audit_change_lines(const struct audit_event *event, char **out) MUST_CHECK;
/* Where an event came from: "north pts/1". */
void audit_from_text(const struct actor *actor, char *out, size_t out_size);
/* The whole event on one line, for a log file. */
void audit_line_text(const struct audit_event *event, char *out, size_t out_size);

#endif
