#include "src/cli/commands.h"
#include "src/cli/progress.h"
#include "src/cli/transfer.h"

static enum error print_result(struct call *call, const struct transfer_file *file,
                               const struct transfer_report *report)
{
    bool done = !call_has(call, "dry-run");
    if (report->refused) call->status = EXIT_REFUSED;
    if (call->json) return transfer_print_json(report, done);
    transfer_print(report, done);
    if (transfer_is_open_to_others(file))
        print_line("Others can read %s, and it holds tokens: run chmod 600 on it, or delete it",
                   call->argv[0]);
    return OK;
}

static enum error import_exec(struct call *call)
{
    struct transfer_file *file = NULL;
    struct transfer_report report = {0};
    struct cli_progress progress;
    enum error e = transfer_read(call->argv[0], &file);
    if (e) return e;
    cli_progress_begin(&progress, "accounts");
    const struct transfer_options options = {.dry_run = call_has(call, "dry-run"),
                                             .progress = &progress.progress};
    e = transfer_import(&call->act, file, &options, &report);
    cli_progress_end(&progress);
    if (!e) e = print_result(call, file, &report);
    transfer_report_free(&report);
    transfer_free(file);
    return e;
}

static const struct command_option import_options[] = {
    {.name = "dry-run", .sentence = "only say what would happen"},
    {0},
};

const struct command command_import = {
    .words = "import",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .sentence = "Takes over service accounts of Wavefront with their tokens, from JSON; adds, and "
                "takes nothing away.",
    .example = "gatehouse import --dry-run serviceaccounts.json",
    .options = import_options,
    .opens = true,
    .exec = import_exec,
};
