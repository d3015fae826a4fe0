/* The real program in a pseudo-terminal: keys in, times and bytes out. */
#ifndef GATEHOUSE_BENCH_CONSOLE_H
#define GATEHOUSE_BENCH_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

struct console;

enum { CONSOLE_ROWS = 24, CONSOLE_COLUMNS = 80 };

/* Starts a program; *first_ms is when its first frame was whole. `wait` is a text of that frame.
 * NULL: it did not come. */
struct console *console_start(char *const *argv, const char *wait, double *first_ms);
void console_stop(struct console *console);

struct reaction {
    double first_ms; /* until the first byte */
    double last_ms;  /* until the last one: the screen is right */
    size_t bytes;
};
/* Sends keys and listens until nothing came for `quiet_ms`. */
struct reaction console_send(struct console *console, const char *keys, int quiet_ms);
/* Sends keys and listens until the screen shows `text`; last_ms is then. */
struct reaction console_until(struct console *console, const char *keys, const char *text);
bool console_shows(struct console *console, const char *text);
/* Memory that is the program's alone (pages of the database that are mapped are the system's to
 * drop), and its processor time. */
double console_memory_mb(const struct console *console);
double console_cpu_ms(const struct console *console);

#endif
