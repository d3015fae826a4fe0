/* Searches through the log, which may be long. */
#include "ui/audit_screen.h"
#include "ui/input.h"
#include "ui/loop.h"

#include <gatehouse/ambient.h>

enum { ECHO_MS = 3, QUIET_MS = 200 };

static bool step(void *arg)
{
    struct audit *audit = arg;
    struct app *app = audit->table.app;
    if (input_is_pending(NULL)) return true;
    int64_t took = ambient_ticks() - audit->search.began;
    bool say = took >= QUIET_MS && !audit->search.quiet && !app->message[0];
    if (took < ECHO_MS || (audit->search.echoed && !say)) return false;
    audit->search.echoed = true;
    if (say) {
        audit->search.said = true;
        app_say(app, ROLE_MUTED, "Searching the log · any key ends it");
    }
    loop_draw(app);
    return false;
}

void audit_search_begin(struct audit *audit, bool quiet)
{
    audit->search.began = ambient_ticks();
    audit->search.echoed = audit->search.said = false;
    audit->search.quiet = quiet;
    if (audit->table.filter.size) store_set_interrupt(audit->table.app->store, step, audit);
}

void audit_search_end(struct audit *audit)
{
    store_set_interrupt(audit->table.app->store, NULL, NULL);
    if (audit->search.said) audit->table.app->message[0] = 0;
}
