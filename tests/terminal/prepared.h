/* A home whose database is there before the console starts: the demo's accounts, in the default
 * place. The test uses the same database alongside the console. */
#ifndef GATEHOUSE_TESTS_TERMINAL_PREPARED_H
#define GATEHOUSE_TESTS_TERMINAL_PREPARED_H

#include "terminal.h"

#include <gatehouse/account.h>
#include <stdlib.h>

/* For a test whose SQL only SQLite reads. */
#define PREPARED_NEEDS_SQLITE()                                                                    \
    do {                                                                                           \
        if (getenv("GATEHOUSE_TEST_DB")) cr_skip_test("needs SQLite");                             \
    } while (0)

/* A new database, which is on PostgreSQL if there is a server for the tests
 * (tests/postgres/fresh.h). The vault's passphrase is demo_passphrase of gatehouse/demo.h. To be
 * freed last. */
struct terminal *prepared_home(void);
/* A console in that home, once its list and its overview are shown. `settings` ("NAME=value …") and
 * `arguments` are parts of a shell command line; "" for none. */
struct terminal *prepared_console(const struct terminal *home, int rows, int columns,
                                  const char *settings, const char *arguments);
/* The same without waiting for anything, and with the start of the command line as given ("exec
 * env"). */
struct terminal *prepared_line(const struct terminal *home, int rows, int columns,
                               const char *before, const char *arguments);

/* Writes the configuration file of consoles that are opened in that home afterwards. */
void prepared_configure(const struct terminal *home, const char *text);

/* Replaces what is random in the database: the last four characters of tokens, and the hashes. */
void prepared_fix_random(const struct terminal *home);
/* A console in its home, whose timers stand still, so that what it shows does not depend on how
 * long anything took; it is idle. In the colours for a dark background. Settings ("NAME=value") may
 * stand before the arguments. */
struct terminal *prepared_still(const struct terminal *home, int rows, int columns,
                                const char *arguments);
/* "fleet-NN" with so many tokens: for lists that are longer than those of the demo. */
void prepared_add_account(const struct act *act, const char *description, int tokens,
                          const struct id_set *groups);
/* Lets its timers stand at that second, so that whatever is drawn with a delay, like the side pane,
 * has been drawn; waits until it is idle. */
void prepared_settle(const struct terminal *home, struct terminal *console, int64_t second);
/* terminal_picture with what is random covered: tokens, recovery codes, the name of its home. To be
 * freed. */
char *prepared_picture(struct terminal *console);

/* Runs SQL, bypassing the model, for what it would refuse / queries one number. Literals only. */
void prepared_run(const struct terminal *home, const char *sql);
int64_t prepared_ask(const struct terminal *home, const char *sql);
/* How many events there are. */
int64_t prepared_events(const struct terminal *home);
const char *prepared_database(const struct terminal *home);

#endif
