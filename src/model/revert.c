#include <gatehouse/account_change.h>
#include <gatehouse/audit_kind.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/revert.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>

#include "audit_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an event decides. Groups and permissions are in events by name; see `find_named`. */
enum thing_kind {
    THING_NONE,
    THING_ACTIVE,
    THING_DETAILS, /* of an account: several of the things below, as its texts say */
    THING_DESCRIPTION,
    THING_OWNER,
    THING_MEMBER,
    THING_GRANT,
    THING_SUSPENDED,
    THING_TOKEN_NAME,
    THING_EXPIRY,
    THING_GROUP_NAME,
    THING_GROUP_DESCRIPTION,
    THING_GROUP_GRANT,
    THING_PERMISSION,
    THING_SETTING,
};

/* The kinds of events that can be taken back. */
static const struct reversible {
    const char *kind;
    enum thing_kind thing;
    bool adds;         /* a membership or a grant */
    const char *noun;  /* of which it tells; NULL: named by the subject, however many there are */
    const char *done;  /* "sa::ci was …", "3 tokens were …" */
    const char *again; /* once it is taken back: "sa::ci is …" */
    const char *act;   /* the event of taking back many together; NULL: none */
} reversibles[] = {
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

static const struct reversible *find_reversible(const char *kind)
{
    for (size_t i = 0; i < sizeof reversibles / sizeof *reversibles; i++)
        if (!strcmp(reversibles[i].kind, kind)) return &reversibles[i];
    return NULL;
}

/* An act on many rows ends with an event about all of them, which has a plural noun. */
static bool is_of_many(const char *kind)
{
    return !strncmp(kind, "accounts.", 9) || !strncmp(kind, "tokens.", 7);
}

/* One thing that an event decided. */
struct thing {
    enum thing_kind kind;
    int64_t account, token;
    char name[260];                    /* the group (as it is called now), permission or setting */
    char grant[PERMISSION_ID_MAX + 1]; /* of a group */
};

struct work {
    const struct act *act;
    const struct revert *revert;
    struct revert_result *result;
    int64_t head; /* the newest event before this began */
};

enum error revert_is_possible(struct store *store, struct event_range act, bool *possible)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT kind FROM event WHERE sequence BETWEEN :first AND :last ORDER BY sequence");
    bind_int(stmt, ":first", act.first);
    bind_int(stmt, ":last", act.last);
    size_t count = 0, refused = 0;
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        const char *kind = column_text(stmt, "kind");
        if (is_of_many(kind)) continue;
        count++;
        refused += !find_reversible(kind);
    }
    *possible = count && !refused;
    return e;
}

void revert_result_free(struct revert_result *result)
{
    for (size_t i = 0; i < result->left; i++)
        free(result->reasons[i]);
    free(result->reasons);
    *result = (struct revert_result){0};
}

/* `event`: what was decided since; NULL: `why` says it. */
static enum error leave(struct work *work, const char *subject, const struct audit_event *event,
                        const char *why)
{
    struct revert_result *result = work->result;
    char **grown = realloc(result->reasons, (result->left + 1) * sizeof *grown);
    if (!grown) return fail_memory();
    result->reasons = grown;
    char text[900], actor[200], when[WHEN_SIZE];
    if (event) {
        const struct audit_kind *kind = audit_kind_find(event->kind);
        actor_text(&event->actor, actor, sizeof actor);
        when_relative(when, event->at, work->act->now);
        snprintf(text, sizeof text, "%s: %s by %s %s", subject, kind ? kind->sentence : event->kind,
                 actor, when);
    } else {
        snprintf(text, sizeof text, "%s: %s", subject, why);
    }
    char *copy = strdup(text);
    if (!copy) return fail_memory();
    result->reasons[result->left++] = copy;
    return OK;
}

/* Follows a group or a permission, named as it was when event `sequence` was written, through what
 * happened to it since. *deleted: the event that deleted it; 0: it is there, under `name`. */
