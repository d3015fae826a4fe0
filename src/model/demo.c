#include <gatehouse/account_change.h>
#include <gatehouse/demo.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_use.h>
#include <gatehouse/vault.h>
#include <gatehouse/when.h>

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEMO_GROUPS = 5, DEMO_ACCOUNTS = 30, DEMO_SETS_MAX = 3, DEMO_TOKENS_MAX = 4 };
enum { KNOCKED_MINUTES = 12 };

struct demo_group {
    const char *name;
    const char *permissions[4];
};

enum end { STAYS, SUSPENDED, REVOKED, KNOCKS /* has expired, and something goes on using it */ };

struct demo_token {
    const char *name;
    int created_days, life_days; /* life 0: never expires */
    int used_minutes;            /* before now; 0: not used yet */
    enum end end;
    const char *only, *from; /* permissions and networks it is restricted to; NULL: none */
};

struct demo_account {
    const char *name, *description, *owner;
    int created_days;
    bool inactive;
    const char *groups[DEMO_SETS_MAX];
    const char *permissions[DEMO_SETS_MAX];
    struct demo_token tokens[DEMO_TOKENS_MAX];
};

static const struct demo_group demo_groups[DEMO_GROUPS] = {
    {"build", {"derived_metrics_management", "events_management"}},
    {"collectors", {"ingestion", "host_tag_management"}},
    {"deploy", {"agent_management", "events_management", "alerts_management"}},
    {"on-call", {"alerts_management", "events_management", "dashboard_management"}},
    {"reports", {"metrics_management", "dashboard_management"}},
};

