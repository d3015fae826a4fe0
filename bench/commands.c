/* Measured at the command line: whole processes. */
#include "bench.h"
#include "figures.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs it with its output thrown away; *megabytes (may be NULL) is what it had at its peak. */
static double run(const char *command, double *megabytes)
{
    struct rusage usage;
    int status;
    double begun = now_ms();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    if (wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        fprintf(stderr, "bench: %s failed\n", command);
        exit(1);
    }
    if (megabytes) *megabytes = (double)usage.ru_maxrss / 1024;
    return now_ms() - begun;
}

static void list(const struct bench *bench)
{
    struct samples rate = {0}, memory = {0};
    char command[9000];
    snprintf(command, sizeof command, "exec '%s' --db '%s' account list --json", bench->program,
             bench->database);
    for (int r = 0; r < (bench->repeats + 1) / 2; r++) {
        double megabytes, took = run(command, &megabytes);
        samples_add(&rate, (double)bench->accounts / took * 1000);
        samples_add(&memory, megabytes);
    }
    figure("account list --json of everything", "rows/s", &rate, 0, "");
    figure("account list --json: peak memory", "MB", &memory, 0, "flat");
}

static void verify(const struct bench *bench)
{
    struct samples verify = {0}, bare = {0};
    char command[9000];
    for (int r = 0; r < bench->repeats * 4; r++) {
        samples_add(&bare, run("exec true", NULL));
        snprintf(command, sizeof command,
                 "echo gth_0123456789abcdefghijABCDEFGHIJ05DYyq | '%s' --db '%s' verify",
                 bench->program, bench->database);
        samples_add(&verify, run(command, NULL));
    }
    figure("verify as a command", "ms", &verify, samples_median(&bare), "");
}

/* From the disk, as far as the system lets go of what it holds. */
static void cold(const struct bench *bench)
{
    struct samples cold = {0};
    char command[9000];
    for (int r = 0; r < bench->repeats; r++) {
        int fd = open(bench->database, O_RDONLY);
        if (fd < 0) return;
        fdatasync(fd);
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
        snprintf(command, sizeof command, "exec '%s' --db '%s' setting get token.limit",
                 bench->program, bench->database);
        samples_add(&cold, run(command, NULL));
    }
    figure("open the database with a cold cache", "ms", &cold, 0, "");
}

static void write_accounts(const char *path, int count)
{
    FILE *file = fopen(path, "w");
    if (!file) exit(1);
    fputc('[', file);
    for (int i = 0; i < count; i++)
        fprintf(file,
                "%s{\"identifier\": \"sa::imported-%06d\", \"description\": \"from elsewhere\", "
                "\"tokens\": [{\"tokenID\": \"%08x-0a64-4a3e-9a5b-1f0c6f3b%04x\", \"tokenName\": "
                "\"t\"}], \"groups\": [\"ingestion\"]}\n",
                i ? "," : "", i, (unsigned)i * 2654435761U, (unsigned)i & 0xffff);
    fputs("]\n", file);
    fclose(file);
}

static void import(const struct bench *bench)
{
    enum { IMPORTED = 100000 };
    struct samples import = {0}, apply = {0};
    char command[20000], file[4200], small[4200], export[4200];
    int count = bench->accounts < IMPORTED ? (int)bench->accounts : IMPORTED;
    snprintf(file, sizeof file, "%s/accounts.json", bench->folder);
    snprintf(small, sizeof small, "%s/import.db", bench->folder);
    snprintf(export, sizeof export, "%s/export.json", bench->folder);
    write_accounts(file, count);
    snprintf(command, sizeof command, "rm -f '%s'*; '%s' --db '%s' init --show-once", small,
             bench->program, small);
    run(command, NULL);
    snprintf(command, sizeof command, "exec '%s' --db '%s' import '%s'", bench->program, small,
             file);
    samples_add(&import, count / run(command, NULL) * 1000);
    snprintf(command, sizeof command,
             "'%s' --db '%s' export > '%s' && rm -f '%s'* && '%s' --db '%s' init --show-once",
             bench->program, small, export, small, bench->program, small);
    run(command, NULL);
    snprintf(command, sizeof command, "exec '%s' --db '%s' apply '%s'", bench->program, small,
             export);
    samples_add(&apply, count / run(command, NULL) * 1000);
    figure("import accounts, a token each", "accounts/s", &import, 0, "");
    figure("apply an export of them", "accounts/s", &apply, 0, "");
}

void bench_commands(const struct bench *bench)
{
    verify(bench);
    list(bench);
    cold(bench);
    import(bench);
}
