#include <gatehouse/scan.h>
#include <gatehouse/token_record.h>

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The buffer holds a piece of a file and the end of the piece before, so that no token is cut in
 * two. */
enum { PIECE = 1 << 20, UUID_SIZE = 36, KEPT = TOKEN_TEXT_SIZE - 1, DASH = 8 };

struct hunt {
    struct store *store;
    int64_t now;
    const struct scan *scan;
    struct scan_result *result;
    const char *path;
    int64_t offset; /* of the first byte of the buffer */
    int64_t line;   /* of the byte of the buffer at `counted` */
    size_t counted;
    char *buffer;
};

static int64_t count_lines(const char *bytes, size_t size)
{
    int64_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    return lines;
}

/* The line of a byte of the buffer. Goes on from the last answer, in either direction, so that a
 * file full of tokens is counted once and not once for each. */
static int64_t line_at(struct hunt *hunt, size_t at)
{
    if (at >= hunt->counted)
        hunt->line += count_lines(hunt->buffer + hunt->counted, at - hunt->counted);
    else
        hunt->line -= count_lines(hunt->buffer + at, hunt->counted - at);
    hunt->counted = at;
    return hunt->line;
}

static enum error fill_find(struct hunt *hunt, const struct digest_holder *holder,
                            struct scan_find *find)
{
    struct token_row row;
    struct account_row account;
    find->known = holder->known;
    memcpy(find->account_name, holder->account_name, sizeof find->account_name);
    if (!holder->token) return OK;
    enum error e = token_get(hunt->store, hunt->now, holder->token, &row);
    if (!e) e = account_get(hunt->store, hunt->now, row.account, &account);
    if (e) return e;
    find->token = row.number;
    find->state = row.state;
    find->live = token_works(&row, account.active);
    find->canary = row.canary;
    memcpy(find->name, row.name, sizeof find->name);
    return OK;
}

static enum error report(struct hunt *hunt, size_t at, size_t size, bool ours)
{
    uint8_t digest[TOKEN_DIGEST_SIZE];
    struct digest_holder holder;
    struct scan_find find = {
        .path = hunt->path, .offset = hunt->offset + (int64_t)at, .line = line_at(hunt, at)};
    token_digest(hunt->buffer + at, size, digest);
    enum error e = digest_find_holder(hunt->store, digest, &holder);
    /* A file may contain any UUID: only those that are tokens here are reported. */
    if (e || (!ours && !holder.known)) return e;
    e = fill_find(hunt, &holder, &find);
    if (e) return e;
    hunt->result->found++;
    hunt->result->live += find.live;
    return hunt->scan->each(&find, hunt->scan->arg);
}

static enum error find_ours(struct hunt *hunt, size_t size, size_t from)
{
    const char *end = hunt->buffer + size, *at = hunt->buffer + from;
    enum error e = OK;
    while (!e && (at = token_format_find(at, (size_t)(end - at)))) {
        e = report(hunt, (size_t)(at - hunt->buffer), TOKEN_TEXT_SIZE, true);
        at += TOKEN_TEXT_SIZE;
    }
    return e;
}

/* Finds a UUID by its first dash. */
static enum error find_imported(struct hunt *hunt, size_t size, size_t from)
{
    const char *end = hunt->buffer + size, *at = hunt->buffer + from;
    enum error e = OK;
    while (!e && at < end && (at = memchr(at, '-', (size_t)(end - at)))) {
        const char *start = at++ - DASH;
        if (start < hunt->buffer + from || end - start < UUID_SIZE) continue;
        if (start[13] != '-' || start[18] != '-' || start[23] != '-') continue;
        if (token_value_flaw(start, UUID_SIZE)) continue;
        e = report(hunt, (size_t)(start - hunt->buffer), UUID_SIZE, false);
    }
    return e;
}

/* Searches the buffer. Its first `kept` bytes were searched before, as the end of the last piece,
 * and are too few for a whole token of ours. */
