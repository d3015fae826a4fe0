#include <gatehouse/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/beside.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum error crypto_init(void)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail(ERR_SYSTEM, "cannot turn off core dumps");
    if (sodium_init() < 0)
        return fail(ERR_SYSTEM, "libsodium cannot start: the system has no random generator");
    return OK;
}

/* Mapping, guarding, locking and unmapping pages takes twenty system calls, more than everything
 * else about issuing a token except the disk. So wiped buffers are kept for the next secrets, but
 * only for those of exactly the same size, so that each ends at its guard page. */
enum { SPARES = 4, SPARE_MOST = 1024 };
static atomic_bool swappable; /* the system refused to keep a secret out of the swap space */
static _Thread_local struct secret *spares[SPARES];

static struct secret *take_spare(size_t capacity)
{
    for (int i = 0; i < SPARES; i++) {
        struct secret *secret = spares[i];
        if (!secret || secret->capacity != capacity) continue;
        spares[i] = NULL;
        return secret;
    }
    return NULL;
}

static void give_back(struct secret *secret)
{
    if (!secret) return;
    sodium_free(secret->bytes);
    free(secret);
}

enum error secret_new(size_t capacity, struct secret **out)
{
    *out = take_spare(capacity);
    if (*out) return OK;
    struct secret *secret = malloc(sizeof *secret);
    char *bytes = capacity < SIZE_MAX ? sodium_malloc(capacity + 1) : NULL;
    if (!secret || !bytes) {
        free(secret);
        sodium_free(bytes);
        return fail(ERR_SYSTEM, "out of memory for secrets: free some, or raise `ulimit -l`");
    }
    *secret = (struct secret){.size = 0, .capacity = capacity, .bytes = bytes};
    if (mlock(bytes, capacity + 1) != 0) swappable = true; /* libsodium has tried, and is silent */
    sodium_memzero(bytes, capacity + 1);
    *out = secret;
    return OK;
}

bool secret_stays_in_memory(void)
{
    struct secret *probe;
    if (!secret_new(1, &probe)) secret_free(probe);
    return !swappable;
}

void secret_free(struct secret *secret)
{
    static _Thread_local unsigned oldest;
    if (!secret) return;
    if (secret->capacity > SPARE_MOST) {
        give_back(secret);
        return;
    }
    secret_clear(secret);
    int place = 0;
    while (place < SPARES && spares[place])
        place++;
    if (place == SPARES) place = (int)(oldest++ % SPARES);
    give_back(spares[place]);
    spares[place] = secret;
}

void secret_clear(struct secret *secret)
{
    sodium_memzero(secret->bytes, secret->capacity + 1);
    secret->size = 0;
}

enum error secret_set(struct secret *secret, const void *bytes, size_t size)
{
    if (size > secret->capacity)
        return fail(ERR_INVALID, "too long: at most %zu bytes", secret->capacity);
    if (size) memmove(secret->bytes, bytes, size);
    sodium_memzero(secret->bytes + size, secret->capacity + 1 - size);
    secret->size = size;
    return OK;
}

enum error secret_append(struct secret *secret, const void *bytes, size_t size)
{
    if (size > secret->capacity - secret->size)
        return fail(ERR_INVALID, "too long: at most %zu bytes", secret->capacity);
    if (size) memmove(secret->bytes + secret->size, bytes, size);
    secret->size += size;
    secret->bytes[secret->size] = '\0';
    return OK;
}

enum { FILE_MAX = 4096 };

static enum error read_all(int fd, const char *name, struct secret *secret)
{
    while (secret->size <= FILE_MAX) {
        ssize_t got = read(fd, secret->bytes + secret->size, secret->capacity - secret->size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ERR_SYSTEM, "cannot read %s: %s", name, strerror(errno));
        if (got == 0) break;
        secret->size += (size_t)got;
    }
    if (secret->size > FILE_MAX)
        return fail(ERR_INVALID, "%s is longer than %d bytes: it holds no secret", name, FILE_MAX);
    if (secret->size && secret->bytes[secret->size - 1] == '\n') secret->size--;
    secret->bytes[secret->size] = '\0';
    return OK;
}

