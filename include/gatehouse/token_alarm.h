/* The alarm of a canary. Each use of a canary is an event; from then on its alarm is open until an
 * admin says that it was dealt with, which is an event, too. Uses of a token before it became a
 * canary do not count. */
#ifndef GATEHOUSE_TOKEN_ALARM_H
#define GATEHOUSE_TOKEN_ALARM_H

#include <gatehouse/token.h>

enum error token_alarm_is_open(struct store *store, const struct token_row *canary,
                               bool *open) MUST_CHECK;
/* The alarm was dealt with; the canary stays one. *changed (may be NULL) is false if none was open.
 * ERR_CONFLICT for a token that is not a canary. */
enum error token_alarm_settle(const struct act *act, int64_t number, bool *changed) MUST_CHECK;

#endif
