/* The fuzz target with random input, so that it runs wherever the tests do: mostly bytes that mean
 * something to the decoder. */
#include "tests/ui/input_fuzz.h"

#include <criterion/criterion.h>
#include <string.h>

enum { INPUTS = 20000, SIZE = 256 };

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64* */
static size_t below(size_t limit)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (size_t)((state * 0x2545f4914f6cdd1d) >> 33) % limit;
}

Test(input_fuzz, random_bytes_break_no_promise)
{
    static const char *const tokens[] = {
        "\033",   "\033[",     "\033O",     "\033]",    "\033P",    "\033\\", "\033[M",
        "\033[<", "\033[200~", "\033[201~", "\233",     "\302\233", "\235",   "\234",
        "\030",   "\007",      ";",         "65",       "M",        "~",      "A",
        "j",      "\r",        "\303",      "\342\202", "ф"};
    for (int i = 0; i < INPUTS; i++) {
        uint8_t data[SIZE + 16];
        size_t size = 0, wanted = below(SIZE);
        while (size < wanted) {
            if (below(3)) {
                const char *token = tokens[below(sizeof tokens / sizeof *tokens)];
                memcpy(data + size, token, strlen(token));
                size += strlen(token);
            } else {
                data[size++] = (uint8_t)below(256);
            }
        }
        cr_assert_eq(LLVMFuzzerTestOneInput(data, size), 0);
    }
}