static enum error read_secret(int fd, const char *name, struct secret **out)
{
    struct secret *secret;
    enum error e = secret_new(FILE_MAX + 1, &secret);
    if (e) return e;
    e = read_all(fd, name, secret);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

static enum error check_mode(int fd, const char *path)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return fail(ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    if (st.st_mode & (S_IRGRP | S_IROTH | S_IWGRP | S_IWOTH))
        return fail(ERR_INVALID, "others can read or write %s: run `chmod 600 %s`", path, path);
    return OK;
}

enum error secret_read_file(const char *path, struct secret **out)
{
    if (strcmp(path, "-") == 0) return read_secret(STDIN_FILENO, "standard input", out);
    int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail(errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot open %s: %s", path,
                    strerror(errno));
    enum error e = check_mode(fd, path);
    if (!e) e = read_secret(fd, path, out);
    close(fd);
    return e;
}

/* One byte at a time: another reader may want what follows the line. */
static enum error read_line(int fd, struct secret *secret)
{
    for (;;) {
        char byte;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ERR_SYSTEM, "cannot read the line: %s", strerror(errno));
        if (got == 0 || byte == '\n') return OK;
        enum error e = secret_append(secret, &byte, 1);
        if (e) return e;
    }
}

enum error secret_read_line(int fd, size_t max, struct secret **out)
{
    struct secret *secret;
    enum error e = secret_new(max, &secret);
    if (e) return e;
    e = read_line(fd, secret);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return -1;
        bytes += put;
        size -= (size_t)put;
    }
    return 0;
}

static enum error write_line(const struct secret *secret, const struct beside *file)
{
    if (write_all(file->fd, secret->bytes, secret->size) || write_all(file->fd, "\n", 1))
        return fail(ERR_SYSTEM, "cannot write %s: %s", file->name, strerror(errno));
    return OK;
}

enum error secret_write_file(const struct secret *secret, const char *path)
{
    struct beside new;
    if (beside_is_taken(path))
        return fail(ERR_CONFLICT, "%s already exists: name a new file", path);
    enum error e = beside_begin(path, &new);
    if (e) return e;
    e = write_line(secret, &new);
    if (!e) return beside_finish(&new);
    beside_drop(&new);
    return e;
}

enum { ANSWER_MAX = 1024 };

static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
enum { SIGNAL_COUNT = sizeof signals / sizeof signals[0] };

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

/* The state of terminal and signals before the question. */
struct before {
    struct termios terminal;
    struct sigaction actions[SIGNAL_COUNT];
    sigset_t mask;
};

/* Signals are blocked except while waiting, so that none is missed between the check and the read.
 */
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
    /* If the terminal cannot be written, the read fails as well and reports it. */
    if (write(tty, text, strlen(text)) < 0) return;
}

/* Asks once; afterwards `caught` is the signal that interrupted it. */
static enum error ask_once(int tty, const char *prompt, struct secret *secret)
{
    struct before before;
    if (tcgetattr(tty, &before.terminal) != 0)
        return fail(ERR_USAGE, "no terminal to ask at: give the secret in a file");
    catch_signals(&before);
    struct termios silent = before.terminal;
    silent.c_lflag &= (tcflag_t) ~(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON | ISIG;
    enum error e = OK;
    if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
        e = fail(ERR_SYSTEM, "cannot turn off the echo: %s", strerror(errno));
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
    if (tty < 0) return fail(ERR_USAGE, "no terminal to ask at: give the secret in a file");
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
        again = signal_number == SIGTSTP; /* stopped, and has been continued since */
    }
    close(tty);
    if (e)
        secret_free(secret);
    else
        *out = secret;
    return e;
}
