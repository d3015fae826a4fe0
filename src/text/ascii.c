#include <gatehouse/ascii.h>

#include <stdint.h>
#include <string.h>

char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool ascii_is_alnum(char c)
{
    c = ascii_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

int ascii_ncasecmp(const char *one, const char *other, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int a = (unsigned char)ascii_lower(one[i]), b = (unsigned char)ascii_lower(other[i]);
        if (a != b || !a) return a - b;
    }
    return 0;
}

int ascii_casecmp(const char *one, const char *other)
{
    return ascii_ncasecmp(one, other, SIZE_MAX);
}

const char *ascii_casestr(const char *text, const char *word)
{
    size_t size = strlen(word);
    for (;; text++) {
        if (ascii_ncasecmp(text, word, size) == 0) return text;
        if (!*text) return NULL;
    }
}
