/* All commands, as the program's own help lists them. */
#ifndef GATEHOUSE_TESTS_CLI_EVERY_H
#define GATEHOUSE_TESTS_CLI_EVERY_H

#include <stdbool.h>
#include <stddef.h>

enum { COMMANDS_MAX = 100 };

struct command {
    char words[32];
    char usage[400]; /* what follows the words: "REF... [--yes] [--json]" */
    bool has_arguments;
    char *help;
};
extern struct command commands[COMMANDS_MAX];
extern size_t command_count;

/* Fills `commands`. */
void read_commands(void);

#endif
