#include <gatehouse/text.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* With separators from 10,000 on: four digits are read at a glance. */
static void put_number(char *out, size_t size, int64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    bool separate = length - (count < 0) > 4;
    size_t used = 0;
    for (int i = 0; i < length && used + 2 < size; i++) {
        bool between = i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-';
        if (separate && between) out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = 0;
}

const char *text_count(char out[static TEXT_COUNT_SIZE], int64_t count, const char *noun)
{
    char number[40];
    size_t length = strlen(noun);
    bool is_y = length > 1 && noun[length - 1] == 'y' && !strchr("aeiou", noun[length - 2]);
    put_number(number, sizeof number, count);
    if (count == 1)
        snprintf(out, TEXT_COUNT_SIZE, "1 %s", noun);
    else
        snprintf(out, TEXT_COUNT_SIZE, "%s %.*s%s", number, (int)(length - is_y), noun,
                 is_y ? "ies" : "s");
    return out;
}

struct number_text number_text(int64_t number)
{
    struct number_text out = {""};
    put_number(out.text, sizeof out.text, number);
    return out;
}
