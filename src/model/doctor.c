#include <gatehouse/audit_verify.h>
#include <gatehouse/database.h>
#include <gatehouse/doctor.h>
#include <gatehouse/group.h>
#include <gatehouse/keybox.h>
#include <gatehouse/network.h>
#include <gatehouse/setting.h>
#include <gatehouse/text.h>
#include <gatehouse/token_format.h>

#include "audit_internal.h"
#include "sql.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A query whose rows break a rule, and the words for them. Its one column `row` names the row; null
 * where there is nothing to name. */
static const struct rule {
    const char *sql;
    const char *what;
} rules[] = {
    {"SELECT NULL AS row FROM counter WHERE name = 'accounts' AND value <> (SELECT count(*) FROM "
     "account)",
     "the counter of accounts is wrong"},
    {"SELECT NULL AS row FROM counter WHERE name = 'inactive' AND value <> (SELECT count(*) FROM "
     "account WHERE active = 0)",
     "the counter of inactive accounts is wrong"},
    {"SELECT NULL AS row FROM counter WHERE name = 'tokens' AND value <> (SELECT count(*) FROM "
     "token)",
     "the counter of tokens is wrong"},
    {"SELECT column1 AS row FROM (VALUES ('accounts'), ('inactive'), ('tokens'), ('generation')) "
     "known WHERE column1 NOT IN (SELECT name FROM counter)",
     "counters are missing"},
    {"SELECT 'account ' || number AS row FROM account a WHERE tokens <> (SELECT count(*) FROM "
     "token t WHERE t.account = a.number AND t.revoked IS NULL) ORDER BY number",
     "accounts with a wrong number of tokens"},
    {"SELECT 'group ' || number AS row FROM account_group g WHERE members <> (SELECT count(*) FROM "
     "membership m WHERE m.account_group = g.number)",
     "groups with a wrong number of members"},
    {"SELECT 'permission ' || number AS row FROM permission p WHERE accounts <> (SELECT count(*) "
     "FROM account_grant g WHERE g.permission = p.number) OR groups <> (SELECT count(*) FROM "
     "group_grant g WHERE g.permission = p.number)",
     "permissions with a wrong number of holders"},
    {"SELECT 'token ' || t.number AS row FROM token t LEFT JOIN digest d ON d.token = t.number "
     "WHERE d.digest IS NULL OR d.account <> t.account OR d.expires IS DISTINCT FROM t.expires OR "
     "d.suspended <> t.suspended OR (d.dead = 1) <> (t.revoked IS NOT NULL)",
     "tokens whose digest does not agree with them"},
    {"SELECT 'token ' || t.number AS row FROM token t JOIN digest d ON d.token = t.number WHERE "
     "d.checks <> t.narrowed + CASE WHEN EXISTS (SELECT 1 FROM token_network n WHERE n.token = "
     "t.number) THEN 2 ELSE 0 END + 4 * t.canary",
     "tokens whose limits are not checked as they should be"},
    {"SELECT 'token ' || quote(token) AS row FROM digest d WHERE d.dead = 0 AND NOT EXISTS (SELECT "
     "1 FROM token t WHERE t.number = d.token)",
     "digests that work but have no token"},
    {"SELECT 'token ' || number AS row FROM token WHERE revoked IS NOT NULL AND box IS NOT NULL",
     "revoked tokens whose sealed copy is still there"},
    {"SELECT 'token ' || number AS row FROM token WHERE revoked IS NULL AND box IS NOT NULL AND "
     "length(box) <> 105 AND (length(box) NOT BETWEEN 131 AND 579 OR (length(box) - 67) % 64 <> 0)",
     "tokens with a sealed copy of a size that none has"},
    {"SELECT 'account ' || number AS row FROM account WHERE length(name) > 64 OR " SQL_SQLITE(
         "typeof(name) <> 'text' OR name GLOB '*[^a-z0-9._-]*' OR name NOT GLOB '[a-z0-9]*' OR "
         "length(CAST(name AS BLOB)) <> length(name)")
         SQL_POSTGRES("name !~ '^[a-z0-9][a-z0-9._-]*$'"),
     "accounts with a name that no account may have"},
    {"SELECT 'token ' || number AS row FROM token WHERE length(name) > 64 OR " SQL_SQLITE(
         "length(CAST(name AS BLOB)) > 256 OR instr(name, char(0)) OR length(CAST(last_four AS "
         "BLOB)) > 16 OR instr(last_four, char(0))") SQL_POSTGRES("octet_length(last_four) > 16"),
     "tokens with a name or last characters that are too long"},
    {"SELECT 'group ' || number AS row FROM account_group WHERE length(name) > 64" SQL_SQLITE(
         " OR length(CAST(name AS BLOB)) > 256 OR instr(name, char(0))"),
     "groups with a name that is too long"},
    {"SELECT 'membership of account ' || account AS row FROM membership WHERE account_group = 1 "
     "UNION ALL SELECT 'group ' || number FROM account_group WHERE (system = 1) <> (number = 1) "
     "UNION ALL SELECT 'group 1' WHERE NOT EXISTS (SELECT 1 FROM account_group WHERE number = 1)",
     "the group Everyone is damaged"},
    {"SELECT 'permission ' || number AS row FROM permission WHERE id = 'token_management'",
     "the reserved permission token_management is in the catalogue"},
    /* No time is before 1970 or has a year of more than four digits. */
    {"SELECT 'account ' || number AS row FROM account WHERE created NOT BETWEEN 0 AND 253402300799 "
     "OR coalesce(last_used, 0) NOT BETWEEN 0 AND 253402300799",
     "accounts with an impossible time"},
    {"SELECT 'token ' || number AS row FROM token WHERE created NOT BETWEEN 0 AND 253402300799 OR "
     "coalesce(expires, 0) NOT BETWEEN 0 AND 253402300799 OR coalesce(revoked, 0) NOT BETWEEN 0 "
     "AND 253402300799 OR coalesce(last_used, 0) NOT BETWEEN 0 AND 253402300799 OR "
     "coalesce(rotated, 0) NOT BETWEEN 0 AND 253402300799",
     "tokens with an impossible time"},
    {"SELECT 'event ' || sequence AS row FROM event WHERE at NOT BETWEEN 0 AND 253402300799",
     "events with an impossible time"},
    {"SELECT 'slot ' || number AS row FROM key_slot WHERE kind NOT IN (1, 2, 3) OR length(salt) <> "
     "16 OR length(nonce) <> 24 OR length(wrapped) <> 48 OR CASE kind WHEN 1 THEN operations NOT "
     "BETWEEN 1 AND 16 OR memory NOT BETWEEN 8192 AND 1073741824 OR operations * memory > "
     "4294967296 ELSE operations <> 0 OR memory <> 0 END",
     "key slots with an impossible kind, cost or key"},
    {"SELECT 'token ' || t.number AS row FROM event e JOIN token t ON t.number = e.token WHERE "
     "e.kind = 'token.generate' AND json_valid(e.after) AND json_extract(CASE WHEN "
     "json_valid(e.after) THEN e.after END, '$.last_four') <> t.last_four",
     "tokens whose last characters are not those of the event that generated them"},
    {"SELECT NULL AS row FROM vault WHERE lower(hex(public_key)) <> (SELECT json_extract(CASE WHEN "
     "json_valid(after) THEN after END, '$.public_key') FROM event WHERE kind IN ('vault.create', "
     "'vault.rekey', 'database.archive', 'database.restore') ORDER BY sequence DESC LIMIT 1)",
     "the vault's public key is not the one that was recorded when it was made: whoever replaced "
     "it can read every token generated since"},
    {"SELECT NULL AS row FROM (SELECT count(*) AS vaults FROM vault) counted WHERE vaults > 1",
     "there is more than one vault"},
    {"SELECT NULL AS row FROM vault WHERE length(id) <> 16 OR length(public_key) <> 32",
     "the vault's id or public key is damaged"},
};
enum { RULES = sizeof rules / sizeof *rules, CHECKS = RULES + 3 };
_Static_assert(KEYBOX_BOX_SIZE == 105 && KEYBOX_BOX_MAX == 579 && KEYBOX_PAD == 64,
               "stand in the rule about sealed copies");
