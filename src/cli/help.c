#include "src/cli/help.h"

#include <string.h>

enum { OPTION_COLUMN = 26 };

static void print_option_name(FILE *out, const struct command_option *option)
{
    fprintf(out, "--%s", option->name);
    if (option->value) fprintf(out, " %s", option->value);
}

void help_print_usage(FILE *out, const struct command *command)
{
    fprintf(out, "gatehouse %s", command->words);
    if (command->arguments) fprintf(out, " %s", command->arguments);
    bool joined = false;
    for (const struct command_option *o = command->options; o && o->name; o++) {
        fputs(joined ? " | " : " [", out);
        print_option_name(out, o);
        joined = o->or_next;
        if (!joined) fputc(']', out);
    }
    if (!command->no_json) fputs(" [--json]", out);
}

static void print_options(FILE *out, const struct command_option *options)
{
    for (const struct command_option *o = options; o->name; o++) {
        int used = (int)strlen(o->name) + (o->value ? (int)strlen(o->value) + 1 : 0);
        fputs("  ", out);
        print_option_name(out, o);
        fprintf(out, "%*s%s\n", used < OPTION_COLUMN - 2 ? OPTION_COLUMN - used : 2, "",
                o->sentence);
    }
}

static void print_entry(FILE *out, const struct command *command)
{
    fprintf(out, "  %-20s %s\n", command->words, command->sentence);
}

static void print_entries(FILE *out, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; commands[i]; i++)
        if (strncmp(commands[i]->words, word, length) == 0 && commands[i]->words[length] == ' ')
            print_entry(out, commands[i]);
}

void help_print_command(FILE *out, const struct command *command)
{
    fputs("Usage: ", out);
    help_print_usage(out, command);
    fprintf(out, "\n\n%s\n\n", command->sentence);
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    command_options(command, options);
    print_options(out, options);
    fprintf(out, "\nExample:\n  %s\n", command->example);
    if (!command_is_group(command->words)) return;
    fputs("\nMore commands:\n", out);
    print_entries(out, command->words);
}

void help_print_group(FILE *out, const char *word)
{
    fprintf(out, "Usage: gatehouse %s COMMAND\n\n", word);
    print_entries(out, word);
    fprintf(out, "\ngatehouse %s COMMAND --help says how one is used.\n", word);
}

void help_print_all(FILE *out)
{
    fputs("Usage: gatehouse [OPTIONS]             opens the console\n"
          "       gatehouse [OPTIONS] COMMAND ...   for scripts\n\n",
          out);
    for (size_t i = 0; commands[i]; i++)
        print_entry(out, commands[i]);
    fputs("\nOptions, before the command:\n", out);
    print_options(out, global_options);
    fputs("\ngatehouse COMMAND --help says how one is used.\n"
          "Exit status: 0 done; 1 the answer is no; 2 wrong usage; 3 refused; 4 the database or "
          "the vault failed.\n",
          out);
}
