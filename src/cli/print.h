/* What the sub-commands print: tables and fields for people, JSON for scripts, secrets. */
#ifndef GATEHOUSE_SRC_CLI_PRINT_H
#define GATEHOUSE_SRC_CLI_PRINT_H

#include <gatehouse/error.h>
#include <gatehouse/secret.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Printing itself does not fail: if memory runs out for a line, a cell or a part of some JSON,
 * print_flush says so in the end. From this call on, this includes whatever jansson allocates. */
void print_watch_memory(void);
/* Flushes standard output; ERR_SYSTEM if anything printed so far was lost. */
enum error print_flush(void) MUST_CHECK;

/* A table. On a terminal it fits the width: columns are cut down to `least`, the widest first; then
 * those on the right are dropped. Elsewhere nothing is cut. */
struct cell {
    const void *row; /* as table_add got it */
    int64_t now;
    char text[2048]; /* room for a cell to write to */
};
struct column {
    const char *title;
    size_t least;                           /* 0: never cut */
    bool middle;                            /* cut in the middle */
    bool right;                             /* numbers: aligned to the right */
    const char *(*text)(struct cell *cell); /* a field of the row, or cell->text */
};
enum { TABLE_COLUMNS_MAX = 12 };
struct table;
/* `columns` ends with an empty entry and must outlive the table; aborts if there are too many. */
enum error table_new(const struct column *columns, int64_t now, struct table **out) MUST_CHECK;
/* Asks each column for its cell; the row need not outlive the call. Rows are printed in batches, so
 * a long list takes no memory. */
enum error table_add(struct table *table, const void *row) MUST_CHECK;
/* Writes to cell->text and returns it. */
const char *cell_print(struct cell *cell, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints the remaining rows, or on a terminal `empty` (may be NULL) if there was no row at all.
 * Frees the table. */
void table_end(struct table *table, const char *empty);

/* "Owner        team-platform". */
void print_field(const char *label, const char *value);
/* One line for people, made visible as a whole. */
void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same on standard error, after "gatehouse: ". */
void print_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Any text as JSON: what is not UTF-8 comes in its visible form, and tokens are hidden. */
json_t *json_text(const char *text);
/* A time as "2026-05-02T09:30:00Z"; null for WHEN_NEVER. */
json_t *json_time(int64_t time);
/* Prints and releases `value`; ERR_SYSTEM if it is NULL because memory ran out. */
enum error print_json(json_t *value) MUST_CHECK;

/* The same on one line: for streams of objects. */
enum error print_json_line(json_t *value) MUST_CHECK;

/* A JSON array printed element by element. */
struct json_list {
    size_t count;
};
enum error json_list_add(struct json_list *list, json_t *value) MUST_CHECK;
void json_list_end(struct json_list *list);

/* The secret alone on a line of standard output, bypassing every buffer. */
enum error print_secret(const struct secret *secret) MUST_CHECK;
/* `value` (an object, released) with one more field, the secret. */
enum error print_json_secret(json_t *value, const char *field,
                             const struct secret *secret) MUST_CHECK;

#endif
