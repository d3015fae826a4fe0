#include "src/transfer/file.h"

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/secret.h>
#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 1 << 16, FILE_SIZE_MAX = 1 << 30 };

/* An import holds tokens: no freed piece of them may stay in the heap. */
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

/* jansson's sentence would quote the file, and with it perhaps a token. */
static enum error parse(const struct secret *text, const char *path, json_t **root)
{
    json_error_t where;
    *root = json_loadb(text->bytes, text->size, JSON_REJECT_DUPLICATES, &where);
    if (*root) return OK;
    if (json_error_code(&where) == json_error_out_of_memory)
        return fail(ERR_SYSTEM, "out of memory");
    if (json_error_code(&where) == json_error_duplicate_key)
        return fail(ERR_INVALID, "%s: line %d, column %d: a field stands twice", path, where.line,
                    where.column);
    return fail(ERR_INVALID, "%s: line %d, column %d: this is no JSON", path, where.line,
                where.column);
}

static enum error load(int fd, const char *path, struct transfer_file *file)
{
    struct stat info;
    struct secret *text = NULL;
    if (fd != STDIN_FILENO && fstat(fd, &info) == 0)
        file->open_to_others = info.st_mode & (S_IRGRP | S_IROTH);
    const char *slash = strrchr(path, '/');
    file->name = strdup(slash ? slash + 1 : path);
    if (!file->name) return fail(ERR_SYSTEM, "out of memory");
    json_set_alloc_funcs(malloc, free_wiped);
    enum error e = read_all(fd, path, &text);
    if (!e) e = parse(text, path, &file->root);
    secret_free(text);
    return e;
}

enum error transfer_read(const char *path, struct transfer_file **out)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot open %s: %s", path,
                    strerror(errno));
    struct transfer_file *file = calloc(1, sizeof *file);
    enum error e = file ? load(fd, standard ? "standard input" : path, file)
                        : fail(ERR_SYSTEM, "out of memory");
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
