/* The command line: every sub-command, for scripts and people. */
#ifndef GATEHOUSE_CLI_H
#define GATEHOUSE_CLI_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>

struct secret;
struct store;

/* The options before the sub-command, which also apply to the console. */
struct options {
    const char *database; /* --db; NULL if not given */
    bool read_only;
    bool ascii;
    const char *theme; /* --theme: "dark", "light", "plain"; NULL: the console chooses */

    /* Copies a secret to the clipboard of the terminal and writes what was done, in words, to
     * `said`. Set by main, because the clipboard belongs to the console. Without a secret, it only
     * looks whether that is possible. */
    enum error (*copy)(struct store *store, const struct secret *secret, char *said, size_t size);
};

/* 0 done, 2 wrong usage, 3 refused, 4 the database, the vault or the system failed. */
int exit_status_of(enum error error);

/* Reads the global options; *rest is the index of the first word after them (argc: none, the
 * console opens). --help and --version print and set *done; ERR_SYSTEM when that was lost. */
enum error cli_options_parse(int argc, char **argv, struct options *options, int *rest,
                             bool *done) MUST_CHECK;
/* Runs argv[0..argc) as a sub-command; prints its one error line itself. Not for `demo`, which main
 * runs. */
int cli_run(const struct options *options, int argc, char **argv);
/* Whether argv[0..argc) is `demo` alone. */
bool cli_is_demo(int argc, char **argv);

#endif
