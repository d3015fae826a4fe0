/* Stands before SQLite's function in the program under test, and notes each statement that it
 * prepares: a file for each, in STATEMENTS_FOLDER. tests/postgres prepares them on PostgreSQL. */
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t hash(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* A test that limits what may be written means the program's files, not this one. */
static void note(const char *sql)
{
    char path[PATH_MAX];
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY) return;
    snprintf(path, sizeof path, STATEMENTS_FOLDER "/%016" PRIx64, hash(sql));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) return;
    ssize_t ignored = write(fd, sql, strlen(sql));
    (void)ignored;
    close(fd);
}

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int size, unsigned flags, sqlite3_stmt **out,
                       const char **rest)
{
    int (*real)(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
    *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
    note(sql);
    return real(db, sql, size, flags, out, rest);
}
