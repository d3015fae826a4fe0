/* What changes the account under the cursor. */
#include "ui/kit/dialog.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/token_form.h"
#include "ui/undo.h"

#include <gatehouse/impact_text.h>
#include <stdio.h>
#include <stdlib.h>

/* An account that a dialog is about; the row under the cursor may be another by the time it is
 * answered. */
struct chosen {
    struct accounts *accounts;
    int64_t number;
    char id[ACCOUNT_ID_SIZE];
};

static struct chosen *choose(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    struct chosen *chosen = here ? malloc(sizeof *chosen) : NULL;
    if (!chosen) return NULL;
    *chosen = (struct chosen){.accounts = accounts, .number = here->row.number};
    account_id_text(chosen->id, here->row.name);
    return chosen;
}

int accounts_toggle(struct accounts *accounts)
{
    struct app *app = accounts->table.app;
    const struct listed *here = accounts_current(accounts);
    if (!here) return EFFECT_NONE;
    bool active = !here->row.active, changed = false;
    int64_t number = here->row.number;
    struct account_impact impact;
    struct act act = app_act(app);
    char id[ACCOUNT_ID_SIZE], hit[IMPACT_TEXT_SIZE], names[2 * IMPACT_TEXT_SIZE];
    enum error e = account_get_impact(app->store, act.now, number, &impact);
    if (!e) e = impact_names(app->store, act.now, number, names, sizeof names);
    if (!e) e = account_set_active(&act, number, active, &changed);
    if (e) return app_say_error(app) | EFFECT_LOAD;
    account_id_text(id, here->row.name);
    if (changed) undo_push_active(app, number, active);
    marks_free(&accounts->table.dropped);
    impact_text(&impact, active ? "back at work" : "stopped", act.now, hit, sizeof hit);
    if (changed)
        app_say(app, ROLE_GOOD, "✓ %s %s · %s · U undo%s", id, active ? "activated" : "deactivated",
                hit, names);
    else
        app_say(app, ROLE_MUTED, "%s was %s already", id, active ? "active" : "inactive");
    return EFFECT_LOAD;
}

static int delete_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    enum error e = choice ? account_delete(&act, chosen->number) : OK;
    if (e)
        app_say_error(app);
    else if (choice)
        app_say(app, ROLE_GOOD, "✓ %s deleted", chosen->id);
    if (choice && !e) id_set_remove(&chosen->accounts->table.marks.ids, chosen->number);
    if (choice && !e) chosen->accounts->table.drop_gone = true;
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

int accounts_delete(struct accounts *accounts)
{
    struct app *app = accounts->table.app;
    struct account_impact impact;
    struct chosen *chosen = choose(accounts);
    char hit[IMPACT_TEXT_SIZE], tokens[600], text[1200];
    if (!chosen) return EFFECT_NONE;
    int64_t now = app_act(app).now;
    if (account_get_impact(app->store, now, chosen->number, &impact) ||
        impact_lines(app->store, now, chosen->number, tokens, sizeof tokens)) {
        free(chosen);
        return app_say_error(app) | EFFECT_LOAD;
    }
    impact_text(&impact, "stop working now", now, hit, sizeof hit);
    snprintf(text, sizeof text,
             "Deleting %s cannot be taken back: %s, and its tokens go with it. The audit log keeps "
             "what happened.\n%s\nType its name to delete it:",
             chosen->id, hit, tokens);
    confirm_open(app, &(struct confirm){.title = "Delete the account",
                                        .text = text,
                                        .choices = {{"Delete", 0}},
                                        .typed = chosen->id,
                                        .done = delete_confirmed,
                                        .arg = chosen});
    return EFFECT_DRAW;
}

int accounts_generate(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    return here ? token_form_open(accounts->table.app, here->row.number) : EFFECT_NONE;
}
