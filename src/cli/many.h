/* Sub-commands that change several things at once: all or none. */
#ifndef GATEHOUSE_SRC_CLI_MANY_H
#define GATEHOUSE_SRC_CLI_MANY_H

#include "src/cli/command.h"
#include "src/cli/print.h"

/* The result for one of them: a line for people, an object for scripts. */
struct outcome {
    char line[2 * ERROR_MESSAGE_MAX];
    json_t *object;
};

/* Runs `one` for each argument in one transaction and prints the outcomes once it is committed. */
enum error many_run(struct call *call, enum error (*one)(const struct call *call, const char *typed,
                                                         struct outcome *outcome)) MUST_CHECK;
/* ERR_USAGE when more than one is given without --yes. */
enum error many_ask_yes(const struct call *call, const char *verb) MUST_CHECK;

#endif
