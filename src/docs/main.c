/* gatehouse-docs: prints one of the generated texts; the build runs it. */
#include "src/docs/docs.h"

#include "src/cli/command.h"
#include "src/cli/help.h"
#include "ui/keys.h"

#include <gatehouse/audit_kind.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_query.h>
#include <string.h>

/* docs/keys.md */
static void print_keys(FILE *out)
{
    fputs("# Keys\n\n"
          "Lower-case keys look, move and open; upper-case keys change something. `?` in the "
          "console shows "
          "those that work where you are.\n"
          "[data/config.sample](../data/config.sample) shows how to change them.\n\n"
          "<!-- printed by gatehouse-docs keys -->\n",
          out);
    keys_print_markdown(out);
}

/* docs/commands.md */
static void print_commands(FILE *out)
{
    fputs("# Commands\n\n"
          "`gatehouse COMMAND --help` explains one with its options, and so does gatehouse(1). "
          "[formats.md](formats.md) describes what `--json` prints.\n\n"
          "<!-- printed by gatehouse-docs commands -->\n\n",
          out);
    for (size_t i = 0; command_at(i); i++) {
        fputs("- `", out);
        help_print_usage(out, command_at(i));
        fprintf(out, "`<br>%s\n", command_at(i)->sentence);
    }
}

static const struct {
    const char *name;
    void (*print)(FILE *out);
} pages[] = {
    {.name = "man", .print = docs_print_man},      {.name = "man8", .print = docs_print_man_serve},
    {.name = "bash", .print = docs_print_bash},    {.name = "zsh", .print = docs_print_zsh},
    {.name = "fish", .print = docs_print_fish},    {.name = "keys", .print = print_keys},
    {.name = "commands", .print = print_commands},
};

bool docs_first_word(size_t command, char *word, size_t size, bool *group)
{
    const char *words = command_at(command)->words;
    size_t length = strcspn(words, " ");
    for (size_t i = 0; i < command; i++)
        if (strncmp(command_at(i)->words, words, length) == 0 &&
            strcspn(command_at(i)->words, " ") == length)
            return false;
    snprintf(word, size, "%.*s", (int)length, words);
    *group = command_is_group(word);
    return true;
}

const char *docs_second_word(const struct cli_command *command, const char *group)
{
    size_t length = strlen(group);
    if (strncmp(command->words, group, length) != 0 || command->words[length] != ' ') return NULL;
    return command->words + length + 1;
}

const char *docs_summary(size_t command, bool group)
{
    bool alone = !strchr(command_at(command)->words, ' ');
    return group && !alone ? "has sub-commands" : command_at(command)->sentence;
}

const struct cli_command *docs_alone(const char *word)
{
    for (size_t i = 0; command_at(i); i++)
        if (strcmp(command_at(i)->words, word) == 0) return command_at(i);
    return NULL;
}

bool docs_takes_file(const struct command_option *option)
{
    return option->value &&
           (strncmp(option->value, "FILE", 4) == 0 || strncmp(option->value, "PATH", 4) == 0);
}

bool docs_takes_files(const struct cli_command *command)
{
    const char *arguments = command->arguments ? command->arguments : "";
    return strstr(arguments, "FILE") || strstr(arguments, "ARCHIVE");
}

static void add_choice(char out[static DOCS_CHOICES_SIZE], const char *word, size_t size)
{
    size_t used = strlen(out);
    snprintf(out + used, DOCS_CHOICES_SIZE - used, "%s%.*s", used ? " " : "", (int)size, word);
}

/* The columns stand in the sentence: "id, status or created; a leading - …". */
static void add_columns(char out[static DOCS_CHOICES_SIZE], const char *sentence)
{
    for (const char *end = strchr(sentence, ';'); sentence < end;) {
        size_t size = strcspn(sentence, ", ;");
        if (size && strncmp(sentence, "or ", 3) != 0) add_choice(out, sentence, size);
        sentence += size + 1;
    }
}

void docs_choices(const struct command_option *option, char out[static DOCS_CHOICES_SIZE])
{
    out[0] = 0;
    if (!option->value) return;
    if (option->choices) add_choice(out, option->choices, strlen(option->choices));
    if (strcmp(option->name, "sort") == 0) add_columns(out, option->sentence);
    for (size_t i = 0; strcmp(option->value, "KIND") == 0 && i < audit_kind_count; i++)
        add_choice(out, audit_kinds[i].name, strlen(audit_kinds[i].name));
    for (size_t i = 0; strcmp(option->value, "FACET") == 0 && i < TOKENS_FACETS; i++)
        add_choice(out, token_facets[i].word, strlen(token_facets[i].word));
}

void docs_arguments(const struct cli_command *command, char out[static DOCS_CHOICES_SIZE])
{
    bool names_setting =
        strcmp(command->words, "setting get") == 0 || strcmp(command->words, "setting set") == 0;
    out[0] = 0;
    for (int i = 0; names_setting && i < SETTING_COUNT; i++)
        add_choice(out, setting_table[i].name, strlen(setting_table[i].name));
}

/* Whether an earlier command has an option of that name. */
static bool is_repeated(size_t command, const char *name)
{
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    for (size_t i = 0; i < command; i++) {
        command_options(command_at(i), options);
        for (const struct command_option *o = options; o->name; o++)
            if (strcmp(o->name, name) == 0) return true;
    }
    return false;
}

void docs_each_value(void (*each)(FILE *out, const struct command_option *option), FILE *out)
{
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    for (const struct command_option *o = global_options; o->name; o++)
        if (o->value) each(out, o);
    for (size_t i = 0; command_at(i); i++) {
        command_options(command_at(i), options);
        for (const struct command_option *o = options; o->name; o++)
            if (o->value && !is_repeated(i, o->name)) each(out, o);
    }
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(argv[1], pages[i].name) != 0) continue;
        pages[i].print(stdout);
        return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
    }
    fputs("usage: gatehouse-docs", stderr);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        fprintf(stderr, "%s%s", i ? "|" : " ", pages[i].name);
    fputc('\n', stderr);
    return 2;
}
