#include "src/cli/help.h"

#include <string.h>

enum { OPTION_COLUMN = 26 };

static void print_option_name(FILE *out, const struct command_option *option)
{
    fprintf(out, "--%s", option->name);
    if (option->value) fprintf(out, " %s", option->value);
}

void help_print_usage(FILE *out, const struct cli_command *command)
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

static void print_entry(FILE *out, const struct cli_command *command)
{
    fprintf(out, "  %-20s %s\n", command->words, command->sentence);
}

static void print_entries(FILE *out, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; command_at(i); i++)
        if (strncmp(command_at(i)->words, word, length) == 0 && command_at(i)->words[length] == ' ')
            print_entry(out, command_at(i));
}

void help_print_command(FILE *out, const struct cli_command *command)
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
    fprintf(out, "\ngatehouse %s COMMAND --help shows how to use a command.\n", word);
}

void help_print_all(FILE *out)
{
    fputs("Usage: gatehouse [OPTIONS]             opens the console\n"
          "       gatehouse [OPTIONS] COMMAND ...   for scripts\n\n",
          out);
    for (size_t i = 0; command_at(i); i++)
        print_entry(out, command_at(i));
    fputs("\nOptions, before the command:\n", out);
    print_options(out, global_options);
    fputs("\ngatehouse COMMAND --help shows how to use a command.\n"
          "Exit status: 0 done; 1 the answer is no; 2 wrong usage; 3 refused; 4 the database or "
          "the vault failed.\n",
          out);
}

static enum error help_exec(struct call *call)
{
    int words;
    if (call->argc == 0) {
        help_print_all(stdout);
        return OK;
    }
    const struct cli_command *command = command_find(call->argc, call->argv, &words);
    if (command && words == call->argc)
        help_print_command(stdout, command);
    else if (call->argc == 1 && command_is_group(call->argv[0]))
        help_print_group(stdout, call->argv[0]);
    else
        return fail(ERR_USAGE, "there is no such command: gatehouse help lists them");
    return OK;
}

const struct cli_command cli_help_commands[] = {
    {
        .words = "demo",
        .sentence = "Opens the console on a temporary database with sample accounts.",
        .example = "gatehouse demo",
        .no_json = true,
    },
    {
        .words = "help",
        .arguments = "[COMMAND]",
        .most = 2,
        .sentence = "Shows how to use a command.",
        .example = "gatehouse help token generate",
        .no_json = true,
        .exec = help_exec,
    },
    {0},
};
