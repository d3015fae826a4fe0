#include "src/cli/commands.h"
#include "src/cli/help.h"

static enum error help_exec(struct call *call)
{
    int words;
    if (call->argc == 0) {
        help_print_all(stdout);
        return OK;
    }
    const struct command *command = command_find(call->argc, call->argv, &words);
    if (command && words == call->argc)
        help_print_command(stdout, command);
    else if (call->argc == 1 && command_is_group(call->argv[0]))
        help_print_group(stdout, call->argv[0]);
    else
        return fail(ERR_USAGE, "there is no such command; gatehouse help lists them");
    return OK;
}

const struct command command_help = {
    .words = "help",
    .arguments = "[COMMAND]",
    .most = 2,
    .sentence = "Says how a command is used.",
    .example = "gatehouse help token generate",
    .no_json = true,
    .exec = help_exec,
};

/* The console on a throw-away database: main does it. */
const struct command command_demo = {
    .words = "demo",
    .sentence = "Opens the console on a throw-away database with sample accounts.",
    .example = "gatehouse demo",
    .no_json = true,
};
