/* Output that nobody reads yet must not hold up the program: it is set aside, and comes later. */
#include "src/cli/spool.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

enum { CAPACITY = 1 << 16, MOST = 5 * CAPACITY };

static int readable, former;
static char got[MOST + 1];
static size_t got_size;
static atomic_bool may_read;

/* Standard output becomes `writable` until `restore`. */
static void replace(int writable)
{
    fflush(stdout);
    former = dup(STDOUT_FILENO);
    dup2(writable, STDOUT_FILENO);
    close(writable);
}

static void restore(void)
{
    dup2(former, STDOUT_FILENO);
    close(former);
}

static void replace_by_pipe(void)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(fcntl(ends[1], F_SETPIPE_SZ, CAPACITY), CAPACITY);
    readable = ends[0];
    replace(ends[1]);
}

/* Raw, so that what comes is what was written. */
static void replace_by_terminal(void)
{
    int end;
    struct termios raw;
    cr_assert_eq(openpty(&readable, &end, NULL, NULL, NULL), 0);
    tcgetattr(end, &raw);
    cfmakeraw(&raw);
    tcsetattr(end, TCSANOW, &raw);
    replace(end);
}

static void setup(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    got_size = 0;
    may_read = false;
}

TestSuite(spool, .init = setup, .timeout = 300);

static size_t waiting_to_be_read(void)
{
    int size = 0;
    ioctl(readable, FIONREAD, &size);
    return (size_t)size;
}

/* Begins once it may, or once the writer has to wait. */
static void *read_all(void *fills)
{
    ssize_t size;
    while (!may_read && !(fills && waiting_to_be_read() > CAPACITY - PIPE_BUF - 1))
        usleep(1000);
    while (got_size < MOST && (size = read(readable, got + got_size, MOST - got_size)) > 0)
        got_size += (size_t)size;
    return NULL;
}

static char pattern(size_t i)
{
    return (char)(i % 61 == 60 ? '\n' : ' ' + (i * 7 + i / 61) % 90);
}

static void write_pattern(size_t size)
{
    for (size_t i = 0; i < size; i++)
        putchar(pattern(i));
    fflush(stdout);
}

static void expect_pattern(size_t size)
{
    cr_assert_eq(got_size, size, "%zu bytes of %zu came", got_size, size);
    for (size_t i = 0; i < size; i++)
        if (got[i] != pattern(i)) cr_assert_fail("of %zu bytes, byte %zu is another", size, i);
}

/* All of it is written before anything is read. */
static void expect_all(size_t size)
{
    pthread_t reader;
    pthread_create(&reader, NULL, read_all, NULL);
    spool_begin();
    write_pattern(size);
    may_read = true;
    enum error e = spool_end();
    cr_assert_eq(e, OK, "%s", error_message());
    restore();
    pthread_join(reader, NULL);
    close(readable);
    expect_pattern(size);
}

Test(spool, a_pipe_that_nobody_reads_yet_gets_everything_in_order)
{
    static const size_t sizes[] = {
        0, 1, PIPE_BUF, PIPE_BUF + 1, CAPACITY - 1, CAPACITY, CAPACITY + 1, 2 * CAPACITY, MOST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        setup();
        replace_by_pipe();
        expect_all(sizes[i]);
    }
}

Test(spool, a_terminal_that_nobody_reads_yet_gets_everything_in_order)
{
    for (size_t size = 1; size < MOST; size *= 7) {
        setup();
        replace_by_terminal();
        expect_all(size);
    }
}

Test(spool, a_terminal_gets_each_line_at_once)
{
    char line[20] = "";
    replace_by_terminal();
    spool_begin();
    fputs("a line\nand more", stdout);
    cr_expect_eq(read(readable, line, sizeof line - 1), 7);
    cr_expect_str_eq(line, "a line\n");
    cr_expect_eq(spool_end(), OK);
    cr_expect_eq(read(readable, line, sizeof line - 1), 8);
    restore();
    close(readable);
}

/* Then it waits for the reader, and nothing comes twice. */
Test(spool, where_nothing_can_be_set_aside_everything_comes_all_the_same)
{
    pthread_t reader;
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    for (rlim_t room = 0; room <= 30000; room += 10000) {
        setup();
        replace_by_pipe();
        pthread_create(&reader, NULL, read_all, "fills");
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = room, .rlim_max = before.rlim_max});
        spool_begin();
        write_pattern(3 * CAPACITY);
        may_read = true;
        enum error e = spool_end();
        setrlimit(RLIMIT_FSIZE, &before);
        cr_assert_eq(e, OK, "%s", error_message());
        restore();
        pthread_join(reader, NULL);
        close(readable);
        expect_pattern(3 * CAPACITY);
    }
}

/* Before anything is written, before the pipe is full, and while something waits. */
Test(spool, a_reader_that_goes_away_is_an_error)
{
    static const struct {
        size_t size;
        const char *said;
    } cases[] = {{0, "cannot write to standard output: some of it was lost"},
                 {100, "cannot write to standard output: some of it was lost"},
                 {2 * CAPACITY, "cannot write to standard output: Broken pipe"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        replace_by_pipe();
        spool_begin();
        write_pattern(cases[i].size);
        close(readable);
        write_pattern(1);
        cr_expect_eq(spool_end(), ERR_SYSTEM, "%zu", cases[i].size);
        cr_expect_str_eq(error_message(), cases[i].said);
        restore();
    }
}

Test(spool, a_file_and_a_second_end_need_nothing)
{
    FILE *before = stdout;
    replace(open("/dev/null", O_WRONLY));
    spool_begin();
    cr_expect(stdout == before);
    cr_expect_eq(spool_end(), OK);
    restore();
    replace_by_pipe();
    spool_begin();
    cr_expect(stdout != before);
    cr_expect_eq(spool_end(), OK);
    cr_expect(stdout == before);
    cr_expect_eq(spool_end(), OK);
    restore();
    close(readable);
}
