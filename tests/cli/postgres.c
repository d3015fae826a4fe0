/* What the commands about the database itself do, or say, when it is on PostgreSQL. */
#include "tests/cli/run.h"
#include "tests/postgres/fresh.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void setup(void)
{
    if (!fresh_is_postgres()) cr_skip_test("there is no PostgreSQL");
    run_setup();
}

TestSuite(postgres, .init = setup, .fini = run_teardown);

static void expect_refused(int status, const char *part)
{
    cr_assert_eq(status, 3, "%s%s", run_out, run_err);
    cr_assert(strstr(run_err, part), "“%s” lacks “%s”", run_err, part);
}

Test(postgres, a_database_is_made_once)
{
    run_init();
    cr_assert(strstr(run_out, "Created postgresql:///postgres?host="), "%s", run_out);
    expect_refused(run("init", "--show-once"), "has tables already");
}

Test(postgres, an_empty_database_is_none_of_ours)
{
    cr_assert_eq(run("account", "list"), 4);
    cr_assert(strstr(run_err, "create one with gatehouse init"), "%s", run_err);
}

Test(postgres, a_role_that_may_do_anything_is_warned_about)
{
    run_init();
    cr_assert(strstr(run_err, "the role is a superuser"), "%s", run_err);
}

Test(postgres, a_password_of_the_address_is_never_printed)
{
    static const char *const sentences[][3] = {
        {"init", "--show-once"}, {"doctor"}, {"backup", "copy.db"}, {"restore", "copy.db"}};
    strcat(run_database, "&password=tulip");
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        run_words(NULL, sentences[i]);
        cr_assert(!strstr(run_out, "tulip") && !strstr(run_err, "tulip"), "%s%s", run_out, run_err);
    }
}

Test(postgres, backups_and_restores_name_the_command_of_postgresql)
{
    run_init();
    expect_refused(run("backup", run_path("copy")), "pg_dump --format=custom --file=");
    expect_refused(run("restore", run_path("copy")), "pg_restore");
}

Test(postgres, the_doctor_finds_nothing_wrong_with_a_new_database)
{
    run_init();
    cr_assert_eq(run("doctor"), 0, "%s%s", run_out, run_err);
}
