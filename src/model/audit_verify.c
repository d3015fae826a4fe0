/* Verifies the chain of events and diagnoses where it breaks. */
#include "audit_internal.h"

#include <gatehouse/audit_list.h>
#include <gatehouse/audit_verify.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

struct chain {
    struct store *store;
    uint8_t before[AUDIT_HASH_SIZE];   /* hash of the event before the last good one */
    uint8_t previous[AUDIT_HASH_SIZE]; /* of the last good one */
    int64_t checked;                   /* its sequence */
    const uint8_t *head;               /* the hash that was noted earlier; NULL */
    int64_t proven;
    bool typed; /* an event had the typed hash: no later one has the plain one */
    const struct progress *progress; /* NULL: nobody watches */
    int64_t total;
};
enum { BETWEEN_STEPS = 256, PAGE_ROWS = 500 };

/* The hash covers each field as Gatehouse writes it: a text that ends where it seems to, a number,
 * or null. Bytes after a null byte and other types are not part of it, so they are refused here,
 * whichever hash the event has. PostgreSQL stores no others. */
#define TEXTS "username || login || claim || host || terminal || kind || subject"
#define AS_WRITTEN                                                                                 \
    SQL_SQLITE(                                                                                    \
        "(typeof(at), typeof(uid), typeof(username), typeof(login), typeof(claim), typeof(host), " \
        "typeof(terminal), typeof(kind), typeof(subject), typeof(hash)) = ('integer', 'integer', " \
        "'text', 'text', 'text', 'text', 'text', 'text', 'text', 'blob') AND typeof(login_uid) "   \
        "IN "                                                                                      \
        "('integer', 'null') AND typeof(account) IN ('integer', 'null') AND typeof(token) IN "     \
        "('integer', 'null') AND typeof(before) IN ('text', 'null') AND typeof(after) IN "         \
        "('text', "                                                                                \
        "'null') AND instr(" TEXTS                                                                 \
        ", char(0)) = 0 AND instr(coalesce(before, ''), char(0)) = 0 AND "                         \
        "instr(coalesce(after, ''), char(0)) = 0")                                                 \
    SQL_POSTGRES("true")
#define CHECKED_COLUMNS EVENT_COLUMNS ", " AS_WRITTEN " AS as_written"

/* Whether the current row, as event `sequence`, follows the hash `previous`: with the typed hash,
 * or as long as *typed is false with the plain one. Copies its stored hash to `stored`. */
static bool follows(struct stmt *stmt, const uint8_t previous[static AUDIT_HASH_SIZE],
                    int64_t sequence, uint8_t stored[static AUDIT_HASH_SIZE], bool *typed)
{
    struct event_record record;
    uint8_t hash[AUDIT_HASH_SIZE], plain[AUDIT_HASH_SIZE];
    event_read(stmt, &record);
    record.sequence = sequence;
    audit_hash(AUDIT_HASH_TYPED, previous, &record, hash);
    audit_hash(AUDIT_HASH_PLAIN, previous, &record, plain);
    size_t size;
    const void *bytes = column_blob(stmt, "hash", &size);
    memset(stored, 0, AUDIT_HASH_SIZE);
    if (size != AUDIT_HASH_SIZE) return false;
    memcpy(stored, bytes, AUDIT_HASH_SIZE);
    if (!column_int(stmt, "as_written")) return false;
    if (!*typed && memcmp(stored, plain, AUDIT_HASH_SIZE) == 0) return true;
    *typed = true;
    return memcmp(stored, hash, AUDIT_HASH_SIZE) == 0;
}

/* Whether the event now at `place` was written as event `sequence` after `previous`. */
static enum error was_numbered(struct store *store, int64_t place, int64_t sequence,
                               const uint8_t previous[static AUDIT_HASH_SIZE], bool *was)
{
    uint8_t ignored[AUDIT_HASH_SIZE];
    struct stmt *stmt =
        store_prepare(store, "SELECT " CHECKED_COLUMNS " FROM event WHERE sequence = :place");
    bind_int(stmt, ":place", place);
    bool row;
    enum error e = stmt_step(stmt, &row);
    bool typed = false;
    *was = !e && row && follows(stmt, previous, sequence, ignored, &typed);
    stmt_reset(stmt);
    return e;
}

