#include "src/transfer/difference.h"

#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sentence that grows; NULL text: out of memory. */
struct sentence {
    struct store *store;
    FILE *stream;
    char *text;
    size_t size;
    bool begun;
};

static enum error begin(struct sentence *sentence, struct store *store)
{
    *sentence = (struct sentence){.store = store};
    sentence->stream = open_memstream(&sentence->text, &sentence->size);
    return sentence->stream ? OK : fail_memory();
}

static enum error end(struct sentence *sentence, enum error e, char **out)
{
    bool whole = fclose(sentence->stream) == 0 && sentence->text;
    *out = NULL;
    if (!e && !whole) e = fail_memory();
    if (e)
        free(sentence->text);
    else
        *out = sentence->text;
    return e;
}

static void name_field(struct sentence *sentence, const char *field)
{
    fprintf(sentence->stream, "%s%s: ", sentence->begun ? "; " : "", field);
    sentence->begun = true;
}

static void put_text(const struct sentence *sentence, const char *text)
{
    enum { MOST = 60 };
    char visible[MOST * 8 + 64];
    text_visible(visible, sizeof visible, text, MOST);
    fprintf(sentence->stream, *text ? "“%s”" : "none", visible);
}

static void tell_texts(struct sentence *sentence, const char *field, const char *before,
                       const char *after)
{
    before = before ? before : "";
    after = after ? after : "";
    if (strcmp(before, after) == 0) return;
    name_field(sentence, field);
    put_text(sentence, before);
    fputs(" → ", sentence->stream);
    put_text(sentence, after);
}

static void tell_words(struct sentence *sentence, const char *field, const char *before,
                       const char *after)
{
    if (strcmp(before, after) == 0) return;
    name_field(sentence, field);
    fprintf(sentence->stream, "%s → %s", before, after);
}

static void tell_times(struct sentence *sentence, const char *field, int64_t before, int64_t after)
{
    char was[WHEN_SIZE], is[WHEN_SIZE];
    when_iso(was, before);
    when_iso(is, after);
    tell_words(sentence, field, was, is);
}

static const char *yes_no(bool value)
{
    return value ? "yes" : "no";
}

/* How to print one member of a set. */
typedef enum error put_member(const struct sentence *sentence, int64_t number);

static enum error put_permission(const struct sentence *sentence, int64_t number)
{
    struct permission permission;
    enum error e = permission_get(sentence->store, number, &permission);
    if (!e) fputs(permission.id, sentence->stream);
    return e;
}

static enum error put_group(const struct sentence *sentence, int64_t number)
{
    struct group group;
    enum error e = group_get(sentence->store, number, &group);
    if (!e) fputs(group.name, sentence->stream);
    return e;
}

/* Puts what is in `a` but not in `b`, each after `sign`. */
static enum error put_more(const struct sentence *sentence, const struct id_set *a,
                           const struct id_set *b, const char *sign, put_member *put, bool *first)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < a->count; i++) {
        if (id_set_has(b, a->ids[i])) continue;
        fprintf(sentence->stream, "%s%s", *first ? "" : ", ", sign);
        *first = false;
        e = put(sentence, a->ids[i]);
    }
    return e;
}

static enum error tell_sets(struct sentence *sentence, const char *field,
                            const struct id_set *before, const struct id_set *after,
                            put_member *put)
{
    bool first = true;
    if (id_set_equal(before, after)) return OK;
    name_field(sentence, field);
    enum error e = put_more(sentence, after, before, "+", put, &first);
    return e ? e : put_more(sentence, before, after, "-", put, &first);
}

enum error difference_of_account(struct store *store, const struct account_details *before,
                                 const struct account_details *after, bool was_active,
                                 bool is_active, char **out)
{
    struct sentence sentence;
    enum error e = begin(&sentence, store);
    if (e) return e;
    tell_words(&sentence, "active", yes_no(was_active), yes_no(is_active));
    tell_texts(&sentence, "description", before->description, after->description);
    tell_texts(&sentence, "owner", before->owner, after->owner);
    e = tell_sets(&sentence, "groups", &before->groups, &after->groups, put_group);
    if (!e)
        e = tell_sets(&sentence, "permissions", &before->permissions, &after->permissions,
                      put_permission);
    return end(&sentence, e, out);
}

