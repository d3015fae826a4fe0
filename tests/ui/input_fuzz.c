/* Any bytes, in any pieces, with any pauses: for libFuzzer (-DGATEHOUSE_FUZZ=ON with clang) and for
 * input_fuzz_test.c. */
#include "tests/ui/input_fuzz.h"

#include "ui/terminal/input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run {
    struct input *input;
    int ends[2];
    int64_t ticks;
    bool in_field;
};

static enum input_use use(void *arg, int key)
{
    const struct run *run = arg;
    if (!key_is_text(key)) abort();
    return run->in_field ? INPUT_FREE : key & 1 ? INPUT_CHANGES : INPUT_ACTS;
}

static int next_key(struct run *run)
{
    int key, row, column;
    size_t size;
    if (!input_next(run->input, run->ticks, &key)) return 0;
    if (key <= 0) abort();
    if (key == UI_PASTE && strlen(input_paste(run->input, &size)) > size) abort();
    input_mouse(run->input, &row, &column);
    if (row < 0 || column < 0) abort();
    return key;
}

static void take_all(struct run *run)
{
    while (next_key(run))
        continue;
    /* Whatever is due comes, and nothing waits longer than a paste does. */
    int64_t due = input_due(run->input);
    if (due != INT64_MAX && due > run->ticks + 1000) abort();
}

static void send(struct run *run, const void *bytes, size_t size)
{
    if (write(run->ends[1], bytes, size) != (ssize_t)size) abort();
}

/* Whatever came before: a second later the keyboard works. */
static void expect_alive(struct run *run)
{
    for (int i = 0; i < 3; i++) {
        run->ticks += 1100;
        take_all(run);
    }
    if (input_due(run->input) != INT64_MAX || input_is_pending(run->input)) abort();
    send(run, "j", 1);
    run->in_field = true;
    if (next_key(run) != 'j') abort();
}

/* Each piece begins with two bytes: how long to wait before it (or to discard), and its size. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int pauses[] = {0, 1, 4, 6, 24, 26, 49, 51, 120, 499, 501, 999, 1001};
    struct run run = {.ticks = 10000};
    setenv("ESCDELAY", "25", 1);
    if (pipe(run.ends) || !(run.input = input_new(run.ends[0], use, &run))) abort();
    while (size > 2) {
        size_t piece = data[1] % 64 + 1;
        if (piece > size - 2) piece = size - 2;
        run.ticks += pauses[data[0] % (sizeof pauses / sizeof *pauses)];
        run.in_field = data[0] & 0x80;
        if (!(data[1] & 0x80)) take_all(&run);
        send(&run, data + 2, piece);
        if (data[0] % 64 == 63)
            input_discard(run.input, run.ticks);
        else
            take_all(&run);
        data += piece + 2;
        size -= piece + 2;
    }
    expect_alive(&run);
    input_free(run.input);
    close(run.ends[0]);
    close(run.ends[1]);
    return 0;
}