/* The event at `bad` does not follow the last good one. Numbers are hashed too, so events that were
 * renumbered by one reveal what was inserted or removed before them. */
static enum error name_breach(struct chain *chain, int64_t bad,
                              const uint8_t stored[static AUDIT_HASH_SIZE])
{
    bool here = false, before = false, removed = false;
    enum error e = was_numbered(chain->store, bad + 1, bad, chain->previous, &here);
    if (!e && chain->checked)
        e = was_numbered(chain->store, bad, chain->checked, chain->before, &before);
    if (!e) e = was_numbered(chain->store, bad + 1, bad + 2, stored, &removed);
    if (e) return e;
    if (here) return fail(ERR_CONFLICT, "event %" PRId64 " was inserted later", bad);
    if (before) {
        chain->checked--;
        return fail(ERR_CONFLICT, "event %" PRId64 " was inserted later, with a hash that fits",
                    bad - 1);
    }
    if (removed)
        return fail(ERR_CONFLICT,
                    "event %" PRId64 " was removed, and those after it were renumbered", bad);
    return fail(ERR_CONFLICT,
                "event %" PRId64 " was changed, or was inserted later, or the one before it was "
                "rewritten with its hash",
                bad);
}

static enum error check_row(struct chain *chain, struct stmt *stmt, int64_t *bad,
                            uint8_t stored[static AUDIT_HASH_SIZE])
{
    int64_t sequence = column_int(stmt, "sequence"), expected = chain->checked + 1;
    if (sequence > expected) return fail(ERR_CONFLICT, "event %" PRId64 " was removed", expected);
    if (sequence < expected)
        return fail(ERR_CONFLICT, "event %" PRId64 " was inserted later", sequence);
    if (!follows(stmt, chain->previous, sequence, stored, &chain->typed)) {
        *bad = sequence;
        return OK;
    }
    memcpy(chain->before, chain->previous, AUDIT_HASH_SIZE);
    memcpy(chain->previous, stored, AUDIT_HASH_SIZE);
    chain->checked = sequence;
    if (chain->head && memcmp(stored, chain->head, AUDIT_HASH_SIZE) == 0) chain->proven = sequence;
    return OK;
}

static bool is_stopped(const struct chain *chain)
{
    const struct progress *progress = chain->progress;
    if (!progress || !progress->step || chain->checked % BETWEEN_STEPS) return false;
    return chain->checked < chain->total &&
           progress->step(progress->arg, (size_t)chain->checked, (size_t)chain->total);
}

/* In pages, because PostgreSQL returns the whole answer of a statement at once. */
static enum error walk_page(struct chain *chain, int64_t from, size_t *count, int64_t *bad,
                            uint8_t stored[static AUDIT_HASH_SIZE])
{
    struct stmt *stmt = store_prepare(
        chain->store, "SELECT " CHECKED_COLUMNS
                      " FROM event WHERE sequence >= :from ORDER BY sequence LIMIT :rows");
    enum error e = OK;
    bind_int(stmt, ":from", from);
    bind_int(stmt, ":rows", PAGE_ROWS);
    for (*count = 0; !*bad && stmt_next(stmt, &e); ++*count) {
        e = check_row(chain, stmt, bad, stored);
        if (!e && !*bad && is_stopped(chain)) e = fail(ERR_STOPPED, "stopped");
    }
    stmt_reset(stmt);
    return e;
}

static enum error walk(struct chain *chain)
{
    uint8_t stored[AUDIT_HASH_SIZE] = {0};
    int64_t bad = 0, from = INT64_MIN;
    size_t count = PAGE_ROWS;
    enum error e = OK;
    while (!e && !bad && count == PAGE_ROWS) {
        e = walk_page(chain, from, &count, &bad, stored);
        if (chain->checked == INT64_MAX) break;
        from = chain->checked + 1;
    }
    return bad && !e ? name_breach(chain, bad, stored) : e;
}

