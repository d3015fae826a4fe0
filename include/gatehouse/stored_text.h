/* Text that people write and the database keeps: names, descriptions, owners, labels, sentences,
 * filters. None of it may contain a token: everyone who can read it could use that. */
#ifndef GATEHOUSE_STORED_TEXT_H
#define GATEHOUSE_STORED_TEXT_H

#include <gatehouse/error.h>

/* Every check of such a text calls it. ERR_INVALID if `text` contains a valid token of Gatehouse,
 * which the sentence does not repeat; `what` begins it: "the description". */
enum error stored_text_check(const char *what, const char *text) MUST_CHECK;

#endif
