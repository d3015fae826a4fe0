/* What holds for every command, asked of the program itself: the list of commands is its own help,
 * so that a new command is tried, too. */
#include "tests/cli/every.h"
#include "tests/cli/run.h"
#include "tests/postgres/fresh.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void setup(void)
{
    run_setup();
    run_init();
}

TestSuite(every, .init = setup, .fini = run_teardown);

struct command commands[COMMANDS_MAX];
size_t command_count;

static int run_with(const char *words, const char *more)
{
    char line[600];
    snprintf(line, sizeof line, "%.40s %.500s", words, more);
    return run_line(line);
}

static void read_command(struct command *command)
{
    cr_assert_eq(run_with(command->words, "--help"), 0, "%s: %s", command->words, run_err);
    command->help = strdup(run_out);
    const char *usage = strstr(run_out, command->words) + strlen(command->words);
    snprintf(command->usage, sizeof command->usage, "%.*s", (int)strcspn(usage, "\n"), usage);
    command->has_arguments = command->usage[0] == ' ' && command->usage[1] != '[';
}

void read_commands(void)
{
    command_count = 0;
    cr_assert_eq(run("--help"), 0);
    char *overview = strdup(run_out), *rest = NULL;
    for (char *line = strtok_r(overview, "\n", &rest); line && strncmp(line, "Options", 7) != 0;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "  ", 2) != 0 || line[2] == ' ') continue;
        struct command *command = &commands[command_count++];
        const char *end = strstr(line + 2, "  ");
        snprintf(command->words, sizeof command->words, "%.*s", (int)(end - line - 2), line + 2);
    }
    free(overview);
    for (size_t i = 0; i < command_count; i++)
        read_command(&commands[i]);
    cr_assert_gt(command_count, 50);
}

static bool is_one_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return strncmp(text, "gatehouse: ", 11) == 0 && end && !end[1];
}

Test(every, command_exits_2_when_it_is_used_wrongly, .timeout = 300)
{
    read_commands();
    for (size_t i = 0; i < command_count; i++) {
        const char *words = commands[i].words;
        cr_expect_eq(run_with(words, "--frobnicate"), 2, "%s", words);
        cr_expect(is_one_line(run_err), "%s: %s", words, run_err);
        if (commands[i].has_arguments) cr_expect_eq(run_line(words), 2, "%s", words);
        if (!strstr(commands[i].usage, "...") && strcmp(words, "help") != 0)
            cr_expect_eq(run_with(words, "a b c d"), 2, "%s", words);
    }
}

/* Whether a command may be refused with --read-only is what it says itself. */
static const char *const only_read[] = {"account list",
                                        "account show",
                                        "token list",
                                        "search list",
                                        "group list",
                                        "group show",
                                        "permission list",
                                        "verify",
                                        "check",
                                        "permission show",
                                        "scan",
                                        "why",
                                        "vault status",
                                        "vault slots",
                                        "setting list",
                                        "setting get",
                                        "audit",
                                        "audit verify",
                                        "export",
                                        "audit head",
                                        "doctor",
                                        "demo",
                                        "help"};

static bool reads(const char *words)
{
    for (size_t i = 0; i < sizeof only_read / sizeof *only_read; i++)
        if (strcmp(only_read[i], words) == 0) return true;
    return false;
}

Test(every, command_that_writes_is_refused_with_read_only, .timeout = 300)
{
    read_commands();
    for (size_t i = 0; i < command_count; i++) {
        const char *words = commands[i].words;
        char line[200];
        if (reads(words)) continue;
        /* As many arguments as it wants. */
        snprintf(line, sizeof line, "--read-only %.40s", words);
        int status = 2;
        for (int count = 0; count < 3 && status == 2; count++) {
            status = run_line(line);
            strcat(line, " x");
        }
        cr_expect_eq(status, 3, "%s: %d, %s", words, status, run_err);
        cr_expect(strstr(run_err, "--read-only"), "%s: %s", words, run_err);
    }
}

/* Each command that may ask for --yes, with something that a rule forbids, and something that only
 * the question stops. In the folder of the test. */
