#include <gatehouse/audit_archive.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/vault.h>

#include "audit_internal.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum error read_hash(struct store *store, int64_t sequence,
                            uint8_t hash[static AUDIT_HASH_SIZE])
{
    struct stmt *stmt = store_prepare(store, "SELECT hash FROM event WHERE sequence = :sequence");
    bind_int(stmt, ":sequence", sequence);
    bool row;
    size_t size;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_STORE, "there is no event %" PRId64, sequence);
    const void *bytes = column_blob(stmt, "hash", &size);
    if (size == AUDIT_HASH_SIZE) memcpy(hash, bytes, size);
    stmt_reset(stmt);
    return size == AUDIT_HASH_SIZE ? OK : fail(ERR_STORE, "the audit log is damaged");
}

static enum error find_last(struct store *store, int64_t time, int64_t *last)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT coalesce((SELECT min(sequence) FROM event WHERE at >= :time), newest) - 1 "
               "FROM (SELECT max(sequence) AS newest FROM event) last");
    bind_int(stmt, ":time", time);
    return stmt_int(stmt, last);
}

enum error audit_archive_find(struct store *store, int64_t time, struct audit_part *out)
{
    int64_t begins, checked;
    *out = (struct audit_part){0};
    enum error e = audit_verify(store, &checked);
    if (!e) e = audit_beginning(store, &begins, out->before);
    if (!e) e = find_last(store, time, &out->last);
    if (e) return e;
    out->first = begins + 1;
    if (out->last < out->first) return fail(ERR_NOT_FOUND, "no event is older than that");
    return read_hash(store, out->last, out->head);
}

/* Bytes that are not UTF-8 keep their value: the hash covers them. */
static json_t *text_json(const char *text)
{
    if (!text) return json_null();
    json_t *value = json_string(text);
    if (value) return value;
    size_t size = strlen(text);
    char *hex = malloc(2 * size + 1);
    if (!hex) return NULL;
    sodium_bin2hex(hex, 2 * size + 1, (const unsigned char *)text, size);
    value = json_pack("{s:s}", "hex", hex);
    free(hex);
    return value;
}

static json_t *number_json(bool has, int64_t number)
{
    return has ? json_integer((json_int_t)number) : json_null();
}

static json_t *event_json(struct stmt *stmt)
{
    struct event_record r;
    char hash[AUDIT_HASH_TEXT];
    size_t size;
    const void *bytes = column_blob(stmt, "hash", &size);
    if (size != AUDIT_HASH_SIZE) return NULL;
    audit_hash_text(bytes, hash);
    event_read(stmt, &r);
    return json_pack(
        "{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}",
        "sequence", (json_int_t)r.sequence, "at", (json_int_t)r.at, "uid", (json_int_t)r.uid,
        "user", text_json(r.user), "login_uid", number_json(r.has_login, r.login_uid), "login",
        text_json(r.login), "claim", text_json(r.claim), "host", text_json(r.host), "terminal",
        text_json(r.terminal), "kind", text_json(r.kind), "subject", text_json(r.subject),
        "account", number_json(r.has_account, r.account), "token",
        number_json(r.has_token, r.token), "before", text_json(r.before), "after",
        text_json(r.after), "hash", hash);
}

static enum error step(const struct progress *progress, const struct audit_part *part,
                       int64_t sequence)
{
    enum { BETWEEN = 256 };
    size_t done = (size_t)(sequence - part->first + 1),
           total = (size_t)(part->last - part->first + 1);
    if (!progress || !progress->step || (done % BETWEEN && done < total)) return OK;
    return progress->step(progress->arg, done, total)
               ? fail(ERR_STOPPED, "stopped: nothing was changed")
               : OK;
}

/* In pages, because PostgreSQL returns the whole answer of a statement at once. *from becomes the
 * event after the page; past part->last when there are no more. */
static enum error read_page(struct store *store, const struct audit_part *part,
                            const struct progress *progress,
                            enum error (*write)(json_t *event, void *arg), void *arg, int64_t *from)
{
    enum { PAGE_ROWS = 500 };
    const int64_t last = part->last - *from < PAGE_ROWS ? part->last : *from + PAGE_ROWS - 1;
    struct stmt *stmt =
        store_prepare(store, "SELECT " EVENT_COLUMNS " FROM event WHERE sequence BETWEEN :first "
                             "AND :last ORDER BY sequence");
    bind_int(stmt, ":first", *from);
    bind_int(stmt, ":last", last);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        int64_t sequence = column_int(stmt, "sequence");
        json_t *event = event_json(stmt);
        e = event ? write(event, arg) : fail_memory();
        if (!e) e = step(progress, part, sequence);
    }
    stmt_reset(stmt);
    *from = last + 1;
    return e;
}