_Static_assert(KEYBOX_OPERATIONS_MAX == 16 && KEYBOX_MEMORY_MAX == 1073741824 &&
                   KEYBOX_WORK_MAX == 4294967296,
               "stand in the rule about key slots");

/* A check that fails is a finding, not an error of the doctor. */
static enum error tell(enum error e, void (*found)(const char *sentence, void *arg), void *arg)
{
    if (e != ERR_CONFLICT && e != ERR_STORE) return e;
    found(error_message(), arg);
    return OK;
}

/* The rows that break one rule: how many, and the names of the first. */
struct broken {
    const char *what;
    int64_t count;
    char names[200];
};

static void add_row(struct broken *broken, const char *name)
{
    enum { NAMED = 3 };
    size_t used = strlen(broken->names);
    if (++broken->count > NAMED + 1 || !*name) return;
    snprintf(broken->names + used, sizeof broken->names - used, "%s%s",
             broken->count == 1 ? ": " : ", ", broken->count > NAMED ? "…" : name);
}

static void tell_broken(const struct broken *broken, void (*found)(const char *sentence, void *arg),
                        void *arg)
{
    char sentence[500], count[NUMBER_TEXT_SIZE + 1] = "";
    if (!broken->count) return;
    if (broken->count > 1) snprintf(count, sizeof count, "%s ", number_text(broken->count).text);
    snprintf(sentence, sizeof sentence,
             "%s%s%s; restore a backup, or export and apply the export to a new database", count,
             broken->what, broken->names);
    found(sentence, arg);
}

