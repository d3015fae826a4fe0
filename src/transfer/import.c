/* Wavefront's service accounts, as its API answered in 2019 and later. */
#include "src/transfer/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the accounts are: a list, one alone, "items" of a search; each as it is or as "response" of
 * the envelope. */
static enum error find_accounts(json_t *root, const char *place, json_t **accounts, char *where)
{
    json_t *response = json_object_get(root, "response"), *items = json_object_get(root, "items");
    snprintf(where, PLACE_SIZE, "%s", place);
    *accounts = root;
    if (json_is_array(root) || json_object_get(root, "identifier")) return OK;
    if (items) {
        snprintf(where, PLACE_SIZE, "%s%sitems", place, place[0] ? "." : "");
        *accounts = items;
        if (json_is_array(items)) return OK;
    } else if (response && !place[0]) {
        return find_accounts(response, "response", accounts, where);
    }
    return fail(ERR_INVALID,
                "the file holds no service accounts: neither a list, nor items, nor an identifier "
                "%s%s",
                where[0] ? "in " : "at its top", where);
}

static enum error check_status(struct job *job, json_t *root)
{
    json_t *status = json_object_get(root, "status");
    const char *result = json_string_value(json_object_get(status, "result"));
    if (result && strcmp(result, "OK") != 0)
        return fail(ERR_INVALID, "the file is an answer of failure (status %s): ask again", result);
    json_t *response = json_object_get(root, "response");
    json_t *more = json_object_get(response ? response : root, "moreItems");
    if (!json_is_true(more)) return OK;
    return report_note(job->report, "moreItems",
                       "this answer is a part: Wavefront has more accounts than stand in the file");
}

static enum error check_all(struct import *import, json_t *accounts, const char *where)
{
    enum error e = OK;
    size_t i, count = json_array_size(accounts);
    json_t *object;
    import->items = calloc(count ? count : 1, sizeof *import->items);
    if (!import->items) return fail(ERR_SYSTEM, "out of memory");
    if (!json_is_array(accounts)) return import_account(import, accounts, where);
    json_array_foreach(accounts, i, object)
    {
        char place[PLACE_SIZE];
        snprintf(place, sizeof place, "%.280s[%zu]", where, i);
        if (!e) e = import_account(import, object, place);
    }
    return e;
}

static enum error write_permissions(struct import *import)
{
    const char *id;
    json_t *unused;
    enum error e = OK;
    json_object_foreach(import->permissions, id, unused)
    {
        if (!e) e = write_permission(import->job, id, id, "Came with an import.");
    }
    return e;
}

static enum error write_one_group(struct import *import, json_t *group)
{
    struct group_details details = {0};
    const char *id;
    json_t *unused;
    enum error e = OK;
    json_object_foreach(json_object_get(group, "permissions"), id, unused)
    {
        int64_t number = 0;
        if (!e) e = permission_find(import->job->act->store, id, &number);
        if (!e) e = id_set_add(&details.permissions, number);
    }
    if (!e)
        e = write_group(import->job, json_string_value(json_object_get(group, "name")), &details);
    group_details_free(&details);
    return e;
}

/* Everyone first: its changes reach every account. */
static enum error write_groups(struct import *import)
{
    const char *folded;
    json_t *group, *everyone = json_object_get(import->groups, "everyone");
    enum error e = everyone ? write_one_group(import, everyone) : OK;
    json_object_foreach(import->groups, folded, group)
    {
        if (!e && group != everyone) e = write_one_group(import, group);
    }
    return e;
}

static enum error write_accounts(struct import *import)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < import->count; i++) {
        e = job_step(import->job, i, import->count);
        if (!e) e = import_resolve(import, &import->items[i]);
        if (!e) e = write_account(import->job, &import->items[i].wish);
    }
    return e ? e : job_step(import->job, import->count, import->count);
}

static enum error take_over(struct import *import)
{
    json_t *root = import->job->file->root, *accounts;
    char where[PLACE_SIZE];
    enum error e = check_status(import->job, root);
    if (!e) e = find_accounts(root, "", &accounts, where);
    if (!e) e = check_all(import, accounts, where);
    for (size_t i = 0; !e && i < import->count; i++)
        e = import_gather(import, &import->items[i]);
    if (!e) e = write_permissions(import);
    if (!e) e = write_groups(import);
    return e ? e : write_accounts(import);
}

static enum error work(struct job *job)
{
    struct import import = {.job = job,
                            .names = json_object(),
                            .digests = json_object(),
                            .permissions = json_object(),
                            .groups = json_object()};
    enum error e = take_over(&import);
    for (size_t i = 0; i < import.count; i++)
        wish_account_free(&import.items[i].wish);
    free(import.items);
    json_decref(import.names);
    json_decref(import.digests);
    json_decref(import.permissions);
    json_decref(import.groups);
    return e;
}

enum error transfer_import(const struct act *act, const struct transfer_file *file,
                           const struct transfer_options *options, struct transfer_report *report)
{
    struct job job = {.act = act,
                      .file = file,
                      .options = options,
                      .report = report,
                      .kind = "database.import",
                      .merge = true};
    return job_run(&job, work);
}
