/* Reading events: one, a page, or a count. */
#ifndef GATEHOUSE_AUDIT_LIST_H
#define GATEHOUSE_AUDIT_LIST_H

#include <gatehouse/audit.h>
#include <gatehouse/page.h>

void audit_event_free(struct audit_event *event);

/* Which events; 0 and NULL mean any. */
struct audit_query {
    const char *text;     /* words that must all occur somewhere in the event, ignoring case */
    const char *actor;    /* a user: real, of the login, or claimed by sudo */
    int64_t account;      /* by number: a later account may have the same name */
    const char *kind;     /* "token.revoke", current or earlier name; or a noun: "token" */
    int64_t since, until; /* inclusive; WHEN_NEVER: unbounded (0 is a time) */
};
/* A page of events, newest first, next to the event `from` (0: from an end of the list). A query
 * that few events match may take long and can be interrupted. The caller frees each event. */
enum error audit_page(struct store *store, const struct audit_query *query, int64_t from,
                      struct page page, struct audit_event *events, size_t *count) MUST_CHECK;
/* Whether a given event matches. */
enum error audit_matches(struct store *store, const struct audit_query *query, int64_t sequence,
                         bool *matches) MUST_CHECK;
enum error audit_count(struct store *store, const struct audit_query *query,
                       int64_t *count) MUST_CHECK;
/* The oldest event in the database: earlier ones may have been moved to archives. 1: there is none.
 */
enum error audit_oldest(struct store *store, int64_t *sequence) MUST_CHECK;
enum error audit_get(struct store *store, int64_t sequence, struct audit_event *out) MUST_CHECK;
/* The account that an ID meant when it last occurred in an event, including deleted accounts.
 * ERR_NOT_FOUND. */
enum error audit_find_account(struct store *store, const char *typed, int64_t *number) MUST_CHECK;

#endif
