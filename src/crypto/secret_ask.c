#include <gatehouse/secret.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PASSPHRASE_MAX = 1024 };

static void say(int fd, const char *text)
{
    ssize_t ignored = write(fd, text, strlen(text));
    (void)ignored;
}

/* Signals that would leave the echo off wait until it is on again. */
static void hold_signals(sigset_t *before)
{
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGTSTP);
    sigprocmask(SIG_BLOCK, &held, before);
}

enum error secret_ask(const char *prompt, struct secret **out)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    struct termios shown, hidden;
    if (tty < 0 || tcgetattr(tty, &shown) != 0) {
        if (tty >= 0) close(tty);
        return fail(ERR_USAGE,
                    "there is no terminal to ask on: use --passphrase-file or --key-file");
    }
    sigset_t before;
    hold_signals(&before);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    hidden.c_lflag |= ICANON | ECHONL;
    tcsetattr(tty, TCSAFLUSH, &hidden);
    say(tty, prompt);
    enum error e = secret_read_line(tty, PASSPHRASE_MAX, out);
    tcsetattr(tty, TCSAFLUSH, &shown);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(tty);
    if (!e && memchr((*out)->bytes, 3, (*out)->size)) {
        secret_free(*out);
        e = fail(ERR_STOPPED, "stopped; nothing was changed");
    }
    return e;
}
