#include "decision.h"

#include <gatehouse/id_set.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kinds of events that can be taken back. */
static const struct reversible reversibles[] = {
    {"account.activate", THING_ACTIVE, false, "account", "activated", "inactive again",
     "accounts.deactivate"},
    {"account.deactivate", THING_ACTIVE, false, "account", "deactivated", "active again",
     "accounts.activate"},
    {"account.join", THING_MEMBER, true, "account", "added to a group", "out of the group again",
     "accounts.leave"},
    {"account.leave", THING_MEMBER, false, "account", "removed from a group", "in the group again",
     "accounts.join"},
    {"account.grant", THING_GRANT, true, "account", "granted a permission",
     "without the explicit grant again", "accounts.revoke"},
    {"account.revoke", THING_GRANT, false, "account", "left without an explicit grant",
     "granted the permission again", "accounts.grant"},
    {"account.update", THING_DETAILS, false, "account", "updated", "as it was", NULL},
    {"token.suspend", THING_SUSPENDED, false, "token", "suspended", "live again", "tokens.resume"},
    {"token.resume", THING_SUSPENDED, false, "token", "resumed", "suspended again",
     "tokens.suspend"},
    {"token.expire", THING_EXPIRY, false, "token", "given another expiry", NULL, "tokens.expire"},
    {"token.rename", THING_TOKEN_NAME, false, "token", "renamed", NULL, NULL},
    {"group.update", THING_GROUP_DESCRIPTION, false, NULL, "updated", "as it was", NULL},
    {"group.grant", THING_GROUP_GRANT, true, NULL, "updated", "as it was", NULL},
    {"group.revoke", THING_GROUP_GRANT, false, NULL, "updated", "as it was", NULL},
    {"group.rename", THING_GROUP_NAME, false, NULL, "renamed", NULL, NULL},
    {"permission.update", THING_PERMISSION, false, NULL, "changed", "as it was", NULL},
    {"setting.set", THING_SETTING, false, NULL, "changed", "as it was", NULL},
};

const struct reversible *reversible_find(const char *kind)
{
    for (size_t i = 0; i < sizeof reversibles / sizeof *reversibles; i++)
        if (!strcmp(reversibles[i].kind, kind)) return &reversibles[i];
    return NULL;
}

bool thing_is_of_group(enum thing_kind kind)
{
    return kind >= THING_GROUP_NAME && kind <= THING_GROUP_GRANT;
}

json_t *decision_json(const char *text)
{
    return text ? json_loads(text, 0, NULL) : NULL;
}

const char *decision_text(const char *json, const char *key, char *out, size_t size)
{
    json_t *object = decision_json(json);
    const char *text = json_string_value(json_object_get(object, key));
    snprintf(out, size, "%s", text ? text : "");
    json_decref(object);
    return out;
}

static bool has_name(json_t *names, const char *name)
{
    size_t i;
    json_t *value;
    json_array_foreach(names, i, value)
    {
        const char *text = json_string_value(value);
        if (text && !strcmp(text, name)) return true;
    }
    return false;
}

enum error decision_each_change(json_t *was, json_t *is,
                                enum error (*take)(const char *name, bool added, void *arg),
                                void *arg)
{
    json_t *lists[] = {was, is};
    enum error e = OK;
    for (int i = 0; i < 2; i++) {
        size_t k;
        json_t *value;
        json_array_foreach(lists[i], k, value)
        {
            const char *name = json_string_value(value);
            if (!e && name && !has_name(lists[1 - i], name)) e = take(name, i == 1, arg);
        }
    }
    return e;
}

enum error decision_follow(struct store *store, bool group, int64_t sequence, char *name,
                           size_t size, int64_t *deleted)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT sequence, kind, subject, after FROM event WHERE kind IN ('group.rename', "
               "'group.delete', 'permission.delete') AND sequence > :sequence ORDER BY sequence");
    bind_int(stmt, ":sequence", sequence);
    *deleted = 0;
    enum error e = OK;
    while (!*deleted && stmt_next(stmt, &e)) {
        const char *kind = column_text(stmt, "kind");
        if ((*kind == 'g') != group || strcmp(column_text(stmt, "subject"), name) != 0) continue;
        if (strcmp(kind, "group.rename") != 0) {
            *deleted = column_int(stmt, "sequence");
            continue;
        }
        json_t *after = json_loads(column_text(stmt, "after"), 0, NULL);
        const char *next = json_string_value(json_object_get(after, "name"));
        if (next) snprintf(name, size, "%s", next);
        json_decref(after);
    }
    stmt_reset(stmt);
    return e;
}

struct sought {
    struct store *store;
    int64_t sequence; /* of the update */
    const struct thing *thing;
    bool found;
};

static enum error compare_name(const char *changed, bool added, void *arg)
{
    (void)added;
    struct sought *sought = arg;
    const struct thing *thing = sought->thing;
    char name[sizeof thing->name];
    int64_t deleted;
    snprintf(name, sizeof name, "%s", changed);
    enum error e = decision_follow(sought->store, thing->kind == THING_MEMBER, sought->sequence,
                                   name, sizeof name, &deleted);
    sought->found |= !e && !deleted && !strcmp(name, thing->name);
    return e;
}

