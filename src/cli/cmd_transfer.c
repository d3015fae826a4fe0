#include "src/cli/command.h"
#include "src/cli/print.h"
#include "src/cli/progress.h"

#include <gatehouse/text.h>
#include <gatehouse/transfer.h>
#include <stdio.h>

static void print_section(const struct transfer_report *report, enum transfer_section section,
                          const char *title)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct transfer_line *line = &report->lines[i];
        if (line->section != section) continue;
        if (title) puts(title);
        title = NULL;
        const char *gap = line->detail[0] ? ": " : "";
        if (section == TRANSFER_HEAD || section == TRANSFER_ITEM)
            print_line("  %-6s  %-10s  %s%s%s", transfer_action_text(line->action),
                       transfer_noun_text(line->noun), line->subject, gap, line->detail);
        else
            print_line("  %s%s%s", line->subject, gap, line->detail);
    }
}

static void print_counts(const struct transfer_report *report, bool done)
{
    static const char *const plurals[] = {"permissions", "groups", "accounts", "tokens"};
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++) {
        const size_t *counts = report->counts[noun];
        print_line("%-12s %s %s, %s changed, %s deleted, %s unchanged", plurals[noun],
                   number_text((int64_t)counts[TRANSFER_CREATE]).text,
                   done ? "created" : "to create",
                   number_text((int64_t)counts[TRANSFER_CHANGE]).text,
                   number_text((int64_t)counts[TRANSFER_DELETE]).text,
                   number_text((int64_t)counts[TRANSFER_UNCHANGED]).text);
    }
}

static void print_left(const struct transfer_report *report)
{
    bool titled = false;
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++) {
        size_t listed = 0;
        for (size_t i = 0; i < report->count; i++) {
            const struct transfer_line *line = &report->lines[i];
            if (line->section != TRANSFER_LEFT || line->noun != (enum transfer_noun)noun) continue;
            if (!titled) puts("Not in the file, and left (--prune deletes it):");
            titled = true;
            listed++;
            print_line("  %-10s  %s", transfer_noun_text(line->noun), line->subject);
        }
        if (report->left[noun] > listed)
            print_line("  %-10s  and %s more", transfer_noun_text((enum transfer_noun)noun),
                       number_text((int64_t)(report->left[noun] - listed)).text);
    }
}

static void print_report(const struct transfer_report *report, bool done)
{
    print_section(report, TRANSFER_HEAD, "Existing groups:");
    print_section(report, TRANSFER_ITEM, "Changes:");
    print_section(report, TRANSFER_WIDER, "Tokens that become live or may do more:");
    print_left(report);
    print_section(report, TRANSFER_NOTE, "Notes:");
    print_section(report, TRANSFER_REFUSED, "Refused:");
    print_counts(report, done);
    if (report->refused)
        print_line("%s refused, as listed above", number_text((int64_t)report->refused).text);
}

static json_t *line_json(const struct transfer_line *line)
{
    switch (line->section) {
    case TRANSFER_REFUSED:
        return json_pack("{s:o, s:o}", "place", json_text(line->subject), "reason",
                         json_text(line->detail));
    case TRANSFER_WIDER:
        return json_pack("{s:o, s:I, s:o}", "token", json_text(line->subject), "number",
                         (json_int_t)line->token, "why", json_text(line->detail));
    case TRANSFER_NOTE:
        return json_pack("{s:o, s:o}", "about", json_text(line->subject), "note",
                         json_text(line->detail));
    case TRANSFER_LEFT:
        return json_pack("{s:s, s:o}", "kind", transfer_noun_text(line->noun), "name",
                         json_text(line->subject));
    default:
        return json_pack("{s:s, s:s, s:o, s:o}", "action", transfer_action_text(line->action),
                         "kind", transfer_noun_text(line->noun), "name", json_text(line->subject),
                         "detail", json_text(line->detail));
    }
}

static json_t *section_json(const struct transfer_report *report, enum transfer_section section)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->count; i++)
        if (report->lines[i].section == section)
            json_array_append_new(list, line_json(&report->lines[i]));
    return list;
}

