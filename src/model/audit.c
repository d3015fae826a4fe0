#include <gatehouse/audit_kind.h>
#include <gatehouse/memory.h>
#include <gatehouse/text.h>

#include "audit_internal.h"
#include "sql.h"
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_length(crypto_generichash_state *state, uint64_t length)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(length >> (8 * i) & 0xFF);
    crypto_generichash_update(state, bytes, sizeof bytes);
}

/* What each field is, in the second version. */
static void add_type(crypto_generichash_state *state, int version, char type)
{
    if (version >= AUDIT_HASH_TYPED) crypto_generichash_update(state, (const uint8_t *)&type, 1);
}

/* Null has a length that no text has, which distinguishes it from "". */
static void add_text(crypto_generichash_state *state, int version, const char *text)
{
    add_type(state, version, text ? 't' : 'n');
    if (!text) {
        add_length(state, UINT64_MAX);
        return;
    }
    add_length(state, strlen(text));
    crypto_generichash_update(state, (const uint8_t *)text, strlen(text));
}

static void add_number(crypto_generichash_state *state, int version, bool present, int64_t number)
{
    add_type(state, version, present ? 'i' : 'n');
    add_length(state, present ? 8 : UINT64_MAX);
    if (present) add_length(state, (uint64_t)number);
}

void audit_hash(int version, const uint8_t previous[static AUDIT_HASH_SIZE],
                const struct event_record *record, uint8_t out[static AUDIT_HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, AUDIT_HASH_SIZE);
    add_type(&state, version, (char)version);
    add_length(&state, AUDIT_HASH_SIZE);
    crypto_generichash_update(&state, previous, AUDIT_HASH_SIZE);
    add_number(&state, version, true, record->sequence);
    add_number(&state, version, true, record->at);
    add_number(&state, version, true, record->uid);
    add_text(&state, version, record->user);
    add_number(&state, version, record->has_login, record->login_uid);
    const char *const early[] = {record->login,    record->claim, record->host,
                                 record->terminal, record->kind,  record->subject};
    for (size_t i = 0; i < sizeof early / sizeof *early; i++)
        add_text(&state, version, early[i]);
    add_number(&state, version, record->has_account, record->account);
    add_number(&state, version, record->has_token, record->token);
    add_text(&state, version, record->before);
    add_text(&state, version, record->after);
    crypto_generichash_final(&state, out, AUDIT_HASH_SIZE);
}

_Static_assert((int)AUDIT_HASH_SIZE == (int)STORE_PROOF_SIZE, "a hash is the proof");

enum error audit_head(struct store *store, int64_t *sequence, uint8_t hash[static AUDIT_HASH_SIZE])
{
    if (store_proof(store, sequence, hash)) return OK; /* of the current transaction */
    struct stmt *stmt =
        store_prepare(store, "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1");
    *sequence = 0;
    memset(hash, 0, AUDIT_HASH_SIZE);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    size_t size;
    const void *bytes = column_blob(stmt, "hash", &size);
    *sequence = column_int(stmt, "sequence");
    if (size == AUDIT_HASH_SIZE) memcpy(hash, bytes, size);
    stmt_reset(stmt);
    return OK;
}

struct event_range audit_last(const struct store *store)
{
    struct event_range range;
    store_last_commit(store, &range.first, &range.last);
    return range;
}

