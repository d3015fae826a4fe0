/* Preloaded into the real program (LD_PRELOAD): counts the calls that touch one folder, or the
 * memory that is asked for, and makes the n-th of them go wrong. README.md tells what for.
 *
 *     TORTURE_FOLDER  only calls on files in this folder count
 *     TORTURE_CALLS   which kinds, separated by commas: open create read write sync truncate rename
 *                     link unlink malloc; all but malloc and read when it is not given
 *     TORTURE_COUNT   a file of 8 bytes: how many calls there were, shared by all processes
 *     TORTURE_AT      the call that goes wrong, from 1 on
 *     TORTURE_DO      kill  SIGKILL before the call
 *                     tear  the same, but half of what would be written is
 *                     eio, enospc  the call fails
 *                     null  there is no memory
 *     TORTURE_STAY    every later call goes wrong, too
 *     TORTURE_ROOM    bytes by which the files of the folder may grow before the disk is full
 *     TORTURE_LOG     gets a record of each change and each sync (struct record)
 *
 * Only system calls below this line, none of the functions that are taken over here. Memory-mapped
 * writes are not seen: SQLite makes them to the -shm file alone. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPEN, CREATE, READ, WRITE, SYNC, TRUNCATE, RENAME, LINK, UNLINK, MALLOC, KINDS };
static const char *const kind_words[KINDS] = {"open",     "create", "read", "write",  "sync",
                                              "truncate", "rename", "link", "unlink", "malloc"};

enum { FILES_MAX = 1024, PATH_SIZE = 512 };
struct record {
    uint32_t kind, data_only; /* data_only: fdatasync */
    uint64_t inode, offset, size;
    uint32_t path_size, other_size; /* both paths follow, then what was written */
};

static struct {
    char folder[PATH_SIZE];
    bool counted[KINDS];
    long at, room;
    const char *act;
    bool stay, limited;
    int log;
    atomic_ulong own_count;
    atomic_ulong *count;
} torture = {.log = -1, .count = &torture.own_count};

/* The path of each open file of the folder; "" for all others. */
static char files[FILES_MAX][PATH_SIZE];

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool names(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (; *words; words += strcspn(words, ","), words += *words == ',')
        if (strncmp(words, word, size) == 0 && (words[size] == ',' || !words[size])) return true;
    return false;
}

static void read_kinds(const char *words)
{
    for (int kind = 0; kind < KINDS; kind++)
        torture.counted[kind] =
            words ? names(words, kind_words[kind]) : kind != MALLOC && kind != READ;
}

static void open_log(void)
{
    torture.log =
        (int)syscall(SYS_openat, AT_FDCWD, getenv("TORTURE_LOG"), O_WRONLY | O_APPEND | O_CLOEXEC);
}

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("TORTURE_FOLDER"), *count = getenv("TORTURE_COUNT");
    const char *at = getenv("TORTURE_AT"), *room = getenv("TORTURE_ROOM");
    const char *log = getenv("TORTURE_LOG");
    if (!folder || strlen(folder) >= sizeof torture.folder) return;
    if (count) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, count, O_RDWR | O_CLOEXEC, 0);
        void *shared = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (shared != MAP_FAILED) torture.count = shared;
        syscall(SYS_close, fd);
    }
    if (log) open_log();
    torture.act = getenv("TORTURE_DO");
    torture.stay = getenv("TORTURE_STAY") != NULL;
    torture.at = at ? atol(at) : 0;
    torture.limited = room != NULL;
    torture.room = room ? atol(room) : 0;
    read_kinds(getenv("TORTURE_CALLS"));
    strcpy(torture.folder, folder);
}

static bool inside(const char *path)
{
    size_t size = strlen(torture.folder);
    return size && strncmp(path, torture.folder, size) == 0 && (path[size] == '/' || !path[size]) &&
           strlen(path) < PATH_SIZE;
}

static const char *path_of(int fd)
{
    return fd >= 0 && fd < FILES_MAX ? files[fd] : "";
}

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