static enum error check_rule(struct store *store, const struct rule *rule,
                             void (*found)(const char *sentence, void *arg), void *arg)
{
    struct broken broken = {.what = rule->what};
    struct stmt *stmt = store_prepare(store, rule->sql);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        add_row(&broken, column_text(stmt, "row"));
    if (!e) tell_broken(&broken, found, arg);
    return e;
}

static enum error check_settings(struct store *store,
                                 void (*found)(const char *sentence, void *arg), void *arg)
{
    struct stmt *stmt = store_prepare(store, "SELECT name, value FROM setting ORDER BY name");
    char sentence[300];
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        const char *name = column_text(stmt, "name");
        int64_t value = column_int(stmt, "value");
        const struct setting_entry *entry = NULL;
        for (int i = 0; i < SETTING_COUNT && !entry; i++)
            if (strcmp(setting_table[i].name, name) == 0) entry = &setting_table[i];
        if (entry && value >= entry->least && value <= entry->most) continue;
        if (entry)
            snprintf(sentence, sizeof sentence,
                     "the setting %s is %" PRId64
                     ", which is out of range: gatehouse setting set %s",
                     entry->name, value, entry->name);
        else
            snprintf(sentence, sizeof sentence, "the setting “%.64s” does not belong to Gatehouse",
                     name);
        found(sentence, arg);
    }
    return e;
}

/* SQL cannot fold a name. Of two groups whose names became one in an upgrade, one answers to
 * another.
 */
static enum error check_groups(struct store *store, void (*found)(const char *sentence, void *arg),
                               void *arg)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT number, name, folded FROM account_group ORDER BY number");
    char sentence[GROUP_FOLDED_SIZE + 200];
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        char *folded = text_fold(column_text(stmt, "name"));
        bool same = folded && strcmp(folded, column_text(stmt, "folded")) == 0;
        free(folded);
        if (same) continue;
        snprintf(sentence, sizeof sentence,
                 "group %" PRId64
                 " is not found by its name but by “%.*s”: gatehouse group rename gives it another",
                 column_int(stmt, "number"), GROUP_FOLDED_SIZE, column_text(stmt, "folded"));
        found(sentence, arg);
    }
    return e;
}

