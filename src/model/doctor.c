#include <gatehouse/audit_verify.h>
#include <gatehouse/doctor.h>

#include <inttypes.h>
#include <stdio.h>

/* A query that counts the rows that break a rule, and the words for it. */
static const struct rule {
    const char *sql;
    const char *what;
} rules[] = {
    {"SELECT (SELECT count(*) FROM account) <> value FROM counter WHERE name = 'accounts'",
     "the counter of accounts is wrong"},
    {"SELECT (SELECT count(*) FROM account WHERE active = 0) <> value FROM counter WHERE name = "
     "'inactive'",
     "the counter of inactive accounts is wrong"},
    {"SELECT (SELECT count(*) FROM token) <> value FROM counter WHERE name = 'tokens'",
     "the counter of tokens is wrong"},
    {"SELECT 3 - count(*) FROM counter WHERE name IN ('accounts', 'inactive', 'tokens')",
     "counters are missing"},
    {"SELECT count(*) FROM account a WHERE tokens <> (SELECT count(*) FROM token t WHERE t.account "
     "= a.number AND t.revoked IS NULL)",
     "accounts with a wrong number of tokens"},
    {"SELECT count(*) FROM account_group g WHERE members <> (SELECT count(*) FROM membership m "
     "WHERE m.account_group = g.number)",
     "groups with a wrong number of members"},
    {"SELECT count(*) FROM permission p WHERE accounts <> (SELECT count(*) FROM account_grant g "
     "WHERE g.permission = p.number) OR groups <> (SELECT count(*) FROM group_grant g WHERE "
     "g.permission = p.number)",
     "permissions with a wrong number of holders"},
    {"SELECT count(*) FROM token t LEFT JOIN digest d ON d.token = t.number WHERE d.digest IS NULL "
     "OR d.account <> t.account OR d.expires IS NOT t.expires OR d.suspended <> t.suspended OR "
     "d.dead <> (t.revoked IS NOT NULL)",
     "tokens whose digest does not agree with them"},
    {"SELECT count(*) FROM token t JOIN digest d ON d.token = t.number WHERE d.checks <> "
     "t.narrowed "
     "+ 2 * EXISTS (SELECT 1 FROM token_network n WHERE n.token = t.number) + 4 * t.canary",
     "tokens whose limits are not checked as they should be"},
    {"SELECT count(*) FROM digest d WHERE d.dead = 0 AND NOT EXISTS (SELECT 1 FROM token t WHERE "
     "t.number = d.token)",
     "digests that work but have no token"},
    {"SELECT count(*) FROM token WHERE revoked IS NOT NULL AND box IS NOT NULL",
     "revoked tokens whose sealed copy is still there"},
    {"SELECT count(*) FROM account WHERE name GLOB '*[^a-z0-9._-]*' OR name NOT GLOB '[a-z0-9]*' "
     "OR "
     "length(name) > 64",
     "accounts with a name that no account may have"},
    {"SELECT (SELECT count(*) FROM membership WHERE account_group = 1) + (SELECT count(*) FROM "
     "account_group WHERE system <> (number = 1)) + NOT EXISTS (SELECT 1 FROM account_group WHERE "
     "number = 1)",
     "the group Everyone is damaged"},
    {"SELECT count(*) FROM permission WHERE id = 'token_management'",
     "the reserved permission token_management is in the catalogue"},
};
enum { RULES = sizeof rules / sizeof *rules, CHECKS = RULES + 2 };

/* A check that fails is a finding, not an error of the doctor. */
static enum error tell(enum error e, void (*found)(const char *sentence, void *arg), void *arg)
{
    if (e != ERR_CONFLICT && e != ERR_STORE) return e;
    found(error_message(), arg);
    return OK;
}

static enum error check_rule(struct store *store, const struct rule *rule,
                             void (*found)(const char *sentence, void *arg), void *arg)
{
    char sentence[200];
    int64_t count = 0;
    enum error e = stmt_int(store_prepare(store, rule->sql), &count);
    if (e == ERR_NOT_FOUND) return OK; /* a missing counter has its own rule */
    if (e || !count) return e;
    if (count == 1)
        snprintf(sentence, sizeof sentence,
                 "%s; restore a backup, or export and apply the export "
                 "to a new database",
                 rule->what);
    else
        snprintf(sentence, sizeof sentence,
                 "%" PRId64 " %s; restore a backup, or export and apply "
                 "the export to a new database",
                 count, rule->what);
    found(sentence, arg);
    return OK;
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
    return e;
}

enum error doctor_run(struct store *store, const struct progress *progress,
                      void (*found)(const char *sentence, void *arg), void *arg)
{
    int64_t checked;
    enum error e = tell(store_check(store), found, arg);
    /* All rules see one state: a change between two of them must not look like damage. */
    if (!e) e = store_begin_read(store);
    if (!e) e = store_end(store, check_rules(store, progress, found, arg));
    if (!e) e = step(progress, CHECKS - 1);
    return e ? e : tell(audit_verify(store, &checked), found, arg);
}
