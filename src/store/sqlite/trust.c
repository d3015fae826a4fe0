/* Checks who could have changed the file: its folder, the folders above it, the file itself, and
 * the files next to it that SQLite obeys. */
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WRITABLE = S_IWGRP | S_IWOTH };

static bool is_ours(const struct stat *info)
{
    return info->st_uid == 0 || info->st_uid == geteuid();
}

static enum error cannot_look(const char *path)
{
    return fail(ERR_SYSTEM, "cannot access %s: %s", path, strerror(errno));
}

/* A folder above that of the database: whoever can rename what is in it can put another database in
 * place of this one. */
static enum error check_above(const char *folder)
{
    struct stat info;
    if (lstat(folder, &info) != 0) return cannot_look(folder);
    if (S_ISLNK(info.st_mode)) {
        if (!is_ours(&info))
            return fail(ERR_STORE, "the link %s belongs to another user: name the folder itself",
                        folder);
        if (stat(folder, &info) != 0) return cannot_look(folder);
    }
    if (!is_ours(&info))
        return fail(ERR_STORE,
                    "%s, above the database, belongs to another user: move the database to a "
                    "folder of your own",
                    folder);
    if ((info.st_mode & WRITABLE) && !(info.st_mode & S_ISVTX))
        return fail(ERR_STORE, "others can write %s, above the database: run chmod go-w %s", folder,
                    folder);
    return OK;
}

/* All folders above the last name of `path`, which is absolute and unchanged afterwards. */
static enum error check_all_above(char *path)
{
    enum error e = check_above("/");
    for (char *slash = strchr(path + 1, '/'); slash && !e; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        e = check_above(path);
        *slash = '/';
    }
    return e;
}

/* The folder itself. A sticky bit does not help: others could still put a journal next to the
 * database, which SQLite would obey. */
static enum error check_folder(const char *folder)
{
    struct stat info;
    if (stat(folder, &info) != 0) return cannot_look(folder);
    if (!is_ours(&info))
        return fail(ERR_STORE,
                    "the folder %s belongs to another user: run gatehouse as that user (sudo -u "
                    "'#%u' gatehouse), or move the database to a folder of your own",
                    folder, (unsigned)info.st_uid);
    if (!(info.st_mode & WRITABLE)) return OK;
    if (info.st_mode & S_ISVTX)
        return fail(ERR_STORE,
                    "others can write the folder %s: move the database to a folder of its own "
                    "(mkdir -m 700)",
                    folder);
    return fail(ERR_STORE, "others can write the folder %s: run chmod go-w %s", folder, folder);
}