/* SQL cannot read a network. */
static enum error check_networks(struct store *store,
                                 void (*found)(const char *sentence, void *arg), void *arg)
{
    struct broken broken = {.what = "tokens with a network that cannot be read"};
    struct stmt *stmt = store_prepare(
        store, "SELECT 'token ' || quote(token) AS row, network FROM token_network ORDER BY token");
    char canonical[NETWORK_TEXT_SIZE];
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        size_t size;
        const char *network = column_blob(stmt, "network", &size);
        bool same = size && size < NETWORK_TEXT_SIZE && memchr(network, 0, size) == NULL &&
                    !network_canonical(column_text(stmt, "network"), canonical) &&
                    strcmp(canonical, column_text(stmt, "network")) == 0;
        if (!same) add_row(&broken, column_text(stmt, "row"));
    }
    if (!e) tell_broken(&broken, found, arg);
    return e;
}

/* SQLite stores any type in any column; the schema says which type ours have. Other databases name
 * no tables here. */
static enum error check_types_of(struct store *store, const char *table,
                                 void (*found)(const char *sentence, void *arg), void *arg)
{
    struct sql sql = {0};
    struct broken broken = {.what = "rows with a value of the wrong type"};
    const char *key = NULL;
    struct stmt *stmt =
        store_prepare(store, SQL_SQLITE("SELECT name, type FROM pragma_table_info(:table) "
                                        "ORDER BY pk = 0, pk, cid"));
    bind_text(stmt, ":table", table);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        const char *name = column_text(stmt, "name");
        if (!key)
            sql_format(&sql,
                       SQL_SQLITE_BEGIN "SELECT '%s ' || quote(\"%s\") AS row FROM \"%s\" WHERE 0",
                       table, name, table);
        key = table;
        sql_format(&sql, " OR typeof(\"%s\") NOT IN (lower('%s'), 'null')", name,
                   column_text(stmt, "type"));
    }
    if (e || !key) return e;
    sql_add(&sql, SQL_SQLITE_END);
    stmt = sql_prepare(store, &sql);
    while (stmt_next(stmt, &e))
        add_row(&broken, column_text(stmt, "row"));
    if (!e) tell_broken(&broken, found, arg);
    return e;
}

struct tables {
    size_t count;
    struct table_name {
        char name[64];
    } items[];
};

static void read_table(struct stmt *stmt, void *item)
{
    column_copy(stmt, "name", ((struct table_name *)item)->name, sizeof(struct table_name));
}

/* Not those with names that Gatehouse gives to none, which become part of a statement here. */
static enum error check_types(struct store *store, void (*found)(const char *sentence, void *arg),
                              void *arg)
{
    struct tables *tables = NULL;
    enum error e = rows_collect(
        store_prepare(
            store,
            SQL_SQLITE("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB "
                       "'sqlite_*' AND name NOT GLOB '*[^a-z_]*' AND length(name) < 64")
                SQL_POSTGRES("SELECT '' AS name WHERE false")),
        sizeof *tables, sizeof *tables->items, read_table, (void **)&tables);
    for (size_t i = 0; !e && i < tables->count; i++)
        e = check_types_of(store, tables->items[i].name, found, arg);
    free(tables);
    return e;
}

/* Texts in which a token was stored before that was refused: everyone who can read them can use it.
 * `row` says where it is without repeating the text. */
