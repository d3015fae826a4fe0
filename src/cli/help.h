/* Usage and help, printed from the table of sub-commands. */
#ifndef GATEHOUSE_SRC_CLI_HELP_H
#define GATEHOUSE_SRC_CLI_HELP_H

#include "src/cli/command.h"

#include <stdio.h>

/* "gatehouse account edit ID [--description TEXT] [--owner TEXT] [--json]", without a newline. */
void help_print_usage(FILE *out, const struct cli_command *command);
void help_print_command(FILE *out, const struct cli_command *command);
/* All commands whose first word is `word`. */
void help_print_group(FILE *out, const char *word);
void help_print_all(FILE *out);

#endif