enum error audit_archive_read(struct store *store, const struct audit_part *part,
                              const struct progress *progress,
                              enum error (*write)(json_t *event, void *arg), void *arg)
{
    enum error e = OK;
    for (int64_t from = part->first; from <= part->last && !e;)
        e = read_page(store, part, progress, write, arg, &from);
    return e;
}

enum error audit_archive_remove(const struct act *act, const struct audit_part *part,
                                const char *file, const char *key)
{
    char hash[AUDIT_HASH_TEXT], vault_key[VAULT_KEY_TEXT];
    audit_hash_text(part->head, hash);
    struct stmt *stmt = store_prepare(act->store, "DELETE FROM event WHERE sequence <= :last");
    bind_int(stmt, ":last", part->last);
    enum error e = vault_read_key(act->store, vault_key);
    if (!e) e = stmt_run(stmt);
    if (e) return e;
    json_t *after = json_pack("{s:I, s:I, s:s}", "first", (json_int_t)part->first, "last",
                              (json_int_t)part->last, "hash", hash);
    if (after && key) json_object_set_new(after, "key", json_string(key));
    /* The doctor compares the vault with the newest event that names its key. */
    if (after && vault_key[0]) json_object_set_new(after, "public_key", json_string(vault_key));
    if (!after) return fail_memory();
    return audit_write_json(act, "database.archive", file, 0, 0, NULL, after);
}

/* Texts of one event while it is inserted. */
struct texts {
    char *decoded[10];
    size_t count;
    bool failed;
};

static const char *text_of(struct texts *texts, const json_t *event, const char *key, bool null)
{
    const json_t *value = json_object_get(event, key);
    if (json_is_string(value)) return json_string_value(value);
    const char *hex = json_string_value(json_object_get(value, "hex"));
    if (!hex) {
        texts->failed |= !(null && json_is_null(value));
        return NULL;
    }
    size_t size = strlen(hex), written;
    char *bytes = calloc(1, size / 2 + 1);
    texts->failed |=
        !bytes || sodium_hex2bin((unsigned char *)bytes, size / 2, hex, size, NULL, &written, NULL);
    texts->decoded[texts->count++] = bytes;
    return bytes;
}

static int64_t number_of(struct texts *texts, const json_t *event, const char *key, bool *has)
{
    const json_t *value = json_object_get(event, key);
    if (has) *has = json_is_integer(value);
    texts->failed |= !json_is_integer(value) && !(has && json_is_null(value));
    return json_integer_value(value);
}

enum error audit_archive_add(struct store *store, const json_t *event)
{
    struct texts texts = {0};
    uint8_t hash[AUDIT_HASH_SIZE];
    struct event_record r = {
        .sequence = number_of(&texts, event, "sequence", NULL),
        .at = number_of(&texts, event, "at", NULL),
        .uid = number_of(&texts, event, "uid", NULL),
        .user = text_of(&texts, event, "user", false),
        .login = text_of(&texts, event, "login", false),
        .claim = text_of(&texts, event, "claim", false),
        .host = text_of(&texts, event, "host", false),
        .terminal = text_of(&texts, event, "terminal", false),
        .kind = text_of(&texts, event, "kind", false),
        .subject = text_of(&texts, event, "subject", false),
        .before = text_of(&texts, event, "before", true),
        .after = text_of(&texts, event, "after", true),
    };
    r.login_uid = number_of(&texts, event, "login_uid", &r.has_login);
    r.account = number_of(&texts, event, "account", &r.has_account);
    r.token = number_of(&texts, event, "token", &r.has_token);
    const char *hex = json_string_value(json_object_get(event, "hash"));
    enum error e = texts.failed || !hex ? fail(ERR_INVALID, "a line of the archive is not an event")
                                        : audit_hash_parse(hex, hash);
    if (!e) e = event_insert(store, &r, hash);
    for (size_t i = 0; i < texts.count; i++)
        free(texts.decoded[i]);
    return e;
}

enum error audit_archive_key(struct store *store, int64_t last, char key[static AUDIT_KEY_TEXT])
{
    struct stmt *stmt = store_prepare(
        store, "SELECT coalesce(json_extract(after, '$.key'), '') AS key FROM event WHERE kind = "
               "'database.archive' AND json_valid(after) AND CAST(json_extract(CASE WHEN "
               "json_valid(after) THEN after END, '$.last') AS BIGINT) = :last");
    bind_int(stmt, ":last", last);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "no event records that archive");
    column_copy(stmt, "key", key, AUDIT_KEY_TEXT);
    stmt_reset(stmt);
    return OK;
}