static const struct question {
    const char *words;
    const char *forbidden; /* NULL: it cannot be refused once it would ask */
    const char *asks;
    int status; /* of what is forbidden */
} questions[] = {
    {"account delete", "ci nobody", "ci cd", 3},
    {"token canary", "1 99", "1 2", 3},
    {"token revoke", "1 ci/nothing", "1 2", 3},
    {"token expire", "1 2 --at yesterday", "1 2 --at 30d", 3},
    {"token forget", "1 99", "1 2", 3},
    {"group delete", "Everyone", "build", 3},
    {"permission delete", "token_management", "ingestion", 3},
    {"panic", "--owner nosuch", "--group Everyone", 3},
    {"vault rekey", "--key-file missing", "--passphrase-file passphrase", 3},
    {"apply", "--prune wrong.json", "--prune empty.json", 3},
    {"restore", "nothing.db", "copy.db", 3},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static const struct question *question_of(const char *words)
{
    for (size_t i = 0; i < QUESTIONS; i++)
        if (strcmp(questions[i].words, words) == 0) return &questions[i];
    return NULL;
}

static void furnish(void)
{
    static const char *const lines[] = {"account create ci",
                                        "account create cd",
                                        "group create build",
                                        "group add build ci",
                                        "token generate ci --name main",
                                        "token generate cd",
                                        "token generate cd",
                                        "permission grant ingestion --group Everyone",
                                        "permission grant alerts_management --group build"};
    cr_assert_eq(chdir(run_folder), 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_assert_eq(run_line(lines[i]), 0, "%s: %s", lines[i], run_err);
    cr_assert_eq(run("vault", "add", "--recovery", "--passphrase-file", run_passphrase()), 0, "%s",
                 run_err);
    /* PostgreSQL has commands of its own for backups. */
    if (!fresh_is_postgres()) cr_assert_eq(run("backup", "copy.db"), 0, "%s", run_err);
    run_file("wrong.json", "{\"format\": \"gatehouse-export\", \"version\": 1, \"accounts\": 5}",
             0600);
    run_file("empty.json", "{\"format\": \"gatehouse-export\", \"version\": 1, \"accounts\": []}",
             0600);
}

Test(every, rule_stands_before_a_question, .timeout = 300)
{
    int asked = 0;
    RUN_NEEDS_SQLITE(); /* for the question of restore */
    read_commands();
    furnish();
    for (size_t i = 0; i < command_count; i++) {
        const char *words = commands[i].words;
        if (!strstr(commands[i].help, "--yes ")) continue;
        const struct question *question = question_of(words);
        cr_assert(question, "%s may ask for --yes: how is it refused?", words);
        char line[200];
        snprintf(line, sizeof line, "%s --yes", question->forbidden);
        cr_expect_eq(run_with(words, line), question->status, "%s %s: %s", words, line, run_err);
        cr_expect_eq(run_with(words, question->forbidden), question->status, "%s %s: %s", words,
                     question->forbidden, run_err);
        int64_t events = run_events();
        cr_expect_eq(run_with(words, question->asks), 2, "%s %s: %s", words, question->asks,
                     run_err);
        cr_expect(strstr(run_err, "add --yes"), "%s: %s", words, run_err);
        cr_expect_eq(run_events(), events, "%s changed something", words);
        asked++;
    }
    cr_expect_eq(asked, QUESTIONS, "one of the questions is not asked");
}

/* Each command that may find that all is already as it should be. */
static const char *const repeated[] = {
    "account edit ci --description x",
    "account edit ci --owner y",
    "account deactivate ci",
    "account activate ci",
    "group edit build --description x",
    "group add build cd",
    "group remove build cd",
    "permission grant ingestion --account ci",
    "permission revoke ingestion --account ci",
    "permission grant ingestion --group build",
    "permission revoke ingestion --group build",
    "token suspend 1",
    "token resume 1",
    "token rename 1 x",
    "token expire 1 --at 2030-01-01",
    "token forget 1",
    "panic --group build --yes",
    "token canary 2",
    "check --dealt-with 2",
    "token revoke 2",
};

static bool says_that_nothing_was_done(void)
{
    static const char *const words[] = {"already",       "unchanged",         "is not in",
                                        "does not hold", "There is no token", "has no open alarm"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(run_out, words[i])) return true;
    return false;
}

Test(every, command_that_changes_nothing_says_so, .timeout = 300)
{
    furnish();
    for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
        cr_assert_eq(run_line(repeated[i]), 0, "%s: %s", repeated[i], run_err);
        int64_t events = run_events();
        cr_assert_eq(run_line(repeated[i]), 0, "%s: %s", repeated[i], run_err);
        cr_expect_eq(run_events(), events, "%s", repeated[i]);
        cr_expect(says_that_nothing_was_done(), "%s: %s", repeated[i], run_out);
    }
}

/* The first field of each row, in the order of the list: "ci cd ". */
static void read_order(const char *line, char *out, size_t size, bool backward)
{
    char whole[200];
    snprintf(whole, sizeof whole, "%.180s --json", line);
    cr_assert_eq(run_line(whole), 0, "%s: %s", whole, run_err);
    json_t *list = run_json();
    size_t count = json_array_size(list), used = 0;
    cr_assert_gt(count, 1, "%s", whole);
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_array_get(list, backward ? count - 1 - i : i);
        char *first = json_dumps(json_object_iter_value(json_object_iter(row)), JSON_ENCODE_ANY);
        used += (size_t)snprintf(out + used, size - used, "%s ", first);
        free(first);
    }
    json_decref(list);
}

