/* What the demo is made of, as one text: every group, account and token with what it may do. */
#include "house.h"

#include <gatehouse/account_list.h>
#include <gatehouse/demo.h>
#include <gatehouse/group.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/vault.h>
#include <inttypes.h>
#include <stdarg.h>

static void open_demo(void)
{
    cr_assert_ok(crypto_init());
    house_open_empty();
    act.now = NOON;
    cr_assert_ok(demo_fill(&act));
}

TestSuite(demo, .init = open_demo, .fini = house_close);

static char told[16384];

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...)
{
    size_t used = strlen(told);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(told + used, sizeof told - used, format, arguments);
    va_end(arguments);
}

static void tell_permissions(const struct id_set *permissions)
{
    struct permission permission;
    for (size_t i = 0; i < permissions->count; i++) {
        cr_assert_ok(permission_get(act.store, permissions->ids[i], &permission));
        tell(" %s", permission.id);
    }
}

/* "-" for never, or a number of units before now. */
static void tell_ago(int64_t time, int64_t unit)
{
    if (time == WHEN_NEVER)
        tell(" -");
    else
        tell(" %" PRId64, (NOON - time) / unit);
}

static void tell_tokens(int64_t account)
{
    struct token_rows *tokens;
    cr_assert_ok(token_list(act.store, NOON, account, true, &tokens));
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token_row *token = &tokens->items[i];
        struct token_limits limits;
        char text[200];
        tell("  “%s”", token->name);
        tell_ago(token->created, DAY_SECONDS);
        tell_ago(token->expires, DAY_SECONDS);
        tell_ago(token->last_used, 60);
        tell_ago(token->denied, 60);
        if (token->last_used != WHEN_NEVER) tell(" %s", token->last_from);
        cr_assert_ok(token_limits_load(act.store, token->number, &limits));
        cr_assert_ok(token_limits_text(act.store, &limits, text, sizeof text));
        token_limits_free(&limits);
        tell(" %s%s%s\n", token_state_text(token->state), *text ? " " : "", text);
        cr_assert(token->denied == WHEN_NEVER || token->denied_why == DENIAL_EXPIRED);
    }
    free(tokens);
}

static void tell_account(const struct account_row *row)
{
    struct account_details details;
    int64_t version;
    tell("%s %s", row->name, row->owner);
    tell_ago(row->created, DAY_SECONDS);
    tell_ago(row->last_used, 60);
    tell("%s", row->active ? "" : " inactive");
    cr_assert_ok(account_details_load(act.store, row->number, &details, &version));
    for (size_t i = 0; i < details.groups.count; i++) {
        struct group group;
        cr_assert_ok(group_get(act.store, details.groups.ids[i], &group));
        tell(" (%s)", group.name);
    }
    tell_permissions(&details.permissions);
    account_details_free(&details);
    tell("\n");
    tell_tokens(row->number);
}

static void expect_told(const char *expected)
{
    const char *at = told;
    while (*at && *at == *expected)
        at++, expected++;
    cr_assert(!*at && !*expected, "from here on: %.100s, not %.100s", at, expected);
}

