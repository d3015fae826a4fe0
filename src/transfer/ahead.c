#include "src/transfer/ahead.h"

/* A file that names one twice was refused. */
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
    return e || !pending ? e : note_unknown(job, records, pending);
}