static const char *const texts_with_tokens[] = {
    "SELECT 'account ' || number AS row, description || ' ' || owner AS text FROM account WHERE "
    "instr(description || ' ' || owner, 'gth_') > 0",
    "SELECT 'token ' || number AS row, name AS text FROM token WHERE instr(name, 'gth_') > 0",
    "SELECT 'group ' || number AS row, name || ' ' || description AS text FROM account_group WHERE "
    "instr(name || ' ' || description, 'gth_') > 0",
    "SELECT 'permission ' || number AS row, id || ' ' || name || ' ' || sentence AS text FROM "
    "permission WHERE instr(id || ' ' || name || ' ' || sentence, 'gth_') > 0",
    "SELECT 'key slot ' || number AS row, label AS text FROM key_slot WHERE instr(label, 'gth_') > "
    "0",
    "SELECT 'a saved search' AS row, name || ' ' || filter AS text "
    "FROM search WHERE instr(name || ' ' || filter, 'gth_') > 0",
    "SELECT 'event ' || sequence AS row, subject || ' ' || coalesce(before, '') || ' ' || "
    "coalesce(after, '') AS text FROM event WHERE instr(subject, 'gth_') > 0 OR instr(before, "
    "'gth_') > 0 OR instr(after, 'gth_') > 0",
};

static enum error add_token_rows(struct store *store, const char *sql, char *rows, size_t size,
                                 int64_t *count)
{
    enum { NAMED = 8 };
    struct stmt *stmt = store_prepare(store, sql);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        const char *text = column_text(stmt, "text");
        size_t used = strlen(rows);
        if (!token_format_find(text, strlen(text)) || ++*count > NAMED + 1) continue;
        snprintf(rows + used, size - used, "%s%s", *count == 1 ? "" : ", ",
                 *count > NAMED ? "…" : column_text(stmt, "row"));
    }
    return e;
}

static enum error check_texts(struct store *store, void (*found)(const char *sentence, void *arg),
                              void *arg)
{
    char rows[300] = "", sentence[500];
    int64_t count = 0;
    enum error e = OK;
    for (size_t i = 0; i < sizeof texts_with_tokens / sizeof *texts_with_tokens && !e; i++)
        e = add_token_rows(store, texts_with_tokens[i], rows, sizeof rows, &count);
    if (e || !count) return e;
    snprintf(sentence, sizeof sentence,
             "a text that others may read contains a token (%s): revoke it, and remove it from the "
             "text unless that is an event",
             rows);
    found(sentence, arg);
    return OK;
}

/* Compares the schema of a database with the one our migrations make: a trigger, a view or another
 * text of a table changes what every statement does. */
struct part {
    char type[16], name[64];
    char *text; /* without comments and blanks; they differ between versions of the program */
};
struct parts {
    size_t count;
    struct part items[];
};

