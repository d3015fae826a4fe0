#include <gatehouse/older.h>
#include <gatehouse/permission.h>
#include <gatehouse/setting.h>
#include <gatehouse/text.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/when.h>

#include "works.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct comparison {
    struct store *older, *present;
    int64_t now;
    enum error (*each)(const struct older_find *found, void *arg);
    void *arg;
};

static enum error tell(const struct comparison *comparison, struct older_find *found,
                       enum older_effect effect, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static enum error tell(const struct comparison *comparison, struct older_find *found,
                       enum older_effect effect, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(found->change, sizeof found->change, format, args);
    va_end(args);
    found->effect = effect;
    return comparison->each(found, comparison->arg);
}

/* Tokens. */

#define WORKING_TOKENS                                                                             \
    "SELECT t.number, t.name, a.name AS account_name, d.digest, t.expires, t.box IS NOT NULL AS "  \
    "sealed FROM token t JOIN account a ON a.number = t.account JOIN digest d ON d.token = "       \
    "t.number WHERE " TOKEN_WORKS

/* What a database says of a digest. */
struct standing {
    bool known, dead, canary, expired, suspended, active, limited, sealed;
    int64_t token, expires;
};

static bool works(const struct standing *is)
{
    return is->known && !is->dead && !is->canary && !is->expired && !is->suspended && is->active;
}

static enum error find_standing(struct store *store, int64_t now, const void *digest, size_t size,
                                struct standing *out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT d.token, d.dead, d.suspended, d.expires, d.checks, coalesce(t.canary, 0) AS "
               "canary, "
               "coalesce(a.active, 0) AS active, t.box IS NOT NULL AS sealed FROM digest d LEFT "
               "JOIN account a ON a.number = "
               "d.account LEFT JOIN token t ON t.number = d.token WHERE d.digest = :digest");
    bool row;
    bind_blob(stmt, ":digest", digest, size);
    *out = (struct standing){0};
    enum error e = stmt_step(stmt, &row);
    if (e || !row) return e;
    out->known = true;
    out->token = column_int(stmt, "token");
    out->dead = column_int(stmt, "dead");
    out->canary = column_int(stmt, "canary");
    out->suspended = column_int(stmt, "suspended");
    out->active = column_int(stmt, "active");
    out->limited = column_int(stmt, "checks");
    out->sealed = column_int(stmt, "sealed");
    out->expires = column_time(stmt, "expires");
    out->expired = out->expires != WHEN_NEVER && out->expires <= now;
    stmt_reset(stmt);
    return OK;
}

static enum error tell_return(const struct comparison *comparison, struct older_find *found,
                              const struct standing *now)
{
    enum older_effect effect = now->dead || now->canary ? OLDER_STAYS : OLDER_MORE;
    const char *change = !now->known      ? "not known to the present database: it works"
                         : now->dead      ? "revoked or deleted since: it stays dead"
                         : now->canary    ? "made a canary since: it stays one"
                         : now->expired   ? "expired now: it works again"
                         : now->suspended ? "suspended now: it works again"
                                          : "its account is inactive now: it works again";
    return tell(comparison, found, effect, "%s", change);
}

