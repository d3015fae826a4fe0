#include "bulk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bulk_file {
    int fd;
    char path[];
};

enum error bulk_file_open(const char *path, struct bulk_file **out)
{
    struct bulk_file *file = malloc(sizeof *file + strlen(path) + 1);
    *out = NULL;
    if (!file) return fail(ERR_SYSTEM, "out of memory");
    strcpy(file->path, path);
    file->fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file->fd < 0) {
        int why = errno;
        free(file);
        return why == EEXIST
                   ? fail(ERR_CONFLICT, "%s exists: nothing is overwritten, name a new file", path)
                   : fail(ERR_SYSTEM, "cannot create %s: %s", path, strerror(why));
    }
    *out = file;
    return OK;
}

static enum error write_all(struct bulk_file *file, const char *bytes, size_t size)
{
    while (size) {
        ssize_t done = write(file->fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail(ERR_SYSTEM, "cannot write %s: %s", file->path, strerror(errno));
        bytes += done;
        size -= (size_t)done;
    }
    return OK;
}

/* The token goes from its guarded page to the file, without a copy in between. */
enum error bulk_file_add(struct bulk_file *file, const char *name, const struct secret *token)
{
    char head[96];
    int size = snprintf(head, sizeof head, "sa::%s\t", name);
    enum error e = write_all(file, head, (size_t)size);
    if (!e) e = write_all(file, token->bytes, token->size);
    return e ? e : write_all(file, "\n", 1);
}

enum error bulk_file_sync(struct bulk_file *file)
{
    if (fsync(file->fd) != 0)
        return fail(ERR_SYSTEM, "cannot sync %s: %s", file->path, strerror(errno));
    return OK;
}

void bulk_file_close(struct bulk_file *file, bool keep)
{
    close(file->fd);
    if (!keep) unlink(file->path);
    free(file);
}