void event_read(struct stmt *stmt, struct event_record *record)
{
    *record = (struct event_record){
        .sequence = column_int(stmt, "sequence"),
        .at = column_int(stmt, "at"),
        .uid = column_int(stmt, "uid"),
        .user = column_text(stmt, "username"),
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

enum error event_insert(struct store *store, const struct event_record *r,
                        const uint8_t hash[static AUDIT_HASH_SIZE])
{
    struct stmt *stmt =
        store_prepare(store, "INSERT INTO event (" EVENT_COLUMNS
                             ") VALUES (:sequence, :at, :uid, :username, :login_uid, "
                             ":login, :claim, :host, :terminal, :kind, :subject, "
                             ":account, :token, :before, :after, :hash)");
    bind_int(stmt, ":sequence", r->sequence);
    bind_int(stmt, ":at", r->at);
    bind_int(stmt, ":uid", r->uid);
    bind_text(stmt, ":username", r->user);
    if (r->has_login) bind_int(stmt, ":login_uid", r->login_uid);
    bind_text(stmt, ":login", r->login);
    bind_text(stmt, ":claim", r->claim);
    bind_text(stmt, ":host", r->host);
    bind_text(stmt, ":terminal", r->terminal);
    bind_text(stmt, ":kind", r->kind);
    bind_text(stmt, ":subject", r->subject);
    if (r->has_account) bind_int(stmt, ":account", r->account);
    if (r->has_token) bind_int(stmt, ":token", r->token);
    bind_text(stmt, ":before", r->before);
    bind_text(stmt, ":after", r->after);
    bind_blob(stmt, ":hash", hash, AUDIT_HASH_SIZE);
    return stmt_run_later(stmt, RANK_FREE);
}

/* A kind that is not in the table is found by the first test that writes it. */
static void check_kind(const char *kind)
{
    const struct audit_kind *known = audit_kind_find(kind);
    if (known && !strcmp(known->name, kind)) return;
    fprintf(stderr, "gatehouse: no kind of event is named %s\n", kind);
    abort();
}

static enum error find_event(struct store *store, int64_t sequence,
                             const uint8_t hash[static STORE_PROOF_SIZE], bool *found)
{
    int64_t count = 0;
    struct stmt *stmt = store_prepare(
        store, "SELECT count(*) FROM event WHERE sequence = :sequence AND hash = :hash");
    bind_int(stmt, ":sequence", sequence);
    bind_blob(stmt, ":hash", hash, AUDIT_HASH_SIZE);
    enum error e = stmt_int(stmt, &count);
    *found = count == 1;
    return e;
}

enum error audit_write(const struct act *act, const struct audit_entry *entry)
{
    check_kind(entry->kind);
    if (act->rehearses) return OK;
    const struct actor *actor = act->actor;
    uint8_t previous[AUDIT_HASH_SIZE], hash[AUDIT_HASH_SIZE];
    char subject[1024];
    int64_t head;
    snprintf(subject, sizeof subject, "%s", entry->subject ? entry->subject : "");
    text_hide_tokens(subject);
    enum error e = audit_head(act->store, &head, previous);
    if (e) return e;
    if (head == INT64_MAX)
        return fail(ERR_STORE, "the audit log is damaged: gatehouse doctor says how");
    const struct event_record record = {
        .sequence = head + 1,
        .at = act->now,
        .uid = actor->uid,
        .user = actor->user,
        .has_login = actor->has_login,
        .login_uid = actor->login_uid,
        .login = actor->login,
        .claim = actor->sudo_claim,
        .host = actor->host,
        .terminal = actor->terminal,
        .kind = entry->kind,
        .subject = subject,
        .has_account = entry->account != 0,
        .account = entry->account,
        .has_token = entry->token != 0,
        .token = entry->token,
        .before = entry->before,
        .after = entry->after,
    };
    audit_hash(AUDIT_HASH_TYPED, previous, &record, hash);
    e = event_insert(act->store, &record, hash);
    if (e) return e;
    store_after_commit(act->store, audit_syslog, record.sequence);
    store_set_proof(act->store, find_event, record.sequence, hash);
    return OK;
}

json_t *event_text(const char *text)
{
    json_t *value = strstr(text, "gth_") ? NULL : json_string(text);
    if (value) return value;
    size_t size = strlen(text) * 4 + 8;
    char *visible = memory_allocate(size);
    if (!visible) return NULL;
    text_visible(visible, size, text, SIZE_MAX);
    text_hide_tokens(visible);
    value = json_string(visible);
    free(visible);
    return value;
}

json_t *event_field(const char *key, const char *value)
{
    json_t *object = json_object();
    json_object_set_new(object, key, event_text(value));
    return object;
}

static char *dump(json_t *value)
{
    return value ? json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
}

char *event_field_text(const char *key, const char *value)
{
    json_t *object = event_field(key, value);
    char *text = dump(object);
    json_decref(object);
    return text;
}

enum error audit_write_json(const struct act *act, const char *kind, const char *subject,
                            int64_t account, int64_t token, json_t *before, json_t *after)
{
    const bool kept = !act->rehearses;
    char *before_text = kept ? dump(before) : NULL, *after_text = kept ? dump(after) : NULL;
    enum error e;
    if (kept && ((before && !before_text) || (after && !after_text)))
        e = fail_memory();
    else
        e = audit_write(act, &(struct audit_entry){.kind = kind,
                                                   .subject = subject,
                                                   .account = account,
                                                   .token = token,
                                                   .before = before_text,
                                                   .after = after_text});
    free(before_text);
    free(after_text);
    json_decref(before);
    json_decref(after);
    return e;
}
