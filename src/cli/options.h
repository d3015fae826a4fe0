/* Reads options by a table, those before the sub-command and those after it. */
#ifndef GATEHOUSE_SRC_CLI_OPTIONS_H
#define GATEHOUSE_SRC_CLI_OPTIONS_H

#include "src/cli/command.h"

/* The places of the options before the sub-command in global_options. */
enum { GLOBAL_DB, GLOBAL_READ_ONLY, GLOBAL_ASCII, GLOBAL_THEME, GLOBAL_HELP, GLOBAL_VERSION };

/* Reads the options of argv[1..argc) that `known` names into `values` (parallel to it; NULL: not
 * given; "" for switches). With `stop` they end at the first word that is not an option; otherwise
 * words and options may be mixed, and argv is reordered so that the words come last. *rest is the
 * index of the first word. */
enum error options_read(const struct command_option *known, bool stop, int argc, char **argv,
                        const char **values, int *rest) MUST_CHECK;
/* Refuses a token among the arguments, which every user of the machine can read. */
enum error options_refuse_secrets(int argc, char **argv) MUST_CHECK;

#endif
