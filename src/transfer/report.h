/* Inside of transfer: writing the report. */
#ifndef GATEHOUSE_SRC_TRANSFER_REPORT_H
#define GATEHOUSE_SRC_TRANSFER_REPORT_H

#include <gatehouse/transfer.h>

/* Counts, and keeps a line unless nothing changes. `format` may be NULL: no detail. */
enum error report_item(struct transfer_report *report, enum transfer_section section,
                       enum transfer_noun noun, enum transfer_action action, const char *subject,
                       const char *format, ...) __attribute__((format(printf, 6, 7))) MUST_CHECK;
enum error report_wider(struct transfer_report *report, int64_t token, const char *account,
                        const char *name, const char *why) MUST_CHECK;
enum error report_refused(struct transfer_report *report, const char *place,
                          const char *reason) MUST_CHECK;
enum error report_note(struct transfer_report *report, const char *about, const char *format, ...)
    __attribute__((format(printf, 3, 4))) MUST_CHECK;

#endif
