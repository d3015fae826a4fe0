#include <gatehouse/audit_filter.h>

#include <gatehouse/account.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

static void split(struct audit_filter *filter, const char *typed)
{
    struct word word;
    *filter = (struct audit_filter){0};
    while (word_next(WORDS_EVENTS, &typed, &word)) {
        char *to = word.kind == WORD_TEXT ? filter->text : filter->parts[word.kind];
        size_t used = word.kind == WORD_TEXT ? strlen(to) : 0;
        snprintf(to + used, AUDIT_FILTER_SIZE - used, "%s%.*s", word.kind == WORD_TEXT ? " " : "",
                 (int)word.size, word.text);
    }
}

static const char *part_or_null(const struct audit_filter *filter, enum word_kind kind)
{
    return filter->parts[kind][0] ? filter->parts[kind] : NULL;
}

/* "token." is "token", as every kind of it begins. */
static const char *read_kind(struct audit_filter *filter)
{
    char *kind = filter->parts[WORD_KIND];
    for (size_t size = strlen(kind); size && kind[size - 1] == '.'; size--)
        kind[size - 1] = 0;
    return part_or_null(filter, WORD_KIND);
}

/* A deleted account is still in the log. */
static enum error read_account(const struct audit_filter *filter, struct store *store,
                               int64_t *number)
{
    const char *typed = part_or_null(filter, WORD_ACCOUNT);
    if (!typed) return OK;
    enum error e = account_find(store, typed, number);
    return e == ERR_NOT_FOUND ? audit_find_account(store, typed, number) : e;
}

static enum error read_time(const struct audit_filter *filter, enum word_kind kind, int64_t now,
                            int64_t *time)
{
    const char *typed = part_or_null(filter, kind);
    *time = WHEN_NEVER;
    return typed ? when_parse_past(typed, now, kind == WORD_UNTIL, time) : OK;
}

enum error audit_filter_read(struct store *store, int64_t now, const char *typed,
                             struct audit_filter *out)
{
    split(out, typed);
    struct audit_query *query = &out->query;
    query->text = out->text;
    query->actor = part_or_null(out, WORD_ACTOR);
    query->kind = read_kind(out);
    enum error e = read_time(out, WORD_SINCE, now, &query->since);
    if (!e) e = read_time(out, WORD_UNTIL, now, &query->until);
    return e ? e : read_account(out, store, &query->account);
}
