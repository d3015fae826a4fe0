#include <gatehouse/account.h>
#include <gatehouse/setting.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/text.h>
#include <gatehouse/token.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/when.h>

#include "account_internal.h"
#include "audit_internal.h"
#include "counter.h"
#include "sql.h"
#include "token_internal.h"
#include "token_limits_internal.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *token_state_text(enum token_state state)
{
    static const char *const texts[] = {"live", "suspended", "expired", "revoked"};
    return texts[state];
}

void token_mask(const struct token_row *row, char out[static TOKEN_MASK_SIZE])
{
    const char *prefix = row->imported ? "" : "gth_";
    out[0] = 0;
    if (row->last_four[0])
        snprintf(out, TOKEN_MASK_SIZE, "%s%s%s", prefix, text_glyph(GLYPH_ELLIPSIS),
                 row->last_four);
}

bool token_ends_soon(const struct token_row *row, int64_t now)
{
    return row->state < TOKEN_EXPIRED && row->expires != WHEN_NEVER &&
           row->expires <= now + WHEN_SOON;
}

void token_read(struct stmt *stmt, void *item)
{
    struct token_row *row = item;
    row->number = column_int(stmt, "number");
    row->account = column_int(stmt, "account");
    row->created = column_int(stmt, "created");
    row->expires = column_time(stmt, "expires");
    row->revoked = column_time(stmt, "revoked");
    row->last_used = column_time(stmt, "last_used");
    row->rotated = column_time(stmt, "rotated");
    row->denied = column_time(stmt, "denied");
    column_copy(stmt, "denied_from", row->denied_from, sizeof row->denied_from);
    row->denied_why = (int)column_int(stmt, "denied_why");
    row->successor = column_int(stmt, "successor");
    row->predecessor = column_int(stmt, "predecessor");
    row->narrowed = column_int(stmt, "narrowed");
    row->networks = column_int(stmt, "networks");
    row->canary = column_int(stmt, "canary");
    row->imported = column_int(stmt, "imported");
    row->sealed = column_int(stmt, "sealed");
    column_copy(stmt, "last_from", row->last_from, sizeof row->last_from);
    row->state = (enum token_state)column_int(stmt, "state");
    column_copy(stmt, "name", row->name, sizeof row->name);
    column_copy(stmt, "last_four", row->last_four, sizeof row->last_four);
}

enum error token_list(struct store *store, int64_t now, int64_t account, bool with_revoked,
                      struct token_rows **out)
{
    struct stmt *stmt = store_prepare(
        store,
        "SELECT " TOKEN_COLUMNS " FROM token t WHERE account = :account AND (revoked IS NULL "
        "OR :all = 1) ORDER BY revoked IS NOT NULL, expires IS NOT NULL AND expires <= :now, "
        "coalesce(successor, number), number");
    bind_int(stmt, ":account", account);
    bind_int(stmt, ":now", now);
    bind_int(stmt, ":all", with_revoked);
    return rows_collect(stmt, sizeof(struct token_rows), sizeof(struct token_row), token_read,
                        (void **)out);
}

enum error token_get(struct store *store, int64_t now, int64_t number, struct token_row *out)
{
    struct stmt *stmt =
        store_prepare(store, "SELECT " TOKEN_COLUMNS " FROM token t WHERE number = :number");
    bind_int(stmt, ":number", number);
    bind_int(stmt, ":now", now);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    if (!row) return fail(ERR_NOT_FOUND, "there is no token %lld", (long long)number);
    token_read(stmt, out);
    stmt_reset(stmt);
    return OK;
}

static const struct token_row *row_of(const struct token_rows *rows, int64_t number)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].number == number) return &rows->items[i];
    return NULL;
}

/* Of several tokens of the same name, the one with the lowest rank is meant: one that works, one
 * that is being replaced by one that works, one that may work again, a record. */
static int rank_of(const struct token_rows *rows, const struct token_row *row)
{
    enum { WORKS, REPLACED, STOPPED, EXPIRED, REVOKED };
    if (row->state == TOKEN_REVOKED) return REVOKED;
    if (row->state == TOKEN_EXPIRED) return EXPIRED;
    if (row->state == TOKEN_SUSPENDED || row->canary) return STOPPED;
    const struct token_row *next = row_of(rows, row->successor);
    return next && next->state == TOKEN_LIVE ? REPLACED : WORKS;
}

