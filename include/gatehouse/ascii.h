/* Characters of ASCII, whatever the locale: for identifiers, words of the program, numbers. Those
 * of <ctype.h> and <strings.h> change with it: in Turkish, 'I' is not the capital of 'i'. Bytes
 * beyond ASCII are letters of no case. */
#ifndef GATEHOUSE_ASCII_H
#define GATEHOUSE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

char ascii_lower(char c);
bool ascii_is_alnum(char c);

/* As the functions of the C library with these names. */
int ascii_casecmp(const char *one, const char *other);
int ascii_ncasecmp(const char *one, const char *other, size_t size);
const char *ascii_casestr(const char *text, const char *word);

#endif
