#include "ui/terminal/term.h"

#include "ui/terminal/curses.h"
#include "ui/terminal/output.h"

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/text.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1006h";
/* Every way to report the mouse that XTerm's ctlseqs names: a program that was killed may have left
 * any of them on. */
static const char mouse_off[] = "\033[?9l\033[?1000l\033[?1001l\033[?1002l\033[?1003l"
                                "\033[?1005l\033[?1006l\033[?1015l\033[?1016l";
/* All that would end or stop the program. main ignores SIGPIPE and SIGXFSZ: they are errors of
 * write(). */
static const int caught[] = {SIGTERM,   SIGHUP,  SIGINT,  SIGQUIT,  SIGWINCH, SIGTSTP,
                             SIGCONT,   SIGUSR1, SIGUSR2, SIGALRM,  SIGXCPU,  SIGPOLL,
                             SIGVTALRM, SIGPROF, SIGPWR,  SIGSTKFLT};
static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
enum { CRASHES = sizeof crashes / sizeof *crashes };

/* Signal handlers can reach nothing else. */
static char crash_stack[TERM_CRASH_STACK]; /* of the main thread */
static int signal_pipe[2] = {-1, -1};
static struct termios before;
static char restore[512]; /* leaves the screen and its modes */
static size_t restore_size;
static bool reports_mouse;
static const char guess[] = "xterm-256color";
static bool type_is_guessed;
static struct sigaction before_bus; /* main has a sentence for a page that is lost */