/* In place; what is quoted stays as it is. */
static void condense(char *text)
{
    char *to = text;
    for (const char *at = text; *at;) {
        if (at[0] == '-' && at[1] == '-') {
            at += strcspn(at, "\n");
        } else if (strchr(" \t\r\n", *at)) {
            at++;
        } else if (strchr("'\"`", *at)) {
            const char quote = *at;
            do
                *to++ = *at++;
            while (*at && *at != quote);
            if (*at) *to++ = *at++;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
}

static void read_part(struct stmt *stmt, void *item)
{
    struct part *part = item;
    column_copy(stmt, "type", part->type, sizeof part->type);
    column_copy(stmt, "name", part->name, sizeof part->name);
    part->text = strdup(column_text(stmt, "sql"));
    if (part->text) condense(part->text);
}

static void parts_free(struct parts *parts)
{
    for (size_t i = 0; parts && i < parts->count; i++)
        free(parts->items[i].text);
    free(parts);
}

/* SQLite keeps the SQL of its schema; from other databases there are none. */
static enum error parts_load(struct store *store, struct parts **out)
{
    enum error e = rows_collect(
        store_prepare(store,
                      SQL_SQLITE("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
                          SQL_POSTGRES("SELECT '' AS type, '' AS name, '' AS sql WHERE false")),
        sizeof(struct parts), sizeof(struct part), read_part, (void **)out);
    for (size_t i = 0; !e && i < (*out)->count; i++)
        if (!(*out)->items[i].text) e = fail_memory();
    return e;
}

static const struct part *part_find(const struct parts *parts, const struct part *sought)
{
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->items[i].type, sought->type) == 0 &&
            strcmp(parts->items[i].name, sought->name) == 0)
            return &parts->items[i];
    return NULL;
}

static void compare_schemas(const struct parts *ours, const struct parts *theirs,
                            void (*found)(const char *sentence, void *arg), void *arg)
{
    char sentence[200];
    for (size_t i = 0; i < theirs->count; i++) {
        const struct part *part = &theirs->items[i], *same = part_find(ours, part);
        if (same && strcmp(same->text, part->text) == 0) continue;
        snprintf(sentence, sizeof sentence, "the %s %s %s; restore a backup", part->type,
                 part->name,
                 same ? "is not the one Gatehouse makes" : "does not belong to Gatehouse");
        found(sentence, arg);
    }
    for (size_t i = 0; i < ours->count; i++) {
        if (part_find(theirs, &ours->items[i])) continue;
        snprintf(sentence, sizeof sentence, "the %s %s is missing; restore a backup",
                 ours->items[i].type, ours->items[i].name);
        found(sentence, arg);
    }
}

static enum error check_schema(struct store *store, void (*found)(const char *sentence, void *arg),
                               void *arg)
{
    struct store *model = NULL;
    struct parts *ours = NULL, *theirs = NULL;
    enum error e = database_open_memory(&model);
    if (!e) e = parts_load(model, &ours);
    if (!e) e = parts_load(store, &theirs);
    if (!e && theirs->count) compare_schemas(ours, theirs, found, arg);
    parts_free(ours);
    parts_free(theirs);
    if (model) store_close(model);
    return e;
}

static enum error step(const struct progress *progress, size_t done)
{
    if (progress && progress->step && progress->step(progress->arg, done, CHECKS))
        return fail(ERR_STOPPED, "stopped: not everything was checked");
    return OK;
}

static enum error check_rules(struct store *store, const struct progress *progress,
                              void (*found)(const char *sentence, void *arg), void *arg)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < RULES; i++) {
        e = step(progress, i + 1);
        if (!e) e = check_rule(store, &rules[i], found, arg);
    }
    if (!e) e = step(progress, RULES + 1);
    if (!e) e = check_settings(store, found, arg);
    if (!e) e = check_groups(store, found, arg);
    if (!e) e = check_networks(store, found, arg);
    if (!e) e = check_types(store, found, arg);
    return e ? e : check_texts(store, found, arg);
}

static enum error check_syslog(struct store *store, void (*found)(const char *sentence, void *arg),
                               void *arg)
{
    char sentence[200], events[TEXT_COUNT_SIZE];
    int64_t lost;
    enum error e = audit_syslog_lost(store, &lost);
    if (e || lost <= 0) return e;
    snprintf(sentence, sizeof sentence,
             "syslog did not accept %s: check what listens on /dev/log; gatehouse "
             "audit shows %s",
             text_count(events, lost, "event"), lost == 1 ? "it" : "them");
    found(sentence, arg);
    return OK;
}

enum error doctor_run(struct store *store, const struct progress *progress,
                      void (*found)(const char *sentence, void *arg), void *arg)
{
    int64_t checked;
    enum error e = tell(store_check(store), found, arg);
    /* All rules see one state: a change between two of them must not look like damage. */
    if (!e) e = store_begin_read(store);
    if (!e) e = store_end(store, check_rules(store, progress, found, arg));
    if (!e) e = check_schema(store, found, arg);
    if (!e) e = check_syslog(store, found, arg);
    if (!e) e = step(progress, CHECKS - 1);
    return e ? e : tell(audit_verify(store, &checked), found, arg);
}
