#include "src/transfer/apply.h"

#include "src/transfer/export.h"
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum error check_head(json_t *root)
{
    static const char *const known[] = {"format", "version",  "permissions",
                                        "groups", "accounts", NULL};
    const char *format = json_string_value(json_object_get(root, "format"));
    if (!format || strcmp(format, EXPORT_FORMAT) != 0)
        return fail(ERR_INVALID, "the file is no export of Gatehouse: its format is not “%s”",
                    EXPORT_FORMAT);
    if (json_integer_value(json_object_get(root, "version")) != EXPORT_VERSION)
        return fail(ERR_INVALID, "the export has a version that this Gatehouse does not know");
    return apply_check_fields(root, "the file", known);
}

/* `key` must stand once. */
static enum error note_name(json_t *named, const char *key, const char *place)
{
    if (json_object_get(named, key))
        return fail(ERR_INVALID, "%s: “%s” stands in the file twice", place, key);
    json_object_set_new(named, key, json_true());
    return OK;
}

static enum error apply_permission(struct job *job, json_t *object, const char *place,
                                   json_t *named)
{
    static const char *const known[] = {"id", "name", "sentence", NULL};
    const char *id, *name, *sentence;
    enum error e = apply_check_fields(object, place, known);
    if (!e) e = apply_needed_text(object, place, "id", &id);
    if (!e) e = apply_text(object, place, "name", &name);
    if (!e) e = apply_text(object, place, "sentence", &sentence);
    if (e) return e;
    if (strcmp(id, permission_reserved) == 0)
        return report_note(job->report, place, "%s is reserved and skipped", id);
    name = name ? name : id;
    sentence = sentence ? sentence : "";
    e = permission_check_id(id);
    if (!e) e = permission_check_texts(name, sentence);
    if (e) return apply_at(place, e);
    e = note_name(named, id, place);
    return e ? e : write_permission(job, id, name, sentence);
}

static enum error read_group(struct job *job, json_t *object, const char *place, json_t *named,
                             const char **name, struct group_details *details)
{
    static const char *const known[] = {"name", "description", "permissions", NULL};
    const char *description;
    enum error e = apply_check_fields(object, place, known);
    if (!e) e = apply_needed_text(object, place, "name", name);
    if (!e) e = apply_text(object, place, "description", &description);
    if (e) return e;
    if (group_check_name(*name)) return apply_at(place, ERR_INVALID);
    details->description = strdup(description ? description : "");
    char *folded = text_fold(*name);
    if (!folded || !details->description) e = fail(ERR_SYSTEM, "out of memory");
    if (!e) e = note_name(named, folded, place);
    free(folded);
    if (!e && (text_length(details->description) > GROUP_DESCRIPTION_MAX ||
               !text_is_printable(details->description, true)))
        e = fail(ERR_INVALID, "%s: a description has at most %d printable characters", place,
                 GROUP_DESCRIPTION_MAX);
    return e ? e : apply_permissions(job, object, place, &details->permissions);
}

static enum error apply_group(struct job *job, json_t *object, const char *place, json_t *named)
{
    struct group_details details = {0};
    const char *name;
    enum error e = read_group(job, object, place, named, &name, &details);
    if (!e) e = write_group(job, name, &details);
    group_details_free(&details);
    return e;
}

static enum error apply_account(struct job *job, json_t *object, const char *place, json_t *named)
{
    struct wish_account wish = {0};
    snprintf(wish.place, sizeof wish.place, "%s", place);
    enum error e = apply_read_account(job, object, &wish);
    if (!e) e = note_name(named, wish.name, place);
    if (!e) e = write_account(job, &wish);
    wish_account_free(&wish);
    return e;
}

struct kind {
    const char *field;
    enum error (*apply)(struct job *job, json_t *object, const char *place, json_t *named);
    enum error (*prune)(struct job *job, json_t *named);
    json_t *named;
};

static enum error apply_kind(struct job *job, const struct kind *kind, size_t *done, size_t total)
{
    json_t *list, *object;
    size_t i;
    enum error e = apply_list(job->file->root, "", kind->field, &list);
    json_array_foreach(list, i, object)
    {
        char place[PLACE_SIZE];
        snprintf(place, sizeof place, "%s[%zu]", kind->field, i);
        if (!e) e = job_step(job, (*done)++, total);
        if (!e) e = kind->apply(job, object, place, kind->named);
    }
    return e;
}

static enum error prune(struct job *job, const struct kind *kind)
{
    if (!job->options->prune || !json_is_array(json_object_get(job->file->root, kind->field)))
        return OK;
    return kind->prune(job, kind->named);
}

static enum error work(struct job *job)
{
    struct kind kinds[] = {
        {"permissions", apply_permission, apply_prune_permissions, json_object()},
        {"groups", apply_group, apply_prune_groups, json_object()},
        {"accounts", apply_account, apply_prune_accounts, json_object()}};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    size_t done = 0, total = 0;
    enum error e = check_head(job->file->root);
    for (int i = 0; i < KINDS; i++)
        total += json_array_size(json_object_get(job->file->root, kinds[i].field));
    for (int i = 0; i < KINDS && !e; i++)
        e = apply_kind(job, &kinds[i], &done, total);
    /* From the accounts on: whatever they no longer need may go after them. */
    for (int i = KINDS - 1; i >= 0 && !e; i--)
        e = prune(job, &kinds[i]);
    if (!e) e = job_step(job, total, total);
    for (int i = 0; i < KINDS; i++)
        json_decref(kinds[i].named);
    return e;
}

enum error transfer_apply(const struct act *act, const struct transfer_file *file,
                          const struct transfer_options *options, struct transfer_report *report)
{
    struct job job = {
        .act = act, .file = file, .options = options, .report = report, .kind = "database.apply"};
    return job_run(&job, work);
}