static enum error put_narrowing(const struct sentence *sentence, const struct token_limits *limits)
{
    static const struct id_set none = {0};
    bool first = true;
    if (!limits->narrowed || !limits->permissions.count)
        fputs(limits->narrowed ? "none" : "all of the account", sentence->stream);
    return limits->narrowed
               ? put_more(sentence, &limits->permissions, &none, "", put_permission, &first)
               : OK;
}

static enum error tell_narrowing(struct sentence *sentence, const struct token_limits *before,
                                 const struct token_limits *after)
{
    if (before->narrowed && after->narrowed)
        return tell_sets(sentence, "permissions", &before->permissions, &after->permissions,
                         put_permission);
    if (before->narrowed == after->narrowed) return OK;
    name_field(sentence, "permissions");
    enum error e = put_narrowing(sentence, before);
    fputs(" → ", sentence->stream);
    return e ? e : put_narrowing(sentence, after);
}

static void put_networks(const struct sentence *sentence, const struct token_limits *limits)
{
    if (!limits->network_count) fputs("anywhere", sentence->stream);
    for (size_t i = 0; i < limits->network_count; i++)
        fprintf(sentence->stream, "%s%s", i ? ", " : "", limits->networks[i]);
}

static const char *state_of(const struct token_record *record)
{
    return record->revoked ? "revoked" : record->suspended ? "suspended" : "live";
}

enum error difference_of_token(struct store *store, const struct token_record *before,
                               const struct token_record *after, char **out)
{
    struct sentence sentence;
    int diff = token_record_diff(before, after);
    enum error e = begin(&sentence, store);
    if (e) return e;
    tell_texts(&sentence, "name", before->name, after->name);
    tell_times(&sentence, "created", before->created, after->created);
    tell_times(&sentence, "expires", before->expires, after->expires);
    if (diff & RECORD_STATE) tell_words(&sentence, "state", state_of(before), state_of(after));
    if (diff & RECORD_PERMISSIONS) e = tell_narrowing(&sentence, &before->limits, &after->limits);
    if (diff & RECORD_NETWORKS) {
        name_field(&sentence, "networks");
        put_networks(&sentence, &before->limits);
        fputs(" → ", sentence.stream);
        put_networks(&sentence, &after->limits);
    }
    tell_words(&sentence, "canary", yes_no(before->limits.canary), yes_no(after->limits.canary));
    tell_times(&sentence, "rotated", before->rotated, after->rotated);
    if (diff & RECORD_LAST_FOUR)
        tell_texts(&sentence, "last_four", before->last_four, after->last_four);
    return end(&sentence, e, out);
}

static enum error tell_gain(struct sentence *sentence, const char *verb, const struct id_set *more,
                            const struct id_set *less)
{
    bool any = false, first = true;
    for (size_t i = 0; i < more->count && !any; i++)
        any = !id_set_has(less, more->ids[i]);
    if (!any) return OK;
    fprintf(sentence->stream, "%s%s", sentence->begun ? "; " : "", verb);
    sentence->begun = true;
    return put_more(sentence, more, less, "", put_permission, &first);
}

enum error difference_of_group(struct store *store, const struct group *group, const char *name,
                               const struct group_details *before,
                               const struct group_details *after, char **out)
{
    struct sentence sentence;
    char members[TEXT_COUNT_SIZE];
    enum error e = begin(&sentence, store);
    if (e) return e;
    e = tell_gain(&sentence, "gains ", &after->permissions, &before->permissions);
    if (!e) e = tell_gain(&sentence, "loses ", &before->permissions, &after->permissions);
    if (name) tell_texts(&sentence, "name", group->name, name);
    tell_texts(&sentence, "description", before->description, after->description);
    if (sentence.begun)
        fprintf(sentence.stream, "; %s", text_count(members, group->members, "member"));
    return end(&sentence, e, out);
}
