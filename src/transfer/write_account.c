#include "src/transfer/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is there joined to what is wished; an import fills a description only where there is none.
 */
static enum error merge_details(const struct account_details *present, struct account_details *wish)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < present->groups.count; i++)
        e = id_set_add(&wish->groups, present->groups.ids[i]);
    for (size_t i = 0; !e && i < present->permissions.count; i++)
        e = id_set_add(&wish->permissions, present->permissions.ids[i]);
    char *description = present->description[0] || !wish->description ? strdup(present->description)
                                                                      : strdup(wish->description);
    char *owner = strdup(present->owner);
    free(wish->description);
    free(wish->owner);
    wish->description = description;
    wish->owner = owner;
    return e || (description && owner) ? e : fail(ERR_SYSTEM, "out of memory");
}

static void list_changes(int diff, bool activity, char *out, size_t size)
{
    static const struct {
        int bit;
        const char *text;
    } fields[] = {{DIFF_DESCRIPTION, "description"},
                  {DIFF_OWNER, "owner"},
                  {DIFF_GROUPS, "groups"},
                  {DIFF_PERMISSIONS, "permissions"}};
    size_t used = (size_t)snprintf(out, size, "%s", activity ? "active" : "");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (diff & fields[i].bit)
            used +=
                (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", fields[i].text);
}

static enum error note_activity(struct job *job, const char *id, bool active)
{
    return report_note(job->report, id, "is %s here and stays so; the file says %s",
                       active ? "active" : "inactive", active ? "inactive" : "active");
}

static enum error create(struct job *job, struct wish_account *wish, int64_t *number)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, wish->name);
    enum error e = account_create(job->act, wish->name, &wish->details, number);
    if (!e && !wish->active) e = account_set_active(job->act, *number, false, NULL);
    return e ? e
             : report_item(job->report, TRANSFER_ITEM, TRANSFER_ACCOUNT, TRANSFER_CREATE, id, "%s",
                           wish->active ? "" : "inactive");
}

static enum error update(struct job *job, struct wish_account *wish, int64_t number, bool *changed)
{
    struct account account;
    struct account_details present;
    int64_t version;
    bool switched = false;
    char id[ACCOUNT_ID_SIZE], changes[80];
    account_id_text(id, wish->name);
    enum error e = account_get(job->act->store, job->act->now, number, &account);
    if (!e) e = account_details_load(job->act->store, number, &present, &version);
    if (e) return e;
    if (job->merge) e = merge_details(&present, &wish->details);
    int diff = e ? 0 : account_details_diff(&present, &wish->details);
    account_details_free(&present);
    if (!e && diff) e = account_update(job->act, number, version, &wish->details);
    if (!e && job->merge && account.row.active != wish->active)
        e = note_activity(job, id, account.row.active);
    if (!e && !job->merge) e = account_set_active(job->act, number, wish->active, &switched);
    *changed = diff || switched;
    list_changes(diff, switched, changes, sizeof changes);
    return e ? e
             : report_item(job->report, TRANSFER_ITEM, TRANSFER_ACCOUNT,
                           *changed ? TRANSFER_CHANGE : TRANSFER_UNCHANGED, id, "%s", changes);
}

static size_t token_changes(const struct job *job)
{
    const size_t *counts = job->report->counts[TRANSFER_TOKEN];
    return counts[TRANSFER_CREATE] + counts[TRANSFER_CHANGE] + counts[TRANSFER_DELETE];
}

static enum error write_existing(struct job *job, struct wish_account *wish, int64_t number)
{
    struct reach before = {0}, after = {0};
    bool changed = false;
    size_t tokens = token_changes(job);
    enum error e = reach_load(job, number, &before);
    if (!e) e = update(job, wish, number, &changed);
    if (!e) e = write_tokens(job, number, wish, before.tokens);
    if (!e && (changed || token_changes(job) != tokens)) {
        e = reach_load(job, number, &after);
        if (!e) e = reach_compare(job, wish->name, &before, &after);
    }
    reach_free(&before);
    reach_free(&after);
    return e;
}

static enum error write_new(struct job *job, struct wish_account *wish)
{
    int64_t number;
    enum error e = create(job, wish, &number);
    if (!e) e = write_tokens(job, number, wish, NULL);
    return e ? e : reach_new(job, wish);
}

enum error write_account(struct job *job, struct wish_account *wish)
{
    int64_t number;
    enum error e = account_find(job->act->store, wish->name, &number);
    if (e == ERR_NOT_FOUND) return write_new(job, wish);
    return e ? e : write_existing(job, wish, number);
}
