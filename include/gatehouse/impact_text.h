/* What a change to one account affects, in words. */
#ifndef GATEHOUSE_IMPACT_TEXT_H
#define GATEHOUSE_IMPACT_TEXT_H

#include <gatehouse/account.h>

enum { IMPACT_TEXT_SIZE = 200 };

/* "2 tokens stopped, last used 2 min ago from 10.0.0.7", or "no live token". */
void impact_text(const struct account_impact *impact, const char *what, int64_t now, char *out,
                 size_t size);
/* One line for each of the first few live tokens: name, last use and where it came from. Each
 * begins with a line break. */
enum error impact_lines(struct store *store, int64_t now, int64_t account, char *out,
                        size_t size) MUST_CHECK;
/* The first two on one line: " · main 2 min ago from 10.0.0.7, old not used yet"; "" if there are
 * none. */
enum error impact_names(struct store *store, int64_t now, int64_t account, char *out,
                        size_t size) MUST_CHECK;

#endif