static const struct demo_account demo_accounts[DEMO_ACCOUNTS] = {
    {"agent-berlin",
     "Telegraf agents in the Berlin halls",
     "team-infra",
     410,
     false,
     {"collectors"},
     {0},
     {{"ber1", 400, 0, 1, STAYS, NULL, NULL}, {"ber2", 380, 0, 3, STAYS, NULL, NULL}}},
    {"agent-dublin",
     "Telegraf agents in the Dublin halls",
     "team-infra",
     405,
     false,
     {"collectors"},
     {0},
     {{"dub1", 390, 0, 2, STAYS, NULL, NULL}}},
    {"agent-oslo",
     "Telegraf agents in Oslo, being set up",
     "team-infra",
     9,
     false,
     {"collectors"},
     {0},
     {{"osl1", 9, 365, 0, STAYS, NULL, NULL}}},
    {"alert-mirror",
     "Copies alerts to the status page",
     "team-sre",
     230,
     false,
     {"on-call"},
     {0},
     {{"status", 200, 365, 14, STAYS, NULL, NULL}}},
    {"backup-nightly",
     "Marks the start and the end of every backup",
     "team-infra",
     512,
     false,
     {0},
     {"events_management"},
     {{"cron", 360, 0, 840, STAYS, NULL, NULL}}},
    {"billing-export",
     "Reads usage for the invoices",
     "finance",
     300,
     false,
     {"reports"},
     {0},
     {{"ledger", 295, 365, 1500, STAYS, NULL, NULL}}},
    {"canary-checks",
     "Synthetic checks from outside",
     "team-sre",
     88,
     false,
     {0},
     {"ingestion"},
     {{"probe-eu", 88, 90, 4, STAYS, NULL, NULL}, {"probe-us", 88, 90, 4, STAYS, NULL, NULL}}},
    {"chatops-bot",
     "Answers in the incident channel",
     "team-sre",
     640,
     false,
     {"on-call"},
     {0},
     {{"bot", 610, 0, 55, STAYS, NULL, NULL}}},
    {"ci-artifacts",
     "Publishes builds",
     "team-platform",
     402,
     false,
     {"build"},
     {0},
     {{"github", 400, 0, 2, STAYS, NULL, NULL}, {"gitlab", 230, 0, 180, STAYS, NULL, NULL}}},
    {"ci-deploy",
     "Deploys main to production",
     "team-platform",
     700,
     false,
     {"build", "deploy"},
     {"alerts_management"},
     {{"github-main", 205, 217, 60, STAYS, NULL, NULL},
      {"gitlab-mirror", 127, 0, 4320, SUSPENDED, NULL, NULL},
      {"old-runner", 684, 470, 308160, STAYS, NULL, NULL},
      {"first-try", 690, 0, 0, REVOKED, NULL, NULL}}},
    {"ci-docs",
     "Publishes the handbook",
     "team-docs",
     330,
     true,
     {"build"},
     {0},
     {{"pages", 320, 0, 61200, STAYS, NULL, NULL}}},
    {"ci-e2e",
     "Browser tests on every merge",
     "team-web",
     150,
     false,
     {"build"},
     {0},
     {{"runner", 150, 365, 9, STAYS, NULL, NULL}}},
    {"ci-legacy",
     "Old CI runner",
     "team-platform",
     980,
     false,
     {"build"},
     {0},
     {{"jenkins", 980, 766, 308160, KNOCKS, NULL, NULL}}},
    {"ci-lint",
     "",
     "team-platform",
     77,
     false,
     {"build"},
     {0},
     {{"", 77, 0, 31, STAYS, NULL, NULL}}},
    {"ci-nightly",
     "Long tests at night",
     "team-platform",
     390,
     false,
     {"build"},
     {0},
     {{"nightly", 380, 0, 1020, STAYS, NULL, NULL}}},
    {"cost-report",
     "Weekly report for the budget round",
     "finance",
     260,
     true,
     {"reports"},
     {0},
     {{"sheet", 255, 0, 129600, SUSPENDED, NULL, NULL}}},
    {"dashboards-sync",
     "Keeps dashboards as code",
     "team-sre",
     190,
     false,
     {"reports"},
     {"dashboard_management"},
     {{"sync", 188, 365, 20, STAYS, NULL, NULL}}},
    {"edge-proxy-eu",
     "Proxy in front of the European halls",
     "team-network",
     720,
     false,
     {0},
     {"agent_management", "ingestion"},
     {{"proxy-a", 240, 365, 1, STAYS, NULL, NULL}, {"proxy-b", 240, 365, 1, STAYS, NULL, NULL}}},
    {"edge-proxy-us",
     "Proxy in front of the American halls",
     "team-network",
     700,
     false,
     {0},
     {"agent_management", "ingestion"},
     {{"proxy-a", 238, 365, 2, STAYS, NULL, NULL}}},
    {"grafana-read",
     "Reads metrics for the old dashboards",
     "team-sre",
     820,
     false,
     {"reports"},
     {0},
     {{"datasource", 815, 0, 6, STAYS, "metrics_management", NULL}}},
    {"ingest-lambda",
     "Functions that write metrics directly",
     "team-data",
     140,
     false,
     {"collectors"},
     {0},
     {{"prod", 139, 180, 1, STAYS, NULL, NULL}, {"staging", 139, 180, 400, STAYS, NULL, NULL}}},
    {"k8s-operator",
     "Operator of the production clusters",
     "team-platform",
     333,
     false,
     {"collectors", "deploy"},
     {0},
     {{"cluster-1", 330, 0, 1, STAYS, NULL, NULL},
      {"cluster-2", 330, 0, 2, STAYS, NULL, NULL},
      {"cluster-3", 120, 0, 2, STAYS, NULL, NULL}}},
    {"load-test", "Only while a load test runs", "team-web", 66, true, {0}, {"ingestion"}, {{0}}},
    {"log-shipper",
     "Forwards logs of the edge",
     "team-network",
     480,
     false,
     {"collectors"},
     {"log_management"},
     {{"edge", 470, 0, 1, STAYS, NULL, "10.20.0.0/16"}}},
    {"pager-bridge",
     "Turns alerts into pages",
     "team-sre",
     555,
     false,
     {"on-call"},
     {0},
     {{"primary", 550, 0, 25, STAYS, NULL, NULL}, {"standby", 550, 0, 0, STAYS, NULL, NULL}}},
    {"release-notes",
     "",
     "team-docs",
     48,
     false,
     {"build"},
     {0},
     {{"", 48, 60, 5000, STAYS, NULL, NULL}}},
    {"sandbox-jo", "Jo tries things out", "jo", 21, true, {0}, {0}, {{0}}},
    {"terraform",
     "Alerts and dashboards as code",
     "team-platform",
     444,
     false,
     {"deploy"},
     {"application_management"},
     {{"apply", 440, 0, 240, STAYS, NULL, NULL}, {"plan", 440, 0, 35, STAYS, NULL, NULL}}},
    {"trace-sampler",
     "Sets the sampling of traces",
     "team-data",
     99,
     false,
     {0},
     {"monitored_application_service_management"},
     {{"sampler", 95, 100, 7, STAYS, NULL, NULL}}},
    {"weekly-digest",
     "Mails the digest on Mondays",
     "team-data",
     210,
     false,
     {"reports"},
     {0},
     {{"mailer", 205, 0, 7200, STAYS, NULL, NULL}}},
};

