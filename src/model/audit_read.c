#include "audit_row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void audit_event_free(struct audit_event *event)
{
    free(event->before);
    free(event->after);
    event->before = event->after = NULL;
}

static enum error copy_text(struct stmt *stmt, const char *column, char **out)
{
    *out = NULL;
    if (column_is_null(stmt, column)) return OK;
    *out = strdup(column_text(stmt, column));
    return *out ? OK : fail(ERR_SYSTEM, "out of memory");
}

static void read_actor(struct stmt *stmt, struct actor *actor)
{
    *actor = (struct actor){.uid = (uid_t)column_int(stmt, "uid"),
                            .has_login = !column_is_null(stmt, "login_uid"),
                            .login_uid = (uid_t)column_int(stmt, "login_uid")};
    column_copy(stmt, "user", actor->user, sizeof actor->user);
    column_copy(stmt, "login", actor->login, sizeof actor->login);
    column_copy(stmt, "claim", actor->sudo_claim, sizeof actor->sudo_claim);
    column_copy(stmt, "host", actor->host, sizeof actor->host);
    column_copy(stmt, "terminal", actor->terminal, sizeof actor->terminal);
}

enum error audit_read_row(struct stmt *stmt, struct audit_event *event)
{
    size_t size;
    *event = (struct audit_event){.sequence = column_int(stmt, "sequence"),
                                  .at = column_int(stmt, "at"),
                                  .account = column_int(stmt, "account"),
                                  .token = column_int(stmt, "token")};
    read_actor(stmt, &event->actor);
    column_copy(stmt, "kind", event->kind, sizeof event->kind);
    column_copy(stmt, "subject", event->subject, sizeof event->subject);
    const void *hash = column_blob(stmt, "hash", &size);
    if (size == AUDIT_HASH_SIZE) memcpy(event->hash, hash, size);
    enum error e = copy_text(stmt, "before", &event->before);
    return e ? e : copy_text(stmt, "after", &event->after);
}

enum error audit_get(struct store *store, int64_t sequence, struct audit_event *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " EVENT_COLUMNS " FROM event WHERE sequence = :sequence");
    bind_int(stmt, ":sequence", sequence);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "there is no event %" PRId64, sequence);
    e = audit_read_row(stmt, out);
    stmt_reset(stmt);
    if (e) audit_event_free(out);
    return e;
}
