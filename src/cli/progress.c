#include "src/cli/progress.h"

#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { QUIET_MS = 200, REDRAW_MS = 100 };

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static void draw(struct cli_progress *progress, size_t done, size_t total, int64_t elapsed)
{
    double rate = (double)done * 1000 / (double)elapsed;
    progress->shown = true;
    if (!total) {
        fprintf(stderr, "\r%s %s, %s/s, Ctrl-C stops \033[K", number_text((int64_t)done).text,
                progress->noun, number_text((int64_t)rate).text);
        return;
    }
    char left[WHEN_SIZE];
    when_left(left, done, total, elapsed);
    fprintf(stderr, "\r%s of %s %s, %s/s%s%s, Ctrl-C stops \033[K", number_text((int64_t)done).text,
            number_text((int64_t)total).text, progress->noun, number_text((int64_t)rate).text,
            *left ? ", " : "", left);
}

static bool step(void *arg, size_t done, size_t total)
{
    struct cli_progress *progress = arg;
    int64_t now = ambient_ticks();
    if (progress->terminal && now - progress->begun > QUIET_MS &&
        now - progress->drawn > REDRAW_MS) {
        progress->drawn = now;
        draw(progress, done, total, now - progress->begun);
    }
    return stopped;
}

void cli_progress_begin(struct cli_progress *progress, const char *noun)
{
    *progress = (struct cli_progress){
        .noun = noun, .begun = ambient_ticks(), .terminal = isatty(STDERR_FILENO)};
    progress->progress = (struct progress){.step = step, .arg = progress};
    signal(SIGINT, stop);
}

void cli_progress_end(struct cli_progress *progress)
{
    signal(SIGINT, SIG_DFL);
    if (progress->shown) fputs("\r\033[K", stderr);
}