static void check_sort(const char *words, const char *column)
{
    char line[120], up[4000], down[4000], both[4000];
    snprintf(line, sizeof line, "%.40s --sort %.40s", words, column);
    read_order(line, up, sizeof up, true);
    snprintf(line, sizeof line, "%.40s --sort -%.40s", words, column);
    read_order(line, down, sizeof down, false);
    cr_expect_str_eq(up, down, "%s", line);
    snprintf(line, sizeof line, "%.40s --sort %.40s --descending", words, column);
    read_order(line, both, sizeof both, false);
    cr_expect_str_eq(both, down, "%s", line);
    snprintf(line, sizeof line, "%.40s --sort -%.40s --descending", words, column);
    read_order(line, both, sizeof both, false);
    cr_expect_str_eq(both, down, "%s", line);
}

/* The columns as the help lists them: "  --sort COLUMN   id, name or created; a leading - ...". */
static void check_sorts(const struct command *command, const char *more)
{
    char columns[200], words[80], *rest = NULL;
    const char *sentence = strstr(command->help, "\n  --sort COLUMN");
    cr_assert(sentence && strstr(command->help, "--descending"), "%s cannot be sorted",
              command->words);
    sentence += strlen("\n  --sort COLUMN");
    sentence += strspn(sentence, " ");
    snprintf(columns, sizeof columns, "%.*s", (int)strcspn(sentence, ";"), sentence);
    snprintf(words, sizeof words, "%.40s%s", command->words, more);
    for (char *column = strtok_r(columns, ", ", &rest); column;
         column = strtok_r(NULL, ", ", &rest))
        if (strcmp(column, "or") != 0) check_sort(words, column);
    cr_expect_eq(run_with(words, "--sort nothing"), 2);
}

Test(every, list_is_sorted_by_each_column_in_both_directions, .timeout = 300)
{
    read_commands();
    furnish();
    cr_assert_eq(run("search", "save", "one"), 0);
    cr_assert_eq(run("search", "save", "two"), 0);
    cr_assert_eq(run("account", "deactivate", "cd"), 0);
    cr_assert_eq(run("token", "generate", "ci", "--name", "aaa"), 0);
    size_t lists = 0;
    for (size_t i = 0; i < command_count; i++) {
        const char *second = strchr(commands[i].words, ' ');
        if (!second || strcmp(second, " list") != 0) continue;
        check_sorts(&commands[i], "");
        if (strcmp(commands[i].words, "token list") == 0) check_sorts(&commands[i], " ci");
        lists++;
    }
    cr_assert_eq(lists, 6);
}

static bool is_one_of(const char *words, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, words) == 0) return true;
    return false;
}

/* Runs it with as many words as it wants; returns the status. */
static int run_filled(const char *before, const char *words, const char *word)
{
    char line[300];
    int status = 2;
    snprintf(line, sizeof line, "%s%.80s", before, words);
    for (int count = 0; count < 4 && status == 2; count++) {
        status = run_line(line);
        strcat(line, " ");
        strcat(line, word);
    }
    return status;
}

/* What a command must be told besides; NULL: it makes what it names. */
static const struct besides {
    const char *words, *options;
} besides[] = {
    {"account edit", "--owner x"},
    {"group edit", "--description x"},
    {"permission edit", "--name x"},
    {"permission grant", "--account x"},
    {"permission revoke", "--group x"},
    {"token expire", "--at 30d"},
    {"account create", NULL},
    {"search save", NULL},
    {"group create", NULL},
    {"permission create", NULL},
    {"backup", NULL},
    {"audit archive", NULL},
};

static const char *besides_of(const char *words)
{
    for (size_t i = 0; i < sizeof besides / sizeof *besides; i++)
        if (strcmp(besides[i].words, words) == 0) return besides[i].options;
    return "";
}

Test(every, command_exits_3_when_what_it_names_does_not_exist, .timeout = 300)
{
    read_commands();
    cr_assert_eq(chdir(run_folder), 0);
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        const char *options = besides_of(command->words);
        char words[100];
        if (!command->has_arguments || !options) continue;
        snprintf(words, sizeof words, "%.40s %s", command->words, options);
        cr_expect_eq(run_filled("", words, "9"), 3, "%s: %s", words, run_err);
        cr_expect(is_one_line(run_err), "%s: %s", words, run_err);
    }
}

static const char *const without_store[] = {"init", "restore", "copy", "demo", "help", NULL};

Test(every, command_exits_4_when_the_database_cannot_be_read, .timeout = 300)
{
    read_commands();
    cr_assert_eq(chdir(run_folder), 0);
    run_file("broken.db", "this is not a database, however long one looks at it\n", 0600);
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        if (is_one_of(command->words, without_store)) continue;
        cr_expect_eq(run_filled("--db broken.db ", command->words, "9"), 4, "%s: %s",
                     command->words, run_err);
        cr_expect(is_one_line(run_err), "%s: %s", command->words, run_err);
    }
}
