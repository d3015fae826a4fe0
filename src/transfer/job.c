#include "src/transfer/job.h"

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/audit.h>
#include <gatehouse/secret.h>
#include <gatehouse/setting.h>
#include <gatehouse/text.h>
#include <gatehouse/vault.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 1 << 16, FILE_SIZE_MAX = 1 << 30 };

/* An import holds tokens, of which nothing may stay in the heap. */
static void free_wiped(void *memory)
{
    if (!memory) return;
    explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

static enum error grow(struct secret **text)
{
    struct secret *larger;
    if ((*text)->capacity >= FILE_SIZE_MAX)
        return fail(ERR_INVALID, "the file is larger than a gibibyte: split it");
    enum error e = secret_new((*text)->capacity * 2, &larger);
    if (e) return e;
    e = secret_set(larger, (*text)->bytes, (*text)->size);
    secret_free(*text);
    *text = larger;
    return e;
}

static enum error read_all(int fd, const char *path, struct secret **text)
{
    enum error e = secret_new(FIRST_ROOM, text);
    while (!e) {
        struct secret *into = *text;
        ssize_t got = read(fd, into->bytes + into->size, into->capacity - into->size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
        if (got == 0) return OK;
        into->size += (size_t)got;
        if (into->size == into->capacity) e = grow(text);
    }
    return e;
}

/* jansson's own message would quote the file, perhaps even a token. */
static enum error parse(const struct secret *text, const char *path, json_t **root)
{
    json_error_t where;
    *root = json_loadb(text->bytes, text->size, JSON_REJECT_DUPLICATES, &where);
    if (*root) return OK;
    if (json_error_code(&where) == json_error_out_of_memory) return fail_memory();
    if (json_error_code(&where) == json_error_duplicate_key)
        return fail(ERR_INVALID, "%s: line %d, column %d: a field occurs twice", path, where.line,
                    where.column);
    return fail(ERR_INVALID, "%s: line %d, column %d: this is not JSON", path, where.line,
                where.column);
}

/* The many small pieces of a file and of what is made of it are joined as they are freed. glibc
 * would set them aside, and go through all of them whenever a page of the database needs memory. */
static void join_freed_memory(void)
{
    mallopt(M_MXFAST, 0);
}

static enum error load(int fd, const char *path, struct transfer_file *file)
{
    struct stat info;
    struct secret *text = NULL;
    if (fd != STDIN_FILENO && fstat(fd, &info) == 0)
        file->open_to_others = info.st_mode & (S_IRGRP | S_IROTH);
    const char *slash = strrchr(path, '/');
    file->name = strdup(slash ? slash + 1 : path);
    if (!file->name) return fail_memory();
    join_freed_memory();
    json_malloc_t allocate;
    json_get_alloc_funcs(&allocate, NULL);
    json_set_alloc_funcs(allocate, free_wiped);
    enum error e = read_all(fd, path, &text);
    if (!e) e = parse(text, path, &file->root);
    secret_free(text);
    return e;
}

enum error transfer_read(const char *path, struct transfer_file **out)
{
    bool standard = strcmp(path, "-") == 0;
    *out = NULL;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot open %s: %s", path,
                    strerror(errno));
    struct transfer_file *file = calloc(1, sizeof *file);
    enum error e = file ? load(fd, standard ? "standard input" : path, file) : fail_memory();
    if (!standard) close(fd);
    if (e)
        transfer_free(file);
    else
        *out = file;
    return e;
}

void transfer_free(struct transfer_file *file)
{
    if (!file) return;
    json_decref(file->root);
    free(file->name);
    free(file);
}

bool transfer_is_open_to_others(const struct transfer_file *file)
{
    return file->open_to_others;
}

const char *transfer_noun_text(enum transfer_noun noun)
{
    static const char *const texts[] = {"permission", "group", "account", "token"};
    return texts[noun];
}

const char *transfer_action_text(enum transfer_action action)
{
    static const char *const texts[] = {"create", "change", "delete", "unchanged"};
    return texts[action];
}

void transfer_report_free(struct transfer_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->lines[i].subject);
        free(report->lines[i].detail);
    }
    free(report->lines);
    id_set_free(&report->wider);
    *report = (struct transfer_report){0};
}