/* Counts the call; whether it is the one that goes wrong. */
static bool strikes(enum kind kind)
{
    if (!torture.counted[kind] || !torture.folder[0]) return false;
    long number = (long)atomic_fetch_add(torture.count, 1) + 1;
    if (!torture.at || !torture.act) return false;
    return torture.stay ? number >= torture.at : number == torture.at;
}

static bool acts(const char *word)
{
    return torture.act && strcmp(torture.act, word) == 0;
}

/* Before a call that is not a write: dies, or says that it fails. */
static bool fails(enum kind kind)
{
    if (!strikes(kind)) return false;
    if (acts("kill") || acts("tear")) die();
    errno = acts("enospc") ? ENOSPC : kind == MALLOC ? ENOMEM : EIO;
    return true;
}

static void log_change(struct record record, const char *path, const char *other, const void *bytes,
                       size_t size)
{
    if (torture.log < 0) return;
    size_t folder = strlen(torture.folder);
    path = path[folder] ? path + folder + 1 : "";
    if (other[0]) other += folder + 1;
    record.path_size = (uint32_t)strlen(path);
    record.other_size = (uint32_t)strlen(other);
    if (!record.size) record.size = size;
    const struct iovec parts[] = {{&record, sizeof record},
                                  {(void *)(uintptr_t)path, record.path_size},
                                  {(void *)(uintptr_t)other, record.other_size},
                                  {(void *)(uintptr_t)bytes, size}};
    syscall(SYS_writev, torture.log, parts, 4);
}

static void log_file(enum kind kind, int fd, uint64_t size)
{
    struct stat info;
    if (torture.log < 0 || fstat(fd, &info) != 0) return;
    log_change((struct record){.kind = kind, .inode = info.st_ino, .size = size}, path_of(fd), "",
               NULL, 0);
}

static void log_name(enum kind kind, const char *path, const char *other)
{
    log_change((struct record){.kind = kind}, path, other, NULL, 0);
}

/* --- files ------------------------------------------------------------------------------- */

static int open_file(int folder, const char *path, int flags, mode_t mode)
{
    bool ours = inside(path);
    bool is_new = ours && (flags & O_CREAT) && syscall(SYS_access, path, F_OK) != 0;
    if (ours && fails(is_new || (flags & O_TRUNC) ? CREATE : OPEN)) return -1;
    int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd < 0 || fd >= FILES_MAX) return fd;
    strcpy(files[fd], ours ? path : "");
    if (is_new || (ours && (flags & O_TRUNC))) log_file(CREATE, fd, 0);
    return fd;
}

#define MODE_OF(flags)                                                                             \
    mode_t mode = 0;                                                                               \
    if ((O_CREAT & (flags)) || (O_TMPFILE & (flags)) == O_TMPFILE) {                               \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_file(folder, path, flags, mode);
}

int close(int fd)
{
    if (fd >= 0 && fd < FILES_MAX) files[fd][0] = 0;
    return (int)syscall(SYS_close, fd);
}

/* The log must not be lost with what a child closes, or another file would get its number. */
int close_range(unsigned first, unsigned last, int flags)
{
    long code = syscall(SYS_close_range, first, last, flags);
    for (unsigned fd = first; fd <= last && fd < FILES_MAX; fd++)
        files[fd][0] = 0;
    if (torture.log >= 0 && (unsigned)torture.log >= first && (unsigned)torture.log <= last)
        open_log();
    return (int)code;
}

ssize_t read(int fd, void *bytes, size_t size)
{
    if (path_of(fd)[0] && fails(READ)) return -1;
    return syscall(SYS_read, fd, bytes, size);
}

ssize_t pread64(int fd, void *bytes, size_t size, off_t offset)
{
    if (path_of(fd)[0] && fails(READ)) return -1;
    return syscall(SYS_pread64, fd, bytes, size, offset);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
    return pread64(fd, bytes, size, offset);
}

/* How much of a write still finds room: what lies within the file costs nothing. */
static size_t take_room(int fd, size_t size, off_t offset)
{
    struct stat info;
    if (!torture.limited || fstat(fd, &info) != 0) return size;
    off_t grows = offset + (off_t)size - info.st_size;
    if (grows <= 0) return size;
    if (grows > torture.room) {
        off_t fits = (off_t)size - (grows - torture.room);
        torture.room = 0;
        return fits > 0 ? (size_t)fits : 0;
    }
    torture.room -= grows;
    return size;
}

