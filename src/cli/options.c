#include "src/cli/help.h"
#include "src/cli/words.h"

#include <stdio.h>
#include <string.h>

enum { GLOBAL_DB, GLOBAL_READ_ONLY, GLOBAL_ASCII, GLOBAL_THEME, GLOBAL_HELP, GLOBAL_VERSION };

const struct command_option global_options[] = {
    [GLOBAL_DB] = {.name = "db",
                   .value = "PATH|URL",
                   .sentence = "the database; otherwise $GATEHOUSE_DB, "
                               "/var/lib/gatehouse/gatehouse.db if it exists, or "
                               "$XDG_DATA_HOME/gatehouse/gatehouse.db"},
    [GLOBAL_READ_ONLY] = {.name = "read-only", .sentence = "change nothing"},
    [GLOBAL_ASCII] = {.name = "ascii", .sentence = "print ASCII characters only"},
    [GLOBAL_THEME] = {.name = "theme",
                      .value = "NAME",
                      .sentence = "colours of the console: dark, light or plain"},
    [GLOBAL_HELP] = {.name = "help", .sentence = "list the commands"},
    [GLOBAL_VERSION] = {.name = "version", .sentence = "print the version"},
    {0},
};

static enum error check_theme(const char *theme)
{
    if (!theme || strcmp(theme, "dark") == 0 || strcmp(theme, "light") == 0 ||
        strcmp(theme, "plain") == 0)
        return OK;
    return fail(ERR_USAGE, "there is no theme “%s”: dark, light or plain", theme);
}

enum error options_parse(int argc, char **argv, struct options *options, int *rest, bool *done)
{
    const char *values[COMMAND_OPTIONS_MAX];
    *done = false;
    enum error e = words_parse(global_options, true, argc, argv, values, rest);
    if (e) return e;
    options->database = values[GLOBAL_DB];
    options->read_only = values[GLOBAL_READ_ONLY];
    options->ascii = values[GLOBAL_ASCII];
    options->theme = values[GLOBAL_THEME];
    if (values[GLOBAL_HELP]) {
        help_print_all(stdout);
        *done = true;
    } else if (values[GLOBAL_VERSION]) {
        printf("gatehouse %s\n", GATEHOUSE_VERSION);
        *done = true;
    }
    return check_theme(options->theme);
}
