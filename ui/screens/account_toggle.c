#include "ui/screens/account_toggle.h"

#include "ui/kit/undo.h"

#include <gatehouse/account_change.h>
#include <gatehouse/impact_text.h>
#include <stdio.h>

int account_toggle(struct app *app, const struct account_row *row)
{
    struct act act = app_act(app);
    struct account_impact impact;
    bool active = !row->active, changed = false;
    char id[ACCOUNT_ID_SIZE], hit[IMPACT_TEXT_SIZE], names[2 * IMPACT_TEXT_SIZE];
    char knocking[IMPACT_TEXT_SIZE], details[3 * IMPACT_TEXT_SIZE];
    account_id_text(id, row->name);
    enum error e = account_get_impact(app->store, act.now, row->number, &impact);
    if (!e) e = impact_names(app->store, act.now, row->number, names, sizeof names);
    if (!e) e = account_set_active(&act, row->number, active, &changed);
    if (e) return app_say_error(app) | EFFECT_LOAD;
    if (!changed) {
        app_say(app, ROLE_MUTED, "%s was %s already", id, active ? "active" : "inactive");
        return EFFECT_LOAD;
    }
    impact_text(&impact, active ? impact.waiting : impact.working,
                active ? "back at work" : "stopped", act.now, hit, sizeof hit);
    impact_knocking_text(impact.knocking, impact.denied, impact.denied_from, act.now, knocking,
                         sizeof knocking);
    /* The line has no room for both. */
    snprintf(details, sizeof details, "%s%s%s", hit, *knocking ? " · " : "",
             *knocking ? knocking : names);
    return undo_say(app, details, "%s %s", id, active ? "activated" : "deactivated") | EFFECT_LOAD;
}
