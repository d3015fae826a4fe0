#include "ui/bindings.h"

#include "ui/command.h"
#include "ui/kit/field.h"
#include "ui/terminal/key.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct config config;

/* Each test is a process of its own, so bindings made here do not affect other tests. */
static void apply(const char *command, const char *keys)
{
    struct config_key *key = &config.keys[config.key_count++];
    key->line = (int)config.key_count;
    snprintf(key->command, sizeof key->command, "%s", command);
    snprintf(key->keys, sizeof key->keys, "%s", keys);
}

static void expect_problems(size_t count, const char *part)
{
    bindings_apply(&config);
    cr_assert_eq(config.problem_count, count, "%zu: %s; %s", config.problem_count,
                 config.problems[0], config.problems[1]);
    if (count) cr_assert(strstr(config.problems[0], part), "%s", config.problems[0]);
}

static const struct contexts accounts = {
    {CONTEXT_ACCOUNTS, CONTEXT_LIST, CONTEXT_TABLE, CONTEXT_EVERYWHERE}};

Test(bindings, a_command_gets_the_keys_of_the_file_and_loses_its_own)
{
    char text[64];
    apply("account toggle", "X F2");
    expect_problems(0, "");
    cr_assert_eq(command_of_key('X', &accounts), COMMAND_ACCOUNT_TOGGLE);
    cr_assert_eq(command_of_key(UI_F2, &accounts), COMMAND_ACCOUNT_TOGGLE);
    cr_assert_eq(command_of_key('A', &accounts), COMMAND_NONE);
    command_keys_text(COMMAND_ACCOUNT_TOGGLE, NULL, text, sizeof text);
    cr_assert_str_eq(text, "X F2");
}

Test(bindings, letters_of_any_script_can_be_keys)
{
    char text[64];
    apply("account toggle", "ф é 中 Ω");
    expect_problems(0, "");
    cr_assert_eq(command_of_key(0x444, &accounts), COMMAND_ACCOUNT_TOGGLE);
    cr_assert_eq(command_of_key(0xe9, &accounts), COMMAND_ACCOUNT_TOGGLE);
    cr_assert_eq(command_of_key(0x4e2d, &accounts), COMMAND_ACCOUNT_TOGGLE);
    command_keys_text(COMMAND_ACCOUNT_TOGGLE, NULL, text, sizeof text);
    cr_assert_str_eq(text, "ф é 中 Ω");
}

Test(bindings, none_unbinds)
{
    char text[64];
    apply("account delete", "none");
    expect_problems(0, "");
    cr_assert_eq(command_of_key('D', &accounts), COMMAND_NONE);
    command_keys_text(COMMAND_ACCOUNT_DELETE, NULL, text, sizeof text);
    cr_assert_str_empty(text);
}

Test(bindings, a_key_taken_from_another_in_the_same_place_is_reported_and_moves)
{
    apply("account toggle", "T");
    expect_problems(1, "line 1: T means account toggle and account token: it does account toggle");
    cr_assert_eq(command_of_key('T', &accounts), COMMAND_ACCOUNT_TOGGLE);
}

Test(bindings, a_command_that_loses_one_key_keeps_its_others)
{
    const struct contexts list = {{CONTEXT_LIST}};
    apply("page down", "End");
    expect_problems(1, "End means page down and last: it does page down");
    cr_assert_eq(command_of_key(UI_END, &list), COMMAND_PAGE_DOWN);
    cr_assert_eq(command_of_key('G', &list), COMMAND_LAST);
}

Test(bindings, of_two_lines_the_first_has_the_key)
{
    apply("account token", "X");
    apply("account toggle", "X");
    expect_problems(1, "it does account token");
    cr_assert_eq(command_of_key('X', &accounts), COMMAND_ACCOUNT_TOKEN);
    cr_assert_eq(*command_keys(COMMAND_ACCOUNT_TOGGLE), 0);
}

Test(bindings, an_exchange_is_no_conflict)
{
    apply("account toggle", "T");
    apply("account token", "A");
    expect_problems(0, "");
    cr_assert_eq(command_of_key('T', &accounts), COMMAND_ACCOUNT_TOGGLE);
    cr_assert_eq(command_of_key('A', &accounts), COMMAND_ACCOUNT_TOKEN);
}

Test(bindings, a_key_that_hides_one_of_the_list_is_reported)
{
    apply("account toggle", "j");
    expect_problems(1, "where both could be meant");
    cr_assert_eq(command_of_key('j', &accounts), COMMAND_ACCOUNT_TOGGLE);
    cr_assert_eq(command_of_key('j', &(struct contexts){{CONTEXT_LIST}}), COMMAND_DOWN);
}

Test(bindings, places_that_never_meet_may_share_a_key)
{
    apply("slot add", "T");
    expect_problems(0, "");
}

