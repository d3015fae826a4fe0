#include <gatehouse/account_change.h>
#include <gatehouse/audit_kind.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/revert.h>
#include <gatehouse/setting.h>
#include <gatehouse/text.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>

#include "audit_internal.h"
#include "decision.h"
#include "token_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An act on many rows ends with an event about all of them, which has a plural noun. */
static bool is_of_many(const char *kind)
{
    return !strncmp(kind, "accounts.", 9) || !strncmp(kind, "tokens.", 7);
}

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
        refused += !reversible_find(kind);
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

/* Whether nobody has decided about the thing since; if somebody has, it is left as it is, with the
 * reason. */
static enum error is_ours(struct work *work, const char *subject, const struct thing *thing,
                          int64_t deleted, bool *ours)
{
    int64_t sequence = deleted;
    const struct later_events later = {.range = {work->revert->act.last + 1, work->head},
                                       .settled = work->revert->settled,
                                       .settled_count = work->revert->settled_count};
    enum error e = deleted ? OK : decision_find(work->act->store, &later, thing, &sequence);
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
        decision_text(told, member ? "group" : "permission", thing->name, sizeof thing->name);
        return decision_follow(store, member, event->sequence, thing->name, sizeof thing->name,
                               deleted);
    }
    snprintf(thing->name, sizeof thing->name, "%s", event->subject);
    if (kind->thing == THING_GROUP_GRANT) {
        decision_text(told, "permission", thing->grant, sizeof thing->grant);
        enum error e = decision_follow(store, false, event->sequence, thing->grant,
                                       sizeof thing->grant, deleted);
        if (e || *deleted) return e;
    }
    if (thing_is_of_group(kind->thing))
        return decision_follow(store, true, event->sequence - 1, thing->name, sizeof thing->name,
                               deleted);
    if (kind->thing != THING_PERMISSION) return OK;
    return decision_follow(store, false, event->sequence, thing->name, sizeof thing->name, deleted);
}

/* What a setting forbids now. Checked beforehand: one change that fails would roll back the others.
 */
static enum error set_or_leave(struct work *work, const struct audit_event *event,
                               const struct token_row *row, enum thing_kind kind, int64_t expires,
                               bool *changed)
{
    const struct act *act = work->act;
    enum error e = kind == THING_EXPIRY ? token_check_expiry(act, row->created, expires)
                                        : token_check_limit(act->store, act->now, row->account, 0);
    if (e == ERR_INVALID || e == ERR_LIMIT)
        return leave(work, event->subject, NULL, error_message());
    if (e) return e;
    return kind == THING_EXPIRY ? token_set_expiry(act, row->number, expires, changed)
                                : token_set_suspended(act, row->number, false, changed);
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
        return leave(work, event->subject, NULL, "the token has expired");
    if (!strcmp(kind->kind, "token.suspend"))
        return set_or_leave(work, event, &row, THING_SUSPENDED, 0, changed);
    if (kind->thing == THING_SUSPENDED)
        return token_set_suspended(act, event->token, true, changed);
    if (kind->thing == THING_TOKEN_NAME)
        return token_rename(act, event->token,
                            decision_text(event->before, "name", before, sizeof before), changed);
    int64_t expires;
    e = when_parse_iso(decision_text(event->before, "expires", before, sizeof before), &expires);
    if (!e && expires != WHEN_NEVER && expires <= act->now)
        return leave(work, event->subject, NULL, "its earlier expiry has passed");
    return e ? e : set_or_leave(work, event, &row, THING_EXPIRY, expires, changed);
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
        return group_rename(act, number,
                            decision_text(event->before, "name", before, sizeof before));
    if (kind->thing == THING_GROUP_GRANT) {
        e = permission_find(work->act->store, thing->grant, &permission);
        return e ? e : group_grant(act, number, permission, !kind->adds);
    }
    e = group_details_load(act->store, number, &details, &version);
    if (e) return e;
    free(details.description);
    details.description =
        strdup(decision_text(event->before, "description", before, sizeof before));
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
    decision_text(event->before, "name", name, sizeof name);
    decision_text(event->before, "sentence", sentence, sizeof sentence);
    return e ? e : permission_edit(act, number, name, sentence, NULL);
}

