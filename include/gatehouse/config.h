/* The configuration file: one admin's preferences. Limits and policies are settings of the database
 * (setting.h).
 *
 * Lines are `name = value`; empty lines and lines that begin with # are skipped. A bad line is
 * reported with its number, and has no effect. */
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

/* `key account.toggle = A x`: parsed here, interpreted by the console. */
struct config_key {
    int line;
    char command[CONFIG_VALUE_SIZE]; /* "account toggle": as in the palette */
    char keys[CONFIG_VALUE_SIZE];    /* "A x" */
};

struct config {
    char theme[CONFIG_VALUE_SIZE]; /* "": not given */
    bool mouse;
    int64_t vault_idle, clipboard_clear; /* seconds; -1: not given */
    struct config_key keys[CONFIG_KEYS_MAX];
    size_t key_count;
    char problems[CONFIG_PROBLEMS_MAX][CONFIG_PROBLEM_SIZE]; /* "line 3: …" */
    size_t problem_count; /* at most CONFIG_PROBLEMS_MAX are kept */
};

/* Reads $XDG_CONFIG_HOME/gatehouse/config (default ~/.config). A missing file is an empty one. A
 * file that cannot be read is reported like a bad line; nothing here fails. */
void config_load(struct config *out);
void config_read_file(const char *path, struct config *out);
/* Reports a problem in a line (0: with the file). */
void config_complain(struct config *config, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The shorter of two times in seconds, where 0 means for ever: the file's (-1: not given) and the
 * database's. */
int64_t config_shorter(int64_t own, int64_t setting);

#endif
