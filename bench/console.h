/* The real program in a pseudo-terminal: keys in, times and bytes out. */
#ifndef GATEHOUSE_BENCH_CONSOLE_H
#define GATEHOUSE_BENCH_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

struct console;

enum { CONSOLE_ROWS = 24, CONSOLE_COLUMNS = 80 };

/* Starts a program; *first_ms is when its first frame was complete. `wait` is a text of that frame.
 * Returns NULL if it did not come. */
struct console *console_start(char *const *argv, const char *wait, double *first_ms);
void console_stop(struct console *console);

/* Parts of the screen that are timed separately. */
enum console_part {
    PART_COUNT,  /* the line with the count */
    PART_FILTER, /* the line of the filter */
    PART_ROWS,   /* the list below its heads */
    PART_ALL,
    CONSOLE_PARTS
};
struct reaction {
    double first_ms; /* until the first byte */
    /* when each part reached its final state; first_ms if it never changed */
    double right_ms[CONSOLE_PARTS];
    bool rows_changed;
    size_t bytes;
};
/* Sends keys and listens until nothing has come for `quiet_ms` and no count is pending. 0 bytes:
 * they changed nothing within three seconds. */
struct reaction console_send(struct console *console, const char *keys, int quiet_ms);
bool console_shows(struct console *console, const char *text);
/* Whether a count is pending, because something is being searched. */
bool console_counts(struct console *console);
/* Sends keys and listens for `ms` only, whatever is pending. */
void console_interrupt(struct console *console, const char *keys, int ms);
/* The program's private memory (mapped pages of the database are the system's to drop) and its
 * processor time; NAN if the system does not tell. */
double console_memory_mb(const struct console *console);
double console_cpu_ms(const struct console *console);

#endif