static void on_signal(int number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(signal_pipe[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

/* Then what would have been done without us. A fault comes again when this returns; what somebody
 * sent does not. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    output_abandon_frame();
    ssize_t ignored = write(STDOUT_FILENO, restore, restore_size);
    (void)ignored;
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    if (number == SIGBUS)
        sigaction(SIGBUS, &before_bus, NULL);
    else
        signal(number, SIG_DFL);
    if (info->si_code <= 0) raise(number);
}

static void catch_crashes(void)
{
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, NULL, &before_bus);
    for (size_t i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &action, NULL);
}

void term_give_crash_stack(void *bytes)
{
    const stack_t stack = {.ss_sp = bytes, .ss_size = TERM_CRASH_STACK};
    stack_t present = {0};
    sigaltstack(NULL, &present);
    if (present.ss_flags & SS_DISABLE) sigaltstack(&stack, NULL); /* else it is a sanitizer's */
}

static void set_handlers(const int *numbers, size_t count, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count; i++)
        sigaction(numbers[i], &action, NULL);
}

static void release_crashes(void)
{
    set_handlers(crashes, CRASHES, SIG_DFL, 0);
    sigaction(SIGBUS, &before_bus, NULL);
}

static void restore_add(const char *sequence)
{
    size_t size = sequence && sequence != (char *)-1 ? strlen(sequence) : 0;
    if (restore_size + size > sizeof restore) return;
    memcpy(restore + restore_size, sequence ? sequence : "", size);
    restore_size += size;
}

static void prepare_restore(void)
{
    restore_size = 0;
    restore_add(mouse_off);
    restore_add(paste_off);
    restore_add(tigetstr("cnorm"));
    restore_add(tigetstr("sgr0"));
    restore_add(tigetstr("rmkx"));
    restore_add(tigetstr("rmcup"));
    restore_add("\r\n");
}

static enum error send_mode(const char *mode)
{
    return output_send(mode, strlen(mode));
}

/* What the terminal does for this program alone. */
static enum error set_modes(void)
{
    enum error e = send_mode(mouse_off);
    if (!e && reports_mouse) e = send_mode(mouse_on);
    return e ? e : send_mode(paste_on);
}

static enum error unset_modes(void)
{
    enum error e = send_mode(mouse_off);
    return e ? e : send_mode(paste_off);
}

void term_mouse(bool on)
{
    reports_mouse = on;
    enum error lost = send_mode(on ? mouse_on : mouse_off);
    (void)lost; /* the next frame cannot be written either, and the loop ends */
}

/* Whether text can be placed on terminals of that type. *known: there is such a type. */
static bool is_able(const char *type, bool *known)
{
    int found = 0;
    if (*type) setupterm(type, STDOUT_FILENO, &found);
    *known = found == 1;
    if (!*known) return false;
    const char *place = tigetstr("cup");
    bool able = place && place != (char *)-1;
    del_curterm(cur_term);
    return able;
}

/* Before newterm, which takes a terminal that cannot place text and leaves memory behind where it
 * knows none. A type that is not known on this machine is most likely newer than its terminfo, and
 * understands what xterm does. */
static enum error choose_type(const char **type)
{
    const char *named = getenv("TERM");
    bool known, guess_known;
    *type = named ? named : "";
    if (is_able(*type, &known)) return OK;
    if (**type && !known && is_able(guess, &guess_known)) {
        *type = guess;
        return OK;
    }
    return fail(ERR_SYSTEM, "the terminal type “%s” %s; try TERM=xterm", *type,
                known ? "cannot show a console" : "is not known here");
}

const char *term_unknown_type(void)
{
    const char *named = getenv("TERM");
    return type_is_guessed ? named : NULL;
}

/* The size is the terminal's: exported LINES and COLUMNS are those of another one, or of an older
 * size. They only serve lines that cannot tell. */
static bool get_size(struct winsize *size)
{
    return !ioctl(STDOUT_FILENO, TIOCGWINSZ, size) && size->ws_row && size->ws_col;
}

/* Old and odd terminals print what they do not understand. */
bool term_ask(bool background)
{
    enum { COLOURS = 256 };
    static const char *const families[] = {"xterm", "tmux", "screen", "rxvt"};
    const char *type = termname();
    bool known = COLORS >= COLOURS;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        known |= !strncmp(type, families[i], strlen(families[i]));
    return known && !send_mode(background ? "\033[?2004$p\033]11;?\033\\" : "\033[?2004$p");
}

enum error term_open(void)
{
    const char *type;
    struct winsize size;
    enum error e = choose_type(&type);
    if (e) return e;
    if (pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC))
        return fail(ERR_SYSTEM, "cannot make a pipe: %s", strerror(errno));
    tcgetattr(STDIN_FILENO, &before);
    type_is_guessed = type == guess;
    text_set_poor_font(!strncmp(type, "linux", strlen("linux")));
    if (get_size(&size)) {
        unsetenv("LINES");
        unsetenv("COLUMNS");
    }
    if (!newterm(type, stdout, stdin)) return fail(ERR_SYSTEM, "cannot set up the terminal");
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    idlok(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    prepare_restore();
    set_handlers(caught, sizeof caught / sizeof *caught, on_signal, SA_RESTART);
    term_give_crash_stack(crash_stack);
    catch_crashes();
    return set_modes();
}

void term_close(void)
{
    if (stdscr) {
        enum error lost = unset_modes();
        (void)lost; /* nothing can be said to a terminal that is gone */
        curs_set(1);
        endwin();
        SCREEN *screen = set_term(NULL);
        if (screen) delscreen(screen);
    }
    set_handlers(caught, sizeof caught / sizeof *caught, SIG_DFL, 0);
    release_crashes();
    for (int i = 0; i < 2; i++) {
        if (signal_pipe[i] >= 0) close(signal_pipe[i]);
        signal_pipe[i] = -1;
    }
}

void term_suspend(void)
{
    /* The end of this stop is seen here: no SIGCONT must draw the screen a second time. */
    static const int stop[] = {SIGTSTP, SIGCONT};
    enum error lost = unset_modes();
    endwin();
    set_handlers(stop, 2, SIG_DFL, 0);
    kill(0, SIGTSTP);
    set_handlers(stop, 2, on_signal, SA_RESTART);
    if (!lost) lost = set_modes();
    (void)lost;
    term_resize();
}

void term_resume(void)
{
    reset_prog_mode();
    enum error lost = set_modes(); /* the shell has its own */
    (void)lost;
    clearok(curscr, TRUE);
}

/* What was written for the old size while the new one was on its way stands where nobody knows. */
void term_resize(void)
{
    struct winsize size;
    /* The cells are given back as they are, and a secret may stand in them. */
    werase(stdscr);
    werase(newscr);
    werase(curscr);
    if (get_size(&size)) resizeterm(size.ws_row, size.ws_col);
    clearok(curscr, TRUE);
}

int term_signals(void)
{
    return signal_pipe[0];
}