/* Whether the event of an update tells of this thing. */
static enum error update_tells(struct store *store, const struct audit_event *event,
                               const struct thing *thing, bool *tells)
{
    static const char *const keys[] = {[THING_DESCRIPTION] = "description",
                                       [THING_OWNER] = "owner",
                                       [THING_MEMBER] = "groups",
                                       [THING_GRANT] = "permissions"};
    const char *key = thing->kind >= THING_DESCRIPTION && thing->kind <= THING_GRANT
                          ? keys[thing->kind]
                          : "active";
    struct sought sought = {.store = store, .sequence = event->sequence, .thing = thing};
    json_t *before = decision_json(event->before), *after = decision_json(event->after);
    json_t *was = json_object_get(before, key), *is = json_object_get(after, key);
    enum error e = OK;
    if (thing->kind == THING_MEMBER || thing->kind == THING_GRANT)
        e = decision_each_change(was, is, compare_name, &sought);
    else
        sought.found = was || is;
    *tells = sought.found;
    json_decref(before);
    json_decref(after);
    return e;
}

static bool is_one_of(const char *kind, const char *const kinds[])
{
    for (; *kinds; kinds++)
        if (!strcmp(kind, *kinds)) return true;
    return false;
}

/* Whether an event of a group, a permission or a setting tells of this thing. */
static enum error named_tells(struct store *store, const struct audit_event *event,
                              const struct thing *thing, bool *tells)
{
    const struct reversible *kind = reversible_find(event->kind);
    char name[sizeof thing->name], grant[PERMISSION_ID_MAX + 1];
    int64_t deleted = 0;
    *tells = false;
    if (!kind || kind->thing != thing->kind) return OK;
    snprintf(name, sizeof name, "%s", event->subject);
    bool group = thing_is_of_group(thing->kind);
    enum error e = OK;
    /* The event of a rename has the name from before it as its subject. */
    if (group) e = decision_follow(store, true, event->sequence - 1, name, sizeof name, &deleted);
    *tells = !e && !deleted && !strcmp(name, thing->name);
    if (thing->kind != THING_GROUP_GRANT || !*tells) return e;
    decision_text(kind->adds ? event->after : event->before, "permission", grant, sizeof grant);
    *tells = !strcmp(grant, thing->grant);
    return e;
}

static enum error account_tells(struct store *store, const struct audit_event *event,
                                const struct thing *thing, bool *tells)
{
    const struct reversible *kind = reversible_find(event->kind);
    char name[sizeof thing->name];
    int64_t deleted = 0;
    *tells = false;
    if (!strcmp(event->kind, "account.update")) return update_tells(store, event, thing, tells);
    if (!kind || kind->thing != thing->kind) return OK;
    *tells = true;
    if (kind->thing != THING_MEMBER && kind->thing != THING_GRANT) return OK;
    bool member = kind->thing == THING_MEMBER;
    decision_text(kind->adds ? event->after : event->before, member ? "group" : "permission", name,
                  sizeof name);
    enum error e = decision_follow(store, member, event->sequence, name, sizeof name, &deleted);
    *tells = !deleted && !strcmp(name, thing->name);
    return e;
}

static bool token_tells(const struct audit_event *event, const struct thing *thing)
{
    static const char *const whole[] = {"token.apply", "token.revoke", "token.delete",
                                        "token.make-canary", NULL};
    const struct reversible *kind = reversible_find(event->kind);
    if (event->token != thing->token) return false;
    if (thing->kind == THING_EXPIRY && !strcmp(event->kind, "token.rotate")) return true;
    return is_one_of(event->kind, whole) || (kind && kind->thing == thing->kind);
}

static enum error tells(struct store *store, const struct audit_event *event,
                        const struct thing *thing, bool *out)
{
    static const char *const all[] = {"account.delete", "database.restore", NULL};
    *out = is_one_of(event->kind, all);
    if (*out) return OK;
    if (thing->token) {
        *out = token_tells(event, thing);
        return OK;
    }
    return thing->account ? account_tells(store, event, thing, out)
                          : named_tells(store, event, thing, out);
}

static bool is_settled(const struct later_events *later, int64_t sequence)
{
    for (size_t i = 0; i < later->settled_count; i++)
        if (sequence >= later->settled[i].first && sequence <= later->settled[i].last) return true;
    return false;
}

enum error decision_find(struct store *store, const struct later_events *later,
                         const struct thing *thing, int64_t *sequence)
{
    struct id_set events = {0};
    struct stmt *stmt = store_prepare(
        store,
        "SELECT sequence FROM event WHERE account IS NOT DISTINCT FROM :account AND sequence "
        "BETWEEN :first AND :last UNION SELECT sequence FROM event WHERE kind "
        "= 'database.restore' AND sequence BETWEEN :first AND :last");
    if (thing->account) bind_int(stmt, ":account", thing->account);
    bind_int(stmt, ":first", later->range.first);
    bind_int(stmt, ":last", later->range.last);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        if (!is_settled(later, column_int(stmt, "sequence")))
            e = id_set_add(&events, column_int(stmt, "sequence"));
    *sequence = 0;
    for (size_t i = events.count; i-- > 0 && !e && !*sequence;) {
        struct audit_event event = {0};
        bool found = false;
        e = audit_get(store, events.ids[i], &event);
        if (!e) e = tells(store, &event, thing, &found);
        if (found) *sequence = event.sequence;
        audit_event_free(&event);
    }
    id_set_free(&events);
    return e;
}
