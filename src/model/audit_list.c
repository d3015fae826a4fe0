#include <gatehouse/account.h>
#include <gatehouse/audit_kind.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/when.h>

#include "audit_internal.h"
#include "sql.h"
#include <inttypes.h>
#include <stdio.h>
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
    return *out ? OK : fail_memory();
}

static void read_actor(struct stmt *stmt, struct actor *actor)
{
    *actor = (struct actor){.uid = (uid_t)column_int(stmt, "uid"),
                            .has_login = !column_is_null(stmt, "login_uid"),
                            .login_uid = (uid_t)column_int(stmt, "login_uid")};
    column_copy(stmt, "username", actor->user, sizeof actor->user);
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
                                  .token = column_int(stmt, "token"),
                                  .oldest = column_int(stmt, "oldest")};
    read_actor(stmt, &event->actor);
    column_copy(stmt, "kind", event->kind, sizeof event->kind);
    column_copy(stmt, "subject", event->subject, sizeof event->subject);
    const void *hash = column_blob(stmt, "hash", &size);
    if (size == AUDIT_HASH_SIZE) memcpy(event->hash, hash, size);
    enum error e = copy_text(stmt, "before", &event->before);
    return e ? e : copy_text(stmt, "after", &event->after);
}

enum error audit_oldest(struct store *store, int64_t *sequence)
{
    return stmt_int(store_prepare(store, "SELECT coalesce(min(sequence), 1) FROM event"), sequence);
}

