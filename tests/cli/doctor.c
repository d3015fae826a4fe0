/* The doctor names what is wrong. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(doctor, .init = run_setup_account, .fini = run_teardown, .timeout = 300);

static const struct damage {
    const char *sql, *said;
} damages[] = {
    {"UPDATE counter SET value = value + 1 WHERE name = 'accounts'", "counter of accounts"},
    {"UPDATE counter SET value = 7 WHERE name = 'tokens'", "counter of tokens"},
    {"UPDATE account SET tokens = 9", "wrong number of tokens"},
    {"UPDATE account_group SET members = 3 WHERE number = 2", "wrong number of members"},
    {"UPDATE permission SET groups = groups + 1 WHERE number = 1", "wrong number of holders"},
    {"UPDATE digest SET suspended = 1", "digest does not agree"},
    {"UPDATE digest SET checks = 2", "limits are not checked"},
    {"UPDATE token SET canary = 1", "limits are not checked"},
    {"INSERT INTO digest (digest, token, account) VALUES (zeroblob(32), 99, 1)",
     "work but have no token"},
    {"UPDATE account SET name = 'Upper'", "no account may have"},
    {"UPDATE account_group SET system = 0 WHERE number = 1", "Everyone"},
    {"INSERT INTO permission (id, name, sentence) VALUES ('token_management', 'x', 'y')",
     "token_management"},
    {"UPDATE event SET subject = 'sa::other' WHERE sequence = 2", "event 2"},
    {"DELETE FROM event WHERE sequence = 2", "event"},
};

/* Each text of the list is a line of `said`, in that order. */
static void expect_lines(const json_t *list, const char *said)
{
    size_t i;
    json_t *text;
    json_array_foreach(list, i, text)
    {
        const char *line = json_string_value(text);
        cr_assert_eq(strncmp(said, line, strlen(line)), 0, "%s: %s", line, said);
        said += strlen(line);
        cr_assert_eq(*said++, '\n');
    }
    cr_assert_str_empty(said);
}

Test(doctor, the_doctor_says_what_is_wrong, .timeout = 300)
{
    const char *file = strdup(run_path("well.db"));
    free(run_secret("main"));
    cr_assert_eq(run("group", "create", "build"), 0);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
    cr_assert_eq(run("backup", file), 0);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        run_change(damages[i].sql);
        cr_assert_eq(run("doctor"), 1, "%s", damages[i].sql);
        cr_assert(strstr(run_out, damages[i].said), "%s: %s", damages[i].sql, run_out);
        char *said = strdup(run_out);
        cr_assert_eq(run("doctor", "--json"), 1);
        json_t *answer = run_json();
        cr_assert(json_is_false(json_object_get(answer, "sound")));
        expect_lines(json_object_get(answer, "findings"), said);
        json_decref(answer);
        free(said);
        unlink(run_database);
        cr_assert_eq(run("restore", file), 0, "%s: %s", damages[i].sql, run_err);
    }
    free((char *)file);
}