static const struct token_row *pick_named(const struct token_rows *rows, const char *name,
                                          bool *ambiguous)
{
    const struct token_row *found = NULL;
    *ambiguous = false;
    for (size_t i = 0; i < rows->count; i++) {
        const struct token_row *row = &rows->items[i];
        if (!row->name[0] || !text_is_alike(row->name, name)) continue;
        int better = found ? rank_of(rows, found) - rank_of(rows, row) : 1;
        if (better > 0) found = row;
        *ambiguous = better == 0 || (*ambiguous && better < 0);
    }
    return found;
}

/* The number after "#"; 0 if it is none. */
static int64_t parse_number(const char *text)
{
    if (*text == '#') text++;
    size_t digits = strspn(text, "0123456789");
    return digits && digits <= 18 && !text[digits] ? strtoll(text, NULL, 10) : 0;
}

static enum error pick(const struct token_rows *rows, const char *ref, const char *name,
                       int64_t *number)
{
    bool ambiguous;
    const struct token_row *found = pick_named(rows, name, &ambiguous);
    const struct token_row *bare = *name == '#' ? row_of(rows, parse_number(name)) : NULL;
    /* That is also how a token without a name is printed. */
    if (bare && found && bare != found && !bare->name[0]) ambiguous = true;
    if (ambiguous)
        return fail(ERR_CONFLICT, "several tokens are named “%s”: give the number instead", ref);
    if (!found) found = bare;
    if (!found) return ERR_NOT_FOUND;
    *number = found->number;
    return OK;
}

static enum error find_named(struct store *store, int64_t now, const char *ref, const char *slash,
                             int64_t *number)
{
    char id[ACCOUNT_ID_SIZE + 1];
    struct token_rows *rows = NULL;
    snprintf(id, sizeof id, "%.*s", (int)(slash - ref), ref);
    if (!slash[1])
        return fail(ERR_INVALID, "no name after “%s”: a token without a name goes by its number",
                    ref);
    int64_t account;
    enum error e = account_find(store, id, &account);
    if (!e) e = token_list(store, now, account, true, &rows);
    if (e) return e;
    e = pick(rows, ref, slash + 1, number);
    free(rows);
    if (e != ERR_NOT_FOUND) return e;
    e = account_read_id(store, account, id);
    return e ? e : fail(ERR_NOT_FOUND, "%s has no token named “%s”", id, slash + 1);
}

enum error token_find(struct store *store, int64_t now, const char *ref, int64_t *number)
{
    const char *slash = strchr(ref, '/');
    struct token_row row;
    if (slash) return find_named(store, now, ref, slash, number);
    *number = parse_number(ref);
    if (*number) return token_get(store, now, *number, &row);
    return fail(ERR_INVALID, "“%s” does not name a token: give its number, or ACCOUNT/NAME", ref);
}

