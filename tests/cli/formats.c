/* docs/formats.md says which fields --json prints; the program must print these and no others. The
 * test reads the table, runs each command that is in it, and compares. */
#include "tests/cli/every.h"
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void setup(void)
{
    run_setup();
    run_init();
    cr_assert_eq(chdir(run_folder), 0);
}

TestSuite(formats, .init = setup, .fini = run_teardown);

enum { FIELDS_MAX = 100, PATH_MAX_SIZE = 80 };

/* The paths of fields, "permissions.id", sorted; that something is a list does not show. */
struct fields {
    size_t count;
    char items[FIELDS_MAX][PATH_MAX_SIZE];
};

static void add_field(struct fields *fields, const char *path)
{
    size_t at = 0;
    while (at < fields->count && strcmp(fields->items[at], path) < 0)
        at++;
    if (at < fields->count && strcmp(fields->items[at], path) == 0) return;
    cr_assert_lt(fields->count, FIELDS_MAX);
    memmove(fields->items[at + 1], fields->items[at], (fields->count - at) * sizeof *fields->items);
    snprintf(fields->items[at], PATH_MAX_SIZE, "%s", path);
    fields->count++;
}

static const char *list_of(const struct fields *fields)
{
    static char texts[2][FIELDS_MAX * (PATH_MAX_SIZE + 2)];
    static int next;
    char *text = texts[next++ % 2];
    *text = 0;
    for (size_t i = 0; i < fields->count; i++)
        sprintf(text + strlen(text), "%s%s", i ? ", " : "", fields->items[i]);
    return text;
}

/* What is in an event, or counted for each action, is told elsewhere. */
static bool is_leaf(const char *path)
{
    return strcmp(path, "before") == 0 || strcmp(path, "after") == 0 ||
           strncmp(path, "counts.", 7) == 0;
}

static void collect(struct fields *fields, const char *before, json_t *value)
{
    size_t i;
    const char *name;
    json_t *one;
    json_array_foreach(value, i, one)
    {
        collect(fields, before, one);
    }
    json_object_foreach(value, name, one)
    {
        char path[PATH_MAX_SIZE];
        snprintf(path, sizeof path, "%.38s%s%.38s", before, *before ? "." : "", name);
        add_field(fields, path);
        if (!is_leaf(path)) collect(fields, path, one);
    }
}

/* Standard output may be several values, one after the other. */
static void collect_output(struct fields *fields)
{
    for (const char *rest = run_out; *(rest += strspn(rest, " \n"));) {
        json_error_t error;
        json_t *value = json_loads(rest, JSON_DISABLE_EOF_CHECK, &error);
        cr_assert(value, "no JSON: %s: %s", error.text, rest);
        rest += error.position;
        collect(fields, "", value);
        json_decref(value);
    }
}

/* "id, groups {name, members}, kind (`a` or `b`)": remarks in parentheses do not count. Returns
 * where it stopped. */
static const char *parse(struct fields *fields, const char *before, const char *text)
{
    char path[PATH_MAX_SIZE] = "";
    while (*text && *text != '}') {
        if (*text == '(') {
            text += strcspn(text, ")") + 1;
        } else if (*text == '{') {
            text = parse(fields, path, text + 1);
            cr_assert_eq(*text, '}', "a brace is not closed");
            text++;
        } else if (islower((unsigned char)*text)) {
            size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
            snprintf(path, sizeof path, "%.38s%s%.*s", before, *before ? "." : "", (int)size, text);
            add_field(fields, path);
            text += size;
        } else {
            cr_assert(strchr(" ,", *text), "“%.20s” is not a field", text);
            text++;
        }
    }
    return text;
}

/* What is run to see the fields of a row, which is named by the first of its commands; the fields
 * of all answers together are compared. After "+" something is only prepared; N is the last event;
 * what begins with "< " gets the secret that was generated last; after "@" the clock is set. */
