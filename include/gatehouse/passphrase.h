/* How a passphrase is read, so that the editor, the system and the keyboard it came from do not
 * matter. */
#ifndef GATEHOUSE_PASSPHRASE_H
#define GATEHOUSE_PASSPHRASE_H

#include <gatehouse/secret.h>
#include <stdbool.h>

/* Whether it begins with U+FEFF, which some editors put at the beginning of a file. */
bool passphrase_has_mark(const struct secret *typed);

/* What is hashed: Unicode's NFC, without the carriage return of a line that ended with CR LF (its
 * newline has been removed already). What is not UTF-8 stays as it is. The caller frees it. */
enum error passphrase_compose(const struct secret *typed, struct secret **out) MUST_CHECK;

#endif
