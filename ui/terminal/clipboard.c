#include "ui/terminal/clipboard.h"

#include "ui/terminal/output.h"

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/clock.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What GNU screen takes in one device control string. */
enum { SCREEN_CHUNK = 760 };
static const char head[] = "\033]52;c;";
static const char dcs[] = "\033P", dcs_end[] = "\033\\", tmux_dcs[] = "\033Ptmux;\033";

static enum error add_base64(struct secret *out, const unsigned char *bytes, size_t size)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum error e = OK;
    for (size_t i = 0; !e && i < size; i += 3) {
        size_t left = size - i;
        unsigned value = (unsigned)bytes[i] << 16;
        if (left > 1) value |= (unsigned)bytes[i + 1] << 8;
        if (left > 2) value |= bytes[i + 2];
        const char group[4] = {alphabet[value >> 18], alphabet[value >> 12 & 63],
                               left > 1 ? alphabet[value >> 6 & 63] : '=',
                               left > 2 ? alphabet[value & 63] : '='};
        e = secret_append(out, group, sizeof group);
    }
    return e;
}

static enum error add_chunks(struct secret *out, const struct secret *sequence)
{
    enum error e = OK;
    const size_t room = SCREEN_CHUNK - (sizeof dcs - 1) - (sizeof dcs_end - 1);
    for (size_t i = 0; !e && i < sequence->size; i += room) {
        size_t size = sequence->size - i < room ? sequence->size - i : room;
        e = secret_append(out, dcs, sizeof dcs - 1);
        if (!e) e = secret_append(out, sequence->bytes + i, size);
        if (!e) e = secret_append(out, dcs_end, sizeof dcs_end - 1);
    }
    return e;
}

static enum error wrap(enum clipboard_way way, const struct secret *sequence, struct secret *out)
{
    if (way == CLIPBOARD_SCREEN) return add_chunks(out, sequence);
    if (way != CLIPBOARD_TMUX_OLD) return secret_append(out, sequence->bytes, sequence->size);
    /* tmux wants every escape doubled; the only one is the first byte. */
    enum error e = secret_append(out, tmux_dcs, sizeof tmux_dcs - 1);
    if (!e) e = secret_append(out, sequence->bytes, sequence->size);
    return e ? e : secret_append(out, dcs_end, sizeof dcs_end - 1);
}

/* The bytes that put `text` into the clipboard that way, in guarded memory that the caller frees.
 * Not for CLIPBOARD_TMUX. */
static enum error make_bytes(enum clipboard_way way, const void *text, size_t size,
                             struct secret **out)
{
    struct secret *sequence = NULL, *wrapped = NULL;
    size_t room = sizeof head + (size + 2) / 3 * 4 + 1;
    enum error e = secret_new(room, &sequence);
    if (!e) e = secret_new(room + 64 + room / 100, &wrapped);
    if (!e) e = secret_set(sequence, head, sizeof head - 1);
    if (!e) e = add_base64(sequence, text, size);
    if (!e) e = secret_append(sequence, "\a", 1);
    if (!e) e = wrap(way, sequence, wrapped);
    secret_free(sequence);
    if (e)
        secret_free(wrapped);
    else
        *out = wrapped;
    return e;
}

extern char **environ;

/* How long tmux may take. A server that hangs must not stop the console. */
enum { TMUX_MS = 1000 };

static bool wait_ready(int fd, short events, int64_t until)
{
    struct pollfd ready = {.fd = fd, .events = events};
    int64_t left = until - clock_ms();
    return left > 0 && poll(&ready, 1, (int)left) > 0;
}

/* With SIGPIPE as tmux expects it, and no shell. */
static int spawn(char *const *argv, int end, int as, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, end, as);
    posix_spawnattr_init(&attributes);
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    sigaddset(&signals, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawnp(child, "tmux", &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static bool write_all(int fd, const char *at, size_t size, int64_t until)
{
    while (size && wait_ready(fd, POLLOUT, until)) {
        ssize_t done = write(fd, at, size);
        if (done < 0 && errno != EINTR && errno != EAGAIN) break;
        if (done <= 0) continue;
        at += done;
        size -= (size_t)done;
    }
    return size == 0;
}

static void read_all(int fd, char *out, size_t out_size, int64_t until)
{
    size_t used = 0;
    while (used < out_size - 1 && wait_ready(fd, POLLIN, until)) {
        ssize_t got = read(fd, out + used, out_size - 1 - used);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) break;
        if (got > 0) used += (size_t)got;
    }
    out[used] = 0;
}

/* One that does not end in time is killed. */
static enum error wait_end(pid_t child, int64_t until)
{
    enum { STEP_MS = 2 };
    int status = 1;
    pid_t ended;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0 && clock_ms() < until)
        poll(NULL, 0, STEP_MS);
    if (ended == child && status == 0) return OK;
    if (ended == child) return fail(ERR_SYSTEM, "tmux refused the clipboard: nothing was copied");
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return fail(ERR_SYSTEM, "tmux does not answer: nothing was copied");
}

