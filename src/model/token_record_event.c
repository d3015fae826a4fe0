#include <gatehouse/when.h>

#include "token_limits_write.h"
#include "token_record_row.h"
#include "token_row.h"
#include <stdio.h>
#include <string.h>

static json_t *time_json(int64_t time)
{
    char text[WHEN_SIZE];
    when_iso(text, time);
    return json_string(text);
}

json_t *token_record_json(struct store *store, const struct token_record *record, int which)
{
    json_t *object = json_object();
    if (which & RECORD_NAME) json_object_set_new(object, "name", event_text(record->name));
    if (which & RECORD_CREATED) json_object_set_new(object, "created", time_json(record->created));
    if (which & RECORD_EXPIRES) json_object_set_new(object, "expires", time_json(record->expires));
    if (which & RECORD_ROTATED) json_object_set_new(object, "rotated", time_json(record->rotated));
    if (which & RECORD_STATE)
        json_object_set_new(object, "state",
                            json_string(record->revoked     ? "revoked"
                                        : record->suspended ? "suspended"
                                                            : "live"));
    if (which & RECORD_PERMISSIONS)
        json_object_set_new(object, "permissions",
                            token_limits_permissions_json(store, &record->limits));
    if (which & RECORD_NETWORKS)
        json_object_set_new(object, "networks", token_limits_networks_json(&record->limits));
    if (which & RECORD_CANARY)
        json_object_set_new(object, "canary", json_boolean(record->limits.canary));
    return object;
}

enum error token_record_event(const struct act *act, const char *kind,
                              const struct token_record *record, json_t *before, json_t *after)
{
    char subject[TOKEN_SUBJECT_SIZE];
    struct token_row row = {.number = record->number, .account = record->account};
    snprintf(row.name, sizeof row.name, "%s", record->name);
    enum error e = token_subject(act->store, &row, subject);
    if (!e)
        return audit_write_json(act, kind, subject, record->account, record->number, before, after);
    json_decref(before);
    json_decref(after);
    return e;
}
