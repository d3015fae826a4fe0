/* Text that people write and the database keeps: names, descriptions, owners, labels, sentences,
 * filters. A token does not belong into any of it: there everyone who may read could use it. */
#ifndef GATEHOUSE_STORED_TEXT_H
#define GATEHOUSE_STORED_TEXT_H

#include <gatehouse/error.h>

/* To be asked by every check of such a text. ERR_INVALID if a valid token of Gatehouse stands in
 * `text`, which the sentence does not repeat; `what` begins it: "the description". */
enum error stored_text_check(const char *what, const char *text) MUST_CHECK;

#endif