/* What the event of a move says: the events up to its `last` are in an archive. */
static enum error read_archived(struct store *store, int64_t *last,
                                uint8_t hash[static AUDIT_HASH_SIZE])
{
    struct stmt *stmt = store_prepare(
        store, "SELECT CAST(json_extract(text, '$.last') AS BIGINT) AS last, json_extract(text, "
               "'$.hash') AS hash "
               "FROM (SELECT CASE WHEN json_valid(after) THEN after END AS text FROM event WHERE "
               "kind = 'database.archive' ORDER BY sequence DESC LIMIT 1) newest");
    bool row;
    *last = 0;
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    if (!audit_hash_parse(column_text(stmt, "hash"), hash)) *last = column_int(stmt, "last");
    stmt_reset(stmt);
    return OK;
}

enum error audit_beginning(struct store *store, int64_t *sequence,
                           uint8_t hash[static AUDIT_HASH_SIZE])
{
    int64_t first, last;
    *sequence = 0;
    memset(hash, 0, AUDIT_HASH_SIZE);
    enum error e = audit_oldest(store, &first);
    if (e || first <= 1) return e;
    e = read_archived(store, &last, hash);
    if (!e && last == first - 1)
        *sequence = last;
    else
        memset(hash, 0, AUDIT_HASH_SIZE);
    return e;
}

static enum error walk_from_beginning(struct chain *chain)
{
    enum error e = audit_beginning(chain->store, &chain->checked, chain->previous);
    return e ? e : walk(chain);
}

/* In one state of the database. */
static enum error verify(struct chain *chain)
{
    enum error e = store_begin_read(chain->store);
    return e ? e : store_end(chain->store, walk_from_beginning(chain));
}

enum error audit_verify_part(struct store *store, int64_t before,
                             const uint8_t hash[static AUDIT_HASH_SIZE], int64_t *checked)
{
    struct chain chain = {.store = store, .checked = before};
    memcpy(chain.previous, hash, AUDIT_HASH_SIZE);
    enum error e = walk(&chain);
    *checked = chain.checked;
    return e;
}

enum error audit_verify_watched(struct store *store, const struct progress *progress,
                                int64_t *checked)
{
    uint8_t ignored[AUDIT_HASH_SIZE];
    struct chain chain = {.store = store, .progress = progress};
    enum error e = audit_head(store, &chain.total, ignored);
    if (!e) e = verify(&chain);
    *checked = chain.checked;
    return e;
}

enum error audit_verify(struct store *store, int64_t *checked)
{
    return audit_verify_watched(store, NULL, checked);
}

enum error audit_verify_head(struct store *store, const uint8_t head[static AUDIT_HASH_SIZE],
                             int64_t *checked, int64_t *proven)
{
    struct chain chain = {.store = store, .head = head};
    enum error e = verify(&chain);
    *checked = chain.checked;
    *proven = chain.proven;
    if (e || chain.proven) return e;
    return fail(ERR_CONFLICT,
                "no event has the hash that was kept: the log was truncated before that event, or "
                "rewritten");
}

void audit_hash_text(const uint8_t hash[static AUDIT_HASH_SIZE], char out[static AUDIT_HASH_TEXT])
{
    sodium_bin2hex(out, AUDIT_HASH_TEXT, hash, AUDIT_HASH_SIZE);
}

enum error audit_hash_parse(const char *text, uint8_t hash[static AUDIT_HASH_SIZE])
{
    size_t size;
    const char *end;
    if (strlen(text) == AUDIT_HASH_TEXT - 1 &&
        sodium_hex2bin(hash, AUDIT_HASH_SIZE, text, AUDIT_HASH_TEXT - 1, NULL, &size, &end) == 0 &&
        size == AUDIT_HASH_SIZE)
        return OK;
    return fail(ERR_INVALID,
                "“%s” is not a hash: 64 hexadecimal digits, as gatehouse audit head "
                "prints them",
                text);
}