Test(demo, has_these_accounts_with_these_tokens)
{
    struct account_row rows[64];
    size_t count;
    const struct account_query all = {.filter = ""};
    const struct account_place top = {0};
    cr_assert_ok(account_page(act.store, NOON, &all, &top, (struct page){.max = 64}, rows, &count));
    for (size_t i = 0; i < count; i++)
        tell_account(&rows[i]);
    expect_told("agent-berlin team-infra 410 1 (collectors)\n"
                "  “ber1” 400 - 1 - 10.20.3.11 live\n"
                "  “ber2” 380 - 3 - 10.20.3.14 live\n"
                "agent-dublin team-infra 405 2 (collectors)\n"
                "  “dub1” 390 - 2 - 10.20.4.13 live\n"
                "agent-oslo team-infra 9 - (collectors)\n"
                "  “osl1” 9 -356 - - live\n"
                "alert-mirror team-sre 230 14 (on-call)\n"
                "  “status” 200 -165 14 - 10.20.3.28 live\n"
                "backup-nightly team-infra 512 840 events_management\n"
                "  “cron” 360 - 840 - 10.20.0.16 live\n"
                "billing-export finance 300 1500 (reports)\n"
                "  “ledger” 295 -70 1500 - 10.20.1.20 live\n"
                "canary-checks team-sre 88 4 ingestion\n"
                "  “probe-eu” 88 -2 4 - 10.20.1.36 live\n"
                "  “probe-us” 88 -2 4 - 10.20.1.37 live\n"
                "chatops-bot team-sre 640 55 (on-call)\n"
                "  “bot” 610 - 55 - 10.20.6.5 live\n"
                "ci-artifacts team-platform 402 2 (build)\n"
                "  “github” 400 - 2 - 10.20.5.12 live\n"
                "  “gitlab” 230 - 180 - 10.20.5.25 live\n"
                "ci-deploy team-platform 700 60 (build) (deploy) alerts_management\n"
                "  “github-main” 205 -12 60 - 10.20.4.26 live\n"
                "  “gitlab-mirror” 127 - 4320 - 10.20.4.33 suspended\n"
                "  “old-runner” 684 214 308160 - 10.20.4.4 expired\n"
                "  “first-try” 690 - - - revoked\n"
                "ci-docs team-docs 330 61200 inactive (build)\n"
                "  “pages” 320 - 61200 - 10.20.0.19 live\n"
                "ci-e2e team-web 150 9 (build)\n"
                "  “runner” 150 -215 9 - 10.20.6.30 live\n"
                "ci-legacy team-platform 980 308160 (build)\n"
                "  “jenkins” 980 214 308160 12 10.20.1.1 expired\n"
                "ci-lint team-platform 77 31 (build)\n"
                "  “” 77 - 31 - 10.20.2.38 live\n"
                "ci-nightly team-platform 390 1020 (build)\n"
                "  “nightly” 380 - 1020 - 10.20.6.15 live\n"
                "cost-report finance 260 129600 inactive (reports)\n"
                "  “sheet” 255 - 129600 - 10.20.2.21 suspended\n"
                "dashboards-sync team-sre 190 20 (reports) dashboard_management\n"
                "  “sync” 188 -177 20 - 10.20.5.29 live\n"
                "edge-proxy-eu team-network 720 1 ingestion agent_management\n"
                "  “proxy-a” 240 -125 1 - 10.20.3.22 live\n"
                "  “proxy-b” 240 -125 1 - 10.20.3.23 live\n"
                "edge-proxy-us team-network 700 2 ingestion agent_management\n"
                "  “proxy-a” 238 -127 2 - 10.20.5.24 live\n"
                "grafana-read team-sre 820 6 (reports)\n"
                "  “datasource” 815 - 6 - 10.20.2.2 live only Metrics\n"
                "ingest-lambda team-data 140 1 (collectors)\n"
                "  “prod” 139 -41 1 - 10.20.7.31 live\n"
                "  “staging” 139 -41 400 - 10.20.7.32 live\n"
                "k8s-operator team-platform 333 1 (collectors) (deploy)\n"
                "  “cluster-1” 330 - 1 - 10.20.7.17 live\n"
                "  “cluster-2” 330 - 2 - 10.20.7.18 live\n"
                "  “cluster-3” 120 - 2 - 10.20.7.34 live\n"
                "load-test team-web 66 - inactive ingestion\n"
                "log-shipper team-network 480 1 (collectors) log_management\n"
                "  “edge” 470 - 1 - 10.20.1.8 live from 10.20.0.0/16\n"
                "pager-bridge team-sre 555 25 (on-call)\n"
                "  “primary” 550 - 25 - 10.20.7.6 live\n"
                "  “standby” 550 - - - live\n"
                "release-notes team-docs 48 5000 (build)\n"
                "  “” 48 -12 5000 - 10.20.4.39 live\n"
                "sandbox-jo jo 21 - inactive\n"
                "terraform team-platform 444 35 (deploy) application_management\n"
                "  “apply” 440 - 240 - 10.20.2.9 live\n"
                "  “plan” 440 - 35 - 10.20.2.10 live\n"
                "trace-sampler team-data 99 7 monitored_application_service_management\n"
                "  “sampler” 95 -5 7 - 10.20.0.35 live\n"
                "weekly-digest team-data 210 7200 (reports)\n"
                "  “mailer” 205 - 7200 - 10.20.4.27 live\n");
}

Test(demo, has_these_groups)
{
    struct group_rows *groups;
    cr_assert_ok(group_list(act.store, "", 64, &groups));
    for (size_t i = 0; i < groups->count; i++) {
        struct group_details details;
        int64_t version;
        tell("%s", groups->items[i].name);
        cr_assert_ok(group_details_load(act.store, groups->items[i].number, &details, &version));
        tell_permissions(&details.permissions);
        group_details_free(&details);
        tell("\n");
    }
    free(groups);
    expect_told("Everyone\n"
                "build derived_metrics_management events_management\n"
                "collectors ingestion host_tag_management\n"
                "deploy alerts_management events_management agent_management\n"
                "on-call alerts_management dashboard_management events_management\n"
                "reports dashboard_management metrics_management\n");
}

Test(demo, numbers_what_it_makes_in_the_order_of_time)
{
    static const char *const tables[] = {
        "SELECT count(*) FROM account a JOIN account b ON a.number < b.number AND a.created > "
        "b.created",
        "SELECT count(*) FROM token a JOIN token b ON a.number < b.number AND a.created > "
        "b.created",
        "SELECT count(*) FROM event a JOIN event b ON a.sequence < b.sequence AND a.at > b.at"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        cr_assert_eq(house_number(tables[i], 0), 0, "%s", tables[i]);
}

Test(demo, has_a_vault_that_its_passphrase_opens)
{
    struct secret *secret;
    struct vault *vault;
    cr_assert_ok(secret_new(strlen(demo_passphrase), &secret));
    cr_assert_ok(secret_set(secret, demo_passphrase, strlen(demo_passphrase)));
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, secret, &vault));
    secret_free(secret);
    vault_lock(vault);
    house_expect_sound();
}
