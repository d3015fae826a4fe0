#include "ui/terminal/clipboard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Runs a tmux command without a shell; one end of a pipe is its input (`out` NULL) or its output.
 */
static enum error run(char *const *argv, const void *in, size_t in_size, char *out, size_t out_size)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(ERR_SYSTEM, "cannot talk to tmux");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[out ? 1 : 0], out ? 1 : 0);
    pid_t child;
    int failed = posix_spawnp(&child, "tmux", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[out ? 1 : 0]);
    bool whole = !failed;
    if (whole && !out) whole = write(ends[1], in, in_size) == (ssize_t)in_size;
    if (whole && out) {
        size_t used = 0;
        ssize_t got;
        while (used < out_size - 1 && (got = read(ends[0], out + used, out_size - 1 - used)) > 0)
            used += (size_t)got;
        out[used] = 0;
    }
    close(ends[out ? 0 : 1]);
    int status = 1;
    while (!failed && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return whole && status == 0 ? OK : fail(ERR_SYSTEM, "tmux refused the clipboard");
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

enum error clipboard_tmux_copy(const void *text, size_t size)
{
    enum error e = check_outer_terminal();
    if (e) return e;
    char name[32];
    snprintf(name, sizeof name, "gatehouse-%ld", (long)getpid());
    char *const load[] = {"tmux", "load-buffer", "-w", "-b", name, "-", NULL};
    char *const delete[] = {"tmux", "delete-buffer", "-b", name, NULL};
    char ignored[8];
    e = run(load, text, size, NULL, 0);
    /* Deleted also when loading failed half-way. */
    enum error deleted = run(delete, NULL, 0, ignored, sizeof ignored);
    return e ? e : deleted;
}

static bool tmux_is_old(void)
{
    char *const argv[] = {"tmux", "-V", NULL};
    char version[64];
    int major = 0, minor = 0;
    if (run(argv, NULL, 0, version, sizeof version)) return true;
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
