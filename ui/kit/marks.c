#include "ui/kit/marks.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

void marks_free(struct marks *marks)
{
    id_set_free(&marks->ids);
    *marks = (struct marks){0};
}

bool marks_is_empty(const struct marks *marks)
{
    return !marks->rule && !marks->ids.count;
}

int64_t marks_count(const struct marks *marks)
{
    if (!marks->rule) return (int64_t)marks->ids.count;
    return marks->rule_matches < 0 ? -1 : marks->rule_matches - (int64_t)marks->ids.count;
}

bool marks_has(const struct marks *marks, int64_t id, bool ruled)
{
    bool named = id_set_has(&marks->ids, id);
    return marks->rule ? ruled && !named : named;
}

enum error marks_flip(struct marks *marks, int64_t id, bool ruled)
{
    if (marks->rule && !ruled)
        return fail(ERR_CONFLICT, "all that match “%s” are marked; * unmarks them first",
                    marks->filter);
    if (!id_set_has(&marks->ids, id)) return id_set_add(&marks->ids, id);
    id_set_remove(&marks->ids, id);
    return OK;
}

void marks_set_rule(struct marks *marks, const char *filter, int facet)
{
    bool was_all = marks->rule && !strcmp(marks->filter, filter) && marks->facet == facet;
    marks_free(marks);
    if (was_all) return;
    marks->rule = true;
    marks->rule_matches = -1;
    marks->facet = facet;
    snprintf(marks->filter, sizeof marks->filter, "%s", filter);
}

void marks_text(const struct marks *marks, int64_t hidden, char *out, size_t size)
{
    long long count = marks_count(marks);
    *out = 0;
    if (count < 0)
        snprintf(out, size, " · %s marked", text_glyph(GLYPH_ELLIPSIS));
    else if (count && hidden > 0)
        snprintf(out, size, " · %lld marked, %lld hidden", count, (long long)hidden);
    else if (count)
        snprintf(out, size, " · %lld marked", count);
}
