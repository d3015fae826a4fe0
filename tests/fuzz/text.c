/* Text that is made visible: nothing that a terminal obeys comes out, in as many columns as
 * promised. */
#include "fuzz.h"

#include <gatehouse/text.h>
#include <locale.h>
#include <string.h>

static void cut(const char *text, size_t columns, char *out, size_t out_size)
{
    size_t used = text_visible(out, out_size, text, columns);
    fuzz_check(used <= columns && used == text_width(out) && text_is_printable(out, false));
    used = text_visible_middle(out, out_size, text, columns);
    fuzz_check(used <= columns && used == text_width(out) && text_is_printable(out, false));
}

static void walk(const char *text)
{
    size_t at = 0, length = strlen(text);
    while (at < length) {
        size_t step = text_next(text + at);
        fuzz_check(step > 0 && at + step <= length);
        at += step;
    }
    fuzz_check(text_next(text + length) == 0);
    while (at > 0) {
        size_t step = text_previous(text, at);
        fuzz_check(step > 0 && step <= at);
        at -= step;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *set;
    if (!set) set = setlocale(LC_CTYPE, "C.UTF-8");
    if (!size) return 0;
    text_set_ascii(data[0] & 128);
    size_t columns = data[0] & 127;
    char *text = fuzz_text(data + 1, size - 1);
    size_t out_size = 16 * size + 64;
    char *out = malloc(out_size), small[24];
    fuzz_check(out);
    cut(text, columns, out, out_size);
    cut(text, columns, small, sizeof small);
    fuzz_check(text_visible(out, out_size, text, SIZE_MAX) == text_width(text));
    fuzz_check(text_length(text) <= strlen(text));
    walk(text);
    char *folded = text_fold(text);
    if (folded) {
        char *again = text_fold(folded);
        fuzz_check(again && strcmp(folded, again) == 0);
        free(again);
    }
    free(folded);
    free(out);
    free(text);
    return 0;
}
