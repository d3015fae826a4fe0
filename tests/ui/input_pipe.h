/* What the terminal sends, as keys: through a pipe, on a clock that the tests move. */
#ifndef GATEHOUSE_TESTS_UI_INPUT_PIPE_H
#define GATEHOUSE_TESTS_UI_INPUT_PIPE_H

#include "ui/terminal/input.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct input *input;
static int ends[2];
static int64_t ticks = 5000;
static char got[512];   /* the names of the keys since the last expect() */
static char pasted[64]; /* the text of the last paste */
static bool in_field;

/* As in the list of accounts: j, k and / are free, capitals change something. */
static inline enum input_use use(void *arg, int key)
{
    cr_assert_eq(arg, &in_field);
    if (in_field || key == 'j' || key == 'k' || key == '/') return INPUT_FREE;
    return key >= 'A' && key <= 'Z' ? INPUT_CHANGES : INPUT_ACTS;
}

static inline void open_pipe(void)
{
    unsetenv("SSH_CONNECTION");
    unsetenv("SSH_TTY");
    setenv("ESCDELAY", "25", 1);
    cr_assert_eq(pipe(ends), 0);
    input = input_new(ends[0], use, &in_field);
    cr_assert(input);
}

static inline void close_pipe(void)
{
    input_free(input);
    close(ends[0]);
    close(ends[1]);
}

static inline void collect(void)
{
    int key;
    while (input_next(input, ticks, &key)) {
        char name[16];
        size_t size;
        if (key == UI_PASTE) {
            snprintf(name, sizeof name, "paste");
            snprintf(pasted, sizeof pasted, "%s", input_paste(input, &size));
            cr_assert_eq(strlen(pasted), size);
        } else if (key == UI_BURST) {
            snprintf(name, sizeof name, "burst");
        } else if (key == UI_CLICK || key == UI_WHEEL_UP || key == UI_WHEEL_DOWN)
            snprintf(name, sizeof name, "mouse");
        else
            key_text(key, name);
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%s%s", used ? " " : "", name);
    }
}

static inline void send_bytes(const char *bytes, size_t size)
{
    cr_assert_eq(write(ends[1], bytes, size), (ssize_t)size);
    collect();
}

static inline void send(const char *bytes)
{
    send_bytes(bytes, strlen(bytes));
}

static inline void wait(int ms)
{
    ticks += ms;
    collect();
}

/* Long enough for anything unfinished to be over. */
static inline void expect(const char *keys, const char *when)
{
    wait(30);
    wait(600);
    cr_expect_str_eq(got, keys, "%s: “%s” instead of “%s”", when, got, keys);
    got[0] = 0;
}

/* For messages: what was sent. */
static inline const char *shown(const char *bytes, size_t size)
{
    static char text[256];
    size_t used = 0;
    for (size_t i = 0; i < size && used + 8 < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 bytes[i] > ' ' && bytes[i] < 0x7f ? "%c" : "\\%03o",
                                 (unsigned char)bytes[i]);
    text[used] = 0;
    return text;
}

/* Whole, in two parts at each place, and byte by byte. */
static inline void expect_split(const char *bytes, size_t size, int ms, const char *keys)
{
    for (size_t at = 0; at < size; at++) {
        send_bytes(bytes, at);
        if (at) wait(ms);
        send_bytes(bytes + at, size - at);
        expect(keys, shown(bytes, size));
    }
    for (size_t at = 0; at < size; at++) {
        send_bytes(bytes + at, 1);
        wait(ms);
    }
    expect(keys, shown(bytes, size));
}

#endif
