#include "json.h"

#include <gatehouse/text.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

json_t *event_text(const char *text)
{
    json_t *value = json_string(text);
    if (value) return value;
    size_t size = strlen(text) * 4 + 8;
    char *visible = malloc(size);
    if (!visible) return NULL;
    text_visible(visible, size, text, SIZE_MAX);
    value = json_string(visible);
    free(visible);
    return value;
}

static char *dump(json_t *value)
{
    return value ? json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
}

enum error audit_write_json(const struct act *act, const char *kind, const char *subject,
                            int64_t account, int64_t token, json_t *before, json_t *after)
{
    char *before_text = dump(before), *after_text = dump(after);
    enum error e;
    if ((before && !before_text) || (after && !after_text))
        e = fail(ERR_SYSTEM, "out of memory");
    else
        e = audit_write(act, &(struct audit_entry){.kind = kind,
                                                   .subject = subject,
                                                   .account = account,
                                                   .token = token,
                                                   .before = before_text,
                                                   .after = after_text});
    free(before_text);
    free(after_text);
    json_decref(before);
    json_decref(after);
    return e;
}
