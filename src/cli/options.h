/* Reading words and options by a table; the options before the sub-command. */
#ifndef GATEHOUSE_SRC_CLI_OPTIONS_H
#define GATEHOUSE_SRC_CLI_OPTIONS_H

#include "src/cli/command.h"

/* Reads the options of argv[1..argc) that `known` names into `values` (beside it: NULL not given,
 * "" a switch). `stop`: the first word that is no option ends them; otherwise words and options may
 * mix, and the words end up behind. *rest is the index of the first word. */
enum error options_read(const struct command_option *known, bool stop, int argc, char **argv,
                        const char **values, int *rest) MUST_CHECK;
/* Refuses a token among the arguments: every user of the machine can read them. */
enum error options_refuse_secrets(int argc, char **argv) MUST_CHECK;

#endif
