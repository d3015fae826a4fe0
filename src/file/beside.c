#include <gatehouse/beside.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ending[] = ".gatehouse-new";

static void folder_of(const char *path, char folder[static PATH_MAX])
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    snprintf(folder, PATH_MAX, "%s", dirname(copy));
}

/* SQLite would read these into a new file of the same name. */
static enum error remove_companions(const char *path)
{
    static const char *const companions[] = {"-journal", "-wal", "-shm"};
    char name[PATH_MAX + NAME_MAX + 16];
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        snprintf(name, sizeof name, "%s%s", path, companions[i]);
        if (unlink(name) != 0 && errno != ENOENT)
            return fail(ERR_SYSTEM, "cannot remove %s: %s", name, strerror(errno));
    }
    return OK;
}

/* What cannot be removed now is left to the next run. */
static void remove_all(const char *path)
{
    enum error ignored = remove_companions(path);
    (void)ignored;
    unlink(path);
}

/* Whoever writes a file holds a lock on it. The lock comes after the file: in between, another run
 * may have taken it for a left-over. */
static bool is_held(int fd, const char *path)
{
    struct stat held, named;
    return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 && lstat(path, &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

static bool is_ours(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid();
}

/* How much of a name is that of the file that is written; 0: it has nothing to do with one. What is
 * made from that file meanwhile has more: SQLite's log, the backup of a migration. */
static size_t size_of_written(const char *name)
{
    const char *found = strstr(name, ending), *rest = found ? found + sizeof ending - 1 : "";
    return found && found > name && (!*rest || *rest == '-' || *rest == '.') ? (size_t)(rest - name)
                                                                             : 0;
}

/* A file without a lock is left over from a run that was killed. What was made from one that is
 * gone is removed under a lock, too, so that it is not that of a run that has just begun. */
static void remove_left_over(const char *folder, const char *name, size_t size)
{
    char path[PATH_MAX + NAME_MAX + 2], written[sizeof path];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(written, sizeof written, "%s/%.*s", folder, (int)size, name);
    if (!is_ours(path)) return;
    int make = name[size] ? O_CREAT : 0;
    int fd = open(written, O_RDWR | make | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) return;
    if (is_ours(written) && is_held(fd, written)) {
        unlink(path);
        remove_all(written);
    }
    close(fd);
}

void beside_clean(const char *name)
{
    char folder[PATH_MAX];
    folder_of(name, folder);
    DIR *files = opendir(folder);
    struct dirent *file;
    while (files && (file = readdir(files))) {
        size_t size = size_of_written(file->d_name);
        if (size) remove_left_over(folder, file->d_name, size);
    }
    if (files) closedir(files);
}

bool beside_is_taken(const char *name)
{
    struct stat info;
    beside_clean(name);
    return lstat(name, &info) == 0;
}

/* Another run that cleans up may hold it for a moment; whoever writes it, for longer. */
static enum error create(struct beside *beside)
{
    enum { TRIES = 50, PAUSE_US = 2000 };
    for (int i = 0; i < TRIES; i++, usleep(PAUSE_US)) {
        beside_clean(beside->name);
        beside->fd = open(beside->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (beside->fd < 0 && errno != EEXIST)
            return fail(ERR_SYSTEM, "cannot create %s: %s", beside->name, strerror(errno));
        if (beside->fd < 0) continue;
        if (is_held(beside->fd, beside->path)) return OK;
        close(beside->fd);
    }
    return fail(ERR_BUSY, "%s is being written: try again in a moment", beside->name);
}

enum error beside_begin(const char *name, struct beside *out)
{
    int size = snprintf(out->path, sizeof out->path, "%s%s", name, ending);
    if (size < 0 || (size_t)size >= sizeof out->path)
        return fail(ERR_SYSTEM, "the path %s is too long", name);
    strcpy(out->name, name);
    enum error e = create(out);
    if (e) return e;
    e = remove_companions(out->path);
    if (e) beside_drop(out);
    return e;
}

void beside_drop(struct beside *beside)
{
    remove_all(beside->path);
    close(beside->fd);
}

enum error beside_sync_folder(const char *path)
{
    char folder[PATH_MAX];
    folder_of(path, folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* not every file system can */
    int reason = errno;
    if (fd >= 0) close(fd);
    return synced ? OK : fail(ERR_SYSTEM, "cannot sync %s: %s", folder, strerror(reason));
}

/* Where renaming cannot say that nothing may be replaced, a second name can. */
static int give_name(const struct beside *beside)
{
    if (renameat2(AT_FDCWD, beside->path, AT_FDCWD, beside->name, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    return link(beside->path, beside->name) == 0 ? unlink(beside->path) : -1;
}

static enum error name_whole(const struct beside *beside)
{
    enum error ignored = remove_companions(beside->path); /* SQLite has, unless the disk refused */
    (void)ignored;
    if (fsync(beside->fd) != 0)
        return fail(ERR_SYSTEM, "cannot write %s: %s", beside->name, strerror(errno));
    if (give_name(beside) == 0) return OK;
    if (errno == EEXIST)
        return fail(ERR_CONFLICT, "%s already exists: choose another path", beside->name);
    return fail(ERR_SYSTEM, "cannot give %s its name: %s", beside->name, strerror(errno));
}

enum error beside_finish(struct beside *beside)
{
    enum error e = name_whole(beside);
    if (e) {
        beside_drop(beside);
        return e;
    }
    e = beside_sync_folder(beside->name);
    if (e) unlink(beside->name); /* nobody was told that it is there */
    close(beside->fd);
    return e;
}
