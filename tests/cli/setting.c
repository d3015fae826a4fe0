#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/setting.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void setup(void)
{
    run_setup();
    run_init();
}

TestSuite(setting, .init = setup, .fini = run_teardown);

Test(setting, what_is_set_is_got_and_listed)
{
    int64_t before = run_events();
    cr_assert_eq(run("setting", "get", "token.limit"), 0, "%s", run_err);
    cr_assert_str_eq(run_out, "20\n");
    cr_assert_eq(run("setting", "set", "token.limit", "5"), 0, "%s", run_err);
    cr_assert_str_eq(run_out, "token.limit is 5 tokens\n");
    cr_assert_eq(run("setting", "set", "token.limit", "5"), 0);
    cr_assert_eq(run_events(), before + 1);
    cr_assert_eq(run("setting", "get", "token.limit", "--json"), 0);
    json_t *setting = run_json();
    run_expect_int(setting, "value", 5);
    run_expect_int(setting, "default", 20);
    run_expect_text(setting, "unit", "tokens");
    json_decref(setting);
    cr_assert_eq(run("setting", "list", "--json"), 0);
    json_t *list = run_json();
    cr_assert_eq(json_array_size(list), SETTING_COUNT);
    json_decref(list);
    cr_assert_eq(run("setting", "list"), 0);
    cr_assert(strstr(run_out, "token.limit") && strstr(run_out, "5 tokens"), "%s", run_out);
}

Test(setting, what_is_wrong_is_refused)
{
    int64_t before = run_events();
    cr_assert_eq(run("setting", "set", "token.limit", "0"), 3);
    cr_assert(strstr(run_err, "from 1 to 1000"), "%s", run_err);
    cr_assert_eq(run("setting", "set", "token.limit", "many"), 3);
    cr_assert_eq(run("setting", "get", "token.colour"), 3);
    cr_assert_eq(run("setting", "get"), 2);
    cr_assert_eq(run("setting", "set", "token.limit"), 2);
    cr_assert_eq(run_events(), before);
}

/* A folder in place of /dev, in a namespace of its own: nobody reads from its log. */
Test(setting, a_syslog_that_does_not_listen_stops_nothing, .timeout = 300)
{
    char line[1024];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (system("unshare -m true 2>/dev/null")) cr_skip("no namespace is permitted");
    cr_assert_eq(run("setting", "set", "audit.syslog", "on"), 0, "%s", run_err);
    cr_assert_eq(mkdir(run_path("dev"), 0700), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", run_path("dev/log"));
    int log = socket(AF_UNIX, SOCK_DGRAM, 0);
    cr_assert_eq(bind(log, (struct sockaddr *)&address, sizeof address), 0);
    int client = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    cr_assert_eq(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    while (send(client, "full", 4, 0) > 0)
        continue;
    snprintf(
        line, sizeof line,
        "mount --bind '%s' /dev || exit 77; exec '%s' --db '%s' account create ci --token main",
        run_path("dev"), GATEHOUSE_UNDER_TEST, run_database);
    const char *const words[] = {"-m", "/bin/sh", "-c", line, NULL};
    int status = run_program("/usr/bin/unshare", words);
    if (status == 77) cr_skip("nothing may be mounted here");
    cr_assert_eq(status, 0, "%s", run_err);
    cr_assert(strstr(run_out, "gth_"), "%s", run_out);
    cr_assert_eq(run("doctor"), 1);
    cr_assert(strstr(run_out, "syslog did not accept"), "%s", run_out);
    close(client);
    close(log);
}
