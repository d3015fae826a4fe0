#include "src/transfer/job.h"

#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool in_use(const struct token_record *record, int64_t now)
{
    return !record->revoked && (record->expires == WHEN_NEVER || record->expires > now);
}

static const struct token_record *find(const struct token_records *records, const uint8_t *digest)
{
    for (size_t i = 0; records && i < records->count; i++)
        if (memcmp(records->items[i].digest, digest, TOKEN_DIGEST_SIZE) == 0)
            return &records->items[i];
    return NULL;
}

/* "sa::ci/github", or with the number or the beginning of the digest where there is no name. */
static void subject_of(const struct wish_account *wish, const struct token_record *record,
                       char *out, size_t size)
{
    if (record->name[0])
        snprintf(out, size, "sa::%s/%s", wish->name, record->name);
    else if (record->number)
        snprintf(out, size, "sa::%s/#%" PRId64, wish->name, record->number);
    else
        snprintf(out, size, "sa::%s/%02x%02x%02x%02x…", wish->name, record->digest[0],
                 record->digest[1], record->digest[2], record->digest[3]);
}

/* Why a digest that is not among the account's rows must not be written; NULL when it may. */
static enum error refuse_holder(struct store *store, const struct token_record *record,
                                char *reason, size_t size)
{
    struct digest_holder holder;
    reason[0] = 0;
    enum error e = digest_find_holder(store, record->digest, &holder);
    if (e || !holder.known) return e;
    if (holder.account_name[0] && holder.account != record->account)
        snprintf(reason, size, "this token belongs to sa::%s", holder.account_name);
    else if (!record->revoked)
        snprintf(reason, size, "this token %s and stays dead",
                 holder.account_name[0] ? "was revoked here" : "belonged to a deleted account");
    return OK;
}

/* A rotation may exceed the limit by one until it ends. */
static enum error refuse_limit(const struct job *job, const struct wish_account *wish,
                               const struct token_record *record, char *reason, size_t size)
{
    struct token_counts counts;
    int64_t more = 0;
    if (!in_use(record, job->act->now)) return OK;
    for (size_t i = 0; i < wish->count; i++)
        if (wish->tokens[i].record.has_successor) more = 1;
    enum error e = token_get_counts(job->act->store, job->act->now, record->account, &counts);
    if (!e && counts.used >= counts.limit + more)
        snprintf(reason, size, "the account would have more than %" PRId64 " tokens in use",
                 counts.limit);
    return e;
}

static enum error create(struct job *job, struct wish_account *wish, struct wish_token *token)
{
    struct token_record *record = &token->record;
    struct secret *value = NULL;
    char reason[200], subject[ACCOUNT_ID_SIZE + 300];
    enum error e = refuse_holder(job->act->store, record, reason, sizeof reason);
    if (!e && !reason[0]) e = refuse_limit(job, wish, record, reason, sizeof reason);
    if (!e && reason[0]) return report_refused(job->report, token->place, reason);
    if (!e && token->value) {
        e = secret_new(TOKEN_VALUE_MAX, &value);
        if (!e) e = secret_set(value, token->value, strlen(token->value));
    }
    if (!e) e = token_record_create(job->act, record, value, &record->number);
    secret_free(value);
    if (e) return e;
    subject_of(wish, record, subject, sizeof subject);
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_CREATE, subject, "%s",
                       record->revoked     ? "revoked"
                       : record->suspended ? "suspended"
                                           : "");
}

static void list_fields(int diff, char *out, size_t size)
{
    static const char *const names[] = {"name",        "created",  "expires", "state",
                                        "permissions", "networks", "canary",  "rotated"};
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (diff & 1 << i)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", names[i]);
}

/* Why a row must not become what the file says: rules 6 and 13. */
static const char *refuse_change(const struct job *job, const struct token_record *before,
                                 const struct token_record *after)
{
    if (before->revoked && !after->revoked) return "this token was revoked here and stays dead";
    if (!before->revoked && !in_use(before, job->act->now) && in_use(after, job->act->now))
        return "this token has expired, which is final";
    return NULL;
}

