/* Long work at the command line: a line on standard error, and Ctrl-C stops it. */
#ifndef GATEHOUSE_SRC_CLI_PROGRESS_H
#define GATEHOUSE_SRC_CLI_PROGRESS_H

#include <gatehouse/progress.h>
#include <stdint.h>

struct cli_progress {
    struct progress progress; /* to pass on */
    const char *noun;         /* "accounts" */
    int64_t begun, drawn;     /* ticks */
    bool shown, terminal;
};
/* From here until cli_progress_end Ctrl-C makes the step ask to stop. */
void cli_progress_begin(struct cli_progress *progress, const char *noun);
void cli_progress_end(struct cli_progress *progress);

#endif
