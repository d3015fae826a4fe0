#include "process.h"

#include "bench.h"
#include "figures.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMAND_MAX = 32768 };

static pid_t start(const char *command)
{
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return child;
}

static void check_status(const char *command, int status)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) bench_die(command);
}

double process_run(const char *format, ...)
{
    char command[COMMAND_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    int status = -1;
    double begun = now_ms();
    pid_t child = start(command);
    waitpid(child, &status, 0);
    double took = now_ms() - begun;
    check_status(command, status);
    return took;
}

/* RssAnon, because mapped pages of the database are the system's to drop and do not count. */
static double anonymous_mb(pid_t child)
{
    char path[64], line[256];
    double kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "RssAnon: %lf kB", &kilobytes) == 1) break;
    if (file) fclose(file);
    return kilobytes / 1024;
}

double process_memory_mb(const char *format, ...)
{
    enum { LOOK_US = 1000 };
    char command[COMMAND_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    int status = -1;
    double most = 0;
    pid_t child = start(command);
    while (waitpid(child, &status, WNOHANG) == 0) {
        double mb = anonymous_mb(child);
        if (mb > most) most = mb;
        usleep(LOOK_US);
    }
    check_status(command, status);
    return most;
}
