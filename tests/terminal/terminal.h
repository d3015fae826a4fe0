/* A program in a pseudo-terminal, its screen as libvterm sees it. Tests send keys and wait for
 * text; nothing sleeps. A wait that times out fails the test and prints the screen. */
#ifndef GATEHOUSE_TESTS_TERMINAL_H
#define GATEHOUSE_TESTS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct terminal;

#define TERMINAL_EPOCH INT64_C(1795435200) /* where the clock stands at first */

/* Starts the console under test (argv after the program's name, ended by NULL) with a home of its
 * own, a clock that stands at 2026-11-23 12:00 UTC, TERM=xterm-256color and LC_ALL=C.UTF-8.
 * `variables` ("NAME=value", ended by NULL) are added; NULL: none. */
struct terminal *terminal_start(int rows, int columns, const char *const *arguments,
                                const char *const *variables);
/* Another program in the same home, for tmux and the like, and for a second console. argv[0] is
 * looked up in PATH; "gatehouse" is the one under test. */
struct terminal *terminal_start_beside(const struct terminal *other, int rows, int columns,
                                       const char *const *argv);
/* Hangs up if the program still runs, and frees. Fails the test if a sanitizer complained about any
 * program in this home. */
void terminal_free(struct terminal *terminal);

/* Keys as a person types them: a short pause after each Esc, and after every third character. */
void terminal_send(struct terminal *terminal, const char *keys);
/* All at once, whatever it is. */
void terminal_write(struct terminal *terminal, const void *bytes, size_t size);
/* Byte by byte, with a pause between, as over a slow line. */
void terminal_send_slowly(struct terminal *terminal, const char *keys, int pause_ms);
/* Waits until the program has read what was sent, however busy it is. Does not wait for one that
 * reads nothing or has ended. */
void terminal_wait_read(struct terminal *terminal);
void terminal_resize(struct terminal *terminal, int rows, int columns);
void terminal_signal(struct terminal *terminal, int number);
/* Reads for this long, whatever comes: to see that nothing does. Returns how many bytes came. */
size_t terminal_listen(struct terminal *terminal, int ms);

/* How often this stands in all that was written to the terminal so far. */
int terminal_count(const struct terminal *terminal, const char *sequence);

/* Waits until the text is somewhere on the screen. */
void terminal_wait(struct terminal *terminal, const char *text);
/* Waits until the text is nowhere on it. It must have been there once: words that the program no
 * longer says would be gone at once. */
void terminal_wait_gone(struct terminal *terminal, const char *text);
bool terminal_shows(struct terminal *terminal, const char *text);
/* Closes what the demo says at its start. */
void terminal_leave_tour(struct terminal *terminal);
/* Waits until all threads of the program sleep, none only for a server or for time to pass, and
 * nothing more comes; false: it has ended. Most reliable if the clock is held, because then no
 * timer is due. */
bool terminal_wait_idle(struct terminal *terminal);
/* The same, but sooner: now and then more comes, on a busy machine. */
bool terminal_wait_briefly(struct terminal *terminal);
/* Waits until the program ends and returns its exit status (128 + signal). */
int terminal_wait_exit(struct terminal *terminal);

/* A row as text, without trailing blanks; valid until the next call. */
const char *terminal_row(struct terminal *terminal, int row);
/* Everything the program has written so far. */
const char *terminal_output(const struct terminal *terminal, size_t *size);
/* Forgets what the program has written so far. */
void terminal_forget(struct terminal *terminal);
/* The path of the program under test. */
const char *terminal_program(void);
const char *terminal_home(const struct terminal *terminal);

struct terminal_cell {
    bool bold, underline, reverse, coloured;
    int width;
    int foreground, background; /* of 256; -1: the terminal's own */
    uint32_t character;         /* the first of the cell; 0: none */
};
/* How the cell is drawn. */
struct terminal_cell terminal_cell(const struct terminal *terminal, int row, int column);
void terminal_cursor(const struct terminal *terminal, int *row, int *column);

/* The whole screen as text that can be compared, kept and read in a diff. To be freed. Line N is
 * row N: its text, including trailing blanks, closed by "|". Then the cursor. Then the rows that
 * are not all plain, each with its runs of columns drawn alike: bold, underline and so on, and the
 * numbers of the colours. Rows and columns count from 1. */
char *terminal_picture(struct terminal *terminal);
/* Prints the lines in which two pictures differ to standard error. */
void terminal_print_difference(const char *expected, const char *found);

/* Moves the clock of every program in this home: the time of day, and how far its timers are
 * ahead. */
void terminal_set_clock(const struct terminal *terminal, int64_t epoch, int64_t skip_ms);
/* Stops the timers at that point. */
void terminal_hold_clock(const struct terminal *terminal, int64_t epoch, int64_t ticks);
int64_t terminal_now(void); /* where timers stand that nobody moved */

/* Runs the command line under test with the terminal's database; returns its exit status, and its
 * output in `out`. */
int terminal_command(const struct terminal *terminal, const char *command, char *out, size_t size);

#endif