/* Takes ownership of `detail`, which is NULL if memory ran out. */
static enum error add(struct transfer_report *report, struct transfer_line line,
                      const char *subject, char *detail)
{
    enum { FIRST = 64 };
    size_t count = report->count;
    bool full = count >= FIRST ? (count & (count - 1)) == 0 : count == 0;
    struct transfer_line *lines = report->lines;
    if (full) lines = realloc(lines, (count ? 2 * count : FIRST) * sizeof *lines);
    if (lines) report->lines = lines;
    line.subject = strdup(subject);
    line.detail = detail;
    if (!lines || !line.subject || !detail) {
        free(line.subject);
        free(detail);
        return fail_memory();
    }
    lines[report->count++] = line;
    return OK;
}

static char *format_detail(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));
static char *format_detail(const char *format, va_list arguments)
{
    char *detail;
    if (!format) return strdup("");
    return vasprintf(&detail, format, arguments) < 0 ? NULL : detail;
}

enum error report_item(struct transfer_report *report, enum transfer_section section,
                       enum transfer_noun noun, enum transfer_action action, const char *subject,
                       const char *format, ...)
{
    report->counts[noun][action]++;
    if (action == TRANSFER_UNCHANGED) return OK;
    report->changed = true;
    va_list arguments;
    va_start(arguments, format);
    char *detail = format_detail(format, arguments);
    va_end(arguments);
    return add(report, (struct transfer_line){.section = section, .noun = noun, .action = action},
               subject, detail);
}

/* A token is listed once, with the first reason. */
enum error report_wider(struct transfer_report *report, int64_t token, const char *account,
                        const char *name, const char *why)
{
    char subject[ACCOUNT_ID_SIZE + 300];
    if (id_set_has(&report->wider, token)) return OK;
    enum error e = id_set_add(&report->wider, token);
    if (e) return e;
    if (name[0])
        snprintf(subject, sizeof subject, "sa::%s/%s", account, name);
    else
        snprintf(subject, sizeof subject, "sa::%s/#%" PRId64, account, token);
    return add(
        report,
        (struct transfer_line){.section = TRANSFER_WIDER, .noun = TRANSFER_TOKEN, .token = token},
        subject, strdup(why));
}

enum error report_left(struct transfer_report *report, enum transfer_noun noun, const char *subject)
{
    if (report->left[noun]++ >= TRANSFER_LEFT_MAX) return OK;
    return add(report, (struct transfer_line){.section = TRANSFER_LEFT, .noun = noun}, subject,
               strdup(""));
}

enum error report_refused(struct transfer_report *report, const char *place, const char *reason)
{
    report->refused++;
    return add(report, (struct transfer_line){.section = TRANSFER_REFUSED}, place, strdup(reason));
}

enum error report_note(struct transfer_report *report, const char *about, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *detail = format_detail(format, arguments);
    va_end(arguments);
    return add(report, (struct transfer_line){.section = TRANSFER_NOTE}, about, detail);
}

enum error job_step(const struct job *job, size_t done, size_t total)
{
    const struct progress *progress = job->options->progress;
    if (progress && progress->step && progress->step(progress->arg, done, total))
        return fail(ERR_STOPPED, "stopped: nothing was changed");
    return OK;
}

static enum error find(struct store *store, json_t *known,
                       enum error (*look)(struct store *, const char *, int64_t *), const char *key,
                       int64_t *number)
{
    *number = json_integer_value(json_object_get(known, key));
    if (*number) return OK;
    enum error e = look(store, key, number);
    if (!e && json_object_set_new(known, key, json_integer(*number))) e = fail_memory();
    return e;
}

enum error job_find_permission(struct job *job, const char *id, int64_t *number)
{
    return find(job->act->store, job->permissions, permission_find, id, number);
}

enum error job_find_group(struct job *job, const char *name, int64_t *number)
{
    return find(job->act->store, job->groups, group_find, name, number);
}