enum error audit_get(struct store *store, int64_t sequence, struct audit_event *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " EVENT_LISTED " FROM event WHERE sequence = :sequence");
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

/* Lists of events: filters and pages. */

enum { WORDS = SQL_WORDS, WORD_SIZE = 516, PATTERN_SIZE = 2 * WORD_SIZE, KIND_SIZE = 64 };

struct filter {
    const struct audit_query *query;
    char patterns[WORDS][PATTERN_SIZE];
    size_t word_count;
    bool kind_is_noun;
    char kind_end[KIND_SIZE]; /* greater than every kind of that noun */
};

static void read_filter(struct filter *filter, const struct audit_query *query)
{
    *filter = (struct filter){.query = query};
    for (const char *at = query->text ? query->text : ""; *at && filter->word_count < WORDS;) {
        at += strspn(at, " \t");
        size_t size = strcspn(at, " \t");
        if (size && size < WORD_SIZE)
            sql_pattern(filter->patterns[filter->word_count++], PATTERN_SIZE, at, size);
        at += size;
    }
    if (!query->kind) return;
    filter->kind_is_noun = !strchr(query->kind, '.');
    snprintf(filter->kind_end, sizeof filter->kind_end, "%s/", query->kind); /* '/' follows '.' */
}

static bool matches_all(const struct filter *filter)
{
    const struct audit_query *query = filter->query;
    return !query->account && !query->kind && !query->actor && query->since == WHEN_NEVER &&
           query->until == WHEN_NEVER && !filter->word_count;
}

/* Column by column: concatenating them and searching once takes three times as long. */
static void add_word(struct sql *sql, size_t nth)
{
    static const char *const columns[] = {"subject", "kind",  "after", "before",  "username",
                                          "login",   "claim", "host",  "terminal"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        sql_format(sql, "%s%s LIKE %s ESCAPE '\\'", i ? " OR " : " AND (", columns[i],
                   sql_words[nth]);
    sql_add(sql, ")");
}

static bool is_of_noun(const char *kind, const char *noun)
{
    size_t size = strlen(noun);
    return kind && !strncmp(kind, noun, size) && kind[size] == '.';
}

/* The other name of each kind of which only one name has this noun. */
static void add_other_names(struct sql *sql, const char *noun)
{
    for (size_t i = 0; i < audit_kind_count; i++) {
        const struct audit_kind *kind = &audit_kinds[i];
        bool now = is_of_noun(kind->name, noun), before = is_of_noun(kind->old, noun);
        if (kind->old && now != before)
            sql_format(sql, " OR +kind = '%s'", now ? kind->old : kind->name);
    }
}

static void add_kind(struct sql *sql, const struct filter *filter)
{
    const char *name = filter->query->kind;
    const struct audit_kind *kind = audit_kind_find(name);
    if (filter->kind_is_noun) {
        /* The + avoids the index: a noun has many events, scattered in it. */
        sql_add(sql, " AND ((+kind >= :kind || '.' AND +kind < :kind_end)");
        add_other_names(sql, name);
        sql_add(sql, ")");
    } else if (kind && kind->old) {
        sql_format(sql, " AND kind IN (:kind, '%s')",
                   strcmp(kind->name, name) ? kind->name : kind->old);
    } else {
        sql_add(sql, " AND kind = :kind");
    }
}

static void add_conditions(struct sql *sql, const struct filter *filter)
{
    const struct audit_query *query = filter->query;
    sql_add(sql, " WHERE true");
    if (query->account) sql_add(sql, " AND account = :account");
    if (query->kind) add_kind(sql, filter);
    if (query->actor) sql_add(sql, " AND :actor IN (username, login, claim)");
    if (query->since != WHEN_NEVER) sql_add(sql, " AND at >= :since");
    if (query->until != WHEN_NEVER) sql_add(sql, " AND at <= :until");
    for (size_t i = 0; i < filter->word_count; i++)
        add_word(sql, i);
}

static void bind_conditions(struct stmt *stmt, const struct filter *filter)
{
    const struct audit_query *query = filter->query;
    if (query->account) bind_int(stmt, ":account", query->account);
    if (query->kind) bind_text(stmt, ":kind", query->kind);
    if (query->kind && filter->kind_is_noun) bind_text(stmt, ":kind_end", filter->kind_end);
    if (query->actor) bind_text(stmt, ":actor", query->actor);
    if (query->since != WHEN_NEVER) bind_int(stmt, ":since", query->since);
    if (query->until != WHEN_NEVER) bind_int(stmt, ":until", query->until);
    for (size_t i = 0; i < filter->word_count; i++)
        bind_text(stmt, sql_words[i], filter->patterns[i]);
}

static enum error read_page(struct stmt *stmt, struct audit_event *events, size_t max,
                            size_t *count)
{
    enum error e = OK;
    while (*count < max && stmt_next(stmt, &e))
        e = audit_read_row(stmt, &events[(*count)++]);
    stmt_reset(stmt);
    for (; e && *count; --*count)
        audit_event_free(&events[*count - 1]);
    return e;
}

enum error audit_page(struct store *store, const struct audit_query *query, int64_t from,
                      struct page page, struct audit_event *events, size_t *count)
{
    struct sql sql = {0};
    struct filter filter;
    *count = 0;
    read_filter(&filter, query);
    sql_add(&sql, "SELECT " EVENT_LISTED " FROM event");
    add_conditions(&sql, &filter);
    if (from) sql_add(&sql, page.backward ? " AND sequence > :from" : " AND sequence < :from");
    sql_add(&sql, page.backward ? " ORDER BY sequence" : " ORDER BY sequence DESC");
    sql_add(&sql, " LIMIT :max");
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_conditions(stmt, &filter);
    int64_t beside = from;
    if (page.inclusive && page.backward && from > INT64_MIN) beside = from - 1;
    if (page.inclusive && !page.backward && from < INT64_MAX) beside = from + 1;
    if (from) bind_int(stmt, ":from", beside);
    bind_int(stmt, ":max", (int64_t)page.max);
    enum error e = read_page(stmt, events, page.max, count);
    if (page.backward) rows_reverse(events, *count, sizeof *events);
    return e;
}

enum error audit_matches(struct store *store, const struct audit_query *query, int64_t sequence,
                         bool *matches)
{
    struct sql sql = {0};
    struct filter filter;
    int64_t count = 0;
    read_filter(&filter, query);
    *matches = matches_all(&filter);
    if (*matches) return OK;
    sql_add(&sql, "SELECT count(*) FROM event");
    add_conditions(&sql, &filter);
    sql_add(&sql, " AND sequence = :sequence");
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_conditions(stmt, &filter);
    bind_int(stmt, ":sequence", sequence);
    enum error e = stmt_int(stmt, &count);
    *matches = count > 0;
    return e;
}

enum error audit_count(struct store *store, const struct audit_query *query, int64_t *count)
{
    struct sql sql = {0};
    struct filter filter;
    read_filter(&filter, query);
    sql_add(&sql, "SELECT count(*) FROM event");
    add_conditions(&sql, &filter);
    struct stmt *stmt = sql_prepare(store, &sql);
    bind_conditions(stmt, &filter);
    return stmt_int(stmt, count);
}

enum error audit_find_account(struct store *store, const char *typed, int64_t *number)
{
    char name[ACCOUNT_NAME_MAX + 1], id[ACCOUNT_ID_SIZE];
    enum error e = account_parse_name(typed, name);
    if (e) return e;
    account_id_text(id, name);
    struct stmt *stmt =
        store_prepare(store, "SELECT account FROM event WHERE subject = :id AND account IS NOT "
                             "NULL ORDER BY sequence DESC LIMIT 1");
    bind_text(stmt, ":id", id);
    e = stmt_int(stmt, number);
    if (e != ERR_NOT_FOUND) return e;
    return fail(e, "no event names %s: there is no such account and never was", id);
}
