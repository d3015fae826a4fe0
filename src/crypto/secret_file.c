#include <gatehouse/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 4096 };

static enum error read_all(int fd, const char *name, struct secret *secret)
{
    while (secret->size <= FILE_MAX) {
        ssize_t got = read(fd, secret->bytes + secret->size, secret->capacity - secret->size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ERR_SYSTEM, "cannot read %s: %s", name, strerror(errno));
        if (got == 0) break;
        secret->size += (size_t)got;
    }
    if (secret->size > FILE_MAX)
        return fail(ERR_INVALID, "%s is longer than %d bytes: it holds no secret", name, FILE_MAX);
    if (secret->size && secret->bytes[secret->size - 1] == '\n') secret->size--;
    secret->bytes[secret->size] = '\0';
    return OK;
}

static enum error read_secret(int fd, const char *name, struct secret **out)
{
    struct secret *secret;
    enum error e = secret_new(FILE_MAX + 1, &secret);
    if (e) return e;
    e = read_all(fd, name, secret);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

static enum error check_mode(int fd, const char *path)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return fail(ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    if (st.st_mode & (S_IRGRP | S_IROTH | S_IWGRP | S_IWOTH))
        return fail(ERR_INVALID, "others can read or write %s: run `chmod 600 %s`", path, path);
    return OK;
}

enum error secret_read_file(const char *path, struct secret **out)
{
    if (strcmp(path, "-") == 0) return read_secret(STDIN_FILENO, "standard input", out);
    int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot open %s: %s", path,
                    strerror(errno));
    enum error e = check_mode(fd, path);
    if (!e) e = read_secret(fd, path, out);
    close(fd);
    return e;
}

/* One byte at a time: what follows the line belongs to somebody else. */
static enum error read_line(int fd, struct secret *secret)
{
    for (;;) {
        char byte;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ERR_SYSTEM, "cannot read the line: %s", strerror(errno));
        if (got == 0 || byte == '\n') return OK;
        enum error e = secret_append(secret, &byte, 1);
        if (e) return e;
    }
}

enum error secret_read_line(int fd, size_t max, struct secret **out)
{
    struct secret *secret;
    enum error e = secret_new(max, &secret);
    if (e) return e;
    e = read_line(fd, secret);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return -1;
        bytes += put;
        size -= (size_t)put;
    }
    return 0;
}

/* The name of a new file is on disk only when its folder is. */
static int sync_folder(const char *path)
{
    char *copy = strdup(path);
    if (!copy) return -1;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (fd < 0) return -1;
    int result = fsync(fd);
    if (result != 0 && errno == EINVAL) result = 0; /* a file system without it */
    close(fd);
    return result;
}

enum error secret_write_file(const struct secret *secret, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return fail(ERR_CONFLICT, "%s is there already: name a new file", path);
    if (fd < 0) return fail(ERR_SYSTEM, "cannot create %s: %s", path, strerror(errno));
    int bad = write_all(fd, secret->bytes, secret->size) || write_all(fd, "\n", 1) || fsync(fd);
    int reason = errno;
    if (close(fd) != 0 && !bad) {
        bad = 1;
        reason = errno;
    }
    if (!bad && sync_folder(path) != 0) {
        bad = 1;
        reason = errno;
    }
    if (!bad) return OK;
    unlink(path);
    return fail(ERR_SYSTEM, "cannot write %s: %s", path, strerror(reason));
}
