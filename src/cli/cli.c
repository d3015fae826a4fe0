#include "src/cli/help.h"
#include "src/cli/words.h"

#include <errno.h>
#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

const char *call_value(const struct call *call, const char *option)
{
    for (size_t i = 0; call->known[i].name; i++)
        if (strcmp(call->known[i].name, option) == 0) return call->values[i];
    abort(); /* the table and the command disagree */
}

bool call_has(const struct call *call, const char *option)
{
    return call_value(call, option) != NULL;
}

enum error cli_flush(void)
{
    bool lost = ferror(stdout);
    errno = 0;
    if (fflush(stdout) == 0 && !lost) return OK;
    return fail(ERR_SYSTEM, "cannot write to standard output: %s",
                errno ? strerror(errno) : "some of it was lost");
}

bool cli_is_demo(int argc, char **argv)
{
    return argc == 1 && strcmp(argv[0], "demo") == 0;
}

static enum error no_such_command(int argc, char **argv)
{
    if (!command_is_group(argv[0]))
        return fail(ERR_USAGE, "there is no command “%s”; gatehouse --help lists them", argv[0]);
    if (argc > 1 && strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-h") != 0)
        return fail(ERR_USAGE, "there is no command “%s %s”; gatehouse %s --help lists them",
                    argv[0], argv[1], argv[0]);
    if (argc == 1)
        return fail(ERR_USAGE, "%s needs a command; gatehouse %s --help lists them", argv[0],
                    argv[0]);
    help_print_group(stdout, argv[0]);
    return OK;
}

static enum error check_arguments(const struct command *command, int argc)
{
    if (argc >= command->least && (command->most < 0 || argc <= command->most)) return OK;
    if (!command->arguments)
        return fail(ERR_USAGE, "%s takes options only; gatehouse %s --help lists them",
                    command->words, command->words);
    return fail(ERR_USAGE, "%s takes %s; gatehouse %s --help shows an example", command->words,
                command->arguments, command->words);
}

static enum error execute(struct call *call)
{
    const struct options *options = call->options;
    if (!call->command->exec)
        return fail(ERR_USAGE, "%s stands alone on the command line", call->command->words);
    actor_current(&call->actor);
    call->act = (struct act){.actor = &call->actor, .now = ambient_now()};
    if (!call->command->opens) return call->command->exec(call);

    enum error e = database_path(options->database, call->path, sizeof call->path);
    if (!e)
        e = database_open(call->path, options->read_only ? STORE_READ_ONLY : STORE_OPEN,
                          &call->act.store);
    if (e) return e;
    e = call->command->exec(call);
    store_close(call->act.store);
    return e;
}

static enum error run(struct call *call, int argc, char **argv)
{
    enum error e = words_refuse_secrets(argc, argv);
    if (e) return e;
    int words;
    call->command = command_find(argc, argv, &words);
    if (!call->command) return no_such_command(argc, argv);

    command_options(call->command, call->known);
    int first = words - 1, rest;
    e = words_parse(call->known, false, argc - first, argv + first, call->values, &rest);
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
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error like a full disk */
    struct call call = {.options = options, .status = EXIT_DONE};
    enum error e = run(&call, argc, argv);
    if (!e) e = cli_flush();
    if (!e) return call.status;
    fprintf(stderr, "gatehouse: %s\n", error_message());
    return exit_status_of(e);
}