const char demo_passphrase[] = "gatehouse demo";

enum { DAY = 86400, FIRST_DAY = 1000 /* before everything else */ };

static enum error fill_groups(const struct act *act, int64_t numbers[static DEMO_GROUPS])
{
    enum error e = OK;
    for (size_t i = 0; !e && i < DEMO_GROUPS; i++) {
        e = group_create(act, demo_groups[i].name, &numbers[i]);
        for (size_t j = 0; !e && j < 4 && demo_groups[i].permissions[j]; j++) {
            int64_t permission;
            e = permission_find(act->store, demo_groups[i].permissions[j], &permission);
            if (!e) e = group_grant(act, numbers[i], permission, true);
        }
    }
    return e;
}

static enum error gather(const struct act *act, const struct demo_account *from,
                         struct account_details *details)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < DEMO_SETS_MAX && from->groups[i]; i++) {
        int64_t group;
        e = group_find(act->store, from->groups[i], &group);
        if (!e) e = id_set_add(&details->groups, group);
    }
    for (size_t i = 0; !e && i < DEMO_SETS_MAX && from->permissions[i]; i++) {
        int64_t permission;
        e = permission_find(act->store, from->permissions[i], &permission);
        if (!e) e = id_set_add(&details->permissions, permission);
    }
    details->description = strdup(from->description);
    details->owner = strdup(from->owner);
    if (!e && (!details->description || !details->owner)) e = fail_memory();
    return e;
}

/* What happened in the past, in chronological order, as in a real log. */
struct step {
    int created_days;
    size_t account;
    const struct demo_token *token; /* NULL: the account itself */
};
enum { STEPS_MAX = DEMO_ACCOUNTS * (DEMO_TOKENS_MAX + 1) };

static int compare_steps(const void *first, const void *second)
{
    const struct step *a = first, *b = second;
    if (a->created_days != b->created_days) return a->created_days > b->created_days ? -1 : 1;
    if (a->account != b->account) return a->account < b->account ? -1 : 1;
    return (a->token > b->token) - (a->token < b->token);
}

static size_t plan(struct step steps[static STEPS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < DEMO_ACCOUNTS; i++) {
        steps[count++] = (struct step){demo_accounts[i].created_days, i, NULL};
        for (size_t j = 0; j < DEMO_TOKENS_MAX && demo_accounts[i].tokens[j].name; j++)
            steps[count++] = (struct step){demo_accounts[i].tokens[j].created_days, i,
                                           &demo_accounts[i].tokens[j]};
    }
    qsort(steps, count, sizeof *steps, compare_steps);
    return count;
}

