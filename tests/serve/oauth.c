/* /introspect (RFC 7662) and /revoke (RFC 7009). */
#include "tests/serve/service.h"

#include <stdio.h>
#include <stdlib.h>

static char caller[64]; /* a token whose account may introspect */

static void generate(const char *account, char out[static 64])
{
    run_generate(account, "");
    snprintf(out, 64, "%s", run_out);
}

static void start(void)
{
    service_setup();
    cr_assert_eq(run("permission", "create", "token_introspection", "--name", "Introspection",
                     "--sentence", "Ask what a token may do."),
                 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "asker"), 0);
    cr_assert_eq(run("permission", "grant", "token_introspection", "--account", "asker"), 0);
    generate("asker", caller);
    service_start("--threads", "1");
}

TestSuite(oauth, .init = start, .fini = service_teardown);

static struct reply introspect(const char *as, const char *token)
{
    char header[256], form[512];
    snprintf(header, sizeof header, as ? "Authorization: Bearer %s\r\n" : "%s", as ? as : "");
    snprintf(form, sizeof form, "token_type_hint=access_token&token=%s", token);
    return service_post("/introspect", header, form);
}

static struct reply give_back(const char *token, const char *headers)
{
    char form[512];
    snprintf(form, sizeof form, "token=%s", token);
    return service_post("/revoke", headers, form);
}

Test(oauth, a_good_token_is_described)
{
    cr_assert_eq(run("permission", "grant", "ingestion", "--account", "ci"), 0);
    cr_assert_eq(run("token", "expire", "1", "--at", "2027-02-14"), 0, "%s", run_err);
    struct reply reply = introspect(caller, service_token);
    cr_assert_eq(reply.status, 200, "%s", reply.head);
    service_expect_header(&reply, "Content-Type", "application/json");
    service_expect_header(&reply, "Cache-Control", "no-store");
    cr_assert_str_eq(reply.body,
                     "{\"active\":true,\"scope\":\"ingestion agent_management\",\"client_id\":"
                     "\"sa::ci\",\"username\":\"sa::ci\",\"sub\":\"sa::ci\",\"token_type\":"
                     "\"Bearer\",\"iat\":1800000000,\"jti\":\"1\",\"exp\":1802649600}");
}

Test(oauth, of_any_other_nothing_is_said_but_that_it_is_not_active)
{
    static const char inactive[] = "{\"active\":false}";
    cr_assert_str_eq(introspect(caller, "nonsense").body, inactive);
    cr_assert_str_eq(introspect(caller, "gth_0123456789abcdefghijABCDEFGHIJ05DYyq").body, inactive);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    struct reply reply = introspect(caller, service_token);
    cr_assert_eq(reply.status, 200);
    cr_assert_str_eq(reply.body, inactive);
}

Test(oauth, only_an_account_with_the_permission_may_introspect)
{
    struct reply reply = introspect(NULL, service_token);
    cr_assert_eq(reply.status, 401, "%s", reply.head);
    service_expect_header(&reply, "WWW-Authenticate", "Bearer realm=\"gatehouse\"");
    cr_assert_eq(introspect("nonsense", service_token).status, 401);
    cr_assert_eq(introspect(service_token, caller).status, 403);
    cr_assert_eq(introspect(caller, caller).status, 200);
    cr_assert_eq(run("permission", "revoke", "token_introspection", "--account", "asker"), 0);
    cr_assert_eq(introspect(caller, service_token).status, 403);
    cr_assert_eq(run("account", "deactivate", "asker"), 0);
    cr_assert_eq(introspect(caller, service_token).status, 401);
}

Test(oauth, a_form_must_have_one_token_and_be_short)
{
    char header[256], encoded[512] = "";
    static char form[6000];
    snprintf(header, sizeof header, "X-API-Key: %s\r\n", caller);
    cr_assert_eq(service_post("/introspect", header, "").status, 400);
    cr_assert_eq(service_post("/introspect", header, "nottoken=x").status, 400);
    cr_assert_eq(service_post("/introspect", header, "token=a&token=b").status, 400);
    cr_assert_eq(service_post("/introspect", header, "token=%zz").status, 400);
    cr_assert_eq(service_post("/introspect", header, "token=%4").status, 400);
    memset(form, 'x', sizeof form - 1);
    memcpy(form, "token=", 6);
    cr_assert_eq(service_post("/introspect", header, form).status, 413);
    form[3000] = 0;
    cr_assert_eq(service_post("/introspect", header, form).status, 400, "longer than any token");
    struct reply reply = service_get("/introspect", header);
    cr_assert_eq(reply.status, 405);
    service_expect_header(&reply, "Allow", "POST");

    strcpy(encoded, "a=b&token=");
    for (const char *at = service_token; *at; at++)
        snprintf(encoded + strlen(encoded), 4, "%%%02X", (unsigned)(unsigned char)*at);
    reply = service_post("/introspect", header, encoded);
    cr_assert(strstr(reply.body, "\"active\":true"), "%s", reply.body);
}

