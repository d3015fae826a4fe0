/* The log as a story: the events of an act on many rows stand for one row, the event of the act,
 * which follows them and has the number of the first ("first"). */
#ifndef GATEHOUSE_AUDIT_STORY_H
#define GATEHOUSE_AUDIT_STORY_H

#include <gatehouse/audit_list.h>
#include <gatehouse/id_set.h>

/* The first event of the act; 0: the event is not that of an act. */
int64_t audit_act_first(const struct audit_event *event);
/* "1,204 accounts deactivated", "team.json imported · 1,204 events". */
void audit_act_text(const struct audit_event *event, char *out, size_t out_size);

/* As audit_page, without the events of acts, except those in `open` (the numbers of their own
 * events). An act whose own event does not match the query hides nothing. */
enum error audit_story_page(struct store *store, const struct audit_query *query,
                            const struct id_set *open, int64_t from, struct page page,
                            struct audit_event *events, size_t *count) MUST_CHECK;

#endif
