#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum error no_database(const char *path)
{
    return fail(ERR_STORE, "there is no database at %s: create one with gatehouse init", path);
}

static enum error check_folder(const char *path, enum store_mode mode)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy)
        return fail(ERR_SYSTEM, "the path of the database is too long");
    strcpy(copy, path);
    const char *folder = dirname(copy);
    struct stat info;
    if (stat(folder, &info) != 0) {
        if (errno == ENOENT && mode != STORE_CREATE) return no_database(path);
        return fail(ERR_SYSTEM, "cannot look into the folder %s: %s", folder, strerror(errno));
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) && !(info.st_mode & S_ISVTX))
        return fail(ERR_STORE, "others can write the folder %s: run chmod go-w %s", folder, folder);
    return OK;
}

static enum error check_file(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        if (errno == ENOENT) return no_database(path);
        return fail(ERR_SYSTEM, "cannot open %s: %s", path, strerror(errno));
    }
    if (!S_ISREG(info.st_mode))
        return fail(ERR_STORE, "%s is not a regular file: name the database itself", path);
    uid_t self = geteuid();
    if (info.st_uid != self && self != 0)
        return fail(ERR_STORE,
                    "%s belongs to another user: run gatehouse as its owner (sudo -u '#%u' "
                    "gatehouse)",
                    path, (unsigned)info.st_uid);
    if (info.st_mode & (S_IWGRP | S_IWOTH))
        return fail(ERR_STORE, "others can write %s: run chmod go-w %s", path, path);
    return OK;
}

static enum error make_file(const char *path)
{
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return fail(ERR_CONFLICT, "%s is there already: choose another path, or open it", path);
    if (fd < 0) return fail(ERR_SYSTEM, "cannot create %s: %s", path, strerror(errno));
    close(fd);
    return OK;
}

enum error store_check_path(const char *path, enum store_mode mode)
{
    enum error e = check_folder(path, mode);
    if (e) return e;
    return mode == STORE_CREATE ? make_file(path) : check_file(path);
}
