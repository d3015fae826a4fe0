#include "src/cli/sort.h"

#include <stdio.h>
#include <string.h>

static enum error refuse(const char *typed, const char *const *words)
{
    char list[200] = "";
    size_t used = 0;
    for (size_t i = 0; words[i] && used < sizeof list; i++) {
        const char *between = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", between, words[i]);
    }
    return fail(ERR_USAGE, "cannot sort by “%s”: %s, with a leading - to reverse", typed, list);
}

enum error sort_read(const struct call *call, const char *const *words, int *sort, bool *descending)
{
    const char *typed = call_value(call, "sort");
    if (typed) *descending = *typed == '-';
    if (call_has(call, "descending")) *descending = true;
    if (!typed) return OK;
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], typed + (*typed == '-')) != 0) continue;
        *sort = i;
        return OK;
    }
    return refuse(typed, words);
}
