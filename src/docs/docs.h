/* What is generated from the tables of the program: the manual page, the completions and the
 * listings of the README. */
#ifndef GATEHOUSE_SRC_DOCS_DOCS_H
#define GATEHOUSE_SRC_DOCS_DOCS_H

#include <stdbool.h>
#include <stdio.h>

void docs_print_man(FILE *out);
void docs_print_bash(FILE *out);
void docs_print_zsh(FILE *out);
void docs_print_fish(FILE *out);
void docs_print_readme(FILE *out);

struct cli_command;
struct command_option;
/* The first word of a command, for the first command that has it; false for later ones. `group`:
 * whether there are commands with more words. */
bool docs_first_word(size_t command, char *word, size_t size, bool *group);
/* What is said about that first word. */
const char *docs_summary(size_t command, bool group);
/* The second word of a command of this group; NULL if it belongs to another. */
const char *docs_second_word(const struct cli_command *command, const char *group);
/* The command of that one word; NULL if there is none. */
const struct cli_command *docs_alone(const char *word);
/* Whether its value is the name of a file. */
bool docs_takes_file(const struct command_option *option);

#endif
