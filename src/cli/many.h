/* Sub-commands that change several things at once: all or none. */
#ifndef GATEHOUSE_SRC_CLI_MANY_H
#define GATEHOUSE_SRC_CLI_MANY_H

#include "src/cli/command.h"
#include "src/cli/print.h"

/* The result for one of them: a line for people, an object for scripts. */
struct outcome {
    char line[2 * ERROR_MESSAGE_MAX];
    json_t *object;
    bool changed;
};

/* What is asked before more than one is changed, without --yes: "this would revoke 2 tokens,
 * permanently". */
struct many_question {
    const char *before, *after; /* the number */
};

/* Runs `one` for each argument in one transaction and prints the outcomes once it is committed.
 * `question` NULL: what can be taken back needs no --yes. */
enum error many_run(struct call *call, const struct many_question *question,
                    enum error (*one)(const struct call *call, const char *typed,
                                      struct outcome *outcome)) MUST_CHECK;

#endif
