/* Runs the real program: arguments in, output and exit status out. */
#ifndef GATEHOUSE_TESTS_CLI_RUN_H
#define GATEHOUSE_TESTS_CLI_RUN_H

#include <gatehouse/actor.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A folder of its own for each test, removed afterwards; it contains the database, unless that is
 * on PostgreSQL (tests/postgres/fresh.h). */
extern char run_folder[];
extern char run_database[];
void run_setup(void);
void run_teardown(void);
/* For a test of what only a database that is a file does. */
#define RUN_NEEDS_SQLITE()                                                                         \
    do {                                                                                           \
        if (strncmp(run_database, run_folder, strlen(run_folder)) != 0)                            \
            cr_skip_test("needs SQLite");                                                          \
    } while (0)

/* What the last call printed; replaced by the next. */
extern char *run_out, *run_err;

/* Runs the program with these words (ended by NULL) and an empty standard input; returns the exit
 * status. */
#define run(...)                   run_words(NULL, (const char *const[]){__VA_ARGS__, NULL})
#define run_with_input(input, ...) run_words(input, (const char *const[]){__VA_ARGS__, NULL})
int run_words(const char *input, const char *const *words);
/* A call also waits for what the program leaves running, unless this is set. */
extern bool run_leaves_others;
/* The same for words that are separated by blanks. */
int run_line(const char *line);
/* The same with another program, or with standard output going to `path`. */
int run_program(const char *program, const char *const *words);
int run_to(const char *path, const char *const *words);
/* In a pseudo-terminal of this width; each answer is typed once its prompt has come. Everything the
 * terminal got is in run_out. */
struct answer {
    const char *prompt, *answer;
};
int run_in_terminal(unsigned short columns, const struct answer *answers, const char *const *words);

/* For a program that does not end by itself: starts it; reads its output until `text` is in run_out
 * (from where the last call left off); ends it. */
struct running {
    pid_t child;
    int output;
    size_t read;
};
struct running run_begin(const char *const *words);
void run_until(struct running *running, const char *text);
void run_stop(struct running *running);

/* What the clock of the program under test shows from now on. */
void run_set_clock(const char *seconds);

/* The output as JSON; fails the test if it is not JSON. To be released. */
json_t *run_json(void);
/* Compares a text field of an object. */
void run_expect_text(json_t *object, const char *field, const char *value);
void run_expect_int(json_t *object, const char *field, json_int_t value);

/* A file in the folder, with a mode. The path is valid for four calls. */
const char *run_file(const char *name, const char *content, unsigned mode);
const char *run_path(const char *name);
bool run_exists(const char *name);
/* How many files of the folder have names that match. */
int run_count_files(const char *pattern);

/* A database whose vault opens with run_passphrase(). */
void run_init(void);
const char *run_passphrase(void); /* the file */
/* run_setup, run_init, and an account "ci". */
void run_setup_account(void);
/* Generates a token; its secret is in run_out, without a newline. */
void run_generate(const char *account, const char *name);
/* Generates a token of the account "ci". The caller frees its secret. */
char *run_secret(const char *name);

/* The database itself, for what no sub-command does. To be closed with store_close. */
struct act run_act(void);
/* Runs one statement in a transaction. */
void run_change(const char *sql);
/* How many events there are. */
int64_t run_events(void);

#endif