/* Runs a tmux command with a pipe as its input (`out` NULL) or its output. */
static enum error run(char *const *argv, const void *in, size_t in_size, char *out, size_t out_size)
{
    const int64_t until = clock_ms() + TMUX_MS;
    const int theirs = out ? 1 : 0, ours = out ? 0 : 1;
    int ends[2];
    pid_t child;
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(ERR_SYSTEM, "cannot talk to tmux");
    int failed = spawn(argv, ends[theirs], theirs, &child);
    close(ends[theirs]);
    if (failed) {
        close(ends[ours]);
        return fail(ERR_SYSTEM, "tmux cannot be run: %s; nothing was copied", strerror(failed));
    }
    fcntl(ends[ours], F_SETFL, O_NONBLOCK);
    bool whole = true;
    if (out)
        read_all(ends[ours], out, out_size, until);
    else
        whole = write_all(ends[ours], in, in_size, until);
    close(ends[ours]);
    enum error e = wait_end(child, until);
    if (!e && !whole) e = fail(ERR_SYSTEM, "tmux did not accept the text: nothing was copied");
    return e;
}

static enum error check_outer_terminal(void)
{
    char *const argv[] = {"tmux", "display", "-p", "#{client_termfeatures}", NULL};
    char features[512];
    enum error e = run(argv, NULL, 0, features, sizeof features);
    if (!e && !strstr(features, "clipboard"))
        e = fail(ERR_CONFLICT, "tmux says its terminal takes no clipboard: set -as "
                               "terminal-features ',*:clipboard' in tmux, then attach again");
    return e;
}

/* Hands the text to tmux in a named buffer that is deleted afterwards. */
static enum error copy_to_tmux(const void *text, size_t size)
{
    enum error e = check_outer_terminal();
    if (e) return e;
    char name[32];
    snprintf(name, sizeof name, "gatehouse-%ld", (long)getpid());
    char *const load[] = {"tmux", "load-buffer", "-w", "-b", name, "-", NULL};
    char *const delete[] = {"tmux", "delete-buffer", "-b", name, NULL};
    char ignored[8];
    e = run(load, text, size, NULL, 0);
    /* Even if loading failed half-way. */
    enum error deleted = run(delete, NULL, 0, ignored, sizeof ignored);
    return e ? e : deleted;
}

static bool tmux_is_old(void)
{
    char *const argv[] = {"tmux", "-V", NULL};
    char version[64];
    int major = 0, minor = 0;
    /* Asked to copy, it says what is wrong with it. */
    if (run(argv, NULL, 0, version, sizeof version)) return false;
    if (sscanf(version, "tmux %*[^0-9]%d.%d", &major, &minor) < 2)
        sscanf(version, "tmux %d.%d", &major, &minor);
    return major < 3 || (major == 3 && minor < 2);
}

enum clipboard_way clipboard_way(void)
{
    const char *tmux = getenv("TMUX"), *screen = getenv("STY"), *term = getenv("TERM");
    if (tmux && *tmux) return tmux_is_old() ? CLIPBOARD_TMUX_OLD : CLIPBOARD_TMUX;
    if (screen && *screen) return CLIPBOARD_SCREEN;
    if (term && (strncmp(term, "tmux", 4) == 0 || strncmp(term, "screen", 6) == 0))
        return CLIPBOARD_INSIDE;
    return CLIPBOARD_PLAIN;
}

enum error clipboard_send(enum clipboard_way way, const void *text, size_t size)
{
    if (way == CLIPBOARD_TMUX) return copy_to_tmux(text, size);
    struct secret *bytes;
    enum error e = make_bytes(way, text, size, &bytes);
    if (e) return e;
    e = output_send(bytes->bytes, bytes->size);
    secret_free(bytes);
    return e;
}

static enum error send_to_tty(enum clipboard_way way, const struct secret *secret)
{
    struct secret *bytes;
    int tty = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return fail(ERR_USAGE, "there is no terminal to send to: use gatehouse token reveal");
    enum error e = OK;
    if (secret && !(e = make_bytes(way, secret->bytes, secret->size, &bytes))) {
        if (write(tty, bytes->bytes, bytes->size) != (ssize_t)bytes->size)
            e = fail(ERR_SYSTEM, "cannot write to the terminal: use gatehouse token reveal");
        secret_free(bytes);
    }
    close(tty);
    return e;
}

enum error clipboard_copy_once(struct store *store, const struct secret *secret, char *said,
                               size_t size)
{
    (void)store;
    enum clipboard_way way = clipboard_way();
    enum error e;
    if (way != CLIPBOARD_TMUX)
        e = send_to_tty(way, secret);
    else
        e = secret ? copy_to_tmux(secret->bytes, secret->size) : check_outer_terminal();
    if (!e)
        snprintf(said, size,
                 "Sent to the clipboard of your terminal, which cannot confirm it%s; it is not "
                 "cleared: copy something else once you have used it",
                 way == CLIPBOARD_INSIDE ? ", and an outer tmux drops it unless set -s "
                                           "set-clipboard on"
                                         : "");
    return e;
}