/* The folder of `path`, absolute and ending in a slash, as it was named. */
static enum error name_folder(const char *path, char folder[static PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t size = slash ? (size_t)(slash + 1 - path) : 0, used = 0;
    if (*path != '/') {
        if (!getcwd(folder, PATH_MAX - 1))
            return fail(ERR_SYSTEM, "cannot find out the current folder: %s", strerror(errno));
        used = strlen(folder);
        folder[used++] = '/';
    }
    if (used + size >= PATH_MAX) return fail(ERR_SYSTEM, "the path of the database is too long");
    memcpy(folder + used, path, size);
    folder[used + size] = 0;
    return OK;
}

static enum error add_name(char path[static PATH_MAX], const char *name)
{
    size_t size = strlen(path);
    if (size + 1 + strlen(name) >= PATH_MAX - sizeof "-journal")
        return fail(ERR_SYSTEM, "the path of %s is too long", name);
    snprintf(path + size, PATH_MAX - size, "%s%s", size > 1 ? "/" : "", name);
    return OK;
}

/* The folder of `path` without links, and as it was named; *name is what follows it. */
static enum error resolve(const char *path, char named[static PATH_MAX],
                          char folder[static PATH_MAX], const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (!**name) return fail(ERR_STORE, "%s is a folder: name the database in it", path);
    enum error e = name_folder(path, named);
    if (e || realpath(named, folder)) return e;
    return errno == ENOENT ? ERR_NOT_FOUND : cannot_look(named);
}

enum error trust_folder(const char *path, char out[static PATH_MAX])
{
    char named[PATH_MAX];
    const char *name;
    enum error e = resolve(path, named, out, &name);
    if (!e) e = check_folder(out);
    if (!e) e = check_all_above(out);
    if (!e && strncmp(named, out, strlen(out)) != 0) e = check_all_above(named);
    return e ? e : add_name(out, name);
}

enum error trust_nobody(const char *path, char out[static PATH_MAX])
{
    char named[PATH_MAX];
    const char *name;
    enum error e = resolve(path, named, out, &name);
    if (e == ERR_NOT_FOUND) return fail(ERR_SYSTEM, "there is no folder for %s", path);
    return e ? e : add_name(out, name);
}

static enum error check_file(const char *path, const struct stat *info)
{
    if (!S_ISREG(info->st_mode))
        return fail(ERR_STORE, "%s is not a regular file: name the database itself", path);
    if (info->st_uid != geteuid())
        return fail(ERR_STORE,
                    "%s belongs to another user: run gatehouse as its owner (sudo -u '#%u' "
                    "gatehouse)",
                    path, (unsigned)info->st_uid);
    if (info->st_mode & WRITABLE)
        return fail(ERR_STORE, "others can write %s: run chmod go-w %s", path, path);
    /* SQLite names the log after the database, so each name would have a log of its own. */
    if (info->st_nlink > 1)
        return fail(ERR_STORE,
                    "%s has a second name (a hard link), and what is written under one is lost "
                    "under the other: make a copy with gatehouse backup, and remove one name",
                    path);
    return OK;
}

/* A file that is mounted without its folder has a second path, and there a second log. */
static enum error check_mount(const char *path, int fd)
{
    char folder[PATH_MAX];
    struct statx file, above;
    snprintf(folder, sizeof folder, "%s", path);
    strrchr(folder, '/')[1] = 0;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &file) != 0 ||
        statx(AT_FDCWD, folder, 0, STATX_MNT_ID, &above) != 0 ||
        !(file.stx_mask & above.stx_mask & STATX_MNT_ID) || file.stx_mnt_id == above.stx_mnt_id)
        return OK;
    return fail(ERR_STORE,
                "%s is mounted without its folder, and what is written there is lost under its "
                "other path: mount the whole folder",
                path);
}

static enum error check_companion(const char *path, const struct stat *file)
{
    struct stat info;
    if (lstat(path, &info) != 0) return errno == ENOENT ? OK : cannot_look(path);
    const char *wrong = !S_ISREG(info.st_mode)           ? "is not a regular file"
                        : info.st_uid != file->st_uid    ? "does not belong to its owner"
                        : (info.st_mode & WRITABLE) != 0 ? "can be written by others"
                        : info.st_nlink > 1              ? "has a second name"
                                                         : NULL;
    if (!wrong) return OK;
    return fail(ERR_STORE,
                "%s, which belongs to the database, %s: find out who put it there, and move it "
                "away unless it is yours",
                path, wrong);
}

/* -journal, -wal and -shm of `path`: absent, or the same owner's alone. */
static enum error check_companions(const char *path, const struct stat *file)
{
    static const char *const ends[] = {"-journal", "-wal", "-shm"};
    char beside[PATH_MAX];
    enum error e = OK;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && !e; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, ends[i]);
        e = check_companion(beside, file);
    }
    return e;
}

enum error trust_file(const char *path, int *fd, struct stat *info)
{
    *fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0) return errno == ENOENT ? ERR_NOT_FOUND : cannot_look(path);
    enum error e = fstat(*fd, info) == 0 ? check_file(path, info) : cannot_look(path);
    if (!e) e = check_mount(path, *fd);
    if (!e) e = check_companions(path, info);
    if (e) close(*fd);
    return e;
}

enum error trust_no_companions(const char *path)
{
    static const char *const ends[] = {"-journal", "-wal"};
    char beside[PATH_MAX];
    struct stat info;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, ends[i]);
        if (lstat(beside, &info) != 0) continue;
        return fail(ERR_CONFLICT,
                    "%s is left over from a database that is gone, and would be read into the new "
                    "one: move it away",
                    beside);
    }
    return OK;
}

bool trust_is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}