static enum error find_named(struct store *store, bool group, int64_t sequence, char *name,
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

static json_t *load_json(const char *text)
{
    return text ? json_loads(text, 0, NULL) : NULL;
}

static const char *text_of(const char *json, const char *key, char *out, size_t size)
{
    json_t *object = load_json(json);
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
    json_t *before = load_json(event->before), *after = load_json(event->after);
    json_t *was = json_object_get(before, key), *is = json_object_get(after, key);
    enum error e = OK;
    *tells = was || is;
    if (*tells && (thing->kind == THING_MEMBER || thing->kind == THING_GRANT)) {
        bool found = false;
        json_t *lists[] = {was, is};
        for (int i = 0; i < 2 && !e; i++) {
            size_t k;
            json_t *value;
            json_array_foreach(lists[i], k, value)
            {
                char name[sizeof thing->name];
                int64_t deleted;
                if (e || has_name(lists[1 - i], json_string_value(value))) continue;
                snprintf(name, sizeof name, "%s", json_string_value(value));
                e = find_named(store, thing->kind == THING_MEMBER, event->sequence, name,
                               sizeof name, &deleted);
                found |= !deleted && !strcmp(name, thing->name);
            }
        }
        *tells = found;
    }
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
    const struct reversible *kind = find_reversible(event->kind);
    char name[sizeof thing->name], grant[PERMISSION_ID_MAX + 1];
    int64_t deleted = 0;
    *tells = false;
    if (!kind || kind->thing != thing->kind) return OK;
    snprintf(name, sizeof name, "%s", event->subject);
    bool group = thing->kind >= THING_GROUP_NAME && thing->kind <= THING_GROUP_GRANT;
    enum error e = OK;
    /* The event of a rename has the name from before it as its subject. */
    if (group) e = find_named(store, true, event->sequence - 1, name, sizeof name, &deleted);
    *tells = !e && !deleted && !strcmp(name, thing->name);
    if (thing->kind != THING_GROUP_GRANT || !*tells) return e;
    text_of(kind->adds ? event->after : event->before, "permission", grant, sizeof grant);
    *tells = !strcmp(grant, thing->grant);
    return e;
}

static enum error account_tells(struct store *store, const struct audit_event *event,
                                const struct thing *thing, bool *tells)
{
    const struct reversible *kind = find_reversible(event->kind);
    char name[sizeof thing->name];
    int64_t deleted = 0;
    *tells = false;
    if (!strcmp(event->kind, "account.update")) return update_tells(store, event, thing, tells);
    if (!kind || kind->thing != thing->kind) return OK;
    *tells = true;
    if (kind->thing != THING_MEMBER && kind->thing != THING_GRANT) return OK;
    bool member = kind->thing == THING_MEMBER;
    text_of(kind->adds ? event->after : event->before, member ? "group" : "permission", name,
            sizeof name);
    enum error e = find_named(store, member, event->sequence, name, sizeof name, &deleted);
    *tells = !deleted && !strcmp(name, thing->name);
    return e;
}

static bool token_tells(const struct audit_event *event, const struct thing *thing)
{
    static const char *const whole[] = {"token.apply", "token.revoke", NULL};
    const struct reversible *kind = find_reversible(event->kind);
    if (event->token != thing->token) return false;
    if (thing->kind == THING_EXPIRY && !strcmp(event->kind, "token.rotate")) return true;
    return is_one_of(event->kind, whole) || (kind && kind->thing == thing->kind);
}

static enum error tells(struct store *store, const struct audit_event *event,
                        const struct thing *thing, bool *out)
{
    *out = !strcmp(event->kind, "account.delete");
    if (*out) return OK;
    if (thing->token) {
        *out = token_tells(event, thing);
        return OK;
    }
    return thing->account ? account_tells(store, event, thing, out)
                          : named_tells(store, event, thing, out);
}

static bool is_settled(const struct revert *revert, int64_t sequence)
{
    for (size_t i = 0; i < revert->settled_count; i++)
        if (sequence >= revert->settled[i].first && sequence <= revert->settled[i].last)
            return true;
    return false;
}

/* The newest event that decided about the thing since the act; *sequence 0: none did. */
static enum error find_decision(const struct work *work, const struct thing *thing,
                                int64_t *sequence)
{
    struct store *store = work->act->store;
    struct id_set later = {0};
    struct stmt *stmt =
        store_prepare(store, "SELECT sequence FROM event WHERE account IS :account AND sequence > "
                             ":last AND sequence <= :head");
    if (thing->account) bind_int(stmt, ":account", thing->account);
    bind_int(stmt, ":last", work->revert->act.last);
    bind_int(stmt, ":head", work->head);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        if (!is_settled(work->revert, column_int(stmt, "sequence")))
            e = id_set_add(&later, column_int(stmt, "sequence"));
    *sequence = 0;
    for (size_t i = later.count; i-- > 0 && !e && !*sequence;) {
        struct audit_event event = {0};
        bool found = false;
        e = audit_get(store, later.ids[i], &event);
        if (!e) e = tells(store, &event, thing, &found);
        if (found) *sequence = event.sequence;
        audit_event_free(&event);
    }
    id_set_free(&later);
    return e;
}

/* Whether nobody decided about the thing since; otherwise it is left, with the reason. */
static enum error is_ours(struct work *work, const char *subject, const struct thing *thing,
                          int64_t deleted, bool *ours)
{
    int64_t sequence = deleted;
    enum error e = deleted ? OK : find_decision(work, thing, &sequence);
    *ours = !e && !sequence;
    if (e || !sequence) return e;
    struct audit_event event = {0};
    e = audit_get(work->act->store, sequence, &event);
    if (!e) e = leave(work, subject, &event, NULL);
    audit_event_free(&event);
    return e;
}

/* The thing an event decided, and its group or permission, which must still be there. */
static enum error thing_of(const struct work *work, const struct audit_event *event,
                           const struct reversible *kind, struct thing *thing, int64_t *deleted)
{
    struct store *store = work->act->store;
    const char *told = kind->adds ? event->after : event->before;
    *thing = (struct thing){.kind = kind->thing, .account = event->account, .token = event->token};
    *deleted = 0;
    if (kind->thing == THING_MEMBER || kind->thing == THING_GRANT) {
        bool member = kind->thing == THING_MEMBER;
        text_of(told, member ? "group" : "permission", thing->name, sizeof thing->name);
        return find_named(store, member, event->sequence, thing->name, sizeof thing->name, deleted);
    }
    snprintf(thing->name, sizeof thing->name, "%s", event->subject);
    if (kind->thing == THING_GROUP_GRANT)
        text_of(told, "permission", thing->grant, sizeof thing->grant);
    if (kind->thing >= THING_GROUP_NAME && kind->thing <= THING_GROUP_GRANT)
        return find_named(store, true, event->sequence - 1, thing->name, sizeof thing->name,
                          deleted);
    if (kind->thing != THING_PERMISSION) return OK;
    return find_named(store, false, event->sequence, thing->name, sizeof thing->name, deleted);
}

static enum error set_token(struct work *work, const struct audit_event *event,
                            const struct reversible *kind, bool *changed)
{
    const struct act *act = work->act;
    struct token_row row;
    char before[TOKEN_NAME_MAX * 4 + 1];
    enum error e = token_get(act->store, act->now, event->token, &row);
    if (e) return e;
    if (row.state == TOKEN_EXPIRED && kind->thing != THING_TOKEN_NAME)
        return leave(work, event->subject, NULL, "the token has expired, which is final");
    if (kind->thing == THING_SUSPENDED)
        return token_set_suspended(act, event->token, !strcmp(kind->kind, "token.resume"), changed);
    if (kind->thing == THING_TOKEN_NAME)
        return token_rename(act, event->token,
                            text_of(event->before, "name", before, sizeof before), changed);
    int64_t expires;
    e = when_parse_iso(text_of(event->before, "expires", before, sizeof before), &expires);
    if (!e && expires != WHEN_NEVER && expires <= act->now)
        return leave(work, event->subject, NULL, "its earlier expiry has passed");
    return e ? e : token_set_expiry(act, event->token, expires, changed);
}

static enum error set_group(struct work *work, const struct audit_event *event,
                            const struct reversible *kind, const struct thing *thing)
{
    const struct act *act = work->act;
    struct group_details details = {0};
    char before[GROUP_DESCRIPTION_MAX * 4 + 1];
    int64_t number, permission, version;
    enum error e = group_find(act->store, thing->name, &number);
    if (e) return e;
    if (kind->thing == THING_GROUP_NAME)
        return group_rename(act, number, text_of(event->before, "name", before, sizeof before));
    if (kind->thing == THING_GROUP_GRANT) {
        e = permission_find(work->act->store, thing->grant, &permission);
        if (e == ERR_NOT_FOUND) return leave(work, thing->grant, NULL, "the permission is gone");
        return e ? e : group_grant(act, number, permission, !kind->adds);
    }
    e = group_details_load(act->store, number, &details, &version);
    if (e) return e;
    free(details.description);
    details.description = strdup(text_of(event->before, "description", before, sizeof before));
    e = details.description ? group_update(act, number, version, &details, NULL, NULL)
                            : fail_memory();
    group_details_free(&details);
    return e;
}

static enum error set_permission(const struct act *act, const struct audit_event *event)
{
    char name[PERMISSION_NAME_MAX * 4 + 1], sentence[PERMISSION_SENTENCE_MAX * 4 + 1];
    int64_t number;
    enum error e = permission_find(act->store, event->subject, &number);
    text_of(event->before, "name", name, sizeof name);
    text_of(event->before, "sentence", sentence, sizeof sentence);
    return e ? e : permission_edit(act, number, name, sentence, NULL);
}

static enum error set_setting(const struct act *act, const struct audit_event *event)
{
    enum setting setting;
    json_t *before = load_json(event->before);
    int64_t value = json_integer_value(json_object_get(before, "value"));
    json_decref(before);
    enum error e = setting_find(event->subject, &setting);
    return e ? e : setting_set(act, setting, value);
}

static enum error set_link(const struct act *act, const struct audit_event *event,
                           const struct reversible *kind, const struct thing *thing, bool *changed)
{
    int64_t number;
    bool member = kind->thing == THING_MEMBER;
    enum error e = member ? group_find(act->store, thing->name, &number)
                          : permission_find(act->store, thing->name, &number);
    if (e) return e;
    return member ? group_set_member(act, number, event->account, !kind->adds, changed)
                  : permission_grant(act, event->account, number, !kind->adds, changed);
}

static enum error set_thing(struct work *work, const struct audit_event *event,
                            const struct reversible *kind, const struct thing *thing, bool *changed)
{
    *changed = true;
    switch (kind->thing) {
    case THING_ACTIVE:
        return account_set_active(work->act, event->account,
                                  !strcmp(kind->kind, "account.deactivate"), changed);
    case THING_MEMBER:
    case THING_GRANT:
        return set_link(work->act, event, kind, thing, changed);
    case THING_GROUP_NAME:
    case THING_GROUP_DESCRIPTION:
    case THING_GROUP_GRANT:
        return set_group(work, event, kind, thing);
    case THING_PERMISSION:
        return set_permission(work->act, event);
    case THING_SETTING:
        return set_setting(work->act, event);
    default:
        *changed = false;
        return set_token(work, event, kind, changed);
    }
}

/* Takes the difference between two lists of names back in a set of numbers. */
static enum error revert_set(struct work *work, const struct audit_event *event,
                             const struct thing *about, json_t *was, json_t *is, struct id_set *set)
{
    json_t *lists[] = {was, is};
    enum error e = OK;
    for (int i = 0; i < 2 && !e; i++) {
        size_t k;
        json_t *value;
        json_array_foreach(lists[i], k, value)
        {
            struct thing thing = *about;
            int64_t deleted, number;
            bool ours = false, member = about->kind == THING_MEMBER;
            if (e || has_name(lists[1 - i], json_string_value(value))) continue;
            snprintf(thing.name, sizeof thing.name, "%s", json_string_value(value));
            e = find_named(work->act->store, member, event->sequence, thing.name, sizeof thing.name,
                           &deleted);
            if (!e) e = is_ours(work, event->subject, &thing, deleted, &ours);
            if (e || !ours) continue;
            e = member ? group_find(work->act->store, thing.name, &number)
                       : permission_find(work->act->store, thing.name, &number);
            if (!e && i == 0) e = id_set_add(set, number);
            if (!e && i == 1) id_set_remove(set, number);
        }
    }
    return e;
}

static enum error revert_text(struct work *work, const struct audit_event *event,
                              enum thing_kind kind, const char *key, json_t *before, char **text)
{
    const struct thing thing = {.kind = kind, .account = event->account};
    const char *was = json_string_value(json_object_get(before, key));
    bool ours;
    if (!was) return OK;
    enum error e = is_ours(work, event->subject, &thing, 0, &ours);
    if (e || !ours) return e;
    char *copy = strdup(was);
    if (!copy) return fail_memory();
    free(*text);
    *text = copy;
    return OK;
}

/* Only what the update changed goes back, each thing on its own. */
static enum error revert_details(struct work *work, const struct audit_event *event, bool *changed)
{
    struct account_details details = {0};
    int64_t version, after_it = 0;
    const struct thing groups = {.kind = THING_MEMBER, .account = event->account};
    const struct thing grants = {.kind = THING_GRANT, .account = event->account};
    enum error e = account_details_load(work->act->store, event->account, &details, &version);
    json_t *before = load_json(event->before), *after = load_json(event->after);
    if (!e)
        e = revert_text(work, event, THING_DESCRIPTION, "description", before,
                        &details.description);
    if (!e) e = revert_text(work, event, THING_OWNER, "owner", before, &details.owner);
    if (!e)
        e = revert_set(work, event, &groups, json_object_get(before, "groups"),
                       json_object_get(after, "groups"), &details.groups);
    if (!e)
        e = revert_set(work, event, &grants, json_object_get(before, "permissions"),
                       json_object_get(after, "permissions"), &details.permissions);
    if (!e) e = account_update(work->act, event->account, version, &details);
    account_details_free(&details);
    if (!e) e = account_details_load(work->act->store, event->account, &details, &after_it);
    account_details_free(&details);
    *changed = !e && after_it != version;
    json_decref(before);
    json_decref(after);
    return e;
}

static enum error is_deleted(const struct work *work, const struct audit_event *event,
                             bool *deleted)
{
    struct account account;
    *deleted = false;
    if (!event->account) return OK;
    enum error e = account_get(work->act->store, work->act->now, event->account, &account);
    *deleted = e == ERR_NOT_FOUND;
    return *deleted ? OK : e;
}

static enum error revert_event(struct work *work, const struct audit_event *event)
{
    const struct reversible *kind = find_reversible(event->kind);
    struct thing thing;
    int64_t deleted = 0;
    bool ours = false, changed = false, gone;
    if (!kind) return OK;
    enum error e = is_deleted(work, event, &gone);
    if (e) return e;
    if (kind->thing == THING_DETAILS && !gone) {
        e = revert_details(work, event, &changed);
    } else {
        e = thing_of(work, event, kind, &thing, &deleted);
        if (!e) e = is_ours(work, event->subject, &thing, deleted, &ours);
        if (!e && ours) e = set_thing(work, event, kind, &thing, &changed);
    }
    work->result->changed += !e && changed;
    return e;
}

/* What follows the events of the rows when the act was one on many. */
static enum error write_act(struct work *work, const char *act, const char *noun)
{
    char subject[64];
    size_t count = work->result->changed;
    snprintf(subject, sizeof subject, "%zu %s%s", count, noun, count == 1 ? "" : "s");
    return audit_write_json(work->act, act, subject, 0, 0, NULL,
                            json_pack("{s:I, s:I, s:s}", "changed", (json_int_t)count, "first",
                                      (json_int_t)work->head + 1, "reason", "undo"));
}

static enum error revert_all(struct work *work, const struct progress *progress)
{
    enum { CHUNK = 32 };
    const struct event_range *range = &work->revert->act;
    const struct reversible *first = NULL;
    bool many = false;
    size_t done = 0, total = (size_t)(range->last - range->first + 1);
    enum error e = OK;
    for (int64_t at = range->last; at >= range->first && !e; at--) {
        struct audit_event event = {0};
        e = audit_get(work->act->store, at, &event);
        if (e) break;
        many |= is_of_many(event.kind);
        if (find_reversible(event.kind)) first = find_reversible(event.kind);
        e = revert_event(work, &event);
        audit_event_free(&event);
        if (!e && done++ % CHUNK == 0 && progress && progress->step &&
            progress->step(progress->arg, done - 1, total))
            return fail(ERR_STOPPED, "stopped: nothing was changed");
    }
    if (!e && progress && progress->step && progress->step(progress->arg, total, total))
        return fail(ERR_STOPPED, "stopped: nothing was changed");
    if (e || !many || !work->result->changed || !first || !first->act) return e;
    return write_act(work, first->act, first->noun);
}

static enum error run(struct work *work, const struct progress *progress)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t head;
    enum error e = audit_head(work->act->store, &work->head, hash);
    if (!e) e = revert_all(work, progress);
    if (!e) e = audit_head(work->act->store, &head, hash);
    if (!e && head > work->head) work->result->events = (struct event_range){work->head + 1, head};
    return e;
}

