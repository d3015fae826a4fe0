#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(installed, .init = run_setup, .fini = run_teardown);

static bool contains(const char *path, const char *word)
{
    FILE *file = fopen(path, "rb");
    cr_assert(file, "%s", path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(size);
    cr_assert(bytes && fread(bytes, 1, size, file) == size);
    fclose(file);
    bool found = memmem(bytes, size, word, strlen(word));
    free(bytes);
    return found;
}

Test(installed, the_installed_binary_ignores_the_clock_of_the_tests)
{
    run_set_clock("1000000000");
    const char *const init[] = {"init", "--show-once", NULL};
    const char *const create[] = {"account", "create", "ci", "--json", NULL};
    cr_assert_eq(run_program(GATEHOUSE_INSTALLED, init), 0, "%s", run_err);
    cr_assert_eq(run_program(GATEHOUSE_INSTALLED, create), 0, "%s", run_err);
    json_t *account = run_json();
    cr_assert_str_neq(json_string_value(json_object_get(account, "created")),
                      "2001-09-09T01:46:40Z");
    json_decref(account);
    cr_assert_eq(run("account", "create", "cd", "--json"), 0, "%s", run_err);
    account = run_json();
    run_expect_text(account, "created", "2001-09-09T01:46:40Z");
    json_decref(account);
}

Test(installed, only_the_binary_under_test_knows_overrides)
{
    cr_assert(contains(GATEHOUSE_UNDER_TEST, "GATEHOUSE_TEST_"));
    cr_assert(!contains(GATEHOUSE_INSTALLED, "GATEHOUSE_TEST_"));
}

Test(installed, a_program_without_the_module_for_postgresql_says_how_to_get_it)
{
    char command[1024];
    const char *alone = run_path("gatehouse");
    snprintf(command, sizeof command, "cp '%s' '%s'", GATEHOUSE_INSTALLED, alone);
    cr_assert_eq(system(command), 0);
    if (access(GATEHOUSE_POSTGRES_MODULE, F_OK) == 0) cr_skip_test("it is installed here");
    static const char *const words[] = {"--db", "postgresql:///none", "account", "list", NULL};
    cr_assert_eq(run_program(alone, words), 4);
    cr_assert_str_eq(run_err,
                     "gatehouse: this installation cannot use PostgreSQL: install the package "
                     "gatehouse-postgresql, or build Gatehouse with libpq and "
                     "-DGATEHOUSE_POSTGRES=ON\n");
}

Test(installed, a_program_without_its_service_says_how_to_get_it)
{
    char command[1024];
    const char *alone = run_path("gatehouse");
    snprintf(command, sizeof command, "cp '%s' '%s'", GATEHOUSE_INSTALLED, alone);
    cr_assert_eq(system(command), 0);
    if (access(GATEHOUSE_SERVE_PROGRAM, X_OK) == 0) cr_skip_test("one is installed here");
    const char *const words[] = {"serve", NULL};
    cr_assert_eq(run_program(alone, words), 4);
    cr_assert_str_eq(run_err, "gatehouse: this installation has no check service: build Gatehouse "
                              "with libmicrohttpd and -DGATEHOUSE_SERVE=ON, and install it\n");
    const char *const reading[] = {"--read-only", "serve", NULL};
    cr_assert_eq(run_program(alone, reading), 3);
    cr_assert(strstr(run_err, "leave --read-only out"), "%s", run_err);
}
