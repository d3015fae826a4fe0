/* Mapped files. */
#include "sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

static bool has_blocks(int fd, off_t offset, size_t size)
{
    int code;
    do
        code = fallocate(fd, 0, offset, (off_t)size);
    while (code != 0 && errno == EINTR);
    return code == 0 || (errno != ENOSPC && errno != EDQUOT); /* not every file system can */
}

/* Stands in for mmap(2). The only thing SQLite maps for writing is the index of the log. It only
 * makes sure that the last byte of each page exists: where blocks are smaller than pages, the rest
 * is a hole, and writing into that on a full disk is a SIGBUS. Allocating all blocks first turns
 * that into an error. */
static void *map(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if ((protection & PROT_WRITE) && fd >= 0 && !has_blocks(fd, offset, size)) return MAP_FAILED;
    return mmap(address, size, protection, flags, fd, offset);
}

/* Before anything else of SQLite is used. Counting its memory, which nobody asks for, takes a mutex
 * of the process for each allocation. */
static void set_up(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (vfs && vfs->iVersion >= 3 && vfs->xSetSystemCall)
        vfs->xSetSystemCall(vfs, "mmap", (sqlite3_syscall_ptr)map);
}

void sqlite_set_up(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
}

static int lost_page_status;

static void on_lost_page(int number, siginfo_t *info, void *context)
{
    static const char sentence[] =
        "gatehouse: the database, or the index of its log, was cut short or cannot be read: check "
        "its disk, and run gatehouse doctor\n";
    (void)context;
    if (info->si_code == BUS_ADRERR) {
        ssize_t ignored = write(STDERR_FILENO, sentence, sizeof sentence - 1);
        (void)ignored;
        _exit(lost_page_status);
    }
    signal(number, SIG_DFL);
    raise(number);
}

void store_exit_on_lost_page(int status)
{
    struct sigaction lost_page = {.sa_sigaction = on_lost_page, .sa_flags = SA_SIGINFO};
    lost_page_status = status;
    sigemptyset(&lost_page.sa_mask);
    sigaction(SIGBUS, &lost_page, NULL);
}