Test(bindings, what_must_not_be_bound_is_refused)
{
    static const struct {
        const char *command, *keys, *problem;
    } wrong[] = {
        {"account toggle", "O", "account toggle cannot be O: it may be part of a slow arrow key"},
        {"down", "[", "down cannot be [: it may be part of a slow arrow key"},
        {"account toggle", "^A", "account toggle cannot be ^A: control keys never change anything"},
        {"account delete", "Esc",
         "account delete cannot be Esc: control keys never change anything"},
        {"account toggle", "Hyper",
         "account toggle cannot be Hyper: there is no key with that name"},
        {"account toggle", "^[", "account toggle cannot be ^[: there is no key with that name"},
        {"account toggle", "фф", "account toggle cannot be фф: there is no key with that name"},
        {"account toggle", "\xd1", "account toggle cannot be \xd1: there is no key with that name"},
        {"account toggle", "\xc2\x9b",
         "account toggle cannot be \xc2\x9b: there is no key with that name"},
        {"filter keep", "ф", "filter keep cannot be ф: it edits text where this command is used"},
        {"account toggle", "a b c d e",
         "account toggle cannot be e: a command has at most four keys"},
        {"account toggle", "", "no key given: write “none” to unbind"},
        {"filter keep", "x", "filter keep cannot be x: it edits text where this command is used"},
        {"accept", "^K", "accept cannot be ^K: it edits text where this command is used"},
        {"next part", "Backspace",
         "next part cannot be Backspace: it edits text where this command is used"},
        {"escape", "x", "the keys of escape cannot be changed"},
        {"palette", "none", "the palette needs a key: everything can be reached by it"},
        {"back", "none", "back needs a key: on a tab it quits"},
        {"help", "h", "help needs a key that is not text, such as F1, for text fields"},
        {"help", "^E Del", "help needs a key that is not text, such as F1, for text fields"},
        {"account fly", "x", "there is no command “account fly”; the palette (:) lists them"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        config = (struct config){0};
        apply(wrong[i].command, wrong[i].keys);
        expect_problems(1, "line 1: ");
        cr_assert_str_eq(config.problems[0] + strlen("line 1: "), wrong[i].problem);
    }
    cr_assert_eq(command_of_key('A', &accounts), COMMAND_ACCOUNT_TOGGLE);
    cr_assert_eq(command_of_key(UI_CTRL('S'), &(struct contexts){{CONTEXT_FORM}}),
                 COMMAND_FORM_SAVE);
}

static void expect_taken(struct field *field, int key)
{
    char name[16];
    field_set(field, "ab");
    field->at = 1;
    key_text(key, name);
    cr_assert_eq(field_key(field, key) != FIELD_PASSED, key_edits(key), "%s", name);
}

/* Those cannot be commands where a field has the focus. */
Test(bindings, the_keys_that_edit_are_those_that_a_field_takes)
{
    struct field field;
    cr_assert_eq(field_init(&field, 8, false), OK);
    for (int key = 1; key < 0x80; key++)
        expect_taken(&field, key);
    for (int key = UI_UP; key < UI_RESIZE; key++)
        expect_taken(&field, key);
    field_free(&field);
}

Test(bindings, every_key_has_a_name_that_means_it)
{
    char text[16];
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
        for (const int *key = command_keys((enum command)i); *key; key++) {
            key_text(*key, text);
            cr_assert_eq(key_of_text(text), *key, "%s of %s", text, command_table[i].name);
        }
    cr_assert_eq(key_of_text("up"), UI_UP);
    cr_assert_eq(key_of_text("^m"), 0);
}

/* All examples of the sample at once. */
Test(bindings, the_sample_is_right)
{
    char line[512], name[] = "/tmp/gatehouse-test-XXXXXX";
    FILE *sample = fopen(CONFIG_SAMPLE, "r"), *file = fdopen(mkstemp(name), "w");
    cr_assert(sample && file);
    int offers = 0;
    while (fgets(line, sizeof line, sample)) {
        bool offer = line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';
        offers += offer;
        fputs(line + offer, file);
    }
    fclose(sample);
    fclose(file);
    config_read_file(name, &config);
    unlink(name);
    cr_assert_eq(offers, 7);
    expect_problems(0, "");
    cr_assert_eq(config.key_count, 3);
}

/* On the tab of all tokens the commands of that list come before those of any list of tokens. */
Test(bindings, a_key_that_hides_another_where_both_hold_is_reported)
{
    apply("token facets", "y");
    expect_problems(1, "y means token facets and token copy: it does token facets where both");
}

Test(bindings, a_key_of_a_form_that_one_of_its_parts_has_is_reported)
{
    apply("save", "w");
    expect_problems(1, "w means save and permission why: it does permission why where both");
}

Test(bindings, the_same_key_on_screens_that_are_never_together_is_no_problem)
{
    apply("group suspend tokens", "F2");
    expect_problems(0, "");
}
