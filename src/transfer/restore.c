/* Putting a backup in the place of a database.
 *
 * Where the database is sound, its content is replaced in one transaction, beside whoever has it
 * open. Where it is not, or there is none, a new file takes its name in one step. */
#include <gatehouse/restore.h>
#include <gatehouse/vault.h>

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/audit.h>
#include <gatehouse/backup.h>
#include <gatehouse/beside.h>
#include <gatehouse/carry.h>
#include <gatehouse/database.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = PATH_MAX };

struct restore {
    char database[PATH_SIZE - 64];
    const char *file;
    int fd;             /* of the backup; -1 */
    struct beside copy; /* of the backup, which becomes the new database */
    bool has_copy;
    struct store *older;   /* the copy, open */
    struct store *present; /* NULL: there is none, or it is not sound */
    bool exists;           /* something has the name of the database */
    mode_t mode;           /* of that, or of a new one */
    struct act act;        /* on the copy */
};

static const char *const companions[] = {"-journal", "-wal", "-shm"};
enum { COMPANIONS = sizeof companions / sizeof *companions };

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A backup is one file: a database in use has a log next to it, which contains a part of it. */
static enum error refuse_log(const char *file)
{
    char log[PATH_SIZE];
    struct stat status;
    for (size_t i = 0; i < 2; i++) {
        snprintf(log, sizeof log, "%s%s", file, companions[i]);
        if (stat(log, &status) == 0 && status.st_size > 0)
            return fail(ERR_CONFLICT,
                        "%s is a database in use, with a log beside it: restore from a backup of "
                        "it",
                        file);
    }
    return OK;
}

