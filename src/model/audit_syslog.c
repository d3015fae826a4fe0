#include "audit_internal.h"

#include <gatehouse/audit.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/setting.h>

#include <syslog.h>

static void send(const struct audit_event *event)
{
    char line[8192];
    audit_line_text(event, line, sizeof line);
    syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", line);
}

/* Whoever switches it off does only that: of a longer row of events none is the switch. */
static bool is_switched_off(struct store *store, int64_t sequence)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT kind = 'setting.set' AND subject = :switch FROM event WHERE sequence = "
               ":sequence");
    int64_t is = 0;
    bind_text(stmt, ":switch", setting_table[SETTING_AUDIT_SYSLOG].name);
    bind_int(stmt, ":sequence", sequence);
    return !stmt_int(stmt, &is) && is;
}

void audit_syslog(struct store *store, int64_t first, int64_t last)
{
    int64_t wanted;
    if (setting_get(store, SETTING_AUDIT_SYSLOG, &wanted)) return;
    if (!wanted && (first != last || !is_switched_off(store, first))) return;
    for (int64_t sequence = first; sequence <= last; sequence++) {
        struct audit_event event;
        if (audit_get(store, sequence, &event)) return;
        send(&event);
        audit_event_free(&event);
    }
}
