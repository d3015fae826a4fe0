#include <gatehouse/config.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct config config;
static char folder[32], path[64];

static void start(void)
{
    strcpy(folder, "/tmp/gatehouse-test-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/config", folder);
}

static void stop(void)
{
    unlink(path);
    rmdir(folder);
}
TestSuite(config, .init = start, .fini = stop);

static void read_text(const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert(file);
    fputs(text, file);
    fclose(file);
    config_read_file(path, &config);
}

/* The only problem reported. */
static void expect_problem(const char *text, const char *part)
{
    read_text(text);
    cr_assert_eq(config.problem_count, 1, "%zu problems in: %s", config.problem_count, text);
    cr_assert(strstr(config.problems[0], part), "“%s” lacks “%s”", config.problems[0], part);
}

Test(config, no_file_is_no_problem)
{
    config_read_file("/nowhere/at/all", &config);
    cr_assert_eq(config.problem_count, 0);
    cr_assert_str_empty(config.theme);
    cr_assert(config.vault_idle == -1 && config.clipboard_clear == -1 && !config.mouse);
}

Test(config, every_name_is_understood)
{
    read_text("# taste\n\n theme=light \nmouse = on\r\nvault.idle = 60\nclipboard.clear = 0\n"
              "key account.toggle = A  x\nkey\tquit = none");
    cr_assert_eq(config.problem_count, 0, "%s", config.problems[0]);
    cr_assert_str_eq(config.theme, "light");
    cr_assert(config.mouse);
    cr_assert_eq(config.vault_idle, 60);
    cr_assert_eq(config.clipboard_clear, 0);
    cr_assert_eq(config.key_count, 2);
    cr_assert_str_eq(config.keys[0].command, "account toggle");
    cr_assert_str_eq(config.keys[0].keys, "A  x");
    cr_assert_eq(config.keys[0].line, 7);
    cr_assert_str_eq(config.keys[1].command, "quit");
}

Test(config, a_bad_line_is_named_and_the_default_holds)
{
    expect_problem("\ntheme = pink\n", "line 2: there is no theme “pink”");
    cr_assert_str_empty(config.theme);
    expect_problem("mouse = yes\n", "line 1: the mouse is on or off");
    expect_problem("vault.idle = 5\n", "from 10 to 86400");
    cr_assert_eq(config.vault_idle, -1);
    expect_problem("clipboard.clear = 1m\n", "“1m” is not a number of seconds");
    expect_problem("clipboard.clear =\n", "“” is not a number of seconds");
    expect_problem("clipboard.clear = -1\n", "is not a number");
    expect_problem("colour = red\n", "there is no “colour”");
    expect_problem("keys = red\n", "there is no “keys”");
    expect_problem("theme\n", "“theme” has no =");
}

Test(config, what_follows_a_bad_line_counts)
{
    expect_problem("theme = pink\nmouse = on\n", "line 1");
    cr_assert(config.mouse);
}

Test(config, a_long_line_is_one_problem_and_the_next_has_its_number)
{
    char text[2000];
    memset(text, 'x', 1000);
    strcpy(text + 1000, "\nmouse = perhaps\n");
    read_text(text);
    cr_assert_eq(config.problem_count, 2);
    cr_assert(strstr(config.problems[0], "line 1: it is longer"), "%s", config.problems[0]);
    cr_assert(strstr(config.problems[1], "line 2: "), "%s", config.problems[1]);
}

Test(config, there_is_an_end_to_keys_and_problems)
{
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 400; i++)
        fputs("key quit = q\n", file);
    fclose(file);
    config_read_file(path, &config);
    cr_assert_eq(config.key_count, CONFIG_KEYS_MAX);
    cr_assert_eq(config.problem_count, CONFIG_PROBLEMS_MAX);
}

Test(config, what_is_no_file_is_a_problem)
{
    config_read_file(folder, &config);
    cr_assert_eq(config.problem_count, 1);
    cr_assert(strstr(config.problems[0], "not a regular file"), "%s", config.problems[0]);
    cr_assert_eq(mkfifo(path, 0600), 0);
    config_read_file(path, &config);
    cr_assert(strstr(config.problems[0], "not a regular file"), "%s", config.problems[0]);
}

Test(config, the_shorter_of_two_spans_counts)
{
    cr_assert_eq(config_shorter(-1, 45), 45);
    cr_assert_eq(config_shorter(20, 45), 20);
    cr_assert_eq(config_shorter(60, 45), 45);
    cr_assert_eq(config_shorter(0, 45), 45);
    cr_assert_eq(config_shorter(20, 0), 20);
    cr_assert_eq(config_shorter(-1, 0), 0);
}
