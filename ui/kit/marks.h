/* Marks of a list: IDs, or a rule: all that match a filter, but for some IDs. */
#ifndef GATEHOUSE_UI_MARKS_H
#define GATEHOUSE_UI_MARKS_H

#include <gatehouse/account.h>

enum { FILTER_MAX = 128, FILTER_SIZE = FILTER_MAX * 4 + 1 };

struct marks {
    bool rule;
    char filter[FILTER_SIZE];
    int facet;            /* of a list that has facets; 0 */
    struct id_set ids;    /* the marked ones; with a rule, those left out */
    int64_t rule_matches; /* how many match the rule; -1: not counted yet */
};

void marks_free(struct marks *marks);
bool marks_is_empty(const struct marks *marks);
/* -1: not counted yet */
enum error marks_flip(struct marks *marks, int64_t id, bool ruled) MUST_CHECK;
/* " · 3 marked, 1 hidden", or "". `hidden` -1: not counted yet. */
void marks_text(const struct marks *marks, int64_t hidden, char *out, size_t size);

#endif
