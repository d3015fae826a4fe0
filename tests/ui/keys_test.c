/* The tables of commands and contexts, and what the documents print of them. */
#include "ui/keys.h"

#include "ui/command.h"
#include "ui/loop.h"
#include "ui/screen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_keys(enum context context)
{
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
        if (command_is_in((enum command)i, context) && *command_keys((enum command)i)) return true;
    return false;
}

Test(keys, of_every_context_stand_under_its_heading_in_the_documents)
{
    char *text = NULL, heading[80];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    keys_print_markdown(out);
    fclose(out);
    for (int i = CONTEXT_NONE + 1; i < CONTEXT_COUNT; i++) {
        enum context context = (enum context)i;
        cr_assert(context_table[context].heading, "context %d has no heading", i);
        snprintf(heading, sizeof heading, "**%s**", context_table[context].heading);
        cr_assert_eq(strstr(text, heading) != NULL, has_keys(context), "%s", heading);
    }
    free(text);
}

Test(keys, of_every_command_are_in_the_documents)
{
    char *text = NULL, line[600], keys[64];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    keys_print_markdown(out);
    fclose(out);
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
        if (!*command_keys((enum command)i)) continue;
        command_keys_text((enum command)i, NULL, keys, sizeof keys);
        snprintf(line, sizeof line, "| `%s` | %s |", keys, command_table[i].sentence);
        cr_assert(strstr(text, line), "%s", line);
    }
    free(text);
}

Test(keys, mean_one_thing_in_each_context)
{
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
        for (int place = 0; place < CONTEXTS_MAX && command_table[i].contexts[place]; place++)
            for (int j = 0; j < COMMAND_KEYS && command_keys((enum command)i)[j]; j++) {
                const struct contexts here = {{command_table[i].contexts[place]}};
                int key = command_keys((enum command)i)[j];
                cr_assert_eq(command_of_key(key, &here), (enum command)i, "%s, key %d",
                             command_table[i].name, key);
            }
}

Test(keys, of_the_context_that_is_named_first_win)
{
    enum { ENTER = 13 };
    const struct contexts list_first = {{CONTEXT_TOKEN_LIST, CONTEXT_TOGGLE}};
    const struct contexts toggle_first = {{CONTEXT_TOGGLE, CONTEXT_TOKEN_LIST}};
    cr_assert_eq(command_of_key(ENTER, &list_first), COMMAND_TOKEN_OPEN);
    cr_assert_eq(command_of_key(ENTER, &toggle_first), COMMAND_FORM_TOGGLE);
}

Test(keys, of_every_context_are_in_the_manual_page)
{
    char *text = NULL, heading[80];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    keys_print_man(out);
    fclose(out);
    for (int i = CONTEXT_NONE + 1; i < CONTEXT_COUNT; i++) {
        enum context context = (enum context)i;
        snprintf(heading, sizeof heading, ".SS %s\n", context_table[context].heading);
        cr_assert_eq(strstr(text, heading) != NULL, has_keys(context), "%s", heading);
    }
    free(text);
}

/* `y` copies a token, whatever its letter is in the menu: none may begin a paste. */
Test(keys, whatever_may_change_data_waits_for_the_rest_of_a_paste)
{
    static const struct {
        struct contexts contexts;
        int key;
        enum input_use use;
    } places[] = {
        {{{CONTEXT_TOKENS, CONTEXT_LIST}}, 'y', INPUT_CHANGES},
        {{{CONTEXT_TOKENS, CONTEXT_LIST}}, 'A', INPUT_CHANGES},
        {{{CONTEXT_TOKENS, CONTEXT_LIST}}, 'j', INPUT_FREE},
        {{{CONTEXT_ACCOUNTS, CONTEXT_LIST}}, 's', INPUT_ACTS},
        {{{CONTEXT_MENU, CONTEXT_LIST, CONTEXT_DIALOG}}, 'y', INPUT_CHANGES},
        {{{CONTEXT_MENU, CONTEXT_LIST, CONTEXT_DIALOG}}, 'A', INPUT_CHANGES},
        {{{CONTEXT_MENU, CONTEXT_LIST, CONTEXT_DIALOG}}, 'j', INPUT_FREE},
        {{{CONTEXT_DIALOG}}, 'Y', INPUT_CHANGES},
        {{{CONTEXT_TEXT, CONTEXT_DIALOG}}, 'Y', INPUT_FREE},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const struct screen_class class = {.contexts = places[i].contexts};
        struct screen screen = {.class = &class};
        struct app app = {.top = &screen};
        cr_expect_eq(loop_use_of_key(&app, places[i].key), places[i].use, "%zu", i);
    }
}
