/* Secrets that are typed at a terminal: nothing of them is shown, and it is left as it was. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <gatehouse/secret.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int master;
static pid_t child;
static char shown[4096];

/* What the child tells about the answer. */
enum { SAME_TERMINAL = 32, SAME_HANDLER = 64 };

static struct termios terminal_of(int fd)
{
    struct termios terminal = {0};
    cr_assert_eq(tcgetattr(fd, &terminal), 0);
    return terminal;
}

static volatile sig_atomic_t got;

static void note(int number)
{
    got = number;
}

/* The answer, or why there is none, and whether all is as before, as the status of the child. */
static int ask(int tty, bool ignores)
{
    struct secret *secret = NULL;
    struct sigaction action = {.sa_handler = ignores ? SIG_IGN : note}, after;
    struct termios before = terminal_of(tty);
    sigset_t blocked;
    sigaction(SIGINT, &action, NULL);
    enum error e = secret_ask("Secret: ", &secret);
    struct termios now = terminal_of(tty);
    int status = (int)e;
    if (!e) dprintf(tty, "<%zu %s>", secret->size, secret->bytes);
    if (now.c_lflag == before.c_lflag && now.c_iflag == before.c_iflag) status |= SAME_TERMINAL;
    sigaction(SIGINT, NULL, &after);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    bool same = after.sa_handler == action.sa_handler && !sigismember(&blocked, SIGINT);
    if (same && got == (e == ERR_STOPPED && !ignores ? SIGINT : 0)) status |= SAME_HANDLER;
    secret_free(secret);
    return status;
}

static void start_asking(bool ignores)
{
    master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    cr_assert_geq(master, 0);
    cr_assert_eq(grantpt(master), 0);
    cr_assert_eq(unlockpt(master), 0);
    shown[0] = 0;
    child = fork();
    if (child) return;
    setsid();
    int tty = open(ptsname(master), O_RDWR | O_CLOEXEC);
    if (tty < 0 || ioctl(tty, TIOCSCTTY, 0) || crypto_init()) _exit(255);
    _exit(ask(tty, ignores));
}

/* Reads until the child has written `text`. */
static void wait_for(const char *text)
{
    size_t used = strlen(shown);
    while (!strstr(shown, text)) {
        struct pollfd one = {.fd = master, .events = POLLIN};
        cr_assert_eq(poll(&one, 1, 20000), 1, "no “%s” in “%s”", text, shown);
        ssize_t size = read(master, shown + used, sizeof shown - 1 - used);
        cr_assert_gt(size, 0, "no “%s” in “%s”", text, shown);
        used += (size_t)size;
        shown[used] = 0;
    }
}

static void type(const char *text)
{
    cr_assert_eq(write(master, text, strlen(text)), (ssize_t)strlen(text));
}

static int end(void)
{
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status));
    close(master);
    return WEXITSTATUS(status);
}

static void expect_answer(const char *typed, const char *answer)
{
    start_asking(false);
    wait_for("Secret: ");
    type(typed);
    wait_for(">");
    cr_assert_str_eq(shown, answer);
    cr_assert_eq(end(), SAME_TERMINAL | SAME_HANDLER);
}

Test(ask, an_answer_is_read_without_being_shown)
{
    expect_answer("correct horse\n", "Secret: \r\n<13 correct horse>");
    expect_answer("\n", "Secret: \r\n<0 >");
    expect_answer("wrong\025right\n", "Secret: \r\n<5 right>"); /* Ctrl-U */
    expect_answer("ab\004\004", "Secret: \r\n<2 ab>");          /* Ctrl-D */
}

Test(ask, without_an_answer_nothing_goes_on)
{
    start_asking(false);
    wait_for("Secret: ");
    type("\004");
    cr_assert_eq(end(), ERR_STOPPED | SAME_TERMINAL, "it got no signal");
}

Test(ask, an_interrupt_ends_it_and_is_passed_on)
{
    start_asking(false);
    wait_for("Secret: ");
    type("half\003");
    wait_for("\r\n");
    cr_assert_eq(end(), ERR_STOPPED | SAME_TERMINAL | SAME_HANDLER);
    cr_assert_not(strstr(shown, "half"));
}

Test(ask, a_signal_that_was_ignored_stays_so)
{
    start_asking(true);
    wait_for("Secret: ");
    type("ab\003cd\n");
    wait_for(">");
    cr_assert_str_eq(shown, "Secret: \r\n<2 cd>", "the terminal drops what stood before it");
    cr_assert_eq(end(), SAME_TERMINAL | SAME_HANDLER);
}

Test(ask, an_answer_has_at_most_1024_bytes)
{
    for (int more = 0; more < 2; more++) {
        char text[1100] = "";
        start_asking(false);
        wait_for("Secret: ");
        memset(text, 'x', 1024 + (size_t)more);
        strcat(text, "\n");
        type(text);
        if (!more) wait_for("<1024 x");
        int status = end();
        cr_assert_eq(status & 31, more ? ERR_INVALID : OK);
        cr_assert(status & SAME_TERMINAL);
    }
}

Test(ask, without_a_terminal_another_way_is_named)
{
    pid_t alone = fork();
    if (!alone) {
        struct secret *secret;
        setsid();
        if (crypto_init() || secret_ask("Secret: ", &secret) != ERR_USAGE) _exit(1);
        _exit(strcmp(error_message(), "no terminal to ask at: give the secret in a file") != 0);
    }
    int status;
    cr_assert_eq(waitpid(alone, &status, 0), alone);
    cr_assert_eq(status, 0);
}