static enum error fill_token(const struct act *act, int64_t now, int64_t account,
                             const struct demo_token *from, int64_t *number)
{
    int64_t expires = from->life_days ? act->now + from->life_days * (int64_t)DAY : WHEN_NEVER;
    struct secret *text;
    struct token_limits limits;
    enum error e = token_limits_parse(act->store, from->only, from->from, &limits);
    if (e) return e;
    const struct token_plan plan = {.name = from->name, .expires = expires, .limits = &limits};
    e = token_generate(act, account, &plan, number, &text);
    token_limits_free(&limits);
    if (e) return e;
    secret_free(text);
    struct token_pass pass = {.token = *number, .account = account};
    char address[32];
    snprintf(address, sizeof address, "10.20.%d.%d", (int)(account % 8), (int)(*number % 200));
    if (from->used_minutes)
        token_touch(act->store, now - from->used_minutes * (int64_t)60, &pass, address);
    pass.denial = DENIAL_EXPIRED;
    if (from->end == KNOCKS)
        token_touch(act->store, now - KNOCKED_MINUTES * (int64_t)60, &pass, address);
    return OK;
}

static enum error fill_account(const struct act *act, const struct demo_account *from,
                               int64_t *number)
{
    struct account_details details = {0};
    enum error e = gather(act, from, &details);
    if (!e) e = account_create(act, from->name, &details, number);
    account_details_free(&details);
    return e;
}

static struct act days_before(const struct act *act, int days)
{
    struct act then = *act;
    then.now -= days * (int64_t)DAY;
    return then;
}

/* Tokens and accounts that are no longer in use are revoked and deactivated last. */
static enum error finish(const struct act *act, const struct step *step, int64_t number)
{
    if (!step->token)
        return demo_accounts[step->account].inactive ? account_set_active(act, number, false, NULL)
                                                     : OK;
    if (step->token->end == SUSPENDED) return token_set_suspended(act, number, true, NULL);
    return step->token->end == REVOKED ? token_revoke(act, number, NULL) : OK;
}

static enum error fill_steps(const struct act *act)
{
    struct step steps[STEPS_MAX];
    int64_t owners[DEMO_ACCOUNTS], made[STEPS_MAX];
    size_t count = plan(steps);
    enum error e = OK;
    for (size_t i = 0; i < count && !e; i++) {
        const struct step *step = &steps[i];
        struct act then = days_before(act, step->created_days);
        e = step->token ? fill_token(&then, act->now, owners[step->account], step->token, &made[i])
                        : fill_account(&then, &demo_accounts[step->account], &made[i]);
        if (!e && !step->token) owners[step->account] = made[i];
    }
    for (size_t i = 0; i < count && !e; i++)
        e = finish(act, &steps[i], made[i]);
    return e;
}

static enum error create_vault(const struct act *act)
{
    struct secret *secret;
    enum error e = secret_new(strlen(demo_passphrase), &secret);
    if (e) return e;
    e = secret_set(secret, demo_passphrase, strlen(demo_passphrase));
    /* Nothing in the demo is worth a slow derivation. */
    const struct kdf_cost cost = {.operations = crypto_pwhash_OPSLIMIT_MIN,
                                  .memory = crypto_pwhash_MEMLIMIT_MIN};
    if (!e) e = vault_create(act, SLOT_PASSPHRASE, "demo", secret, cost);
    secret_free(secret);
    return e;
}

static enum error fill(const struct act *act)
{
    int64_t numbers[DEMO_GROUPS];
    struct act first = days_before(act, FIRST_DAY);
    enum error e = fill_groups(&first, numbers);
    return e ? e : fill_steps(act);
}

/* The uses were recorded in the order of the tokens, not of their times. */
static enum error set_last_used(struct store *store)
{
    return stmt_run(store_prepare(store,
                                  "UPDATE account SET last_used = (SELECT max(last_used) FROM "
                                  "token WHERE account = account.number)"));
}

enum error demo_fill(const struct act *act)
{
    struct act first = days_before(act, FIRST_DAY);
    enum error e = create_vault(&first);
    if (!e) e = store_begin(act->store);
    if (e) return e;
    e = fill(act);
    if (!e) e = set_last_used(act->store);
    return store_end(act->store, e);
}
