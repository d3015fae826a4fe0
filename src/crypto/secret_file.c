#include <gatehouse/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_FILE_MAX = 4096 };

/* Reads up to the buffer's end; `line`: only up to a newline, byte by byte, so that what follows
 * stays for others. */
static enum error read_into(int fd, struct secret *secret, bool line, bool *ended)
{
    *ended = false;
    while (secret->size < secret->capacity) {
        size_t want = line ? 1 : secret->capacity - secret->size;
        ssize_t got = read(fd, secret->bytes + secret->size, want);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ERR_SYSTEM, "cannot read the secret: %s", strerror(errno));
        if (got == 0 || (line && secret->bytes[secret->size] == '\n')) {
            *ended = true;
            break;
        }
        secret->size += (size_t)got;
    }
    secret->bytes[secret->size] = 0;
    return OK;
}

static enum error check_file(int fd, const char *path)
{
    struct stat info;
    if (fstat(fd, &info) != 0) return fail(ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    if (S_ISREG(info.st_mode) && (info.st_mode & (S_IRWXG | S_IRWXO)))
        return fail(ERR_INVALID, "others can read %s: run chmod 600 %s", path, path);
    return OK;
}

static enum error read_whole(int fd, const char *path, struct secret **out)
{
    struct secret *secret;
    bool ended;
    enum error e = secret_new(SECRET_FILE_MAX + 1, &secret);
    if (e) return e;
    e = read_into(fd, secret, false, &ended);
    if (!e && secret->size > SECRET_FILE_MAX)
        e = fail(ERR_INVALID, "%s is too long: a secret has at most %d bytes", path,
                 SECRET_FILE_MAX);
    if (!e && secret->size > 0 && secret->bytes[secret->size - 1] == '\n')
        secret->bytes[--secret->size] = 0;
    if (!e && secret->size == 0) e = fail(ERR_INVALID, "%s is empty", path);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

enum error secret_read_file(const char *path, struct secret **out)
{
    if (strcmp(path, "-") == 0) return read_whole(STDIN_FILENO, "standard input", out);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fail(ERR_NOT_FOUND, "cannot open %s: %s", path, strerror(errno));
    enum error e = check_file(fd, path);
    if (!e) e = read_whole(fd, path, out);
    close(fd);
    return e;
}

enum error secret_read_line(int fd, size_t max, struct secret **out)
{
    struct secret *secret;
    bool ended;
    enum error e = secret_new(max + 1, &secret);
    if (e) return e;
    e = read_into(fd, secret, true, &ended);
    if (!e && !ended) e = fail(ERR_INVALID, "the line is too long: at most %zu bytes", max);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

static enum error write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return ERR_SYSTEM;
        bytes += done;
        size -= (size_t)done;
    }
    return OK;
}

enum error secret_write_file(const struct secret *secret, const char *path)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return fail(ERR_CONFLICT, "%s is there already: choose another path", path);
    if (fd < 0) return fail(ERR_SYSTEM, "cannot create %s: %s", path, strerror(errno));
    enum error e = write_all(fd, secret->bytes, secret->size);
    if (!e) e = write_all(fd, "\n", 1);
    if (!e && fsync(fd) != 0) e = ERR_SYSTEM;
    int why = errno;
    if (close(fd) != 0 && !e) {
        e = ERR_SYSTEM;
        why = errno;
    }
    if (!e) return OK;
    unlink(path);
    return fail(e, "cannot write %s: %s", path, strerror(why));
}