static const struct sample {
    const char *command;
    const char *lines[8];
} samples[] = {
    {"init", {"--db new.db init --show-once", "--db newer.db init --key-file k"}},
    {"account list", {"+account create ci", "+account create cd --token x", "account list"}},
    {"account create", {"account create other"}},
    {"account create --token", {"account create another --token t"}},
    {"account edit", {"account edit cd --owner team"}},
    {"account show", {"+permission grant ingestion --account ci", "account show ci"}},
    {"account list --access", {"account list --access"}},
    {"account activate", {"account activate cd"}},
    {"account deactivate", {"account deactivate cd"}},
    {"account delete", {"+account create gone", "account delete gone"}},
    {"token list", {"token list"}},
    {"token generate", {"token generate ci --name main"}},
    {"token rotate", {"token rotate ci/main"}},
    {"token reveal", {"token reveal ci/main --passphrase-file passphrase"}},
    {"token rename", {"token rename 1 other"}},
    {"token suspend", {"token suspend 1"}},
    {"token resume", {"token resume 1"}},
    {"token expire", {"token expire 1 --at 30d"}},
    {"token forget", {"token forget 1"}},
    {"token canary", {"token canary 1"}},
    {"token revoke", {"token revoke 1"}},
    {"search list", {"+search save one", "search list"}},
    {"search save", {"search save two"}},
    {"search delete", {"search delete two"}},
    {"group list", {"group list"}},
    {"group create", {"group create build"}},
    {"group edit", {"group edit build --description x"}},
    {"group rename", {"group rename build Build"}},
    {"group add", {"group add build ci cd"}},
    {"group show", {"group show build"}},
    {"group remove", {"group remove build cd"}},
    {"group delete", {"+group create gone", "group delete gone"}},
    {"permission list", {"permission list"}},
    {"permission create", {"permission create own"}},
    {"permission show", {"permission show own"}},
    {"permission edit", {"permission edit own --name Own"}},
    {"permission grant",
     {"permission grant own --group build", "permission grant own --account cd"}},
    {"permission revoke", {"permission revoke own --account cd"}},
    {"permission delete", {"+permission create gone", "permission delete gone"}},
    {"verify", {"+token generate ci --name new", "< verify", "verify"}},
    {"why", {"why ci ingestion", "why ci own", "why cd own", "why ci/new ingestion"}},
    {"check",
     {"+token generate ci --expires 2d", "+token generate ci --canary --name trap", "+< verify",
      "check"}},
    {"check --dealt-with", {"check --dealt-with ci/trap"}},
    {"scan", {"< scan"}},
    {"panic", {"panic --group build --yes"}},
    {"panic --undo",
     {"+token generate ci --name p", "+panic --group build --yes", "panic --undo N"}},
    {"vault status", {"vault status"}},
    {"vault slots", {"vault slots"}},
    {"vault add",
     {"vault add --new-key-file k2 --passphrase-file passphrase",
      "vault add --recovery --passphrase-file passphrase"}},
    {"vault change",
     {"vault change 2 --new-key-file k3 --passphrase-file passphrase",
      "vault change 3 --passphrase-file passphrase"}},
    {"vault remove", {"vault remove 2"}},
    {"vault rekey", {"vault rekey --passphrase-file passphrase --yes"}},
    {"setting list", {"setting list"}},
    {"setting get", {"setting get token.limit"}},
    {"setting set", {"setting set token.limit 20"}},
    {"audit", {"audit"}},
    {"audit verify", {"audit verify"}},
    {"audit head", {"audit head"}},
    {"import", {"import import.json"}},
    {"apply", {"apply apply.json --dry-run --prune", "apply apply.json"}},
    {"backup", {"+token generate ci --name q", "+account activate cd", "backup b.db"}},
    {"restore", {"+token revoke ci/q", "+account deactivate cd", "restore b.db --yes"}},
    {"audit archive", {"@1800100000", "audit archive --before 1h --unsigned a.gz"}},
    {"copy", {"copy --from gatehouse.db --to c.db"}},
    {"doctor", {"doctor"}},
    {"token copy", {"!"}}, /* needs a terminal */
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static void furnish(void)
{
    run_file(
        "import.json",
        "[{\"identifier\": \"sa::a\", \"active\": false, \"description\": 5, \"tokens\": "
        "[{\"tokenID\": \"5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a11\"}], \"userGroups\": [{\"name\": "
        "\"Everyone\", \"permissions\": [\"log_management\"]}]}, 5]",
        0600);
    run_file(
        "apply.json",
        "{\"format\": \"gatehouse-export\", \"version\": 1, \"groups\": [{\"name\": "
        "\"Everyone\", \"permissions\": [\"log_management\", \"ingestion\"]}], \"accounts\": "
        "[{\"id\": \"sa::ci\", \"owner\": \"o\", \"tokens\": [{\"digest\": "
        "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\", \"permissions\": "
        "[\"token_management\"]}]}]}",
        0600);
}

/* The secret that was generated last. */
static char secret[64];

static void run_sample_line(const char *line, struct fields *fields)
{
    char whole[200];
    bool prepares = *line == '+', fed = false;
    if (*line == '@') {
        run_set_clock(line + 1);
        return;
    }
    line += prepares;
    if (strncmp(line, "< ", 2) == 0) line += 2, fed = true;
    const char *event = strstr(line, " N");
    if (event && !event[2])
        snprintf(whole, sizeof whole, "%.*s %" PRId64, (int)(event - line), line, run_events());
    else
        snprintf(whole, sizeof whole, "%s", line);
    if (!prepares) strcat(whole, " --json");
    if (fed)
        cr_assert_eq(run_with_input(secret, strcmp(line, "scan") ? "verify" : "scan", "--json") &
                         ~1,
                     0, "%s: %s", line, run_err);
    else
        cr_assert_leq(run_line(whole), 3, "%s: %s", whole, run_err);
    cr_assert(strncmp(run_err, "gatehouse: ", 11) != 0 || strstr(whole, "restore"), "%s: %s", whole,
              run_err);
    if (strncmp(whole, "token generate", 14) == 0 && prepares)
        snprintf(secret, sizeof secret, "%s", run_out);
    if (!prepares) collect_output(fields);
}

static const struct sample *sample_of(const char *command)
{
    for (size_t i = 0; i < SAMPLES; i++)
        if (strcmp(samples[i].command, command) == 0) return &samples[i];
    return NULL;
}

/* A row of the table: the commands in its first cell, and the second cell. */
struct row {
    size_t count;
    char commands[8][40];
    char fields[1200];
};

/* `a list`, `b list` (lists) | x, y |: false for what is no row of commands. */
static bool read_row(const char *line, struct row *row)
{
    *row = (struct row){0};
    if (strncmp(line, "| `", 3) != 0) return false;
    const char *bar = strstr(line, " | "), *at = line;
    while ((at = strchr(at, '`')) && at < bar) {
        size_t size = strcspn(at + 1, "`");
        snprintf(row->commands[row->count++], sizeof row->commands[0], "%.*s", (int)size, at + 1);
        at += size + 2;
    }
    snprintf(row->fields, sizeof row->fields, "%s", bar + 3);
    *strrchr(row->fields, '|') = 0;
    return true;
}

enum { ROWS_MAX = 80 };
static struct row rows[ROWS_MAX];
static size_t row_count;

static void read_table(void)
{
    static char line[3000];
    FILE *file = fopen(GATEHOUSE_SOURCE "/docs/formats.md", "r");
    bool inside = false;
    cr_assert(file);
    row_count = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "## ", 3) == 0) inside = strstr(line, "--json") != NULL;
        if (inside && read_row(line, &rows[row_count])) row_count++;
        cr_assert_lt(row_count, ROWS_MAX);
    }
    fclose(file);
    cr_assert_gt(row_count, 30);
}

