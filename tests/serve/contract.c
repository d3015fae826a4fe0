/* What /verify answers, to which request. */
#include "tests/serve/service.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void start(void)
{
    service_setup();
    service_start(NULL);
}

TestSuite(contract, .init = start, .fini = service_teardown);

static void expect_empty(const struct reply *reply)
{
    cr_assert_str_empty(reply->body);
    service_expect_header(reply, "Content-Length", "0");
    service_expect_header(reply, "Cache-Control", "no-store");
    cr_assert_not(service_has_header(reply, "Allow"));
}

static void expect_denied(struct reply reply)
{
    cr_assert_eq(reply.status, 401, "%s", reply.head);
    service_expect_header(&reply, "WWW-Authenticate",
                          "Bearer realm=\"gatehouse\", error=\"invalid_token\"");
    cr_assert(!service_has_header(&reply, "X-Auth-Account"));
    expect_empty(&reply);
}

Test(contract, a_good_token_passes_and_the_headers_say_whose_it_is)
{
    struct reply reply = service_check("/verify", "");
    cr_assert_eq(reply.status, 200, "%s", reply.head);
    service_expect_header(&reply, "X-Auth-Account", "sa::ci");
    service_expect_header(&reply, "X-Auth-Token", "1");
    service_expect_header(&reply, "X-Auth-Permissions", "-");
    service_expect_header(&reply, "X-Auth-Expires", "-");
    expect_empty(&reply);
    cr_assert(!reply.ended, "the connection goes on");
}

Test(contract, the_permissions_that_were_asked_and_the_expiry_are_named)
{
    cr_assert_eq(run("permission", "grant", "ingestion", "--account", "ci"), 0);
    cr_assert_eq(run("token", "expire", "1", "--at", "2027-02-14"), 0, "%s", run_err);
    struct reply reply = service_check("/verify/p/ingestion,agent_management", "");
    cr_assert_eq(reply.status, 200, "%s", reply.head);
    service_expect_header(&reply, "X-Auth-Permissions", "ingestion,agent_management");
    service_expect_header(&reply, "X-Auth-Expires", "2027-02-15T00:00:00Z");
}

static void expect_allowed(const char *token, const char *path, const char *account,
                           const char *number, const char *permissions)
{
    char header[128];
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", token);
    struct reply reply = service_get(path, header);
    cr_assert_eq(reply.status, 200, "%s", reply.head);
    service_expect_header(&reply, "X-Auth-Account", account);
    service_expect_header(&reply, "X-Auth-Token", number);
    service_expect_header(&reply, "X-Auth-Permissions", permissions);
}

/* Answers that were made are used again. */
Test(contract, an_answer_is_that_of_its_own_token_and_question)
{
    enum { SLOTS = 64, TOKENS = 70 }; /* two tokens of an account share a slot */
    static char tokens[TOKENS][64], accounts[TOKENS][16];
    for (int i = 0; i < TOKENS; i++) {
        snprintf(accounts[i], sizeof accounts[i], "sa::web%d", i % SLOTS);
        if (i < SLOTS) cr_assert_eq(run("account", "create", accounts[i] + sizeof "sa::" - 1), 0);
        run_generate(accounts[i] + sizeof "sa::" - 1, "");
        snprintf(tokens[i], sizeof tokens[i], "%s", run_out);
    }
    for (int round = 0; round < 2; round++) {
        expect_allowed(service_token, "/verify", "sa::ci", "1", "-");
        expect_allowed(service_token, "/verify/p/agent_management", "sa::ci", "1",
                       "agent_management");
        for (int i = 0; i < TOKENS; i++) {
            char number[16];
            snprintf(number, sizeof number, "%d", i + 2);
            expect_allowed(tokens[i], "/verify", accounts[i], number, "-");
        }
    }
    cr_assert_eq(run("token", "expire", "2", "--at", "2027-02-14"), 0, "%s", run_err);
    struct reply reply = service_check_token(tokens[0]);
    service_expect_header(&reply, "X-Auth-Expires", "2027-02-15T00:00:00Z");
}

Test(contract, any_method_is_a_check)
{
    static const char *const methods[] = {"GET",   "HEAD",    "POST",     "PUT", "DELETE",
                                          "PATCH", "OPTIONS", "PROPFIND", "X-Y"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "%s /verify HTTP/1.1\r\nHost: g\r\nContent-Length: 0\r\nX-API-Key: %s\r\n\r\n",
                 methods[i], service_token);
        int fd = service_connect();
        for (int again = 0; again < 2; again++) {
            service_send(fd, text, strlen(text));
            struct reply reply = service_read(fd);
            cr_assert_eq(reply.status, 200, "%s: %s", methods[i], reply.head);
            cr_assert(!reply.ended, "%s", methods[i]);
        }
        close(fd);
    }
}

