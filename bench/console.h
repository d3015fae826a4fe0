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

/* Parts of the screen, each with a time of its own. */
enum console_part {
    PART_COUNT,  /* the line with how many there are */
    PART_FILTER, /* the line that is typed into */
    PART_ROWS,   /* the list below its heads */
    PART_ALL,
    CONSOLE_PARTS
};
struct reaction {
    double first_ms; /* until the first byte */
    /* from when on each part stayed as it was in the end; first_ms where it never changed */
    double right_ms[CONSOLE_PARTS];
    bool rows_changed;
    size_t bytes;
};
/* Sends keys and listens until nothing came for `quiet_ms` and no count is still open; 0 bytes:
 * they changed nothing within three seconds. */
struct reaction console_send(struct console *console, const char *keys, int quiet_ms);
bool console_shows(struct console *console, const char *text);
/* A count is still open: something is being searched. */
bool console_counts(struct console *console);
/* Sends keys and listens for `ms` only, whatever is open. */
void console_interrupt(struct console *console, const char *keys, int ms);
/* Memory that is the program's alone (pages of the database that are mapped are the system's to
 * drop), and its processor time; NAN where the system does not tell. */
double console_memory_mb(const struct console *console);
double console_cpu_ms(const struct console *console);

#endif
