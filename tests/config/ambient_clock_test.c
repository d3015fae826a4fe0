/* The clock of the program itself. */
#include <gatehouse/ambient.h>

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SUSPENDED_S = 3600, SKIPPED = 77 };

/* In a namespace whose boot time is ahead, as after a suspend; its monotonic time is not. */
static int ahead(int64_t before)
{
    static const char offset[] = "boottime 3600 0";
    if (unshare(CLONE_NEWTIME) != 0) return SKIPPED;
    int fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, offset, strlen(offset)) < 0) return SKIPPED;
    close(fd);
    pid_t child = fork();
    if (child == 0) _exit(ambient_ticks() - before < SUSPENDED_S * INT64_C(1000));
    int status = 1;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

Test(ambient, timers_go_on_while_the_machine_is_suspended)
{
    int64_t before = ambient_ticks();
    pid_t child = fork();
    if (child == 0) _exit(ahead(before));
    int status = 1;
    waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == SKIPPED) cr_skip("a time namespace is not permitted");
    cr_assert_eq(WEXITSTATUS(status), 0);
}