Test(contract, the_token_comes_as_bearer_as_a_key_or_as_the_password_of_basic)
{
    char header[256];
    snprintf(header, sizeof header, "X-API-Key: %s\r\n", service_token);
    cr_assert_eq(service_get("/verify", header).status, 200);
    snprintf(header, sizeof header, "authorization: bearer %s\r\n", service_token);
    cr_assert_eq(service_get("/verify", header).status, 200);
    expect_denied(service_get("/verify", "Authorization: Bearer \r\n"));
    expect_denied(service_get("/verify", "Authorization: Bearer gth_x y\r\n"));
}

static struct reply basic_of(const char *user, const char *token)
{
    char header[512], command[512], encoded[256] = "";
    snprintf(command, sizeof command, "printf '%%s:%%s' '%s' '%s' | base64 -w0", user, token);
    FILE *pipe = popen(command, "r");
    cr_assert(pipe && fgets(encoded, sizeof encoded, pipe));
    pclose(pipe);
    snprintf(header, sizeof header, "Authorization: Basic %s\r\n", encoded);
    return service_get("/verify", header);
}

static struct reply basic(const char *user)
{
    return basic_of(user, service_token);
}

Test(contract, basic_is_decoded_with_and_without_padding)
{
    static const char *const names[] = {"a", "ab", "abc", "abcd"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char token[64];
        cr_assert_eq(run("account", "create", names[i]), 0, "%s", run_err);
        run_generate(names[i], "");
        snprintf(token, sizeof token, "%s", run_out);
        struct reply reply = basic_of(names[i], token);
        cr_assert_eq(reply.status, 200, "%s: %s", names[i], reply.head);
    }
}

Test(contract, the_user_name_of_basic_is_the_account_or_token_or_empty)
{
    cr_assert_eq(run("account", "create", "cd"), 0);
    cr_assert_eq(basic("ci").status, 200);
    cr_assert_eq(basic("sa::CI").status, 200);
    cr_assert_eq(basic("token").status, 200);
    cr_assert_eq(basic("").status, 200);
    expect_denied(basic("cd"));
    expect_denied(basic("sa::cd"));
    expect_denied(service_get("/verify", "Authorization: Basic !!!\r\n"));
    expect_denied(service_get("/verify", "Authorization: Basic bm9jb2xvbg==\r\n"));
}

Test(contract, without_a_credential_no_error_code_is_given)
{
    static const char *const without[] = {"", "Authorization: Negotiate abc\r\n",
                                          "Authorization:\r\n"};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        struct reply reply = service_get("/verify", without[i]);
        cr_assert_eq(reply.status, 401, "%s", reply.head);
        service_expect_header(&reply, "WWW-Authenticate", "Bearer realm=\"gatehouse\"");
        expect_empty(&reply);
    }
}

Test(contract, two_credentials_are_refused)
{
    char header[256];
    snprintf(header, sizeof header, "X-API-Key: %s\r\n", service_token);
    struct reply reply = service_check("/verify", header);
    cr_assert_eq(reply.status, 400, "%s", reply.head);
    expect_empty(&reply);
    reply = service_get("/verify", "X-API-Key: a\r\nX-API-Key: a\r\n");
    cr_assert_eq(reply.status, 400, "%s", reply.head);
}

Test(contract, a_good_token_without_the_permission_is_told_so)
{
    static const char *const paths[] = {"/verify/p/ingestion", "/verify/p/no_such_permission",
                                        "/verify/p/agent_management,ingestion",
                                        "/verify/p/ingestion,agent_management"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct reply reply = service_check(paths[i], "");
        cr_assert_eq(reply.status, 403, "%s: %s", paths[i], reply.head);
        service_expect_header(&reply, "WWW-Authenticate",
                              "Bearer realm=\"gatehouse\", error=\"insufficient_scope\"");
        expect_empty(&reply);
    }
}