static const struct row *row_of(const char *command)
{
    for (size_t i = 0; i < row_count; i++)
        for (size_t k = 0; k < rows[i].count; k++)
            if (strcmp(rows[i].commands[k], command) == 0) return &rows[i];
    return NULL;
}

/* In the order of the samples: one prepares the next. */
Test(formats, the_table_names_the_fields_that_json_prints, .timeout = 300)
{
    static struct fields found[SAMPLES];
    read_table();
    furnish();
    for (size_t i = 0; i < SAMPLES; i++) {
        cr_expect(row_of(samples[i].command), "%s is not in the table", samples[i].command);
        for (size_t k = 0; k < 8 && samples[i].lines[k] && *samples[i].lines[k] != '!'; k++)
            run_sample_line(samples[i].lines[k], &found[i]);
    }
    for (size_t r = 0; r < row_count; r++) {
        struct fields told = {0}, printed = {0};
        parse(&told, "", rows[r].fields);
        for (size_t k = 0; k < rows[r].count; k++) {
            const struct sample *sample = sample_of(rows[r].commands[k]);
            cr_assert(sample, "how is %s tried?", rows[r].commands[k]);
            const struct fields *own = &found[sample - samples];
            for (size_t f = 0; f < own->count; f++)
                add_field(&printed, own->items[f]);
        }
        if (printed.count)
            cr_expect_str_eq(list_of(&printed), list_of(&told), "%s\nprinted: %s\ntold: %s",
                             rows[r].commands[0], list_of(&printed), list_of(&told));
    }
}

Test(formats, every_command_that_prints_json_is_in_the_table)
{
    read_table();
    read_commands();
    for (size_t i = 0; i < command_count; i++)
        cr_expect_eq(row_of(commands[i].words) != NULL, strstr(commands[i].usage, "--json") != NULL,
                     "%s", commands[i].words);
}