static enum error set_setting(const struct act *act, const struct audit_event *event)
{
    enum setting setting;
    struct setting_value value = {0};
    json_t *before = decision_json(event->before);
    const json_t *was = json_object_get(before, "value");
    enum error e = setting_find(event->subject, &setting);
    if (!e && json_is_string(was)) e = setting_parse(setting, json_string_value(was), &value);
    if (json_is_integer(was)) value.number = json_integer_value(was);
    json_decref(before);
    return e ? e : setting_write(act, setting, &value);
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

/* A set of numbers in which the difference between two lists of names is taken back. */
struct set_back {
    struct work *work;
    const struct audit_event *event;
    enum thing_kind kind;
    struct id_set *set;
};

static enum error set_back(const char *name, bool added, void *arg)
{
    const struct set_back *back = arg;
    struct store *store = back->work->act->store;
    struct thing thing = {.kind = back->kind, .account = back->event->account};
    bool ours = false, member = back->kind == THING_MEMBER;
    int64_t deleted, number;
    snprintf(thing.name, sizeof thing.name, "%s", name);
    enum error e = decision_follow(store, member, back->event->sequence, thing.name,
                                   sizeof thing.name, &deleted);
    if (!e) e = is_ours(back->work, back->event->subject, &thing, deleted, &ours);
    if (e || !ours) return e;
    e = member ? group_find(store, thing.name, &number)
               : permission_find(store, thing.name, &number);
    if (e) return e;
    if (!added) return id_set_add(back->set, number);
    id_set_remove(back->set, number);
    return OK;
}

static enum error revert_set(struct work *work, const struct audit_event *event,
                             enum thing_kind kind, const char *key, json_t *before, json_t *after,
                             struct id_set *set)
{
    struct set_back back = {.work = work, .event = event, .kind = kind, .set = set};
    return decision_each_change(json_object_get(before, key), json_object_get(after, key), set_back,
                                &back);
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
    enum error e = account_details_load(work->act->store, event->account, &details, &version);
    json_t *before = decision_json(event->before), *after = decision_json(event->after);
    if (!e)
        e = revert_text(work, event, THING_DESCRIPTION, "description", before,
                        &details.description);
    if (!e) e = revert_text(work, event, THING_OWNER, "owner", before, &details.owner);
    if (!e) e = revert_set(work, event, THING_MEMBER, "groups", before, after, &details.groups);
    if (!e)
        e = revert_set(work, event, THING_GRANT, "permissions", before, after,
                       &details.permissions);
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
    struct account_row account;
    *deleted = false;
    if (!event->account) return OK;
    enum error e = account_get(work->act->store, work->act->now, event->account, &account);
    *deleted = e == ERR_NOT_FOUND;
    return *deleted ? OK : e;
}

static enum error revert_event(struct work *work, const struct audit_event *event)
{
    const struct reversible *kind = reversible_find(event->kind);
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
    char subject[TEXT_COUNT_SIZE];
    size_t count = work->result->changed;
    text_count(subject, (int64_t)count, noun);
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
        const struct reversible *kind = reversible_find(event.kind);
        if (kind) first = kind;
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
        const struct reversible *kind = reversible_find(column_text(stmt, "kind"));
        if (!kind) continue;
        out->count++;
        out->mixed |= out->kind && out->kind != kind;
        /* An act on a group may move members, too; it is called after the group. */
        if (out->kind && (out->kind->noun == NULL || kind->noun)) continue;
        out->kind = kind;
        column_copy(stmt, "subject", out->subject, sizeof out->subject);
        decision_text(column_text(stmt, "before"), "name", out->before, sizeof out->before);
    }
    if (!e && !out->kind) e = fail(ERR_NOT_FOUND, "there is no such change");
    return e;
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
    bool group = thing_is_of_group(kind->thing);
    if (summary.mixed && kind->thing == THING_MEMBER) {
        snprintf(out, size,
                 taken_back ? "the group is as it was" : "the members of a group were changed");
        return OK;
    }
    if (many)
        text_count(who, (int64_t)summary.count, kind->noun);
    else
        snprintf(who, sizeof who, "%s%s", group ? "the group " : "",
                 group && taken_back ? "" : summary.subject);
    if (taken_back)
        again_text(&summary, many, what, sizeof what);
    else
        snprintf(what, sizeof what, "%s %s", many ? "were" : "was",
                 updated ? "updated" : kind->done);
    const char *blank = group && taken_back ? "" : " ";
    snprintf(out, size, "%s%s%s", who, blank, what);
    return OK;
}
