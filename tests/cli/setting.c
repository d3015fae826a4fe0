#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <string.h>

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
    cr_assert_eq(json_array_size(list), 8);
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
