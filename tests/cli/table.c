#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/text.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static void setup(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    run_setup();
    run_init();
}

TestSuite(table, .init = setup, .fini = run_teardown);

static void set_description(const char *name, const char *description)
{
    struct act act = run_act();
    struct stmt *update = store_prepare(
        act.store, "UPDATE account SET description = :text, owner = :text WHERE name = :name");
    bind_text(update, ":text", description);
    bind_text(update, ":name", name);
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(store_end(act.store, stmt_run(update)), OK);
    store_close(act.store);
}

static void expect_harmless(const char *text)
{
    for (const char *c = text; *c; c++)
        cr_assert(*c == '\n' || *c == '\r' || (unsigned char)*c >= ' ', "control 0x%02x in %s",
                  (unsigned char)*c, text);
    cr_assert(!strstr(text, "\xe2\x80\xae"), "a bidi override");
    cr_assert(!strchr(text, '\x9b') && !strchr(text, '\xff'), "invalid UTF-8");
}

Test(table, hostile_text_is_harmless_in_tables_fields_and_json)
{
    RUN_NEEDS_SQLITE(); /* PostgreSQL refuses text that is not UTF-8 */
    cr_assert_eq(run("account", "create", "ci"), 0);
    set_description("ci", "\x1b]52;c;eA==\x07 \x1b[2J \xe2\x80\xaetxt \xff\x9b 31m a\nb");
    cr_assert_eq(run("account", "list"), 0);
    expect_harmless(run_out);
    cr_assert_eq(run("account", "show", "ci"), 0);
    expect_harmless(run_out);
    cr_assert_eq(run("account", "list", "--json"), 0);
    expect_harmless(run_out);
    json_decref(run_json());
    cr_assert_eq(run("account", "create", "\x1b[31m"), 3);
    expect_harmless(run_err);
    cr_assert_eq(run("account", "\x1b[31m"), 2);
    expect_harmless(run_err);
}

Test(table, wide_and_combining_characters_break_no_column)
{
    static const char *const texts[] = {"日本語", "e\xcc\x81te\xcc\x81", "plain"};
    char name[8];
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "a%zu", i);
        cr_assert_eq(run("account", "create", name), 0);
        set_description(name, texts[i]);
    }
    cr_assert_eq(run("account", "list"), 0);
    char *line = strtok(run_out, "\n");
    cr_assert(line);
    size_t column = (size_t)(strstr(line, "DESCRIPTION") - line);
    for (size_t i = 0; i < 3; i++) {
        line = strtok(NULL, "\n");
        char *second = strstr(strstr(line, texts[i]) + 1, texts[i]);
        cr_assert(second, "%s", line);
        *second = '\0';
        cr_assert_eq(text_width(line), column, "%s", line);
    }
}

Test(table, fits_the_width_of_the_terminal)
{
    cr_assert_eq(run("account", "create",
                     "a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-so"),
                 0, "%s", run_err);
    cr_assert_eq(run("account", "edit",
                     "a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-so",
                     "--description", "A description that is a good deal wider than the terminal"),
                 0);
    for (unsigned short columns = 20; columns <= 120; columns = (unsigned short)(columns + 10)) {
        int status = run_in_terminal(columns, NULL, (const char *const[]){"account", "list", NULL});
        cr_assert_eq(status, 0);
        cr_assert(strstr(run_out, "ACCOUNT ID"), "%s", run_out);
        for (char *line = strtok(run_out, "\r\n"); line; line = strtok(NULL, "\r\n"))
            cr_assert_leq(text_width(line), columns, "%u: %s", columns, line);
    }
}

Test(table, is_cut_at_80_columns_in_a_terminal_of_unknown_width)
{
    static const char *const words[] = {"account", "list", NULL};
    cr_assert_eq(run("account", "create", "ci", "--description",
                     "A description that is a good deal wider than a terminal, even than one of "
                     "80 columns"),
                 0);
    cr_assert_eq(run_in_terminal(80, NULL, words), 0);
    char *usual = strdup(run_out);
    cr_assert_eq(run_in_terminal(0, NULL, words), 0);
    cr_assert_str_eq(run_out, usual);
    free(usual);
}

Test(table, is_not_cut_when_piped)
{
    static const char description[] = "A description that is a good deal wider than a terminal, "
                                      "which nobody cuts when it goes into a pipe";
    cr_assert_eq(run("account", "create", "ci", "--description", description), 0);
    cr_assert_eq(run("account", "list"), 0);
    cr_assert(strstr(run_out, description), "%s", run_out);
    cr_assert(!strchr(run_out, '\x1b'));
}

Test(table, an_empty_list_on_a_terminal_names_the_next_step)
{
    cr_assert_eq(run_in_terminal(80, NULL, (const char *const[]){"account", "list", NULL}), 0);
    cr_assert(strstr(run_out, "account create"), "%s", run_out);
    cr_assert_eq(run("account", "list"), 0);
    cr_assert_str_empty(run_out);
}

Test(table, numbers_are_aligned_to_the_right)
{
    cr_assert_eq(run("account", "create", "ci"), 0);
    cr_assert_eq(run("group", "list"), 0);
    const char *title = strstr(run_out, "MEMBERS"), *row = strchr(run_out, '\n');
    cr_assert(title && row, "%s", run_out);
    const char *last = row + 1 + (title - run_out) + strlen("MEMBERS") - 1;
    cr_assert(last[-1] == ' ' && last[0] == '1' && last[1] == ' ', "%s", run_out);
}

/* Names in a database from before they were refused. */
Test(table, a_token_that_is_stored_as_a_name_is_not_printed)
{
    cr_assert_eq(run("account", "create", "leaky", "--token", "t"), 0, "%s", run_err);
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(stmt_run(store_prepare(act.store, "UPDATE token SET name = "
                                                   "'gth_0123456789abcdefghijABCDEFGHIJ05DYyq'")),
                 OK);
    cr_assert_eq(stmt_run(store_prepare(act.store, "UPDATE account SET description = 'see "
                                                   "gth_0123456789abcdefghijABCDEFGHIJ05DYyq'")),
                 OK);
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    static const char *const commands[][4] = {{"token", "list", NULL},
                                              {"token", "list", "--json", NULL},
                                              {"account", "show", "leaky", NULL},
                                              {"account", "show", "leaky", "--json"},
                                              {"account", "list", NULL},
                                              {"account", "list", "--json", NULL}};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const char *const words[] = {commands[i][0], commands[i][1], commands[i][2],
                                     commands[i][2] ? commands[i][3] : NULL, NULL};
        cr_assert_eq(run_words(NULL, words), 0, "%s", run_err);
        cr_assert_not(strstr(run_out, "0123456789abcdef"), "%s", run_out);
    }
    run_change("UPDATE token SET expires = 1800000000 + 86400");
    static const char *const forms[] = {"--prometheus", "--json", NULL};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        cr_assert_eq(run("check", forms[i]), 1, "%s", run_err);
        cr_assert(strstr(run_out, "leaky"), "%s", run_out);
        cr_assert_not(strstr(run_out, "0123456789abcdef"), "%s", run_out);
    }
}