static json_t *counts_json(const struct transfer_report *report)
{
    json_t *object = json_object();
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++) {
        const size_t *counts = report->counts[noun];
        json_t *one = json_object();
        for (int action = 0; action < TRANSFER_ACTIONS; action++)
            json_object_set_new(one, transfer_action_text((enum transfer_action)action),
                                json_integer((json_int_t)counts[action]));
        json_object_set_new(one, "left", json_integer((json_int_t)report->left[noun]));
        json_object_set_new(object, transfer_noun_text((enum transfer_noun)noun), one);
    }
    return object;
}

static enum error print_report_json(const struct transfer_report *report, bool done)
{
    return print_json(json_pack(
        "{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "done", done, "groups",
        section_json(report, TRANSFER_HEAD), "changes", section_json(report, TRANSFER_ITEM),
        "wider", section_json(report, TRANSFER_WIDER), "notes", section_json(report, TRANSFER_NOTE),
        "left", section_json(report, TRANSFER_LEFT), "refused",
        section_json(report, TRANSFER_REFUSED), "counts", counts_json(report)));
}

static enum error print_imported(struct call *call, const struct transfer_file *file,
                                 const struct transfer_report *report)
{
    bool done = !call_has(call, "dry-run");
    if (report->refused) call->status = EXIT_REFUSED;
    if (call->json) return print_report_json(report, done);
    print_report(report, done);
    if (!done && report->changed) puts("Nothing has been changed");
    if (transfer_is_open_to_others(file))
        print_line("Others can read %s, which holds tokens: run chmod 600 on it, or delete it",
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
    if (!e) e = print_imported(call, file, &report);
    transfer_report_free(&report);
    transfer_free(file);
    return e;
}

static const struct command_option import_options[] = {
    {.name = "dry-run", .sentence = "only report what would happen"},
    {0},
};

static enum error write_out(const char *bytes, size_t size, void *arg)
{
    (void)arg;
    if (fwrite(bytes, 1, size, stdout) == size) return OK;
    return fail(ERR_SYSTEM, "cannot write to standard output");
}

static enum error export_exec(struct call *call)
{
    if (store_is_read_only(call->act.store))
        print_warning("the export is not recorded, because nothing is written to the database");
    return transfer_export(&call->act, write_out, NULL);
}

static size_t count_deletions(const struct transfer_report *report)
{
    size_t count = 0;
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++)
        count += report->counts[noun][TRANSFER_DELETE];
    return count;
}

/* The write lock is not held while the plan is printed: the work is done again afterwards, unless
 * something else has changed in the meantime. */
static enum error apply_plan(struct call *call, const struct transfer_file *file,
                             struct transfer_options *options, struct transfer_report *report)
{
    char entries[TEXT_COUNT_SIZE];
    size_t deletions = count_deletions(report);
    bool needless = !report->changed;
    if (!call->json) print_report(report, false);
    enum error e = print_flush();
    if (!e && deletions)
        e = call_ask_yes(call, "this would delete %s",
                         text_count(entries, (int64_t)deletions, "entry"));
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
    if (call->json) return print_report_json(report, !only_plan);
    if (only_plan) {
        print_report(report, false);
        if (report->changed) puts("Nothing has been changed");
    } else
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
    {.name = "prune", .sentence = "also delete what is not in the file"},
    {.name = "yes", .sentence = "required if something is deleted"},
    {0},
};

const struct cli_command cli_transfer_commands[] = {
    {
        .words = "import",
        .arguments = "FILE",
        .least = 1,
        .most = 1,
        .sentence = "Imports service accounts of Wavefront and their tokens from JSON; adds, and "
                    "removes nothing.",
        .example = "gatehouse import --dry-run serviceaccounts.json",
        .options = import_options,
        .store = CLI_WRITES,
        .exec = import_exec,
    },
    {
        .words = "export",
        .sentence = "Prints accounts, groups, permissions and token digests as sorted JSON, "
                    "without any secret.",
        .example = "gatehouse export > accounts.json",
        .no_json = true,
        .store = CLI_RECORDS,
        .exec = export_exec,
    },
    {
        .words = "apply",
        .arguments = "FILE",
        .least = 1,
        .most = 1,
        .sentence = "Makes the database equal to an export; prints the plan first.",
        .example = "gatehouse apply --dry-run accounts.json",
        .options = apply_options,
        .store = CLI_WRITES,
        .exec = apply_exec,
    },
    {0},
};