enum error revert_run(const struct act *act, const struct revert *revert,
                      const struct progress *progress, struct revert_result *result)
{
    *result = (struct revert_result){0};
    struct work work = {.act = act, .revert = revert, .result = result};
    enum error e = store_begin(act->store);
    if (!e) e = store_end(act->store, run(&work, progress));
    if (e) revert_result_free(result);
    return e;
}

/* What the events of an act have in common. */
struct summary {
    const struct reversible *kind;
    size_t count;
    bool mixed;
    char subject[260], before[300]; /* of the first one */
};

static enum error summarise(struct store *store, struct event_range act, struct summary *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT kind, subject, before FROM event WHERE sequence BETWEEN "
                             ":first AND :last ORDER BY sequence");
    bind_int(stmt, ":first", act.first);
    bind_int(stmt, ":last", act.last);
    *out = (struct summary){0};
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        const struct reversible *kind = find_reversible(column_text(stmt, "kind"));
        if (!kind) continue;
        out->count++;
        out->mixed |= out->kind && out->kind != kind;
        /* An act on a group may move members, too; it is called after the group. */
        if (out->kind && (out->kind->noun == NULL || kind->noun)) continue;
        out->kind = kind;
        column_copy(stmt, "subject", out->subject, sizeof out->subject);
        text_of(column_text(stmt, "before"), "name", out->before, sizeof out->before);
    }
    if (!e && !out->kind) e = fail(ERR_NOT_FOUND, "there is no such act");
    return e;
}