static enum error search(struct hunt *hunt, size_t size, size_t kept)
{
    enum error e = find_ours(hunt, size, 0);
    size_t from = kept > UUID_SIZE - 1 ? kept - (UUID_SIZE - 1) : 0;
    if (!e && hunt->scan->imported) e = find_imported(hunt, size, from);
    return e;
}

static enum error ask(struct hunt *hunt)
{
    const struct progress *progress = hunt->scan->progress;
    if (!progress || !progress->step) return OK;
    bool stops = progress->step(progress->arg, (size_t)hunt->result->bytes, 0);
    return stops ? fail(ERR_STOPPED, "stopped before the end") : OK;
}

static enum error scan_stream(struct hunt *hunt, int fd)
{
    size_t kept = 0;
    ssize_t got;
    enum error e = OK;
    hunt->offset = 0;
    hunt->line = 1;
    hunt->counted = 0;
    while (!e && (got = read(fd, hunt->buffer + kept, PIECE)) > 0) {
        size_t size = kept + (size_t)got;
        hunt->result->bytes += got;
        e = search(hunt, size, kept);
        kept = size < KEPT ? size : KEPT;
        size_t gone = size - kept;
        line_at(hunt, gone);
        hunt->counted = 0;
        hunt->offset += (int64_t)gone;
        memmove(hunt->buffer, hunt->buffer + gone, kept);
        if (!e) e = ask(hunt);
    }
    if (!e && got < 0) {
        hunt->result->unreadable++;
        hunt->scan->unreadable(hunt->path, strerror(errno), hunt->scan->arg);
    }
    hunt->result->files++;
    return e;
}

static void tell_unreadable(struct hunt *hunt, const char *path, int error)
{
    hunt->result->unreadable++;
    hunt->scan->unreadable(path, strerror(error), hunt->scan->arg);
}

static enum error scan_file(struct hunt *hunt, const char *open_as, const char *path)
{
    hunt->path = path;
    int fd = open(open_as, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        tell_unreadable(hunt, path, errno);
        return OK;
    }
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    enum error e = scan_stream(hunt, fd);
    close(fd);
    return e;
}

static enum error scan_entry(struct hunt *hunt, const FTSENT *entry)
{
    switch (entry->fts_info) {
    case FTS_F:
        return scan_file(hunt, entry->fts_accpath, entry->fts_path);
    case FTS_DEFAULT: /* a device or a pipe: only if it was asked for by name */
        return entry->fts_level == FTS_ROOTLEVEL
                   ? scan_file(hunt, entry->fts_accpath, entry->fts_path)
                   : OK;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        tell_unreadable(hunt, entry->fts_path, entry->fts_errno);
        return OK;
    default:
        return OK;
    }
}

static enum error scan_tree(struct hunt *hunt)
{
    char *path = strdup(hunt->scan->path);
    if (!path) return fail_memory();
    char *const paths[] = {path, NULL};
    FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
    enum error e = tree ? OK : fail(ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    FTSENT *entry;
    while (!e && (entry = fts_read(tree)))
        e = scan_entry(hunt, entry);
    if (tree) fts_close(tree);
    free(path);
    return e;
}

enum error scan_run(struct store *store, int64_t now, const struct scan *scan,
                    struct scan_result *result)
{
    struct stat status;
    struct hunt hunt = {.store = store, .now = now, .scan = scan, .result = result};
    bool input = strcmp(scan->path, "-") == 0;
    *result = (struct scan_result){0};
    if (!input && stat(scan->path, &status) != 0)
        return fail(ERR_NOT_FOUND, "cannot read %s: %s", scan->path, strerror(errno));
    hunt.buffer = malloc(PIECE + KEPT);
    if (!hunt.buffer) return fail_memory();
    hunt.path = "-";
    enum error e = input ? scan_stream(&hunt, STDIN_FILENO) : scan_tree(&hunt);
    /* The buffer held tokens. */
    sodium_memzero(hunt.buffer, PIECE + KEPT);
    free(hunt.buffer);
    return e;
}
