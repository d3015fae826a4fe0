/* Reading events: one, a page, all that match. */
#ifndef GATEHOUSE_AUDIT_LIST_H
#define GATEHOUSE_AUDIT_LIST_H

#include <gatehouse/audit.h>
#include <gatehouse/page.h>

void audit_event_free(struct audit_event *event);

/* Which events; what is 0 or NULL does not matter. */
struct audit_query {
    const char *text;  /* words, all of which must stand somewhere in the event, case ignored */
    const char *actor; /* a user: the real one, the one of the login, or the one sudo claims */
    int64_t account;   /* by number, so that a later account of the same name is another */
    const char *kind;  /* "token.revoke", by its present or its earlier name; or a noun, "token" */
    int64_t since, until; /* inclusive; WHEN_NEVER: open. Not 0 */
};
/* A page of events, the newest first, beside the event `from`; 0: from an end of the list. A query
 * that few events match may take long and be interrupted. Each event is the caller's to free. */
enum error audit_page(struct store *store, const struct audit_query *query, int64_t from,
                      struct page page, struct audit_event *events, size_t *count) MUST_CHECK;
enum error audit_count(struct store *store, const struct audit_query *query,
                       int64_t *count) MUST_CHECK;
enum error audit_get(struct store *store, int64_t sequence, struct audit_event *out) MUST_CHECK;
/* The account that was meant by an ID when it was last written into an event, deleted ones
 * included. ERR_NOT_FOUND. */
enum error audit_find_account(struct store *store, const char *typed, int64_t *number) MUST_CHECK;

#endif