static ssize_t write_file(int fd, const void *bytes, size_t size, off_t offset)
{
    bool strikes_here = strikes(WRITE);
    if (strikes_here && acts("kill")) die();
    if (strikes_here && acts("tear")) {
        syscall(SYS_pwrite64, fd, bytes, size / 2, offset);
        die();
    }
    size_t fits = take_room(fd, size, offset);
    if (strikes_here || (!fits && size)) {
        errno = strikes_here && acts("eio") ? EIO : ENOSPC;
        return -1;
    }
    ssize_t written = syscall(SYS_pwrite64, fd, bytes, fits, offset);
    struct stat info;
    if (written > 0 && torture.log >= 0 && fstat(fd, &info) == 0)
        log_change((struct record){.kind = WRITE, .inode = info.st_ino, .offset = (uint64_t)offset},
                   path_of(fd), "", bytes, (size_t)written);
    return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    if (!path_of(fd)[0]) return syscall(SYS_pwrite64, fd, bytes, size, offset);
    return write_file(fd, bytes, size, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return pwrite64(fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (!path_of(fd)[0]) return syscall(SYS_write, fd, bytes, size);
    off_t offset = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
    ssize_t written = write_file(fd, bytes, size, offset);
    if (written > 0) syscall(SYS_lseek, fd, offset + written, SEEK_SET);
    return written;
}

static int sync_file(int fd, bool data_only)
{
    bool ours = path_of(fd)[0];
    if (ours && fails(SYNC)) return -1;
    int result = (int)syscall(data_only ? SYS_fdatasync : SYS_fsync, fd);
    struct stat info;
    if (ours && result == 0 && torture.log >= 0 && fstat(fd, &info) == 0)
        log_change((struct record){.kind = SYNC, .data_only = data_only, .inode = info.st_ino},
                   path_of(fd), "", NULL, 0);
    return result;
}

int fsync(int fd)
{
    return sync_file(fd, false);
}

int fdatasync(int fd)
{
    return sync_file(fd, true);
}

int ftruncate64(int fd, off_t size)
{
    bool ours = path_of(fd)[0];
    if (ours && fails(TRUNCATE)) return -1;
    struct stat info;
    if (ours && torture.limited && fstat(fd, &info) == 0 && size > info.st_size &&
        take_room(fd, (size_t)(size - info.st_size), info.st_size) <
            (size_t)(size - info.st_size)) {
        errno = ENOSPC;
        return -1;
    }
    int result = (int)syscall(SYS_ftruncate, fd, size);
    if (ours && result == 0) log_file(TRUNCATE, fd, (uint64_t)size);
    return result;
}

int ftruncate(int fd, off_t size)
{
    return ftruncate64(fd, size);
}

int rename(const char *from, const char *to)
{
    bool ours = inside(from) && inside(to);
    if (ours && fails(RENAME)) return -1;
    int result = (int)syscall(SYS_rename, from, to);
    if (ours && result == 0) log_name(RENAME, from, to);
    return result;
}

/* Only of paths that need no folder. */
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    bool ours = inside(from) && inside(to);
    if (ours && fails(RENAME)) return -1;
    int result = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    if (ours && result == 0) log_name(RENAME, from, to);
    return result;
}

int link(const char *from, const char *to)
{
    bool ours = inside(from) && inside(to);
    if (ours && fails(LINK)) return -1;
    int result = (int)syscall(SYS_link, from, to);
    if (ours && result == 0) log_name(LINK, from, to);
    return result;
}

int unlink(const char *path)
{
    bool ours = inside(path);
    if (ours && fails(UNLINK)) return -1;
    int result = (int)syscall(SYS_unlink, path);
    if (ours && result == 0) log_name(UNLINK, path, "");
    return result;
}

/* --- memory ------------------------------------------------------------------------------ */

void *malloc(size_t size)
{
    return fails(MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(MALLOC) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(MALLOC) ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(MALLOC) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (fails(MALLOC)) return ENOMEM;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}