static bool is_group(const struct reversible *kind)
{
    return kind->thing >= THING_GROUP_NAME && kind->thing <= THING_GROUP_GRANT;
}

/* What follows "sa::ci" or "3 tokens". */
static void again_text(const struct summary *summary, bool many, char *out, size_t size)
{
    const struct reversible *kind = summary->kind;
    const char *are = many ? "are" : "is";
    if (kind->again || (summary->mixed && !kind->noun))
        snprintf(out, size, "%s %s", are, kind->again ? kind->again : "as it was");
    else if (kind->thing == THING_EXPIRY)
        snprintf(out, size, "%s when %s did before", many ? "expire" : "expires",
                 many ? "they" : "it");
    else
        snprintf(out, size, "%s called “%s” again", are, summary->before);
}

enum error revert_describe(struct store *store, struct event_range act, bool taken_back, char *out,
                           size_t size)
{
    struct summary summary;
    char what[340], who[300];
    enum error e = summarise(store, act, &summary);
    if (e) return e;
    const struct reversible *kind = summary.kind;
    bool many = kind->noun && summary.count > 1, updated = summary.mixed && !kind->noun;
    if (summary.mixed && kind->thing == THING_MEMBER) {
        snprintf(out, size,
                 taken_back ? "the group is as it was" : "the members of a group were changed");
        return OK;
    }
    if (many)
        snprintf(who, sizeof who, "%zu %ss", summary.count, kind->noun);
    else
        snprintf(who, sizeof who, "%s%s", is_group(kind) ? "the group " : "",
                 is_group(kind) && taken_back ? "" : summary.subject);
    if (taken_back)
        again_text(&summary, many, what, sizeof what);
    else
        snprintf(what, sizeof what, "%s %s", many ? "were" : "was",
                 updated ? "updated" : kind->done);
    const char *blank = is_group(kind) && taken_back ? "" : " ";
    snprintf(out, size, "%s%s%s", who, blank, what);
    return OK;
}