static enum error open_backup(struct restore *restore)
{
    struct stat status;
    restore->fd = open(restore->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (restore->fd < 0)
        return fail(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot open %s: %s",
                    restore->file, strerror(errno));
    if (fstat(restore->fd, &status) != 0 || !S_ISREG(status.st_mode))
        return fail(ERR_CONFLICT, "%s is not a regular file: name a backup", restore->file);
    return refuse_log(restore->file);
}

/* What root restores stays with the owner of what was there: it is done as that user. */
static enum error become_owner(struct restore *restore)
{
    struct stat status;
    restore->exists = lstat(restore->database, &status) == 0;
    restore->mode = restore->exists && S_ISREG(status.st_mode) ? status.st_mode & 0755 : 0600;
    if (!restore->exists || geteuid() != 0 || status.st_uid == 0) return OK;
    if (setegid(status.st_gid) == 0 && seteuid(status.st_uid) == 0) return OK;
    return fail(ERR_SYSTEM, "cannot act as the owner of %s: %s", restore->database,
                strerror(errno));
}

/* No more than the file had when it was opened. */
static enum error copy_bytes(struct restore *restore)
{
    char buffer[1 << 16];
    struct stat status;
    if (fstat(restore->fd, &status) != 0)
        return fail(ERR_SYSTEM, "cannot access %s: %s", restore->file, strerror(errno));
    if (status.st_size == 0)
        return fail(ERR_STORE, "%s is empty: name another backup", restore->file);
    for (off_t left = status.st_size; left > 0;) {
        size_t want = left < (off_t)sizeof buffer ? (size_t)left : sizeof buffer;
        ssize_t got = read(restore->fd, buffer, want);
        if (got < 0) return fail(ERR_SYSTEM, "cannot read %s: %s", restore->file, strerror(errno));
        if (got == 0) break;
        errno = ENOSPC; /* a write that is cut short says nothing */
        if (write(restore->copy.fd, buffer, (size_t)got) != got)
            return fail(ERR_SYSTEM, "cannot copy %s: %s", restore->file, strerror(errno));
        left -= got;
    }
    return OK;
}

/* The copy is opened, but people know the backup by the name they gave. */
static enum error name_backup(const struct restore *restore, enum error e)
{
    char sentence[ERROR_MESSAGE_MAX];
    snprintf(sentence, sizeof sentence, "%s", error_message());
    char *found = strstr(sentence, restore->copy.path);
    if (!e || !found) return e;
    *found = 0;
    return fail(e, "%s%s%s", sentence, restore->file, found + strlen(restore->copy.path));
}

static enum error open_copy(struct restore *restore)
{
    enum error e = beside_begin(restore->database, &restore->copy);
    if (e) return e;
    restore->has_copy = true;
    e = copy_bytes(restore);
    if (!e) e = database_open(restore->copy.path, STORE_OPEN, &restore->older);
    if (!e) e = backup_check(restore->older);
    return name_backup(restore, e);
}

static enum error cannot_read(const char *path)
{
    return fail(ERR_SYSTEM, "cannot read %s: %s; to restore without reading it, move it away", path,
                strerror(errno));
}

/* SQLite would delete the log of a file that is not a database of its own, so that is never opened.
 * What cannot be read now may be a database all the same. */
static enum error look_at_start(const char *path, bool *is_database)
{
    static const char magic[16] = "SQLite format 3";
    char start[sizeof magic];
    *is_database = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return errno == ELOOP || errno == ENXIO ? OK : cannot_read(path);
    ssize_t got = read(fd, start, sizeof start);
    enum error e = got < 0 && errno != EISDIR ? cannot_read(path) : OK;
    *is_database = got == sizeof start && memcmp(start, magic, sizeof magic) == 0;
    close(fd);
    return e;
}

static enum error try_present(struct restore *restore)
{
    enum error e = database_open(restore->database, STORE_OPEN, &restore->present);
    if (!e) e = store_check(restore->present);
    return e;
}

static void close_present(struct restore *restore)
{
    store_close(restore->present);
    restore->present = NULL;
}

/* Whether what is there can be written to and compared with: *why not. A disk that fails to read
 * once looks like damage to SQLite, so it is read twice: much would be lost. */
static enum error open_present(struct restore *restore, char why[static ERROR_MESSAGE_MAX])
{
    bool is_database;
    why[0] = 0;
    if (!restore->exists) return OK;
    enum error e = look_at_start(restore->database, &is_database);
    if (e) return e;
    if (!is_database) {
        snprintf(why, ERROR_MESSAGE_MAX, "it is not a database");
        return OK;
    }
    e = try_present(restore);
    if (e == ERR_STORE) {
        close_present(restore);
        e = try_present(restore);
    }
    if (e != ERR_STORE) return e;
    snprintf(why, ERROR_MESSAGE_MAX, "%s", error_message());
    if (restore->present) {
        /* With its log in it, it is whole at every moment of the exchange; if not, it is kept. */
        enum error ignored = store_leave_log(restore->present);
        (void)ignored;
    }
    close_present(restore);
    return OK;
}

/* A migration backs up the old database; here the backup itself is that. */
static void remove_migrated(const struct restore *restore, int to)
{
    char path[PATH_SIZE + 16];
    for (int version = 1; version < to; version++) {
        snprintf(path, sizeof path, "%s.v%d.bak", restore->copy.path, version);
        unlink(path);
    }
}

/* The descriptor is closed last: with it go the locks of this process on the copy. */
void restore_drop(struct restore *restore)
{
    if (!restore) return;
    if (restore->older) remove_migrated(restore, store_schema_version(restore->older));
    store_close(restore->older);
    if (restore->has_copy) beside_drop(&restore->copy);
    store_close(restore->present);
    if (restore->fd >= 0) close(restore->fd);
    free(restore);
}

static enum error prepare(struct restore *restore, const struct restore_plan *plan,
                          struct restore_found *found)
{
    enum error e = open_backup(restore);
    if (!e) e = become_owner(restore);
    if (!e) e = open_copy(restore);
    if (!e) e = open_present(restore, found->unsound);
    found->exists = restore->exists;
    restore->act = (struct act){.store = restore->older, .actor = plan->actor, .now = plan->now};
    if (!e && restore->present && plan->each)
        e = older_compare(restore->older, restore->present, plan->now, plan->each, plan->arg);
    return e;
}

static enum error refuse_address(const struct restore_plan *plan)
{
    char name[DATABASE_NAME_SIZE];
    database_name(plan->database, name);
    return fail(ERR_CONFLICT,
                "PostgreSQL has a command for this: pg_restore --clean --if-exists --dbname='%s' "
                "'%s'",
                name, plan->file);
}

enum error restore_begin(const struct restore_plan *plan, struct restore **out,
                         struct restore_found *found)
{
    if (store_is_address(plan->database)) return refuse_address(plan);
    struct restore *restore = calloc(1, sizeof *restore);
    if (!restore) return fail_memory();
    restore->file = plan->file;
    restore->fd = -1;
    enum error e = OK;
    if (strlen(plan->database) >= sizeof restore->database)
        e = fail(ERR_USAGE, "the path of the database is too long");
    else
        strcpy(restore->database, plan->database);
    if (!e) e = prepare(restore, plan, found);
    if (e)
        restore_drop(restore);
    else
        *out = restore;
    return e;
}

/* The doctor compares the vault with the newest event that names its key: here it may be an older
 * one again. */
static enum error write_event(const struct restore *restore, int64_t kept_dead)
{
    char after[64 + VAULT_KEY_TEXT], key[VAULT_KEY_TEXT];
    enum error e = vault_read_key(restore->act.store, key);
    if (e) return e;
    snprintf(after, sizeof after, "{\"public_key\":%s%s%s,\"stay_dead\":%lld}",
             key[0] ? "\"" : "null", key, key[0] ? "\"" : "", (long long)kept_dead);
    return audit_write(&restore->act, &(struct audit_entry){.kind = "database.restore",
                                                            .subject = name_of(restore->file),
                                                            .after = after});
}

/* Nobody may change the current database meanwhile. */
static enum error prepare_copy(struct restore *restore, struct restore_done *done)
{
    enum error e = store_begin(restore->older);
    if (e) return e;
    if (restore->present) e = carry_over(&restore->act, restore->present, &done->kept_dead);
    if (!e) e = write_event(restore, done->kept_dead);
    return store_end(restore->older, e);
}

/* An unused name, next to the database, for what was there. */
static void name_kept(const struct restore *restore, struct restore_done *done)
{
    char stamp[WHEN_SIZE], again[16] = "";
    struct stat status;
    when_iso(stamp, restore->act.now);
    for (int i = 2;; i++) {
        snprintf(done->kept, sizeof done->kept, "%s.before-%s%s", restore->database, stamp, again);
        if (lstat(done->kept, &status) != 0) return;
        snprintf(again, sizeof again, "-%d", i);
    }
}

/* Nobody can write from the first step on, so the copy of what was there is of its last moment. */
static enum error replace_content(struct restore *restore, struct restore_done *done)
{
    struct replacement *replacement;
    enum error e = store_replace_begin(restore->present, restore->older, &replacement);
    if (e) return e;
    e = store_copy(restore->present, done->kept, NULL, NULL);
    if (!e) e = prepare_copy(restore, done);
    if (!e) return store_replace_finish(replacement);
    store_replace_drop(replacement);
    return e;
}

static enum error cannot_replace(const struct restore *restore)
{
    return fail(ERR_SYSTEM, "cannot put the backup in place of %s: %s", restore->database,
                strerror(errno));
}

/* A log is moved with its database: next to the new one, it would be read into that. */
static enum error move_companions(const struct restore *restore, const char *kept)
{
    char from[PATH_SIZE + 16], to[PATH_SIZE + 16];
    for (size_t i = 0; i < COMPANIONS; i++) {
        snprintf(from, sizeof from, "%s%s", restore->database, companions[i]);
        snprintf(to, sizeof to, "%s%s", kept, companions[i]);
        if (rename(from, to) != 0 && errno != ENOENT) return cannot_replace(restore);
    }
    return OK;
}

/* The new file is given the name of what is kept, and then the two names are exchanged: at every
 * moment there is a whole file at the path, and nothing is lost. */
static enum error exchange_files(struct restore *restore, const char *kept)
{
    snprintf(restore->copy.name, sizeof restore->copy.name, "%s", kept);
    restore->has_copy = false;
    enum error e = beside_finish(&restore->copy);
    if (e) return e;
    e = move_companions(restore, kept);
    if (!e && renameat2(AT_FDCWD, kept, AT_FDCWD, restore->database, RENAME_EXCHANGE) != 0)
        e = cannot_replace(restore);
    if (e) unlink(kept);
    return e ? e : beside_sync_folder(restore->database);
}

/* Where there is none, only a left-over log has to be moved away. */
static enum error give_name(struct restore *restore, const char *kept)
{
    enum error e = move_companions(restore, kept);
    if (e) return e;
    restore->has_copy = false;
    return beside_finish(&restore->copy);
}

static enum error replace_file(struct restore *restore, struct restore_done *done)
{
    enum error e = prepare_copy(restore, done);
    if (!e) e = store_leave_log(restore->older);
    if (e) return e;
    remove_migrated(restore, store_schema_version(restore->older));
    store_close(restore->older);
    restore->older = NULL;
    if (fchmod(restore->copy.fd, restore->mode) != 0) return cannot_replace(restore);
    return restore->exists ? exchange_files(restore, done->kept) : give_name(restore, done->kept);
}

enum error restore_finish(struct restore *restore, struct restore_done *done)
{
    *done = (struct restore_done){.in_place = restore->present != NULL};
    name_kept(restore, done);
    enum error e = restore->present ? replace_content(restore, done) : replace_file(restore, done);
    if (!restore->exists) done->kept[0] = 0;
    restore_drop(restore);
    return e;
}
