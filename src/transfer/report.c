#include "src/transfer/report.h"

#include <gatehouse/account.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *transfer_noun_text(enum transfer_noun noun)
{
    static const char *const texts[] = {"permission", "group", "account", "token"};
    return texts[noun];
}

const char *transfer_action_text(enum transfer_action action)
{
    static const char *const texts[] = {"create", "change", "delete", "unchanged"};
    return texts[action];
}

void transfer_report_free(struct transfer_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->lines[i].subject);
        free(report->lines[i].detail);
    }
    free(report->lines);
    id_set_free(&report->wider);
    *report = (struct transfer_report){0};
}

/* Takes `detail`, which is NULL when memory ran out. */
static enum error add(struct transfer_report *report, struct transfer_line line,
                      const char *subject, char *detail)
{
    enum { FIRST = 64 };
    size_t count = report->count;
    bool full = count >= FIRST ? (count & (count - 1)) == 0 : count == 0;
    struct transfer_line *lines = report->lines;
    if (full) lines = realloc(lines, (count ? 2 * count : FIRST) * sizeof *lines);
    if (lines) report->lines = lines;
    line.subject = strdup(subject);
    line.detail = detail;
    if (!lines || !line.subject || !detail) {
        free(line.subject);
        free(detail);
        return fail(ERR_SYSTEM, "out of memory");
    }
    lines[report->count++] = line;
    return OK;
}

static char *format_detail(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));
static char *format_detail(const char *format, va_list arguments)
{
    char *detail;
    if (!format) return strdup("");
    return vasprintf(&detail, format, arguments) < 0 ? NULL : detail;
}

enum error report_item(struct transfer_report *report, enum transfer_section section,
                       enum transfer_noun noun, enum transfer_action action, const char *subject,
                       const char *format, ...)
{
    report->counts[noun][action]++;
    if (action == TRANSFER_UNCHANGED) return OK;
    report->changed = true;
    va_list arguments;
    va_start(arguments, format);
    char *detail = format_detail(format, arguments);
    va_end(arguments);
    return add(report, (struct transfer_line){.section = section, .noun = noun, .action = action},
               subject, detail);
}

/* A token is named once, with the first reason. */
enum error report_wider(struct transfer_report *report, int64_t token, const char *account,
                        const char *name, const char *why)
{
    char subject[ACCOUNT_ID_SIZE + 300];
    if (id_set_has(&report->wider, token)) return OK;
    enum error e = id_set_add(&report->wider, token);
    if (e) return e;
    if (name[0])
        snprintf(subject, sizeof subject, "sa::%s/%s", account, name);
    else
        snprintf(subject, sizeof subject, "sa::%s/#%" PRId64, account, token);
    return add(
        report,
        (struct transfer_line){.section = TRANSFER_WIDER, .noun = TRANSFER_TOKEN, .token = token},
        subject, strdup(why));
}

enum error report_refused(struct transfer_report *report, const char *place, const char *reason)
{
    report->refused++;
    return add(report, (struct transfer_line){.section = TRANSFER_REFUSED}, place, strdup(reason));
}

enum error report_note(struct transfer_report *report, const char *about, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *detail = format_detail(format, arguments);
    va_end(arguments);
    return add(report, (struct transfer_line){.section = TRANSFER_NOTE}, about, detail);
}
