#include "ui/screens/conflict.h"

#include "ui/kit/dialog.h"

#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

enum { LINES = 4, CHANGE_COLUMNS = 160 };

/* What is edited in a form, and how a change of it begins. */
static const struct {
    const char *kind, *verb;
} kinds[] = {
    {"account.update", ""},         {"account.join", "added to "},
    {"account.grant", "granted "},  {"account.leave", "removed from "},
    {"account.revoke", "revoked "}, {"group.update", ""},
    {"group.grant", "granted "},    {"group.revoke", "revoked "},
};

enum error conflict_seen(struct store *store, int64_t *seen)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    return audit_head(store, seen, hash);
}

static bool add_change(const struct audit_event *event, int64_t now, char *out, size_t size)
{
    char actor[200], when[WHEN_SIZE], change[CHANGE_COLUMNS];
    const char *verb = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].kind, event->kind)) verb = kinds[i].verb;
    if (!verb) return false;
    actor_text(&event->actor, actor, sizeof actor);
    when_relative(when, event->at, now);
    audit_change_text(event, change, sizeof change);
    char *none = *verb ? strstr(change, " → none") : NULL;
    if (none) *none = 0;
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s changed it %s: %s%s\n", actor, when, verb, change);
    return true;
}

void conflict_changes(struct app *app, int64_t account, const char *group, int64_t seen, char *out,
                      size_t size)
{
    enum { PAGE = 32 };
    struct audit_event events[PAGE];
    size_t count = 0, shown = 0, more = 0;
    const struct audit_query query = {.account = account,
                                      .kind = group ? "group" : "account",
                                      .since = WHEN_NEVER,
                                      .until = WHEN_NEVER};
    *out = 0;
    if (audit_page(app->store, &query, 0, (struct page){.max = PAGE}, events, &count)) count = 0;
    for (size_t i = 0; i < count; i++) {
        bool about = !group || !strcmp(events[i].subject, group);
        if (events[i].sequence > seen && about && shown < LINES)
            shown += add_change(&events[i], app_act(app).now, out, size);
        else
            more += events[i].sequence > seen && about;
        audit_event_free(&events[i]);
    }
    size_t used = strlen(out);
    if (more) snprintf(out + used, size - used, "and %s more\n", number_text((int64_t)more).text);
    if (!shown) snprintf(out, size, "Someone else changed it in the meantime.\n");
}

void conflict_add_field(char *out, size_t size, const char *name, const char *theirs,
                        const char *mine)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "\n%s\n  theirs  %s\n  yours   %s", name, theirs, mine);
}

int conflict_ask(struct app *app, const char *text,
                 int (*done)(struct app *app, void *arg, int choice), void *arg)
{
    confirm_open(app, &(struct confirm){.title = "Changed by someone else",
                                        .text = text,
                                        .choices = {{"Keep mine", 'M'}, {"Take theirs", 'T'}},
                                        .cancel = "Back",
                                        .done = done,
                                        .arg = arg});
    return EFFECT_DRAW;
}
