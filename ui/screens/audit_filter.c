#include "ui/screens/audit_filter.h"

#include <gatehouse/account.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    enum audit_part part;
} names[] = {{"by:", AUDIT_BY},           {"actor:", AUDIT_BY},  {"a:", AUDIT_ACCOUNT},
             {"account:", AUDIT_ACCOUNT}, {"kind:", AUDIT_KIND}, {"since:", AUDIT_SINCE},
             {"until:", AUDIT_UNTIL}};

/* Puts one word where it belongs; the last of two for the same part counts. */
static void take_word(struct audit_filter *filter, const char *word, size_t size)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t name = strlen(names[i].name);
        if (size < name || strncasecmp(word, names[i].name, name) != 0) continue;
        snprintf(filter->parts[names[i].part], FILTER_SIZE, "%.*s", (int)(size - name),
                 word + name);
        return;
    }
    size_t used = strlen(filter->text);
    snprintf(filter->text + used, sizeof filter->text - used, " %.*s", (int)size, word);
}

static const char *part_or_null(const struct audit_filter *filter, enum audit_part part)
{
    return filter->parts[part][0] ? filter->parts[part] : NULL;
}

/* "token." is "token", as every kind of it begins. */
static const char *read_kind(struct audit_filter *filter)
{
    char *kind = filter->parts[AUDIT_KIND];
    for (size_t size = strlen(kind); size && kind[size - 1] == '.'; size--)
        kind[size - 1] = 0;
    return part_or_null(filter, AUDIT_KIND);
}

static enum error read_account(const struct audit_filter *filter, struct store *store,
                               int64_t *number)
{
    const char *typed = part_or_null(filter, AUDIT_ACCOUNT);
    if (!typed) return OK;
    enum error e = account_find(store, typed, number);
    return e == ERR_NOT_FOUND ? audit_find_account(store, typed, number) : e;
}

static enum error read_time(const struct audit_filter *filter, enum audit_part part, int64_t now,
                            int64_t *time)
{
    const char *typed = part_or_null(filter, part);
    *time = WHEN_NEVER;
    return typed ? when_parse_past(typed, now, part == AUDIT_UNTIL, time) : OK;
}

void audit_filter_split(struct audit_filter *filter, const char *typed)
{
    *filter = (struct audit_filter){0};
    for (size_t size; *(typed += strspn(typed, " ")); typed += size) {
        size = strcspn(typed, " ");
        take_word(filter, typed, size);
    }
}

enum error audit_filter_read(struct audit_filter *filter, struct store *store, int64_t now,
                             const char *typed)
{
    audit_filter_split(filter, typed);
    struct audit_query *query = &filter->query;
    query->text = filter->text;
    query->actor = part_or_null(filter, AUDIT_BY);
    query->kind = read_kind(filter);
    enum error e = read_time(filter, AUDIT_SINCE, now, &query->since);
    if (!e) e = read_time(filter, AUDIT_UNTIL, now, &query->until);
    return e ? e : read_account(filter, store, &query->account);
}
