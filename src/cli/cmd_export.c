#include "src/cli/commands.h"
#include "src/cli/progress.h"
#include "src/cli/transfer.h"

#include <stdio.h>

static enum error write_out(const char *bytes, size_t size, void *arg)
{
    (void)arg;
    if (fwrite(bytes, 1, size, stdout) == size) return OK;
    return fail(ERR_SYSTEM, "cannot write to standard output");
}

static enum error export_exec(struct call *call)
{
    return transfer_export(&call->act, write_out, NULL);
}

const struct command command_export = {
    .words = "export",
    .sentence = "Prints accounts, groups, permissions and the digests of tokens as sorted JSON, "
                "without any secret.",
    .example = "gatehouse export > accounts.json",
    .opens = true,
    .no_json = true,
    .exec = export_exec,
};

static size_t count_deletions(const struct transfer_report *report)
{
    size_t count = 0;
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++)
        count += report->counts[noun][TRANSFER_DELETE];
    return count;
}

/* Nobody holds the write lock while the plan is printed: the work is done again after it, if
 * nothing else was changed meanwhile. */
static enum error apply_plan(struct call *call, const struct transfer_file *file,
                             struct transfer_options *options, struct transfer_report *report)
{
    size_t deletions = count_deletions(report);
    bool needless = !report->changed;
    if (!call->json) transfer_print(report, false);
    if (deletions && !call_has(call, "yes"))
        return fail(ERR_USAGE, "this would delete %zu entries; add --yes if you mean it",
                    deletions);
    enum error e = cli_flush();
    if (e || needless) return e;
    options->dry_run = false;
    options->event = report->event;
    transfer_report_free(report);
    return transfer_apply(&call->act, file, options, report);
}

static enum error apply(struct call *call, const struct transfer_file *file,
                        struct transfer_options *options, struct transfer_report *report)
{
    bool only_plan = call_has(call, "dry-run");
    enum error e = transfer_apply(&call->act, file, options, report);
    if (!e && !only_plan) e = apply_plan(call, file, options, report);
    if (e) return e;
    if (report->refused) call->status = EXIT_REFUSED;
    if (call->json) return transfer_print_json(report, !only_plan);
    if (only_plan)
        transfer_print(report, false);
    else
        puts(report->changed ? "Done" : "Nothing to do");
    return OK;
}

static enum error apply_exec(struct call *call)
{
    struct transfer_file *file = NULL;
    struct transfer_report report = {0};
    struct cli_progress progress;
    enum error e = transfer_read(call->argv[0], &file);
    if (e) return e;
    cli_progress_begin(&progress, "entries");
    struct transfer_options options = {
        .dry_run = true, .prune = call_has(call, "prune"), .progress = &progress.progress};
    e = apply(call, file, &options, &report);
    cli_progress_end(&progress);
    transfer_report_free(&report);
    transfer_free(file);
    return e;
}

static const struct command_option apply_options[] = {
    {.name = "dry-run", .sentence = "only print the plan"},
    {.name = "prune", .sentence = "delete what is not in the file, too"},
    {.name = "yes", .sentence = "needed where something is deleted"},
    {0},
};

const struct command command_apply = {
    .words = "apply",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .sentence = "Makes the database equal to an export, and prints the plan before.",
    .example = "gatehouse apply --dry-run accounts.json",
    .options = apply_options,
    .opens = true,
    .exec = apply_exec,
};
