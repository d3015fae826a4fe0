#include "tests/postgres/pair.h"

#include "tests/postgres/fresh.h"
#include "tests/serve/service.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static char link_path[64];

static int run_script(const char *what, const char *word, const char *end)
{
    char command[PATH_MAX + 200];
    snprintf(command, sizeof command, "'%s/tests/postgres/pair' %s '%s' %s %s", GATEHOUSE_SOURCE,
             what, link_path, word, end);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void pair_do(const char *what, const char *word)
{
    char quoted[200];
    snprintf(quoted, sizeof quoted, "\"%s\"", word);
    cr_assert_eq(run_script(what, *word ? quoted : "", ""), 0, "pair %s", what);
}

void pair_begin(const char *what)
{
    cr_assert_eq(run_script(what, "", "&"), 0);
}

/* What names the schema is the last parameter. */
static void set_address(char *out, size_t size, const char *hosts, const char *more)
{
    snprintf(out, size, "postgresql:///postgres?%s&user=postgres%s%s", hosts, more,
             strrchr(fresh_address(), '&'));
}

const char *pair_address(int port, const char *more)
{
    static char address[FRESH_ADDRESS_SIZE];
    char hosts[128], folder[64] = "";
    if (readlink(link_path, folder, sizeof folder - 1) < 0) cr_assert_fail("there is no pair");
    snprintf(hosts, sizeof hosts, "host=%s&port=%d", folder, port);
    set_address(address, sizeof address, hosts, more);
    return address;
}

void pair_setup(void)
{
    char process[32], folder[64] = "", hosts[200];
    snprintf(link_path, sizeof link_path, "/tmp/gatehouse-pair-of-%d", (int)getpid());
    snprintf(process, sizeof process, "%d", (int)getpid());
    int status = run_script("start", process, "");
    if (status == 77) cr_skip_test("there is no PostgreSQL");
    cr_assert_eq(status, 0);
    cr_assert_gt(readlink(link_path, folder, sizeof folder - 1), 0);
    setenv("GATEHOUSE_TEST_POSTGRES_FOLDER", folder, 1);
    service_setup();
    unsetenv("GATEHOUSE_TEST_POSTGRES_FOLDER"); /* nothing is dropped at the end */
    fresh_leave();
    snprintf(hosts, sizeof hosts, "host=%s,%s&port=5432,5433", folder, folder);
    set_address(run_database, FRESH_ADDRESS_SIZE, hosts, "");
}

void pair_teardown(void)
{
    service_teardown();
    pair_do("stop", "");
}