enum error token_get_counts(struct store *store, int64_t now, int64_t account,
                            struct token_counts *out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT count(*) FILTER (WHERE revoked IS NULL AND (expires IS NULL OR expires > "
               ":now)) AS used, count(*) FILTER (WHERE revoked IS NOT NULL) AS revoked FROM token "
               "WHERE account "
               "= :account");
    bind_int(stmt, ":account", account);
    bind_int(stmt, ":now", now);
    bool row;
    enum error e = stmt_step(stmt, &row);
    if (e) return e;
    out->used = column_int(stmt, "used");
    out->revoked = column_int(stmt, "revoked");
    stmt_reset(stmt);
    return setting_get(store, SETTING_TOKEN_LIMIT, &out->limit);
}

enum error token_check_limit(struct store *store, int64_t now, int64_t account, int64_t more)
{
    struct token_counts counts;
    enum error e = token_get_counts(store, now, account, &counts);
    char used[TEXT_COUNT_SIZE];
    if (!e && counts.used + more > counts.limit)
        e = fail(ERR_LIMIT, "the account has %s in use, and the limit is %s: revoke one first",
                 text_count(used, counts.used, "token"), number_text(counts.limit).text);
    return e;
}

enum error token_check_name(const char *name)
{
    if (text_length(name) > TOKEN_NAME_MAX)
        return fail(ERR_INVALID, "the token's name is too long: at most %d characters",
                    TOKEN_NAME_MAX);
    if (!text_is_name(name))
        return fail(ERR_INVALID, "the token's name has characters that cannot be seen: use "
                                 "visible ones");
    return stored_text_check("the token's name", name);
}

void token_subject_of(const char *id, const struct token_row *row,
                      char out[static TOKEN_SUBJECT_SIZE])
{
    if (row->name[0])
        snprintf(out, TOKEN_SUBJECT_SIZE, "%s/%s", id, row->name);
    else
        snprintf(out, TOKEN_SUBJECT_SIZE, "%s/#%" PRId64, id, row->number);
}

enum error token_subject(struct store *store, const struct token_row *row,
                         char out[static TOKEN_SUBJECT_SIZE])
{
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_read_id(store, row->account, id);
    if (!e) token_subject_of(id, row, out);
    return e;
}

/* A date means the end of that day, so the last day is allowed as a whole. */
static int64_t latest_end(int64_t created, int64_t days)
{
    int64_t end;
    /* A damaged database may hold any time. */
    if (__builtin_add_overflow(created - created % DAY_SECONDS, (days + 1) * DAY_SECONDS, &end))
        return INT64_MAX;
    return end;
}

bool token_works(const struct token_row *row, bool account_active)
{
    return row->state == TOKEN_LIVE && account_active && !row->canary;
}

bool token_was_denied(const struct token_row *row, int64_t now)
{
    return row->denied != WHEN_NEVER && row->denied > now - TOKEN_DENIED_RECENT;
}

bool token_is_knocking(const struct token_row *row, bool account_active, int64_t now)
{
    return token_was_denied(row, now) && !token_works(row, account_active) &&
           row->denied_why >= DENIAL_REVOKED && row->denied_why <= DENIAL_INACTIVE &&
           (row->revoked == WHEN_NEVER || row->denied >= row->revoked);
}

const char *token_shown_text(const struct token_row *row, bool account_active)
{
    if (row->canary && row->state < TOKEN_EXPIRED) return "canary";
    if (row->state == TOKEN_LIVE && !account_active) return "stopped";
    return token_state_text(row->state);
}

bool token_lives_too_long(int64_t days, int64_t created, int64_t expires)
{
    return days && (expires == WHEN_NEVER || expires > latest_end(created, days));
}

enum error token_check_expiry(const struct act *act, int64_t created, int64_t expires)
{
    int64_t days;
    enum error e = setting_get(act->store, SETTING_TOKEN_EXPIRY_LONGEST, &days);
    if (e) return e;
    if (expires != WHEN_NEVER && expires <= act->now)
        return fail(ERR_INVALID, "the expiry is not in the future: choose a later time");
    if (!days || (expires != WHEN_NEVER && expires <= latest_end(created, days))) return OK;
    char last[WHEN_SIZE], at_most[TEXT_COUNT_SIZE];
    when_end(last, latest_end(created, days));
    return fail(ERR_INVALID,
                "a token may live at most %s from its generation, until %s: choose an "
                "earlier expiry%s",
                text_count(at_most, days, "day"), last, created < act->now ? ", or rotate it" : "");
}

enum error token_default_days(struct store *store, int64_t *days)
{
    int64_t longest = 0;
    enum error e = setting_get(store, SETTING_TOKEN_EXPIRY_DEFAULT, days);
    if (!e) e = setting_get(store, SETTING_TOKEN_EXPIRY_LONGEST, &longest);
    if (!e && longest && (!*days || *days > longest)) *days = longest;
    return e;
}

enum error token_parse_expiry(struct store *store, int64_t now, const char *typed, int64_t *out)
{
    int64_t days;
    if (typed && *typed) return when_parse_expiry(typed, now, out);
    enum error e = token_default_days(store, &days);
    *out = !e && days ? now + days * DAY_SECONDS : WHEN_NEVER;
    return e;
}

static enum error insert_token(const struct act *act, const struct token_row *row, int64_t *number)
{
    struct stmt *stmt = store_prepare(
        act->store, "INSERT INTO token (account, name, last_four, created, expires) VALUES "
                    "(:account, :name, :last_four, :created, :expires) RETURNING number");
    bind_int(stmt, ":account", row->account);
    bind_text(stmt, ":name", row->name);
    bind_text(stmt, ":last_four", row->last_four);
    bind_int(stmt, ":created", act->now);
    bind_time(stmt, ":expires", row->expires);
    return stmt_int(stmt, number);
}

static enum error insert_digest(struct store *store, const struct token_row *row,
                                const struct secret *text)
{
    uint8_t digest[TOKEN_DIGEST_SIZE];
    token_digest(text->bytes, text->size, digest);
    struct stmt *stmt = store_prepare(store, "INSERT INTO digest (digest, token, account, expires) "
                                             "VALUES (:digest, :token, :account, :expires)");
    bind_blob(stmt, ":digest", digest, sizeof digest);
    bind_int(stmt, ":token", row->number);
    bind_int(stmt, ":account", row->account);
    bind_time(stmt, ":expires", row->expires);
    return stmt_run(stmt);
}

/* Seals the text if the policy keeps tokens. Its row is there: sealing needs the number. */
static enum error write_box(struct store *store, int64_t number, int64_t account,
                            const struct secret *text)
{
    bool keeps;
    struct keybox box;
    enum error e = vault_keeps_tokens(store, &keeps);
    if (e || !keeps) return e;
    e = vault_seal(store, number, account, text, &box);
    if (e) return e;
    struct stmt *stmt = store_prepare(store, "UPDATE token SET box = :box WHERE number = :number");
    bind_blob(stmt, ":box", box.bytes, box.size);
    bind_int(stmt, ":number", number);
    return stmt_run(stmt);
}

static enum error count_token(struct store *store, int64_t account)
{
    struct stmt *stmt =
        store_prepare(store, "UPDATE account SET tokens = tokens + 1 WHERE number = :account");
    bind_int(stmt, ":account", account);
    enum error e = stmt_run(stmt);
    return e ? e : counter_add(store, "tokens", 1);
}

static enum error write_event(const struct act *act, const struct token_row *row,
                              const struct token_limits *limits)
{
    char expires[WHEN_SIZE];
    when_iso(expires, row->expires);
    json_t *after = json_object();
    if (limits && limits->canary) json_object_set_new(after, "canary", json_true());
    json_object_set_new(after, "expires", json_string(expires));
    json_object_set_new(after, "last_four", json_string(row->last_four));
    json_object_set_new(after, "name", event_text(row->name));
    if (limits && limits->network_count)
        json_object_set_new(after, "networks", token_limits_networks_json(limits));
    if (limits && limits->narrowed)
        json_object_set_new(after, "permissions",
                            token_limits_permissions_json(act->store, limits));
    if (row->predecessor) json_object_set_new(after, "replaces", json_integer(row->predecessor));
    return token_event(act, "token.generate", row, NULL, after);
}

static enum error generate(const struct act *act, struct token_row *row,
                           const struct token_limits *limits, const struct secret *text)
{
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_read_id(act->store, row->account, id);
    /* A rotation may exceed the limit by one until the old token ends. */
    if (!e) e = token_check_limit(act->store, act->now, row->account, row->predecessor ? 0 : 1);
    if (!e) e = insert_token(act, row, &row->number);
    if (!e) e = insert_digest(act->store, row, text);
    if (!e && limits) e = token_limits_write(act->store, row->number, limits);
    if (!e) e = write_box(act->store, row->number, row->account, text);
    if (!e) e = count_token(act->store, row->account);
    return e ? e : write_event(act, row, limits);
}

enum error token_issue(const struct act *act, struct token_row *row,
                       const struct token_limits *limits, struct secret **text)
{
    *text = NULL;
    enum error e = token_check_name(row->name);
    if (!e) e = token_format_generate(text);
    if (e) return e;
    memcpy(row->last_four, (*text)->bytes + TOKEN_TEXT_SIZE - 4, 4);
    row->last_four[4] = 0;
    e = store_begin(act->store);
    if (!e) e = store_end(act->store, generate(act, row, limits, *text));
    if (e) {
        secret_free(*text);
        *text = NULL;
    }
    return e;
}

enum error token_generate(const struct act *act, int64_t account, const struct token_plan *plan,
                          int64_t *number, struct secret **text)
{
    struct token_row row = {.account = account, .expires = plan->expires};
    *text = NULL;
    enum error e = token_check_name(plan->name);
    if (!e) e = token_check_expiry(act, act->now, plan->expires);
    if (e) return e;
    snprintf(row.name, sizeof row.name, "%s", plan->name);
    e = token_issue(act, &row, plan->limits, text);
    *number = row.number;
    return e;
}

void token_label(const struct token_row *token, char out[static TOKEN_LABEL_SIZE])
{
    if (token->name[0])
        snprintf(out, TOKEN_LABEL_SIZE, "%s", token->name);
    else
        snprintf(out, TOKEN_LABEL_SIZE, "token #%" PRId64, token->number);
}
