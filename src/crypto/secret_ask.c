#include <gatehouse/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { ANSWER_MAX = 1024 };

static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
enum { SIGNAL_COUNT = sizeof signals / sizeof signals[0] };

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

/* The terminal and the signals as they were before the question. */
struct before {
    struct termios terminal;
    struct sigaction actions[SIGNAL_COUNT];
    sigset_t mask;
};

/* Signals are blocked but while waiting, so that none is missed between a look and a read. */
static void catch_signals(struct before *before)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    caught = 0;
    for (int i = 0; i < SIGNAL_COUNT; i++)
        sigaddset(&blocked, signals[i]);
    pthread_sigmask(SIG_BLOCK, &blocked, &before->mask);
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(signals[i], NULL, &before->actions[i]);
        if (before->actions[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, NULL);
    }
}

static void release_signals(const struct before *before)
{
    for (int i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signals[i], &before->actions[i], NULL);
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
}

static enum error read_answer(int tty, const struct before *before, struct secret *secret)
{
    struct pollfd wait = {.fd = tty, .events = POLLIN};
    for (;;) {
        int ready = ppoll(&wait, 1, NULL, &before->mask);
        if (caught) return fail(ERR_STOPPED, "interrupted; nothing was changed");
        if (ready < 0 && errno == EINTR) continue;
        char byte;
        ssize_t got = ready < 0 ? -1 : read(tty, &byte, 1);
        if (got < 0) return fail(ERR_SYSTEM, "cannot read the terminal: %s", strerror(errno));
        if (got == 0 && secret->size == 0) return fail(ERR_STOPPED, "no answer was given");
        if (got == 0 || byte == '\n') return OK;
        enum error e = secret_append(secret, &byte, 1);
        if (e) return e;
    }
}

static void say(int tty, const char *text)
{
    /* A terminal that takes no text gives no answer either: the read reports it. */
    if (write(tty, text, strlen(text)) < 0) return;
}

/* Asks once; `caught` says afterwards whether a signal ended it. */
static enum error ask_once(int tty, const char *prompt, struct secret *secret)
{
    struct before before;
    if (tcgetattr(tty, &before.terminal) != 0)
        return fail(ERR_USAGE, "no terminal to ask on: give the secret in a file");
    catch_signals(&before);
    struct termios silent = before.terminal;
    silent.c_lflag &= (tcflag_t) ~(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON | ISIG;
    enum error e = OK;
    if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
        e = fail(ERR_SYSTEM, "cannot switch the echo off: %s", strerror(errno));
    if (!e) {
        say(tty, prompt);
        e = read_answer(tty, &before, secret);
        say(tty, "\n");
    }
    tcsetattr(tty, TCSAFLUSH, &before.terminal);
    release_signals(&before);
    return e;
}

enum error secret_ask(const char *prompt, struct secret **out)
{
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (tty < 0) return fail(ERR_USAGE, "no terminal to ask on: give the secret in a file");
    struct secret *secret = NULL;
    enum error e = secret_new(ANSWER_MAX, &secret);
    bool again = !e;
    while (again) {
        secret_clear(secret);
        e = ask_once(tty, prompt, secret);
        int signal_number = caught;
        caught = 0;
        if (signal_number) {
            secret_clear(secret);
            raise(signal_number);
        }
        again = signal_number == SIGTSTP; /* stopped, and continued by now */
    }
    close(tty);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}
