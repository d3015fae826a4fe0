#include <gatehouse/cli.h>

#include "src/cli/help.h"
#include "src/cli/print.h"
#include "src/cli/spool.h"

#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <gatehouse/token_format.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

int exit_status_of(enum error error)
{
    switch (error) {
    case OK:
        return EXIT_DONE;
    case ERR_USAGE:
        return EXIT_USAGE;
    case ERR_NOT_FOUND:
    case ERR_INVALID:
    case ERR_CONFLICT:
    case ERR_LIMIT:
    case ERR_STOPPED:
        return EXIT_REFUSED;
    default:
        return EXIT_FAILED;
    }
}

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

/* Reads the options of argv[1..argc) that `known` names into `values` (parallel to it; NULL: not
 * given; "" for switches). With `stop` they end at the first word that is not an option; otherwise
 * words and options may be mixed, and argv is reordered so that the words come last. *rest is the
 * index of the first word. */
static enum error read_options(const struct command_option *known, bool stop, int argc, char **argv,
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
    int found, place = 0;
    while ((found = getopt_long(argc, argv, stop ? "+:h" : ":h", table, &place)) != -1) {
        if (found == '?' || found == ':') return refuse_option(found, argv[optind - 1]);
        if (found == 'h') place = help;
        values[place] = found == 0 && optarg ? optarg : "";
    }
    *rest = optind;
    return check_exclusive(known, values);
}

/* Refuses a token among the arguments, which every user of the machine can read. */
static enum error refuse_secrets(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (token_format_find(argv[i], strlen(argv[i])))
            return fail(ERR_USAGE, "a token must not be an argument, where everyone on this "
                                   "machine can read it: pass it on standard input");
    return OK;
}

static enum error check_theme(const char *theme)
{
    if (!theme || strcmp(theme, "dark") == 0 || strcmp(theme, "light") == 0 ||
        strcmp(theme, "plain") == 0)
        return OK;
    return fail(ERR_USAGE, "there is no theme “%s”: choose dark, light or plain", theme);
}

enum error cli_options_parse(int argc, char **argv, struct options *options, int *rest, bool *done)
{
    const char *values[COMMAND_OPTIONS_MAX];
    *done = false;
    enum error e = read_options(global_options, true, argc, argv, values, rest);
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
    e = check_theme(options->theme);
    return e || !*done ? e : print_flush();
}

bool cli_is_demo(int argc, char **argv)
{
    return argc == 1 && strcmp(argv[0], "demo") == 0;
}

static enum error no_such_command(int argc, char **argv)
{
    if (!command_is_group(argv[0]))
        return fail(ERR_USAGE, "there is no command “%s”: gatehouse --help lists them", argv[0]);
    if (argc > 1 && strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-h") != 0)
        return fail(ERR_USAGE, "there is no command “%s %s”: gatehouse %s --help lists them",
                    argv[0], argv[1], argv[0]);
    if (argc == 1)
        return fail(ERR_USAGE, "%s needs a command: gatehouse %s --help lists them", argv[0],
                    argv[0]);
    help_print_group(stdout, argv[0]);
    return OK;
}

static enum error check_arguments(const struct cli_command *command, int argc)
{
    if (argc >= command->least && (command->most < 0 || argc <= command->most)) return OK;
    if (!command->arguments)
        return fail(ERR_USAGE, "%s takes no arguments: gatehouse %s --help shows its options",
                    command->words, command->words);
    return fail(ERR_USAGE, "%s takes %s: gatehouse %s --help shows an example", command->words,
                command->arguments, command->words);
}

static enum error refuse_writing(const struct call *call)
{
    enum cli_store needs = call->command->store;
    if (!call->options->read_only) return OK;
    if (needs == CLI_WRITES || needs == CLI_CREATES)
        return fail(ERR_CONFLICT, "%s writes to the database: leave --read-only out",
                    call->command->words);
    for (size_t i = 0; call->known[i].name; i++)
        if (call->known[i].writes && call->values[i])
            return fail(ERR_CONFLICT, "%s --%s writes to the database: leave --read-only out",
                        call->command->words, call->known[i].name);
    return OK;
}

static bool follows(const struct call *call)
{
    return strcmp(call->command->words, "audit") == 0 && call_has(call, "follow");
}

/* What only reads also works on a full disk. */
static enum store_mode choose_mode(const struct call *call)
{
    if (call->options->read_only) return STORE_READ_ONLY;
    return call->command->store == CLI_READS && !follows(call) ? STORE_BRIEF : STORE_OPEN;
}

/* What may print much, and ends. */
static bool is_spooled(const struct call *call)
{
    enum cli_store needs = call->command->store;
    return (needs == CLI_READS || needs == CLI_RECORDS) && !follows(call);
}

static enum error open_store(struct call *call)
{
    const struct options *options = call->options;
    enum cli_store needs = call->command->store;
    enum error e = refuse_writing(call);
    if (!e) e = database_path(options->database, call->path, sizeof call->path);
    if (e || needs == CLI_CREATES) return e;
    return database_open(call->path, choose_mode(call), &call->act.store);
}

/* The first failure is the one to tell. */
static enum error end_output(enum error e)
{
    char sentence[ERROR_MESSAGE_MAX];
    snprintf(sentence, sizeof sentence, "%s", error_message());
    enum error lost = spool_end();
    return e ? fail(e, "%s", sentence) : lost;
}

static enum error execute(struct call *call)
{
    const struct cli_command *command = call->command;
    if (!command->exec) return fail(ERR_USAGE, "%s takes no options or arguments", command->words);
    actor_current(&call->actor);
    call->act = (struct act){.actor = &call->actor, .now = ambient_now()};
    enum error e = command->store == CLI_NO_STORE ? OK : open_store(call);
    if (!e && is_spooled(call)) spool_begin();
    if (!e) e = command->exec(call);
    store_close(call->act.store);
    return end_output(e);
}

static enum error run(struct call *call, int argc, char **argv)
{
    enum error e = refuse_secrets(argc, argv);
    if (e) return e;
    int words;
    call->command = command_find(argc, argv, &words);
    if (!call->command) return no_such_command(argc, argv);

    command_options(call->command, call->known);
    int first = words - 1, rest;
    call->typed_count = argc - words;
    call->typed = argv + words;
    e = read_options(call->known, false, argc - first, argv + first, call->values, &rest);
    if (e) return e;
    if (call_has(call, "help")) {
        help_print_command(stdout, call->command);
        return OK;
    }
    call->argc = argc - first - rest;
    call->argv = argv + first + rest;
    e = check_arguments(call->command, call->argc);
    if (e) return e;
    call->json = !call->command->no_json && call_has(call, "json");
    return execute(call);
}

int cli_run(const struct options *options, int argc, char **argv)
{
    print_watch_memory();
    struct call call = {.options = options, .status = EXIT_DONE};
    enum error e = run(&call, argc, argv);
    if (!e) e = print_flush();
    if (!e) return call.status;
    fprintf(stderr, "gatehouse: %s\n", error_message());
    return exit_status_of(e);
}
