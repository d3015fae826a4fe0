#include "src/transfer/apply.h"

#include <stdio.h>
#include <string.h>

enum error apply_at(const char *place, enum error e)
{
    char sentence[ERROR_MESSAGE_MAX];
    snprintf(sentence, sizeof sentence, "%s", error_message());
    return fail(e == ERR_NOT_FOUND || e == ERR_CONFLICT ? ERR_INVALID : e, "%s: %s", place,
                sentence);
}

enum error apply_check_fields(json_t *object, const char *place, const char *const *known)
{
    const char *field;
    json_t *unused;
    if (!json_is_object(object)) return fail(ERR_INVALID, "%s: an object is needed", place);
    json_object_foreach(object, field, unused)
    {
        bool found = false;
        for (size_t i = 0; known[i] && !found; i++)
            found = strcmp(known[i], field) == 0;
        if (!found) return fail(ERR_INVALID, "%s: there is no field “%s”", place, field);
    }
    return OK;
}

enum error apply_text(json_t *object, const char *place, const char *field, const char **out)
{
    json_t *value = json_object_get(object, field);
    *out = json_string_value(value);
    if (!value || json_is_null(value) || *out) return OK;
    return fail(ERR_INVALID, "%s.%s: a text is needed", place, field);
}

enum error apply_needed_text(json_t *object, const char *place, const char *field, const char **out)
{
    enum error e = apply_text(object, place, field, out);
    return e || *out ? e : fail(ERR_INVALID, "%s: the field “%s” is missing", place, field);
}

enum error apply_bool(json_t *object, const char *place, const char *field, bool missing, bool *out)
{
    json_t *value = json_object_get(object, field);
    *out = value && !json_is_null(value) ? json_is_true(value) : missing;
    if (!value || json_is_null(value) || json_is_boolean(value)) return OK;
    return fail(ERR_INVALID, "%s.%s: true or false is needed", place, field);
}

enum error apply_list(json_t *object, const char *place, const char *field, json_t **out)
{
    json_t *value = json_object_get(object, field);
    *out = json_is_array(value) ? value : NULL;
    if (!value || json_is_null(value) || *out) return OK;
    return fail(ERR_INVALID, "%s%s%s: a list is needed", place, place[0] ? "." : "", field);
}

enum error apply_permissions(struct job *job, json_t *object, const char *place, struct id_set *out)
{
    size_t i;
    json_t *list, *value;
    enum error e = apply_list(object, place, "permissions", &list);
    json_array_foreach(list, i, value)
    {
        char at[PLACE_SIZE + 40];
        int64_t number = 0;
        const char *id = json_string_value(value);
        snprintf(at, sizeof at, "%s.permissions[%zu]", place, i);
        if (e) break;
        if (!id) return fail(ERR_INVALID, "%s: the id of a permission is needed", at);
        if (strcmp(id, permission_reserved) == 0) {
            e = report_note(job->report, at, "%s is reserved and skipped", id);
            continue;
        }
        e = permission_find(job->act->store, id, &number);
        e = e ? apply_at(at, e) : id_set_add(out, number);
    }
    return e;
}