/* By ID: a copy of another database has other numbers. */
static enum error find_gain(const struct comparison *comparison, int64_t then,
                            const struct token_limits *now, struct permission *out, bool *gained)
{
    int64_t number;
    enum error e = permission_get(comparison->older, then, out);
    if (e) return e;
    e = permission_find(comparison->present, out->id, &number);
    *gained = e == ERR_NOT_FOUND || (!e && !id_set_has(&now->permissions, number));
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error compare_permissions(const struct comparison *comparison, struct older_find *found,
                                      const struct token_limits *then,
                                      const struct token_limits *now)
{
    enum { NAMED = 5 };
    char named[NAMED * (PERMISSION_ID_MAX + 2) + 1] = "", more[48] = "";
    size_t count = 0, used = 0;
    enum error e = OK;
    if (!now->narrowed) return OK;
    if (!then->narrowed)
        return tell(comparison, found, OLDER_MORE,
                    "narrowed now: it may use all permissions of its account again");
    for (size_t i = 0; !e && i < then->permissions.count; i++) {
        struct permission permission;
        bool gained;
        e = find_gain(comparison, then->permissions.ids[i], now, &permission, &gained);
        if (e || !gained || count++ >= NAMED) continue;
        used += (size_t)snprintf(named + used, sizeof named - used, "%s%s", used ? ", " : "",
                                 permission.id);
    }
    if (e || !count) return e;
    if (count > NAMED)
        snprintf(more, sizeof more, " and %s more", number_text((int64_t)(count - NAMED)).text);
    return tell(comparison, found, OLDER_MORE, "narrowed now: it may use %s%s again", named, more);
}

static enum error compare_limits(const struct comparison *comparison, struct older_find *found,
                                 int64_t present_token)
{
    struct token_limits then = {0}, now = {0};
    enum error e = token_limits_load(comparison->older, found->token, &then);
    if (!e) e = token_limits_load(comparison->present, present_token, &now);
    if (!e) e = compare_permissions(comparison, found, &then, &now);
    if (!e && token_limits_open(&now, &then))
        e = tell(comparison, found, OLDER_MORE, "it may be used from more networks again");
    token_limits_free(&then);
    token_limits_free(&now);
    return e;
}

static enum error compare_working(const struct comparison *comparison, struct older_find *found,
                                  int64_t expires, const struct standing *now)
{
    enum error e = now->limited ? compare_limits(comparison, found, now->token) : OK;
    if (e || now->expires == WHEN_NEVER || (expires != WHEN_NEVER && expires <= now->expires))
        return e;
    char then_text[WHEN_SIZE], now_text[WHEN_SIZE];
    when_iso(then_text, expires);
    when_iso(now_text, now->expires);
    return tell(comparison, found, OLDER_MORE, "it expires later again: %s instead of %s",
                then_text, now_text);
}

static enum error compare_token(const struct comparison *comparison, struct stmt *stmt, bool stops)
{
    struct older_find found = {.token = column_int(stmt, "number")};
    struct standing other;
    size_t size;
    const void *digest = column_blob(stmt, "digest", &size);
    column_copy(stmt, "name", found.name, sizeof found.name);
    column_copy(stmt, "account_name", found.account, sizeof found.account);
    enum error e = find_standing(stops ? comparison->older : comparison->present, comparison->now,
                                 digest, size, &other);
    if (e) return e;
    if (!stops && other.known && !other.dead && column_int(stmt, "sealed") && !other.sealed)
        e = tell(comparison, &found, OLDER_MORE, "forgotten since: its secret can be copied again");
    if (e) return e;
    if (!stops && !works(&other)) return tell_return(comparison, &found, &other);
    if (!stops) return compare_working(comparison, &found, column_time(stmt, "expires"), &other);
    if (works(&other)) return OK;
    return tell(comparison, &found, OLDER_STOPS, "%s",
                other.known ? "does not work in the backup: it stops"
                            : "generated since: it stops");
}

static enum error compare_tokens(const struct comparison *comparison, bool stops)
{
    struct stmt *stmt =
        store_prepare(stops ? comparison->present : comparison->older, WORKING_TOKENS);
    bind_int(stmt, ":now", comparison->now);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = compare_token(comparison, stmt, stops);
    return e;
}

static int compare_rows(struct stmt *one, struct stmt *other)
{
    int order = strcmp(column_text(one, "first"), column_text(other, "first"));
    return order ? order : strcmp(column_text(one, "second"), column_text(other, "second"));
}

/* What is in a list of the copy, and not in the same list of the present database. `sql` selects
 * two texts, `first` and `second`, in their order. */
static enum error subtract(const struct comparison *comparison, const char *sql,
                           enum error (*each)(const struct comparison *comparison,
                                              const char *first, const char *second))
{
    struct stmt *then = store_prepare(comparison->older, sql);
    struct stmt *now = store_prepare(comparison->present, sql);
    enum error e = OK;
    bool more = stmt_next(now, &e);
    while (!e && stmt_next(then, &e)) {
        int order = -1;
        while (!e && more && (order = compare_rows(now, then)) < 0)
            more = stmt_next(now, &e);
        if (!e && (!more || order != 0))
            e = each(comparison, column_text(then, "first"), column_text(then, "second"));
    }
    stmt_reset(now);
    stmt_reset(then);
    return e;
}

static enum error is_known(const struct comparison *comparison, const char *account, bool *known)
{
    int64_t count;
    struct stmt *stmt =
        store_prepare(comparison->present, "SELECT count(*) FROM account WHERE name = :name");
    bind_text(stmt, ":name", account);
    enum error e = stmt_int(stmt, &count);
    *known = !e && count > 0;
    return e;
}

/* Whether the account may do this now, from whatever source. */
static enum error holds(const struct comparison *comparison, const char *account,
                        const char *permission, bool *holds_it)
{
    int64_t count;
    struct stmt *stmt = store_prepare(
        comparison->present,
        "SELECT count(*) FROM account a JOIN permission p ON p.id = :permission WHERE a.name = "
        ":account AND (EXISTS (SELECT 1 FROM account_grant g WHERE g.account = a.number AND "
        "g.permission = p.number) OR EXISTS (SELECT 1 FROM group_grant gg WHERE gg.permission = "
        "p.number AND (gg.account_group = 1 OR EXISTS (SELECT 1 FROM membership m WHERE "
        "m.account_group = gg.account_group AND m.account = a.number))))");
    bind_text(stmt, ":account", account);
    bind_text(stmt, ":permission", permission);
    enum error e = stmt_int(stmt, &count);
    *holds_it = !e && count > 0;
    return e;
}

static const char active_accounts[] =
    "SELECT name AS first, '' AS second FROM account WHERE active = 1 ORDER BY name";

static enum error tell_active(const struct comparison *comparison, const char *account,
                              const char *unused)
{
    struct older_find found = {0};
    bool known;
    (void)unused;
    snprintf(found.account, sizeof found.account, "%s", account);
    enum error e = is_known(comparison, account, &known);
    if (e) return e;
    return tell(comparison, &found, OLDER_MORE, "%s",
                known ? "inactive now: it is active again" : "deleted since: it exists again");
}

static const char explicit_grants[] =
    "SELECT a.name AS first, p.id AS second FROM account_grant g JOIN account a ON a.number = "
    "g.account JOIN permission p ON p.number = g.permission ORDER BY a.name, p.id";

static enum error tell_grant(const struct comparison *comparison, const char *account,
                             const char *permission)
{
    struct older_find found = {0};
    bool known, held = false;
    enum error e = is_known(comparison, account, &known);
    if (!e) e = holds(comparison, account, permission, &held);
    if (e || !known || held) return e;
    snprintf(found.account, sizeof found.account, "%s", account);
    return tell(comparison, &found, OLDER_MORE, "it may use %s again", permission);
}

static const char group_grants[] =
    "SELECT g.name AS first, p.id AS second FROM group_grant gg JOIN account_group g ON g.number = "
    "gg.account_group JOIN permission p ON p.number = gg.permission ORDER BY g.name, p.id";

static enum error tell_group(const struct comparison *comparison, const char *group,
                             const char *permission)
{
    struct older_find found = {0};
    snprintf(found.subject, sizeof found.subject, "group %s", group);
    return tell(comparison, &found, OLDER_MORE, "its accounts may use %s again", permission);
}

static const char memberships[] =
    "SELECT a.name AS first, g.name AS second FROM membership m JOIN account a ON a.number = "
    "m.account JOIN account_group g ON g.number = m.account_group ORDER BY a.name, g.name";

static enum error tell_member(const struct comparison *comparison, const char *account,
                              const char *group)
{
    struct older_find found = {0};
    bool known, held = true;
    enum error e = is_known(comparison, account, &known);
    if (e || !known) return e;
    struct stmt *stmt = store_prepare(
        comparison->older, "SELECT p.id FROM group_grant gg JOIN account_group g ON g.number = "
                           "gg.account_group JOIN permission p ON p.number = gg.permission WHERE "
                           "g.name = :group");
    bind_text(stmt, ":group", group);
    while (held && stmt_next(stmt, &e))
        e = holds(comparison, account, column_text(stmt, "id"), &held);
    stmt_reset(stmt);
    if (e || held) return e;
    snprintf(found.account, sizeof found.account, "%s", account);
    return tell(comparison, &found, OLDER_MORE,
                "it is in the group %s again, which allows it more than it may now", group);
}

static const char key_slots[] =
    "SELECT CAST(number AS TEXT) AS first, hex(wrapped) AS second FROM key_slot ORDER BY 1, 2";

static enum error tell_slot(const struct comparison *comparison, const char *number,
                            const char *unused)
{
    struct older_find found = {0};
    (void)unused;
    snprintf(found.subject, sizeof found.subject, "key slot %s", number);
    return tell(comparison, &found, OLDER_MORE,
                "removed or changed since: its old secret opens the vault again");
}

/* Zero often means that there is no limit. */
static bool is_looser(enum setting setting, int64_t then, int64_t now)
{
    if (setting_table[setting].words) return false; /* only shown */
    if (setting == SETTING_AUDIT_SYSLOG) return then < now;
    if (setting_table[setting].zero && (!then || !now)) return !then && now;
    return then > now;
}

static enum error compare_settings(const struct comparison *comparison)
{
    enum error e = OK;
    for (enum setting setting = 0; setting < SETTING_COUNT && !e; setting++) {
        struct older_find found = {0};
        char then_text[SETTING_TEXT_SIZE], now_text[SETTING_TEXT_SIZE];
        struct setting_value then, now = {0};
        e = setting_read(comparison->older, setting, &then);
        if (!e) e = setting_read(comparison->present, setting, &now);
        if (e || !is_looser(setting, then.number, now.number)) continue;
        setting_text(setting, &then, then_text);
        setting_text(setting, &now, now_text);
        snprintf(found.subject, sizeof found.subject, "setting %s", setting_table[setting].name);
        e = tell(comparison, &found, OLDER_MORE, "%s again instead of %s", then_text, now_text);
    }
    return e;
}

static enum error compare_all(const struct comparison *comparison)
{
    enum error e = compare_tokens(comparison, false);
    if (!e) e = subtract(comparison, active_accounts, tell_active);
    if (!e) e = subtract(comparison, explicit_grants, tell_grant);
    if (!e) e = subtract(comparison, group_grants, tell_group);
    if (!e) e = subtract(comparison, memberships, tell_member);
    if (!e) e = subtract(comparison, key_slots, tell_slot);
    if (!e) e = compare_settings(comparison);
    return e ? e : compare_tokens(comparison, true);
}

enum error older_compare(struct store *older, struct store *present, int64_t now,
                         enum error (*each)(const struct older_find *found, void *arg), void *arg)
{
    const struct comparison comparison = {
        .older = older, .present = present, .now = now, .each = each, .arg = arg};
    enum error e = store_begin_read(present);
    return e ? e : store_end(present, compare_all(&comparison));
}
