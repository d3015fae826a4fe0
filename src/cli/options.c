#include "src/cli/options.h"

#include <gatehouse/token_format.h>
#include <getopt.h>
#include <string.h>

static enum error refuse_option(int reason, const char *typed)
{
    int length = (int)strcspn(typed, "=");
    if (reason == ':') return fail(ERR_USAGE, "%.*s needs a value", length, typed);
    return fail(ERR_USAGE, "%.*s is not an option here, or takes no value: --help lists them",
                length, typed);
}

/* Options joined by or_next are adjacent; at most one of them may be given. */
static enum error check_exclusive(const struct command_option *known, const char **values)
{
    const char *given = NULL;
    for (size_t i = 0; known[i].name; i++) {
        if (values[i] && given)
            return fail(ERR_USAGE, "--%s and --%s exclude each other", given, known[i].name);
        if (values[i]) given = known[i].name;
        if (!known[i].or_next) given = NULL;
    }
    return OK;
}

enum error options_read(const struct command_option *known, bool stop, int argc, char **argv,
                        const char **values, int *rest)
{
    struct option table[COMMAND_OPTIONS_MAX + 1] = {0};
    int help = 0;
    for (int i = 0; known[i].name; i++) {
        table[i].name = known[i].name;
        table[i].has_arg = known[i].value ? required_argument : no_argument;
        values[i] = NULL;
        if (strcmp(known[i].name, "help") == 0) help = i;
    }
    optind = 0; /* glibc: start over */
    opterr = 0;
    int found, place = 0;
    while ((found = getopt_long(argc, argv, stop ? "+:h" : ":h", table, &place)) != -1) {
        if (found == '?' || found == ':') return refuse_option(found, argv[optind - 1]);
        if (found == 'h') place = help;
        values[place] = found == 0 && optarg ? optarg : "";
    }
    *rest = optind;
    return check_exclusive(known, values);
}

enum error options_refuse_secrets(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (token_format_find(argv[i], strlen(argv[i])))
            return fail(ERR_USAGE, "a token must not be an argument, where everyone on this "
                                   "machine can read it: pass it on standard input");
    return OK;
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
