#include "audit_hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char events_after[] =
    "SELECT sequence, at, uid, user, login_uid, login, claim, host, terminal, kind, subject, "
    "account, token, before, after, hash FROM event WHERE sequence > :after ORDER BY sequence";

void audit_event_free(struct audit_event *event)
{
    free(event->before);
    free(event->after);
    event->before = event->after = NULL;
}

static char *copy_text(struct stmt *stmt, const char *column)
{
    return column_is_null(stmt, column) ? NULL : strdup(column_text(stmt, column));
}

static void read_actor(struct stmt *stmt, char *out, size_t out_size)
{
    struct actor actor = {.uid = (uid_t)column_int(stmt, "uid"),
                          .has_login = !column_is_null(stmt, "login_uid"),
                          .login_uid = (uid_t)column_int(stmt, "login_uid")};
    column_copy(stmt, "user", actor.user, sizeof actor.user);
    column_copy(stmt, "login", actor.login, sizeof actor.login);
    column_copy(stmt, "claim", actor.sudo_claim, sizeof actor.sudo_claim);
    actor_text(&actor, out, out_size);
}

static void read_event(struct stmt *stmt, struct audit_event *event)
{
    *event = (struct audit_event){.sequence = column_int(stmt, "sequence"),
                                  .at = column_int(stmt, "at"),
                                  .account = column_int(stmt, "account"),
                                  .token = column_int(stmt, "token"),
                                  .before = copy_text(stmt, "before"),
                                  .after = copy_text(stmt, "after")};
    read_actor(stmt, event->actor, sizeof event->actor);
    column_copy(stmt, "host", event->host, sizeof event->host);
    column_copy(stmt, "terminal", event->terminal, sizeof event->terminal);
    column_copy(stmt, "kind", event->kind, sizeof event->kind);
    column_copy(stmt, "subject", event->subject, sizeof event->subject);
}

enum error audit_read(struct store *store, int64_t after,
                      bool (*each)(const struct audit_event *event, void *arg), void *arg)
{
    struct stmt *stmt = store_prepare(store, events_after);
    bind_int(stmt, ":after", after);
    bool row = true, wanted = true;
    enum error e = OK;
    while (!(e = stmt_step(stmt, &row)) && row && wanted) {
        struct audit_event event;
        read_event(stmt, &event);
        wanted = each(&event, arg);
        audit_event_free(&event);
    }
    stmt_reset(stmt);
    return e;
}

static void read_record(struct stmt *stmt, struct event_record *record)
{
    *record = (struct event_record){
        .sequence = column_int(stmt, "sequence"),
        .at = column_int(stmt, "at"),
        .uid = column_int(stmt, "uid"),
        .user = column_text(stmt, "user"),
        .has_login = !column_is_null(stmt, "login_uid"),
        .login_uid = column_int(stmt, "login_uid"),
        .login = column_text(stmt, "login"),
        .claim = column_text(stmt, "claim"),
        .host = column_text(stmt, "host"),
        .terminal = column_text(stmt, "terminal"),
        .kind = column_text(stmt, "kind"),
        .subject = column_text(stmt, "subject"),
        .has_account = !column_is_null(stmt, "account"),
        .account = column_int(stmt, "account"),
        .has_token = !column_is_null(stmt, "token"),
        .token = column_int(stmt, "token"),
        .before = column_is_null(stmt, "before") ? NULL : column_text(stmt, "before"),
        .after = column_is_null(stmt, "after") ? NULL : column_text(stmt, "after"),
    };
}

static bool fits(struct stmt *stmt, uint8_t previous[static AUDIT_HASH_SIZE])
{
    struct event_record record;
    uint8_t hash[AUDIT_HASH_SIZE];
    read_record(stmt, &record);
    audit_hash(previous, &record, hash);
    size_t size;
    const void *stored = column_blob(stmt, "hash", &size);
    bool same = size == AUDIT_HASH_SIZE && memcmp(stored, hash, size) == 0;
    memcpy(previous, hash, sizeof hash);
    return same;
}

enum error audit_verify(struct store *store, int64_t *checked)
{
    struct stmt *stmt = store_prepare(store, events_after);
    bind_int(stmt, ":after", INT64_MIN);
    uint8_t previous[AUDIT_HASH_SIZE] = {0};
    *checked = 0;
    bool row = true;
    enum error e = OK;
    while (!(e = stmt_step(stmt, &row)) && row) {
        int64_t sequence = column_int(stmt, "sequence");
        if (sequence != *checked + 1) {
            e = fail(ERR_CONFLICT, "event %" PRId64 " is missing or out of its place",
                     *checked + 1);
            break;
        }
        if (!fits(stmt, previous)) {
            e = fail(ERR_CONFLICT, "event %" PRId64 " was changed, or put in later", sequence);
            break;
        }
        *checked = sequence;
    }
    stmt_reset(stmt);
    return e;
}
