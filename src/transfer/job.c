#include "src/transfer/job.h"

#include <gatehouse/audit.h>
#include <stdlib.h>

enum error job_step(const struct job *job, size_t done, size_t total)
{
    const struct progress *progress = job->options->progress;
    if (progress && progress->step && progress->step(progress->arg, done, total))
        return fail(ERR_STOPPED, "stopped; nothing was changed");
    return OK;
}

void wish_account_free(struct wish_account *wish)
{
    account_details_free(&wish->details);
    for (size_t i = 0; i < wish->count; i++)
        token_record_free(&wish->tokens[i].record);
    free(wish->tokens);
    *wish = (struct wish_account){0};
}

static json_t *counts_json(const struct transfer_report *report)
{
    json_t *object = json_object();
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++) {
        const size_t *counts = report->counts[noun];
        if (counts[TRANSFER_CREATE] + counts[TRANSFER_CHANGE] + counts[TRANSFER_DELETE] == 0)
            continue;
        json_object_set_new(object, transfer_noun_text((enum transfer_noun)noun),
                            json_pack("{s:I, s:I, s:I}", "created",
                                      (json_int_t)counts[TRANSFER_CREATE], "changed",
                                      (json_int_t)counts[TRANSFER_CHANGE], "deleted",
                                      (json_int_t)counts[TRANSFER_DELETE]));
    }
    if (report->refused)
        json_object_set_new(object, "refused", json_integer((json_int_t)report->refused));
    return object;
}

static enum error write_event(const struct job *job)
{
    json_t *counts = counts_json(job->report);
    char *text = json_dumps(counts, JSON_SORT_KEYS | JSON_COMPACT);
    json_decref(counts);
    if (!text) return fail(ERR_SYSTEM, "out of memory");
    enum error e = audit_write(
        job->act,
        &(struct audit_entry){.kind = job->kind, .subject = job->file->name, .after = text});
    free(text);
    return e;
}

static enum error check_event(struct job *job)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    enum error e = audit_head(job->act->store, &job->report->event, hash);
    if (!e && job->options->event && job->options->event != job->report->event)
        e = fail(ERR_CONFLICT, "the database was changed since the plan was made: run it again");
    return e;
}

enum error job_run(struct job *job, enum error (*work)(struct job *job))
{
    *job->report = (struct transfer_report){0};
    enum error e = store_begin(job->act->store);
    if (e) return e;
    e = check_event(job);
    if (!e) e = work(job);
    bool keep = !e && !job->options->dry_run && job->report->changed;
    if (keep) e = write_event(job);
    if (keep) return store_end(job->act->store, e);
    enum error rolled_back = store_end(job->act->store, e ? e : ERR_STOPPED);
    return e ? rolled_back : OK;
}
