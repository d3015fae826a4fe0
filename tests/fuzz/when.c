/* Times: what people type, and what is printed. */
#include "fuzz.h"

#include <gatehouse/when.h>
#include <string.h>

#define LAST_TIME INT64_C(253402300799) /* the end of the year 9999 */

static void print_time(int64_t time, int64_t now)
{
    char text[WHEN_SIZE];
    when_relative(text, time, now);
    fuzz_check(text[0] && memchr(text, 0, sizeof text));
    when_last_day(text, time);
    fuzz_check(text[0] && memchr(text, 0, sizeof text));
    when_date(text, time);
    when_event(text, time, 0);
    fuzz_check(text[0] && memchr(text, 0, sizeof text));
    when_iso(text, time);
    fuzz_check(text[0] && memchr(text, 0, sizeof text));
    int64_t again;
    /* What lies outside these years is not written in a form that is read. */
    if (time >= 0 && time <= LAST_TIME && when_parse_iso(text, &again) == OK)
        fuzz_check(again == time);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t time, numbers[2] = {0, FUZZ_NOW};
    char *text = fuzz_text(data, size);
    if (when_parse_expiry(text, FUZZ_NOW, &time) == OK) {
        fuzz_check(time == WHEN_NEVER || time > FUZZ_NOW);
        print_time(time, FUZZ_NOW);
    }
    if (when_parse_length(text, FUZZ_NOW, &time) == OK) fuzz_check(time >= 0);
    if (when_parse_iso(text, &time) == OK) print_time(time, FUZZ_NOW);
    for (int last = 0; last < 2; last++)
        if (when_parse_past(text, FUZZ_NOW, last, &time) == OK) print_time(time, FUZZ_NOW);
    free(text);
    memcpy(numbers, data, size < sizeof numbers ? size : sizeof numbers);
    print_time(numbers[0], numbers[1]);
    return 0;
}
