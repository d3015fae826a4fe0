/* The configuration file: what suits one admin's taste. Limits and policies are settings of the
 * database (setting.h).
 *
 * Lines `name = value`; empty lines and those that begin with # say nothing. A line that is wrong
 * is named with its number, and what it would have changed stays as it is. */
#ifndef GATEHOUSE_CONFIG_H
#define GATEHOUSE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_VALUE_SIZE = 64,
    CONFIG_KEYS_MAX = 256,
    CONFIG_PROBLEMS_MAX = 32,
    CONFIG_PROBLEM_SIZE = 256
};

/* `key account.toggle = A x`: read here, understood by the console. */
struct config_key {
    int line;
    char command[CONFIG_VALUE_SIZE]; /* "account toggle": as in the palette */
    char keys[CONFIG_VALUE_SIZE];    /* "A x" */
};

struct config {
    char theme[CONFIG_VALUE_SIZE]; /* "" : not given */
    bool mouse;
    int64_t vault_idle, clipboard_clear; /* seconds; -1: not given */
    struct config_key keys[CONFIG_KEYS_MAX];
    size_t key_count;
    char problems[CONFIG_PROBLEMS_MAX][CONFIG_PROBLEM_SIZE]; /* "line 3: …" */
    size_t problem_count; /* at most CONFIG_PROBLEMS_MAX; more are not kept */
};

/* Reads $XDG_CONFIG_HOME/gatehouse/config (~/.config). No file: all as if nothing was given. What
 * cannot be read is a problem like a bad line; nothing here fails. */
void config_load(struct config *out);
void config_read_file(const char *path, struct config *out);
/* Adds a problem of a line (0: of the file). */
void config_complain(struct config *config, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The shorter of two spans of seconds, where 0 is for ever: the file's (-1: not given) and the
 * database's. */
int64_t config_shorter(int64_t own, int64_t setting);

#endif
