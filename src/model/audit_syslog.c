#include "audit_syslog.h"

#include <gatehouse/audit.h>
#include <gatehouse/setting.h>

#include <string.h>
#include <syslog.h>

static void send(const struct audit_event *event)
{
    char line[8192];
    audit_line_text(event, line, sizeof line);
    syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", line);
}

static bool is_the_switch(const struct audit_event *event)
{
    return strcmp(event->kind, "setting.set") == 0 &&
           strcmp(event->subject, setting_table[SETTING_AUDIT_SYSLOG].name) == 0;
}

void audit_syslog(struct store *store, int64_t first, int64_t last)
{
    int64_t wanted;
    if (setting_get(store, SETTING_AUDIT_SYSLOG, &wanted)) return;
    /* Whoever switches it off does only that: a longer row of events is not looked through. */
    if (!wanted && first != last) return;
    for (int64_t sequence = first; sequence <= last; sequence++) {
        struct audit_event event;
        if (audit_get(store, sequence, &event)) return;
        if (wanted || is_the_switch(&event)) send(&event);
        audit_event_free(&event);
    }
}
