#include <errno.h>
#include <fcntl.h>
#include <gatehouse/audit.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/backup.h>
#include <gatehouse/database.h>
#include <gatehouse/when.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether a copy can be trusted: its pages, references and chain of events. */
static enum error check_copy(struct store *store)
{
    int64_t checked;
    enum error e = store_check(store);
    return e ? e : audit_verify(store, &checked);
}

static enum error write_backup_event(const struct act *act, const char *path)
{
    const char *slash = strrchr(path, '/');
    return audit_write(
        act, &(struct audit_entry){.kind = "database.backup", .subject = slash ? slash + 1 : path});
}

static enum error verify(const char *path, void *unused)
{
    struct store *copy;
    (void)unused;
    enum error e = database_open(path, STORE_COPY, &copy);
    if (e) return e;
    e = check_copy(copy);
    store_close(copy);
    return e;
}

/* The event comes last: what it says has happened. */
enum error backup_write(const struct act *act, const char *path)
{
    if (access(path, F_OK) == 0)
        return fail(ERR_CONFLICT, "%s exists already: choose another path", path);
    enum error e = store_copy(act->store, path, verify, NULL);
    if (e) return e;
    e = store_begin(act->store);
    if (!e) e = store_end(act->store, write_backup_event(act, path));
    if (e) unlink(path);
    return e;
}

enum { PATH_SIZE = 4096 };

struct restore {
    char database[PATH_SIZE], copy[PATH_SIZE + 32];
    const char *file;
    struct store *older;   /* the copy of the backup */
    struct store *present; /* NULL: there is none */
    struct act act;        /* on the copy */
};

static enum error copy_bytes(int from, int to, const char *file)
{
    char buffer[1 << 16];
    ssize_t got;
    while ((got = read(from, buffer, sizeof buffer)) > 0)
        if (write(to, buffer, (size_t)got) != got)
            return fail(ERR_SYSTEM, "cannot copy %s: %s", file, strerror(errno ? errno : ENOSPC));
    if (got < 0) return fail(ERR_SYSTEM, "cannot read %s: %s", file, strerror(errno));
    return fsync(to) == 0 ? OK : fail(ERR_SYSTEM, "cannot sync the copy: %s", strerror(errno));
}

/* A file with a write-ahead log is a database in use, not a backup: part of it is still in the log.
 */
static enum error refuse_log(const char *file)
{
    char log[PATH_SIZE + 8];
    struct stat status;
    snprintf(log, sizeof log, "%s-wal", file);
    if (stat(log, &status) != 0 || status.st_size == 0) return OK;
    return fail(ERR_CONFLICT,
                "%s is a database in use, with a write-ahead log: restore from a backup of it",
                file);
}

static enum error copy_file(const struct restore *restore)
{
    int from = open(restore->file, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot open %s: %s",
                    restore->file, strerror(errno));
    int to = open(restore->copy, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum error e = to < 0 ? fail(ERR_SYSTEM, "cannot write %s: %s", restore->copy, strerror(errno))
                          : copy_bytes(from, to, restore->file);
    close(from);
    if (to >= 0) close(to);
    return e;
}

/* Removes the copy and the files that opening it may have left. */
static void remove_copy(const struct restore *restore)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char path[PATH_SIZE + 64];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", restore->copy, ends[i]);
        unlink(path);
    }
    /* A migration backs up the old database; here the backup itself is that. */
    for (int version = 1; version < store_schema_version(restore->older); version++) {
        snprintf(path, sizeof path, "%s.v%d.bak", restore->copy, version);
        unlink(path);
    }
}

void restore_drop(struct restore *restore)
{
    if (restore->older) {
        remove_copy(restore);
        store_close(restore->older);
    } else {
        unlink(restore->copy);
    }
    store_close(restore->present);
    free(restore);
}

static enum error open_both(struct restore *restore, bool *replaces)
{
    *replaces = access(restore->database, F_OK) == 0;
    enum error e = refuse_log(restore->file);
    if (!e) e = copy_file(restore);
    if (!e) e = database_open(restore->copy, STORE_OPEN, &restore->older);
    if (!e) e = check_copy(restore->older);
    if (!e && *replaces) e = database_open(restore->database, STORE_OPEN, &restore->present);
    return e;
}

enum error restore_begin(const struct restore_plan *plan, struct restore **out, bool *replaces)
{
    struct restore *restore = calloc(1, sizeof *restore);
    if (!restore) return fail_memory();
    restore->file = plan->file;
    if (strlen(plan->database) >= sizeof restore->database) {
        free(restore);
        return fail(ERR_USAGE, "the path of the database is too long");
    }
    strcpy(restore->database, plan->database);
    snprintf(restore->copy, sizeof restore->copy, "%s.restoring-%ld", plan->database,
             (long)getpid());
    enum error e = open_both(restore, replaces);
    restore->act = (struct act){.store = restore->older, .actor = plan->actor, .now = plan->now};
    if (!e && restore->present && plan->each)
        e = token_returns(restore->older, restore->present, plan->now, plan->each, plan->arg);
    if (e)
        restore_drop(restore);
    else
        *out = restore;
    return e;
}

static enum error write_restore_event(const struct restore *restore, int64_t kept_dead)
{
    char after[64];
    const char *slash = strrchr(restore->file, '/');
    snprintf(after, sizeof after, "{\"stay_dead\":%lld}", (long long)kept_dead);
    return audit_write(&restore->act,
                       &(struct audit_entry){.kind = "database.restore",
                                             .subject = slash ? slash + 1 : restore->file,
                                             .after = after});
}

/* Tokens that are dead in the present database stay dead in the copy. (Nobody can change the
 * present one in the meantime.) */
static enum error prepare_copy(struct restore *restore, struct restore_done *done)
{
    enum error e = store_begin(restore->older);
    if (e) return e;
    if (restore->present) e = token_bury(&restore->act, restore->present, &done->kept_dead);
    if (!e) e = write_restore_event(restore, done->kept_dead);
    e = store_end(restore->older, e);
    return e ? e : store_leave_log(restore->older);
}

/* Gives the old file a second name; then the new one takes its place in one step. */
static enum error exchange(const struct restore *restore, struct restore_done *done)
{
    char stamp[WHEN_SIZE], folder[PATH_SIZE];
    when_iso(stamp, restore->act.now);
    snprintf(done->kept, sizeof done->kept, "%s.before-%s", restore->database, stamp);
    if (restore->present && link(restore->database, done->kept) != 0)
        return fail(ERR_SYSTEM, "cannot keep the old database as %s: %s", done->kept,
                    strerror(errno));
    if (!restore->present) done->kept[0] = 0;
    if (rename(restore->copy, restore->database) != 0)
        return fail(ERR_SYSTEM, "cannot put the backup in place: %s", strerror(errno));
    snprintf(folder, sizeof folder, "%s", restore->database);
    int fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return OK;
}

enum error restore_finish(struct restore *restore, struct restore_done *done)
{
    *done = (struct restore_done){.replaced = restore->present != NULL};
    /* Nobody else may have it open, or they would keep writing to a log that then belongs to the
     * new one. */
    enum error e = restore->present ? store_leave_log(restore->present) : OK;
    if (!e) e = prepare_copy(restore, done);
    if (!e) e = exchange(restore, done);
    restore_drop(restore);
    return e;
}