static enum error change(struct job *job, struct wish_account *wish, struct wish_token *token,
                         const struct token_record *before)
{
    struct token_record *after = &token->record;
    char subject[ACCOUNT_ID_SIZE + 300], fields[100];
    after->number = before->number;
    subject_of(wish, before, subject, sizeof subject);
    const char *final = refuse_change(job, before, after);
    if (final) return report_refused(job->report, token->place, final);
    int diff = token_record_diff(before, after) & ~RECORD_SUCCESSOR;
    enum error e = token_record_update(job->act, before, after);
    list_fields(diff, fields, sizeof fields);
    return e ? e
             : report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN,
                           diff ? TRANSFER_CHANGE : TRANSFER_UNCHANGED, subject, "%s", fields);
}

/* An import leaves a token that it knows as it is. */
static enum error keep(struct job *job, struct wish_token *token,
                       const struct token_record *present)
{
    token->record.number = present->number;
    if (present->revoked)
        return report_refused(job->report, token->place,
                              "this token was revoked here and stays dead");
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_UNCHANGED, "", NULL);
}

static enum error prune(struct job *job, struct wish_account *wish,
                        const struct token_records *present)
{
    enum error e = OK;
    for (size_t i = 0; !e && present && i < present->count; i++) {
        const struct token_record *record = &present->items[i];
        char subject[ACCOUNT_ID_SIZE + 300];
        bool wished = false;
        for (size_t k = 0; k < wish->count && !wished; k++)
            wished = memcmp(wish->tokens[k].record.digest, record->digest, TOKEN_DIGEST_SIZE) == 0;
        if (wished) continue;
        subject_of(wish, record, subject, sizeof subject);
        e = token_record_delete(job->act, record);
        if (!e)
            e = report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_DELETE, subject,
                            NULL);
    }
    return e;
}

static enum error link_one(struct job *job, const struct wish_account *wish,
                           const struct wish_token *token, bool existed)
{
    const struct token_record *record = &token->record;
    struct digest_holder holder;
    char subject[ACCOUNT_ID_SIZE + 300];
    enum error e = OK;
    if (record->has_successor) {
        e = digest_find_holder(job->act->store, record->successor, &holder);
        if (!e && (!holder.token || holder.account != record->account))
            return report_refused(job->report, token->place,
                                  "its successor is no token of this account");
    }
    if (!e)
        e = token_record_link(job->act, record, record->has_successor ? record->successor : NULL);
    if (e || !existed) return e;
    subject_of(wish, record, subject, sizeof subject);
    return report_item(job->report, TRANSFER_ITEM, TRANSFER_TOKEN, TRANSFER_CHANGE, subject,
                       "successor");
}

/* Once all rows are there: a successor may stand anywhere in the list. */
static enum error link_successors(struct job *job, const struct wish_account *wish,
                                  const struct token_records *present)
{
    enum error e = OK;
    for (size_t i = 0; !e && i < wish->count; i++) {
        const struct token_record *record = &wish->tokens[i].record;
        const struct token_record *before = find(present, record->digest);
        bool differs =
            before ? token_record_diff(before, record) & RECORD_SUCCESSOR : record->has_successor;
        if (record->number && differs) e = link_one(job, wish, &wish->tokens[i], before);
    }
    return e;
}

/* Those that are there come first: what they give up makes room under the limit. */
enum error write_tokens(struct job *job, int64_t account, struct wish_account *wish,
                        const struct token_records *present)
{
    enum error e = OK;
    if (!job->merge && job->options->prune) e = prune(job, wish, present);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; !e && i < wish->count; i++) {
            struct wish_token *token = &wish->tokens[i];
            const struct token_record *before = find(present, token->record.digest);
            if ((before ? 0 : 1) != pass) continue;
            token->record.account = account;
            if (token->record.created == WHEN_NEVER)
                token->record.created = before ? before->created : job->act->now;
            if (!before)
                e = create(job, wish, token);
            else
                e = job->merge ? keep(job, token, before) : change(job, wish, token, before);
        }
    if (!e && !job->merge) e = link_successors(job, wish, present);
    return e;
}
