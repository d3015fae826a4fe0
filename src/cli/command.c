#include "src/cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST(noun) cli_##noun##_commands,

static const struct cli_command *const nouns[] = {COMMAND_NOUNS(LIST) NULL};

const struct cli_command *command_at(size_t index)
{
    for (const struct cli_command *const *noun = nouns; *noun; noun++)
        for (const struct cli_command *command = *noun; command->words; command++)
            if (index-- == 0) return command;
    return NULL;
}

const struct command_option global_options[] = {
    [GLOBAL_DB] = {.name = "db",
                   .value = "PATH|URL",
                   .sentence = "the database; otherwise $GATEHOUSE_DB, "
                               "/var/lib/gatehouse/gatehouse.db if it exists, or "
                               "$XDG_DATA_HOME/gatehouse/gatehouse.db"},
    [GLOBAL_READ_ONLY] = {.name = "read-only", .sentence = "refuse to change anything"},
    [GLOBAL_ASCII] = {.name = "ascii", .sentence = "print ASCII characters only"},
    [GLOBAL_THEME] = {.name = "theme",
                      .value = "NAME",
                      .sentence = "colours of the console: dark, light or plain",
                      .choices = "dark light plain"},
    [GLOBAL_HELP] = {.name = "help", .sentence = "list the commands"},
    [GLOBAL_VERSION] = {.name = "version", .sentence = "print the version"},
    {0},
};

static const struct command_option json_option = {.name = "json",
                                                  .sentence = "print JSON, for scripts"};
const struct command_option help_option[] = {
    {.name = "help", .sentence = "show how to use it"},
    {0},
};

/* How many words there are in `words`, if argv begins with all of them; else 0. */
static int match_words(const char *words, int argc, char **argv)
{
    int count = 0;
    while (*words) {
        size_t length = strcspn(words, " ");
        if (count == argc || strlen(argv[count]) != length ||
            strncmp(argv[count], words, length) != 0)
            return 0;
        words += length + (words[length] == ' ');
        count++;
    }
    return count;
}

const struct cli_command *command_find(int argc, char **argv, int *words)
{
    const struct cli_command *found = NULL;
    *words = 0;
    for (size_t i = 0; command_at(i); i++) {
        int matched = match_words(command_at(i)->words, argc, argv);
        if (matched <= *words) continue;
        *words = matched;
        found = command_at(i);
    }
    return found;
}

bool command_is_group(const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; length && command_at(i); i++)
        if (strncmp(command_at(i)->words, word, length) == 0 && command_at(i)->words[length] == ' ')
            return true;
    return false;
}

void command_options(const struct cli_command *command,
                     struct command_option out[static COMMAND_OPTIONS_MAX + 1])
{
    size_t count = 0;
    for (const struct command_option *o = command->options; o && o->name; o++)
        out[count++] = *o;
    if (!command->no_json) out[count++] = json_option;
    out[count++] = help_option[0];
    out[count] = (struct command_option){0};
}

const char *call_value(const struct call *call, const char *option)
{
    for (size_t i = 0; call->known[i].name; i++)
        if (strcmp(call->known[i].name, option) == 0) return call->values[i];
    abort(); /* the table and the command disagree */
}

enum error call_ask_yes(const struct call *call, const char *format, ...)
{
    char question[ERROR_MESSAGE_MAX];
    va_list arguments;
    if (call_has(call, "yes")) return OK;
    va_start(arguments, format);
    vsnprintf(question, sizeof question, format, arguments);
    va_end(arguments);
    return fail(ERR_USAGE, "%s; add --yes to do it", question);
}

void call_warn_of_superuser(const struct store *store)
{
    if (store_is_superuser(store))
        fputs("gatehouse: the role is a superuser of PostgreSQL: one that owns the database is "
              "enough, and safer\n",
              stderr);
}

bool call_has(const struct call *call, const char *option)
{
    return call_value(call, option) != NULL;
}
