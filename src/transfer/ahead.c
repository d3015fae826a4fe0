#include "src/transfer/ahead.h"

#include <stdlib.h>
#include <string.h>

/* No name is there twice: the file was refused, or the second account was. */
static enum error look_for_accounts(struct job *job, struct wish_account *const *wishes,
                                    size_t count)
{
    const char *names[AHEAD_MAX] = {0};
    bool known[AHEAD_MAX];
    for (size_t i = 0; i < count; i++)
        names[i] = wishes[i]->name;
    enum error e = accounts_find(job->act->store, names, count, known);
    for (size_t i = 0; !e && i < count; i++)
        wishes[i]->is_absent = !known[i];
    return e;
}

static enum error note_unknown(struct job *job, struct token_record *const *records, size_t count)
{
    const uint8_t *digests[DIGESTS_MAX] = {0};
    bool known[DIGESTS_MAX];
    for (size_t i = 0; i < count; i++)
        digests[i] = records[i]->digest;
    enum error e = digests_find(job->act->store, digests, count, known);
    for (size_t i = 0; !e && i < count; i++)
        records[i]->is_unknown = !known[i];
    return e;
}

struct entry {
    struct token_record *record;
};

static int compare(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;
    return memcmp(one->record->digest, other->record->digest, TOKEN_DIGEST_SIZE);
}

/* Of two tokens with one digest, the second is known by then. */
static enum error note_twice(struct wish_account *const *wishes, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += wishes[i]->count;
    struct entry *all = malloc((total + 1) * sizeof *all);
    if (!all) return fail_memory();
    total = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < wishes[i]->count; k++)
            all[total++].record = &wishes[i]->tokens[k].record;
    qsort(all, total, sizeof *all, compare);
    for (size_t i = 1; i < total; i++)
        if (compare(&all[i - 1], &all[i]) == 0)
            all[i - 1].record->is_unknown = all[i].record->is_unknown = false;
    free(all);
    return OK;
}

enum error ahead_look(struct job *job, struct wish_account *const *wishes, size_t count)
{
    struct token_record *records[DIGESTS_MAX];
    size_t pending = 0;
    enum error e = look_for_accounts(job, wishes, count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; !e && k < wishes[i]->count; k++) {
            records[pending++] = &wishes[i]->tokens[k].record;
            if (pending < DIGESTS_MAX) continue;
            e = note_unknown(job, records, pending);
            pending = 0;
        }
    if (!e && pending) e = note_unknown(job, records, pending);
    return e ? e : note_twice(wishes, count);
}