Test(contract, every_other_denial_is_the_same)
{
    char canary[64];
    cr_assert_eq(run("account", "create", "cd"), 0);
    cr_assert_eq(run("token", "generate", "ci", "--canary"), 0, "%s", run_err);
    snprintf(canary, sizeof canary, "%s", run_out);
    canary[strcspn(canary, "\n")] = 0;
    expect_denied(service_check_token(canary));
    expect_denied(service_check_token("nonsense"));
    expect_denied(service_check_token("gth_0123456789abcdefghijABCDEFGHIJ05DYyq"));
    expect_denied(service_check("/verify/a/cd", ""));
    expect_denied(service_check("/verify/a/nobody", ""));
    cr_assert_eq(run("token", "suspend", "1"), 0);
    expect_denied(service_check("/verify", ""));
    expect_denied(service_check("/verify/p/ingestion", ""));
    cr_assert_eq(run("token", "resume", "1"), 0);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    expect_denied(service_check("/verify", ""));
    cr_assert_eq(run("account", "activate", "ci"), 0);
    cr_assert_eq(service_check("/verify", "").status, 200);
    cr_assert_eq(run("token", "expire", "1", "--at", "2027-02-14"), 0, "%s", run_err);
    run_set_clock("1900000000");
    expect_denied(service_check("/verify", ""));
    run_set_clock("1800000000");
    cr_assert_eq(run("token", "revoke", "1"), 0);
    expect_denied(service_check("/verify", ""));
    cr_assert_eq(run("account", "delete", "ci"), 0);
    expect_denied(service_check("/verify", ""));
}

