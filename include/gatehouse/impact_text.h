/* What a change to one account affects, in words. */
#ifndef GATEHOUSE_IMPACT_TEXT_H
#define GATEHOUSE_IMPACT_TEXT_H

#include <gatehouse/account.h>
#include <gatehouse/token.h>

enum { IMPACT_TEXT_SIZE = 200 };

/* "2 tokens stopped, last used 2 min ago from 10.0.0.7", or "no working token". `count`: `working`
 * or `waiting` of the impact, whichever the change concerns. */
void impact_text(const struct account_impact *impact, int64_t count, const char *what, int64_t now,
                 char *out, size_t size);
/* "last used 2 min ago from 10.0.0.7", or "never used"; `from` may be "". */
void impact_used_text(int64_t last_used, const char *from, int64_t now, char *out, size_t size);
/* Of a token that was denied in the last 7 days: "still knocking: 2 min ago from 10.0.0.5" if it no
 * longer works, "denied 2 min ago from 10.0.0.5: the account does not hold the permission" if it
 * was for what was asked of it. "" otherwise. */
void impact_denied_text(const struct token_row *token, bool account_active, int64_t now, char *out,
                        size_t size);
/* Of one token, both: "last used 3 d ago from 10.0.0.7, still knocking: 2 min ago from 10.0.0.5".
 */
void impact_token_text(const struct token_row *token, bool account_active, int64_t now, char *out,
                       size_t size);
/* "2 tokens still knocking, last 2 min ago from 10.0.0.5"; "" if there are none. */
void impact_knocking_text(int64_t knocking, int64_t denied, const char *from, int64_t now,
                          char *out, size_t size);
/* One line for each of the first few tokens that work: name, last use and where it came from. Each
 * begins with a line break. */
enum error impact_lines(struct store *store, int64_t now, int64_t account, char *out,
                        size_t size) MUST_CHECK;
/* The first two that work, or would if the account were active, on one line: " · main 2 min ago
 * from 10.0.0.7, old never used"; "" if there are none. */
enum error impact_names(struct store *store, int64_t now, int64_t account, char *out,
                        size_t size) MUST_CHECK;

#endif