Test(oauth, a_revocation_is_in_force_when_it_is_answered)
{
    cr_assert_eq(service_check("/verify", "").status, 200);
    struct reply reply = give_back(service_token, "X-Forwarded-For: 192.0.2.9\r\n");
    cr_assert_eq(reply.status, 200, "%s", reply.head);
    cr_assert_str_empty(reply.body);
    cr_assert_eq(service_check("/verify", "").status, 401);
    cr_assert_eq(run("audit", "--json"), 0);
    cr_assert(strstr(run_out, "token.revoke") && strstr(run_out, "192.0.2.9"), "%s", run_out);
    cr_assert(!strstr(run_out, service_token));
    int64_t events = run_events();
    cr_assert_eq(give_back(service_token, "").status, 200, "again");
    cr_assert_eq(give_back("nonsense", "").status, 200);
    cr_assert_eq(give_back("gth_0123456789abcdefghijABCDEFGHIJ05DYyq", "").status, 200);
    cr_assert_eq(run_events(), events);
    cr_assert_eq(service_get("/revoke", "").status, 405);
    cr_assert_eq(service_post("/revoke", "", "").status, 400);
}

Test(oauth, a_suspended_token_can_be_revoked_and_a_canary_only_sings)
{
    char canary[64];
    cr_assert_eq(run("token", "suspend", "1"), 0);
    cr_assert_eq(give_back(service_token, "").status, 200);
    cr_assert_eq(run("token", "resume", "1"), 3, "it is final");
    cr_assert_eq(run("token", "generate", "ci", "--canary"), 0);
    snprintf(canary, sizeof canary, "%s", run_out);
    canary[strcspn(canary, "\n")] = 0;
    cr_assert_eq(give_back(canary, "").status, 200);
    cr_assert_eq(run("token", "list", "--facet", "canaries", "--json"), 0);
    cr_assert(strstr(run_out, "\"state\": \"live\""), "%s", run_out);
}

Test(oauth, revoking_by_possession_can_be_switched_off)
{
    cr_assert_eq(run("setting", "set", "token.revoke.held", "off"), 0, "%s", run_err);
    cr_assert_eq(give_back(service_token, "").status, 403);
    cr_assert_eq(service_check("/verify", "").status, 200);
}

Test(oauth, a_revocation_that_waits_for_the_lock_holds_up_no_check)
{
    char form[128], text[512];
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    snprintf(form, sizeof form, "token=%s", service_token);
    snprintf(text, sizeof text, "POST /revoke HTTP/1.1\r\nHost: g\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(form), form);
    int fd = service_connect();
    service_send(fd, text, strlen(text));
    cr_assert_eq(service_check("/verify", "").status, 200, "it is not in force yet");
    cr_assert_eq(store_end(act.store, OK), OK);
    cr_assert_eq(service_read(fd).status, 200);
    cr_assert_eq(service_check("/verify", "").status, 401);
    close(fd);
    store_close(act.store);
}

Test(oauth, a_revocation_that_fails_is_not_called_one)
{
    RUN_NEEDS_SQLITE();
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    struct stmt *stmt = store_prepare(
        act.store, "CREATE TRIGGER refuse BEFORE UPDATE ON token BEGIN SELECT RAISE(ABORT, 'no'); "
                   "END");
    cr_assert_eq(store_end(act.store, stmt_run(stmt)), OK);
    store_close(act.store);
    cr_assert_eq(give_back(service_token, "").status, 503);
    cr_assert_eq(service_check("/verify", "").status, 200);
}

Test(oauth, where_the_endpoints_are_is_told_under_the_name_that_was_asked)
{
    static const char path[] = "/.well-known/oauth-authorization-server";
    struct reply reply = service_get(path, "");
    cr_assert_eq(reply.status, 200);
    service_expect_header(&reply, "Content-Type", "application/json");
    cr_assert_str_eq(reply.body, "{\"issuer\":\"http://gatehouse\",\"introspection_endpoint\":"
                                 "\"http://gatehouse/introspect\",\"revocation_endpoint\":"
                                 "\"http://gatehouse/revoke\",\"response_types_supported\":[]}");
    reply = service_text("GET /.well-known/oauth-authorization-server HTTP/1.1\r\n"
                         "Host: x\",\"y\":\"\r\n\r\n");
    cr_assert_eq(reply.status, 400);
}
