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

void beside_remove(const char *path)
{
    static const char *const companions[] = {"", "-journal", "-wal", "-shm"};
    char name[PATH_MAX + NAME_MAX + 16];
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        snprintf(name, sizeof name, "%s%s", path, companions[i]);
        unlink(name);
    }
}

static void folder_of(const char *path, char folder[static PATH_MAX])
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    snprintf(folder, PATH_MAX, "%s", dirname(copy));
}

/* Whoever writes a file holds a lock on it: one without is left over from a run that was killed. */
static void remove_left_over(const char *path)
{
    struct stat info;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
        beside_remove(path);
    close(fd);
}

static void remove_left_overs(const char *name)
{
    char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
    folder_of(name, folder);
    DIR *files = opendir(folder);
    struct dirent *file;
    while (files && (file = readdir(files))) {
        size_t size = strlen(file->d_name), end = sizeof ending - 1;
        if (size <= end || strcmp(file->d_name + size - end, ending) != 0) continue;
        snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        remove_left_over(path);
    }
    if (files) closedir(files);
}

/* The lock comes after the file: in between, another run may have taken it for a left-over. */
static bool is_held(const struct beside *beside)
{
    struct stat held, named;
    return flock(beside->fd, LOCK_EX | LOCK_NB) == 0 && fstat(beside->fd, &held) == 0 &&
           stat(beside->path, &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

enum error beside_begin(const char *name, struct beside *out)
{
    int size = snprintf(out->path, sizeof out->path, "%s%s", name, ending);
    if (size < 0 || (size_t)size >= sizeof out->path)
        return fail(ERR_SYSTEM, "the path %s is too long", name);
    strcpy(out->name, name);
    remove_left_overs(name);
    out->fd = open(out->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out->fd < 0 && errno == EEXIST)
        return fail(ERR_BUSY, "%s is being written: try again in a moment", name);
    if (out->fd < 0) return fail(ERR_SYSTEM, "cannot create %s: %s", out->path, strerror(errno));
    if (is_held(out)) return OK;
    close(out->fd);
    return fail(ERR_BUSY, "%s is being written: try again in a moment", name);
}

void beside_drop(struct beside *beside)
{
    beside_remove(beside->path);
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
static int give_name(const struct beside *beside, bool replace)
{
    if (replace) return rename(beside->path, beside->name);
    if (renameat2(AT_FDCWD, beside->path, AT_FDCWD, beside->name, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    return link(beside->path, beside->name) == 0 ? unlink(beside->path) : -1;
}

enum error beside_finish(struct beside *beside, bool replace)
{
    enum error e = OK;
    if (fsync(beside->fd) != 0)
        e = fail(ERR_SYSTEM, "cannot write %s: %s", beside->name, strerror(errno));
    else if (give_name(beside, replace) != 0)
        e = errno == EEXIST
                ? fail(ERR_CONFLICT, "%s already exists: choose another path", beside->name)
                : fail(ERR_SYSTEM, "cannot give %s its name: %s", beside->name, strerror(errno));
    else if ((e = beside_sync_folder(beside->name)) && !replace)
        unlink(beside->name); /* nobody was told that it is there */
    if (e) beside_remove(beside->path);
    close(beside->fd);
    return e;
}
