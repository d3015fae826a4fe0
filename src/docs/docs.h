/* The texts generated from the program's tables: the manual page, the shell completions and the
 * lists in docs/. */
#ifndef GATEHOUSE_SRC_DOCS_DOCS_H
#define GATEHOUSE_SRC_DOCS_DOCS_H

#include <stdbool.h>
#include <stdio.h>

void docs_print_man(FILE *out);
void docs_print_man_serve(FILE *out); /* gatehouse(8) */
void docs_print_bash(FILE *out);
void docs_print_zsh(FILE *out);
void docs_print_fish(FILE *out);

struct cli_command;
struct command_option;
/* The first word of a command; false unless it is the first command with that word. `group`:
 * whether longer commands begin with the word, too. */
bool docs_first_word(size_t command, char *word, size_t size, bool *group);
/* The sentence for that first word. */
const char *docs_summary(size_t command, bool group);
/* The second word of a command of this group; NULL if the command belongs to another. */
const char *docs_second_word(const struct cli_command *command, const char *group);
/* The command that consists of this word alone; NULL if there is none. */
const struct cli_command *docs_alone(const char *word);
/* Whether its value is a file name. */
bool docs_takes_file(const struct command_option *option);
/* Whether the arguments of a command are files. */
bool docs_takes_files(const struct cli_command *command);
/* All values of an option, separated by blanks; "" if there are many. */
enum { DOCS_CHOICES_SIZE = 4000 };
void docs_choices(const struct command_option *option, char out[static DOCS_CHOICES_SIZE]);
/* The same for the first argument of a command. */
void docs_arguments(const struct cli_command *command, char out[static DOCS_CHOICES_SIZE]);
/* Calls `each` for every option with a value, once for each name, the global ones first. */
void docs_each_value(void (*each)(FILE *out, const struct command_option *option), FILE *out);

#endif
