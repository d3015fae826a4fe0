/* The order of a list: --sort [-]COLUMN and --descending, which mean the same for every list. */
#ifndef GATEHOUSE_SRC_CLI_SORT_H
#define GATEHOUSE_SRC_CLI_SORT_H

#include "src/cli/command.h"

/* For the options of a list; `columns` as in a sentence: "id, status or created",
 * from which completions take them. */
/* Releases of clang-format disagree about these lines. */
/* clang-format off */
#define SORT_OPTIONS(columns)                                                                      \
    {.name = "sort", .value = "COLUMN", .sentence = columns "; a leading - reverses the order"},   \
    {.name = "descending", .sentence = "reverse the order"}
/* clang-format on */

/* Reads both. `words` are the columns, ended by NULL; *sort becomes the index of one and is left
 * alone if none is given, *descending is set. ERR_USAGE lists the columns. */
enum error sort_read(const struct call *call, const char *const *words, int *sort,
                     bool *descending) MUST_CHECK;

#endif
