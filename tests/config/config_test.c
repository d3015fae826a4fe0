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

Test(config, every_problem_says_what_is_allowed)
{
    static const struct {
        const char *text, *problem;
    } rows[] = {
        {"theme = pink", "line 1: there is no theme “pink”: dark, light or plain"},
        {"mouse = on off", "line 1: the mouse is on or off, not “on off”"},
        {"vault.idle = 9", "line 1: “9” is not a number of seconds from 10 to 86400"},
        {"vault.idle = 86401", "line 1: “86401” is not a number of seconds from 10 to 86400"},
        {"vault.idle = 0000060", "line 1: “0000060” is not a number of seconds from 10 to 86400"},
        {"clipboard.clear = 86401", "line 1: “86401” is not a number of seconds from 0 to 86400"},
        {"keyquit = q", "line 1: there is no “keyquit”: theme, mouse, vault.idle, "
                        "clipboard.clear or key COMMAND"},
        {"\n \t key", "line 2: “key” has no = : write name = value"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_text(rows[i].text);
        cr_expect_eq(config.problem_count, 1, "%s", rows[i].text);
        cr_expect_str_eq(config.problems[0], rows[i].problem);
        cr_expect(config.vault_idle == -1 && config.clipboard_clear == -1 && !config.key_count);
    }
}

Test(config, the_first_and_the_last_value_that_is_allowed_are_taken)
{
    static const char *const themes[] = {"dark", "light", "plain"};
    static const int seconds[] = {10, 86400};
    char text[80];
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
        snprintf(text, sizeof text, "theme = %s", themes[i]);
        read_text(text);
        cr_assert_str_eq(config.theme, themes[i]);
    }
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        snprintf(text, sizeof text, "vault.idle = %d\nclipboard.clear = %d\n", seconds[i],
                 seconds[i]);
        read_text(text);
        cr_assert_eq(config.problem_count, 0, "%s", config.problems[0]);
        cr_assert_eq(config.vault_idle, seconds[i]);
        cr_assert_eq(config.clipboard_clear, seconds[i]);
    }
    read_text("vault.idle = 000060\nmouse = on\nmouse = off");
    cr_assert_eq(config.vault_idle, 60);
    cr_assert_not(config.mouse);
}

/* The longest name of a command and the longest keys fill their places. */
Test(config, a_key_and_its_command_have_at_most_63_bytes)
{
    static const char fill[] = "0123456789012345678901234567890123456789012345678901234567890123";
    char text[200];
    for (int command = 62; command <= 64; command++)
        for (int keys = 62; keys <= 64; keys++) {
            const bool fits = command < CONFIG_VALUE_SIZE && keys < CONFIG_VALUE_SIZE;
            snprintf(text, sizeof text, "key %.*s = %.*s", command, fill, keys, fill);
            read_text(text);
            cr_assert_eq(config.key_count, fits, "%d, %d", command, keys);
            cr_assert_eq(config.problem_count, !fits);
            if (fits) {
                cr_assert_eq(strlen(config.keys[0].command), (size_t)command);
                cr_assert_eq(strlen(config.keys[0].keys), (size_t)keys);
            } else {
                cr_assert_str_eq(config.problems[0],
                                 "line 1: there are too many keys, or a name is too long");
            }
        }
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

/* With its end of line or as the last of the file, which may have none. */
Test(config, a_line_of_510_bytes_is_the_longest)
{
    for (size_t size = 509; size <= 512; size++)
        for (int ends = 0; ends < 2; ends++) {
            char text[600];
            const bool fits = size <= 510;
            memset(text, 'x', size);
            strcpy(text + size, ends ? "\nmouse = on\n" : "");
            memcpy(text, "theme = dark", 12);
            memset(text + 12, ' ', size - 12);
            read_text(text);
            cr_assert_eq(config.problem_count, !fits, "%zu", size);
            cr_assert_str_eq(config.theme, fits ? "dark" : "");
            cr_assert_eq(config.mouse, ends, "%zu", size);
            if (!fits) cr_assert_str_eq(config.problems[0], "line 1: it is longer than 510 bytes");
        }
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
    for (size_t i = 0; i < CONFIG_PROBLEMS_MAX; i++) {
        char problem[CONFIG_PROBLEM_SIZE];
        snprintf(problem, sizeof problem,
                 "line %zu: there are too many keys, or a name is too long",
                 CONFIG_KEYS_MAX + 1 + i);
        cr_assert_str_eq(config.problems[i], problem);
    }
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

Test(config, what_cannot_be_opened_is_a_problem_unless_it_is_not_there)
{
    char below[100], problem[200];
    read_text("mouse = on");
    snprintf(below, sizeof below, "%s/below", path);
    config_read_file(below, &config);
    cr_assert_eq(config.problem_count, 0, "%s", config.problems[0]);
    unlink(path);
    cr_assert_eq(symlink(path, path), 0);
    config_read_file(path, &config);
    snprintf(problem, sizeof problem, "%s cannot be read: Too many levels of symbolic links", path);
    cr_assert_eq(config.problem_count, 1);
    cr_assert_str_eq(config.problems[0], problem);
}

/* Whether the file in `folder` below the test's folder is the one that is loaded. */
static bool loads(const char *folder_name)
{
    char place[100], file_name[120];
    snprintf(place, sizeof place, "%s/%s", folder, folder_name);
    snprintf(file_name, sizeof file_name, "%s/gatehouse/config", place);
    cr_assert_eq(mkdir(place, 0700), 0);
    *strrchr(file_name, '/') = 0;
    cr_assert_eq(mkdir(file_name, 0700), 0);
    strcat(file_name, "/config");
    FILE *file = fopen(file_name, "w");
    cr_assert(file);
    fputs("theme = light", file);
    fclose(file);
    config_load(&config);
    unlink(file_name);
    *strrchr(file_name, '/') = 0;
    rmdir(file_name);
    rmdir(place);
    cr_assert_eq(config.problem_count, 0, "%s", config.problems[0]);
    return strcmp(config.theme, "light") == 0;
}

Test(config, it_is_found_below_xdg_config_home_or_else_below_home)
{
    cr_assert_eq(chdir(folder), 0);
    setenv("HOME", folder, true);
    unsetenv("XDG_CONFIG_HOME");
    cr_assert(loads(".config"));
    cr_assert_not(loads("other"));
    setenv("XDG_CONFIG_HOME", "other", true);
    cr_assert_not(loads("other"), "it must be an absolute path");
    cr_assert(loads(".config"));
    char other[64];
    snprintf(other, sizeof other, "%s/other", folder);
    setenv("XDG_CONFIG_HOME", other, true);
    cr_assert(loads("other"));
    cr_assert_not(loads(".config"));
    setenv("HOME", "", true);
    cr_assert(loads("other"));
    unsetenv("XDG_CONFIG_HOME");
    cr_assert_not(loads(".config"));
    unsetenv("HOME");
    cr_assert_not(loads(".config"));
}

Test(config, the_shorter_of_two_spans_counts)
{
    cr_assert_eq(config_shorter(-1, 45), 45);
    cr_assert_eq(config_shorter(20, 45), 20);
    cr_assert_eq(config_shorter(60, 45), 45);
    cr_assert_eq(config_shorter(0, 45), 45);
    cr_assert_eq(config_shorter(20, 0), 20);
    cr_assert_eq(config_shorter(1, 2), 1);
    cr_assert_eq(config_shorter(2, 1), 1);
    cr_assert_eq(config_shorter(-1, 0), 0);
}