void wish_account_free(struct wish_account *wish)
{
    account_details_free(&wish->details);
    for (size_t i = 0; i < wish->count; i++)
        token_record_free(&wish->tokens[i].record);
    free(wish->tokens);
    *wish = (struct wish_account){0};
}

/* NULL when out of memory. */
static json_t *counts_json(const struct transfer_report *report)
{
    json_t *object = json_object();
    int failed = 0;
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++) {
        const size_t *counts = report->counts[noun];
        if (counts[TRANSFER_CREATE] + counts[TRANSFER_CHANGE] + counts[TRANSFER_DELETE] == 0)
            continue;
        failed |= json_object_set_new(object, transfer_noun_text((enum transfer_noun)noun),
                                      json_pack("{s:I, s:I, s:I}", "created",
                                                (json_int_t)counts[TRANSFER_CREATE], "changed",
                                                (json_int_t)counts[TRANSFER_CHANGE], "deleted",
                                                (json_int_t)counts[TRANSFER_DELETE]));
    }
    if (report->refused)
        failed |= json_object_set_new(object, "refused", json_integer((json_int_t)report->refused));
    if (!failed) return object;
    json_decref(object);
    return NULL;
}

static enum error write_event(const struct job *job)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t last;
    enum error e = audit_head(job->act->store, &last, hash);
    if (e) return e;
    json_t *counts = counts_json(job->report);
    /* With its events it is one act. */
    if (counts && last > job->report->event)
        json_object_set_new(counts, "first", json_integer((json_int_t)job->report->event + 1));
    char *text = counts ? json_dumps(counts, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
    json_decref(counts);
    if (!text) return fail_memory();
    e = audit_write(job->act, &(struct audit_entry){
                                  .kind = job->kind, .subject = job->file->name, .after = text});
    free(text);
    return e;
}

static enum error check_event(struct job *job)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    enum error e = audit_head(job->act->store, &job->report->event, hash);
    if (!e && job->options->event && job->options->event != job->report->event)
        e = fail(ERR_CONFLICT, "the database has changed since the plan was made: run it again");
    return e;
}

static enum error note_long_lived(struct job *job)
{
    char tokens[TEXT_COUNT_SIZE], longest[TEXT_COUNT_SIZE];
    if (!job->long_lived) return OK;
    return report_note(job->report, setting_table[SETTING_TOKEN_EXPIRY_LONGEST].name,
                       "%s %s longer than the %s that a new one may",
                       text_count(tokens, (int64_t)job->long_lived, "token"),
                       job->long_lived == 1 ? "lives" : "live",
                       text_count(longest, job->longest, "day"));
}

static enum error read_policies(struct job *job)
{
    struct store *store = job->act->store;
    enum error e = setting_get(store, SETTING_TOKEN_LIMIT, &job->token_limit);
    if (!e) e = setting_get(store, SETTING_TOKEN_EXPIRY_LONGEST, &job->longest);
    if (!e) e = vault_keeps_tokens(store, &job->keeps_tokens);
    return e || !job->keeps_tokens ? e : vault_read_seal_key(store, job->seal_key);
}

static enum error do_work(struct job *job, enum error (*work)(struct job *job))
{
    job->groups = json_object();
    job->permissions = json_object();
    enum error e = job->groups && job->permissions ? work(job) : fail_memory();
    json_decref(job->groups);
    json_decref(job->permissions);
    return e;
}

enum error job_run(struct job *job, enum error (*work)(struct job *job))
{
    job->own_act = *job->act;
    job->own_act.rehearses = job->options->dry_run;
    job->act = &job->own_act;
    *job->report = (struct transfer_report){0};
    enum error e = store_begin(job->act->store);
    if (e) return e;
    store_expect_many(job->act->store);
    e = check_event(job);
    if (!e) e = read_policies(job);
    if (!e) e = do_work(job, work);
    if (!e) e = note_long_lived(job);
    bool keep = !e && !job->options->dry_run && job->report->changed;
    if (keep) e = write_event(job);
    if (keep) return store_end(job->act->store, e);
    enum error rolled_back = store_end(job->act->store, e ? e : ERR_STOPPED);
    return e ? rolled_back : OK;
}