Test(contract, a_path_may_ask_for_an_account_and_permissions_and_what_follows_is_ignored)
{
    static const char *const good[] = {
        "/verify/",
        "/verify/orig/path",
        "/verify/a/ci",
        "/verify/a/sa::CI",
        "/verify/a/ci/p/agent_management",
        "/verify/a/ci/p/agent_management/a/cd/p/ingestion",
        "/verify/p/agent_management/../../x//y",
        "/verify/p/agent_management/%00%2f",
        "/verify?p=ingestion&a=cd",
        "/verify/p/agent_management?anything=%zz&&==&",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert_eq(service_check(good[i], "").status, 200, "%s", good[i]);
    static const char *const missing[] = {"/",          "/verifyx",       "/Verify",
                                          "//verify",   "/verify/a/",     "/verify/a/no%20name",
                                          "/verify/p/", "/verify/p/a,,b", "/verify/p/a,"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        struct reply reply = service_check(missing[i], "");
        cr_assert_eq(reply.status, 404, "%s: %s", missing[i], reply.head);
        expect_empty(&reply);
    }
}

Test(contract, at_most_sixteen_permissions_can_be_asked_and_a_longer_list_is_never_cut)
{
    char path[8000] = "/verify/p/agent_management";
    for (int i = 1; i < 16; i++)
        strcat(path, ",agent_management");
    cr_assert_eq(service_check(path, "").status, 200);
    strcat(path, ",ingestion");
    cr_assert_eq(service_check(path, "").status, 404);
    strcpy(path, "/verify/p/agent_management,");
    memset(path + strlen(path), 'x', 4000);
    cr_assert_eq(service_check(path, "").status, 404);
}

Test(contract, the_address_is_the_last_one_of_x_forwarded_for)
{
    cr_assert_eq(run("token", "generate", "ci", "--from", "10.0.0.0/8"), 0, "%s", run_err);
    snprintf(service_token, sizeof service_token, "%s", run_out);
    service_token[strcspn(service_token, "\n")] = 0;
    expect_denied(service_check("/verify", ""));
    expect_denied(service_check("/verify", "X-Real-IP: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\n"));
    expect_denied(service_check("/verify", "X-Forwarded-For: 10.0.0.1, 192.0.2.1\r\n"));
    expect_denied(service_check("/verify", "X-Forwarded-For: 10.0.0.1, nonsense\r\n"));
    expect_denied(service_check("/verify", "X-Forwarded-For: 10.0.0.1,\r\n"));
    expect_denied(
        service_check("/verify", "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\n"));
    cr_assert_eq(service_check("/verify", "X-Forwarded-For: 10.0.0.1\r\n").status, 200);
    cr_assert_eq(service_check("/verify", "X-Forwarded-For: 192.0.2.1 ,\t10.0.0.1 \r\n").status,
                 200);
}

Test(contract, health_and_readiness_and_options_are_answered)
{
    struct reply reply = service_get("/healthz", "");
    cr_assert_eq(reply.status, 200);
    expect_empty(&reply);
    cr_assert_eq(service_get("/readyz", "").status, 200);
    cr_assert_eq(service_text("OPTIONS / HTTP/1.0\r\n\r\n").status, 200);
    cr_assert_eq(service_get("/metrics", "").status, 404);
    cr_assert_eq(service_get("/status", "").status, 404);
}

Test(contract, the_admin_socket_tells_what_was_answered_and_checks_nothing)
{
    service_check("/verify", "");
    service_check("/verify/p/ingestion", "");
    service_get("/verify", "");
    cr_assert_eq(service_count("checks"), 3);
    cr_assert_eq(service_count("allowed"), 1);
    cr_assert_eq(service_count("permission"), 1);
    cr_assert_eq(service_count("no_credential"), 1);
    struct reply reply = service_admin("/metrics");
    cr_assert_eq(reply.status, 200);
    service_expect_header(&reply, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    cr_assert(strstr(reply.body, "\ngatehouse_checks_total{result=\"allowed\"} 1\n"), "%s",
              reply.body);
    cr_assert(strstr(reply.body, "\ngatehouse_check_seconds_count 3\n"), "%s", reply.body);
    cr_assert(strstr(reply.body, "\ngatehouse_check_seconds_bucket{le=\"+Inf\"} 3\n"));
    cr_assert(strstr(reply.body, "\ngatehouse_up 1\n"));
    cr_assert_eq(service_admin("/verify").status, 404);
    cr_assert_eq(service_admin("/introspect").status, 404);
    cr_assert_eq(service_admin("/healthz").status, 200);
}

/* Each line of the metrics up to its value. */
Test(contract, the_metrics_are_these)
{
    static const char expected[] =
        "# HELP gatehouse_checks_total Checks by result.\n"
        "# TYPE gatehouse_checks_total counter\n"
        "gatehouse_checks_total{result=\"allowed\"}\n"
        "gatehouse_checks_total{result=\"malformed_token\"}\n"
        "gatehouse_checks_total{result=\"unknown\"}\n"
        "gatehouse_checks_total{result=\"account_deleted\"}\n"
        "gatehouse_checks_total{result=\"revoked\"}\n"
        "gatehouse_checks_total{result=\"canary\"}\n"
        "gatehouse_checks_total{result=\"expired\"}\n"
        "gatehouse_checks_total{result=\"suspended\"}\n"
        "gatehouse_checks_total{result=\"account_inactive\"}\n"
        "gatehouse_checks_total{result=\"other_account\"}\n"
        "gatehouse_checks_total{result=\"no_address\"}\n"
        "gatehouse_checks_total{result=\"network\"}\n"
        "gatehouse_checks_total{result=\"narrowed\"}\n"
        "gatehouse_checks_total{result=\"permission\"}\n"
        "gatehouse_checks_total{result=\"no_credential\"}\n"
        "gatehouse_checks_total{result=\"malformed_request\"}\n"
        "gatehouse_checks_total{result=\"unavailable\"}\n"
        "# HELP gatehouse_check_seconds How long checks took.\n"
        "# TYPE gatehouse_check_seconds histogram\n"
        "gatehouse_check_seconds_bucket{le=\"5e-06\"}\n"
        "gatehouse_check_seconds_bucket{le=\"1e-05\"}\n"
        "gatehouse_check_seconds_bucket{le=\"2e-05\"}\n"
        "gatehouse_check_seconds_bucket{le=\"5e-05\"}\n"
        "gatehouse_check_seconds_bucket{le=\"0.0001\"}\n"
        "gatehouse_check_seconds_bucket{le=\"0.0002\"}\n"
        "gatehouse_check_seconds_bucket{le=\"0.0005\"}\n"
        "gatehouse_check_seconds_bucket{le=\"0.001\"}\n"
        "gatehouse_check_seconds_bucket{le=\"0.005\"}\n"
        "gatehouse_check_seconds_bucket{le=\"0.02\"}\n"
        "gatehouse_check_seconds_bucket{le=\"0.1\"}\n"
        "gatehouse_check_seconds_bucket{le=\"+Inf\"}\n"
        "gatehouse_check_seconds_sum\n"
        "gatehouse_check_seconds_count\n"
        "# HELP gatehouse_up Whether the database can be read now.\n"
        "# TYPE gatehouse_up gauge\n"
        "gatehouse_up\n"
        "# HELP gatehouse_generation Grows with every change of what tokens may do.\n"
        "# TYPE gatehouse_generation gauge\n"
        "gatehouse_generation\n"
        "# HELP gatehouse_last_change_age_seconds Since the newest event that is seen.\n"
        "# TYPE gatehouse_last_change_age_seconds gauge\n"
        "gatehouse_last_change_age_seconds\n"
        "# HELP gatehouse_connections Open connections.\n"
        "# TYPE gatehouse_connections gauge\n"
        "gatehouse_connections\n"
        "# HELP gatehouse_notes_lost_total Uses and denials that were not recorded.\n"
        "# TYPE gatehouse_notes_lost_total counter\n"
        "gatehouse_notes_lost_total\n";
    char names[sizeof expected + 256] = "";
    struct reply reply = service_admin("/metrics");
    for (char *line = strtok(reply.body, "\n"); line; line = strtok(NULL, "\n")) {
        if (*line != '#') *strrchr(line, ' ') = 0;
        cr_assert_lt(strlen(names) + strlen(line) + 2, sizeof names);
        strcat(strcat(names, line), "\n");
    }
    cr_assert_str_eq(names, expected);
}

/* What `metrics` says of `name`. */
static double metric(const char *name)
{
    char line[96];
    struct reply reply = service_admin("/metrics");
    snprintf(line, sizeof line, "\n%s ", name);
    const char *found = strstr(reply.body, line);
    cr_assert(found, "%s", name);
    return atof(found + strlen(line));
}

static void until_metric(const char *name, double value)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    for (int i = 0; i < 1000 && metric(name) != value; i++)
        nanosleep(&pause, NULL);
    cr_assert_eq(metric(name), value, "%s", name);
}

Test(contract, the_metrics_tell_the_truth)
{
    double generation = metric("gatehouse_generation");
    cr_assert_eq(run("account", "deactivate", "ci"), 0, "%s", run_err);
    cr_assert_gt(metric("gatehouse_generation"), generation);
    cr_assert_eq(metric("gatehouse_generation"), (double)service_count("generation"));
    cr_assert_leq(metric("gatehouse_last_change_age_seconds"), 60);
    cr_assert_geq(metric("gatehouse_last_change_age_seconds"), 0);
    cr_assert_eq(metric("gatehouse_check_seconds_sum"), 0);
    service_check("/verify", "");
    service_check("/verify", "");
    cr_assert_gt(metric("gatehouse_check_seconds_sum"), 0);
    cr_assert_lt(metric("gatehouse_check_seconds_sum"), 60);
    cr_assert_eq(metric("gatehouse_check_seconds_bucket{le=\"+Inf\"}"), 2);
    until_metric("gatehouse_connections", 1); /* this question */
    int idle = service_connect();
    until_metric("gatehouse_connections", 2);
    close(idle);
    cr_assert_eq(metric("gatehouse_notes_lost_total"), 0);
    cr_assert_eq(service_count("process"), service_process());
    cr_assert_leq(service_count("seconds"), 600);
}

/* On a server, those that a thread receives together are made together, sixteen at a time. */
Test(contract, each_of_many_that_come_at_once_gets_its_own_answer)
{
    enum { MANY = 90 };
    char other[64], revoked[64], request[256];
    cr_assert_eq(run("account", "create", "other"), 0);
    run_generate("other", "");
    snprintf(other, sizeof other, "%s", run_out);
    run_generate("ci", "gone");
    snprintf(revoked, sizeof revoked, "%s", run_out);
    cr_assert_eq(run("token", "revoke", "ci/gone"), 0, "%s", run_err);
    const struct {
        const char *path, *token;
        int status;
        const char *number;
    } kinds[] = {{"/verify", service_token, 200, "1"},
                 {"/verify", other, 200, "2"},
                 {"/verify/p/agent_management", service_token, 200, "1"},
                 {"/verify/p/agent_management", other, 403, NULL},
                 {"/verify/a/other", service_token, 401, NULL},
                 {"/verify/a/other", other, 200, "2"},
                 {"/verify", revoked, 401, NULL},
                 {"/verify", "gth_none", 401, NULL},
                 {"/verify/a/", service_token, 404, NULL}};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    int fds[MANY], answered = 0;
    for (int i = 0; i < MANY; i++)
        fds[i] = service_connect();
    for (int round = 0; round < 3; round++) {
        service_signal(SIGSTOP);
        for (int i = 0; i < MANY; i++) {
            int size = snprintf(request, sizeof request,
                                "GET %s HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer %s\r\n\r\n",
                                kinds[i % KINDS].path, kinds[i % KINDS].token);
            service_send(fds[i], request, (size_t)size);
        }
        service_signal(SIGCONT);
        for (int i = 0; i < MANY; i++) {
            struct reply reply = service_read(fds[i]);
            if (reply.status == 503) continue; /* it came too late, on a busy machine */
            answered++;
            cr_assert_eq(reply.status, kinds[i % KINDS].status, "%d: %s", i, reply.head);
            if (kinds[i % KINDS].number)
                service_expect_header(&reply, "X-Auth-Token", kinds[i % KINDS].number);
        }
    }
    cr_assert_gt(answered, MANY);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
}
