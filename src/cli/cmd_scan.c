#include "src/cli/command.h"
#include "src/cli/print.h"
#include "src/cli/progress.h"

#include <gatehouse/scan.h>
#include <gatehouse/text.h>
#include <gatehouse/token_change.h>
#include <inttypes.h>
#include <stdio.h>

struct report {
    const struct call *call;
    struct json_list json;
    int64_t revoked, canaries; /* those that are left */
};

static const char *state_text(const struct scan_find *find)
{
    if (!find->known) return "unknown";
    if (!find->token) return "revoked";
    if (find->state == TOKEN_LIVE && find->canary) return "canary";
    if (find->state == TOKEN_LIVE && !find->live) return "stopped";
    return token_state_text(find->state);
}

static enum error print_find(struct report *report, const struct scan_find *find)
{
    char whose[sizeof find->name + 96] = "", number[48] = "";
    if (find->account_name[0])
        snprintf(whose, sizeof whose, " · sa::%s%s%s", find->account_name, find->name[0] ? "/" : "",
                 find->name);
    if (find->token) snprintf(number, sizeof number, " · token %" PRId64, find->token);
    print_line("%s:%" PRId64 ": %s%s%s", find->path, find->line, state_text(find), whose, number);
    return report->call->json ? OK : print_flush();
}

static json_t *find_json(const struct scan_find *find)
{
    char id[80] = "";
    if (find->account_name[0]) snprintf(id, sizeof id, "sa::%s", find->account_name);
    return json_pack(
        "{s:o, s:I, s:I, s:s, s:b, s:o, s:o, s:o}", "path", json_text(find->path), "line",
        (json_int_t)find->line, "offset", (json_int_t)find->offset, "state", state_text(find),
        "live", find->live, "account", *id ? json_text(id) : json_null(), "token",
        find->token ? json_integer(find->token) : json_null(), "name", json_text(find->name));
}

static enum error each(const struct scan_find *find, void *arg)
{
    struct report *report = arg;
    bool changed = false;
    enum error e = report->call->json ? json_list_add(&report->json, find_json(find))
                                      : print_find(report, find);
    if (e || !find->token || !call_has(report->call, "revoke")) return e;
    if (find->canary && find->state != TOKEN_REVOKED)
        report->canaries++;
    else
        e = token_revoke(&report->call->act, find->token, &changed);
    report->revoked += changed;
    return e;
}

static void unreadable(const char *path, const char *why, void *arg)
{
    (void)arg;
    print_warning("cannot read %s: %s", path, why);
}

static void sum_up(const struct report *report, const struct scan_result *result)
{
    if (report->call->json) return;
    char files[TEXT_COUNT_SIZE];
    print_line("%s found, %s of them live, %s revoked now; %s read, %s unreadable",
               number_text(result->found).text, number_text(result->live).text,
               number_text(report->revoked).text, text_count(files, result->files, "file"),
               number_text(result->unreadable).text);
    if (report->canaries)
        print_line("%s of them %s, left as %s: token revoke NUMBER revokes one",
                   number_text(report->canaries).text,
                   report->canaries == 1 ? "is a canary" : "are canaries",
                   report->canaries == 1 ? "it is" : "they are");
}

static enum error scan_exec(struct call *call)
{
    struct scan_result result;
    struct cli_progress progress;
    struct report report = {.call = call};
    cli_progress_begin(&progress, "bytes");
    const struct scan scan = {.path = call->argc ? call->argv[0] : "-",
                              .imported = call_has(call, "imported"),
                              .each = each,
                              .unreadable = unreadable,
                              .arg = &report,
                              .progress = &progress.progress};
    enum error e = scan_run(call->act.store, call->act.now, &scan, &result);
    cli_progress_end(&progress);
    if (call->json) json_list_end(&report.json);
    if (e) return e;
    sum_up(&report, &result);
    if (result.found)
        call->status = EXIT_NO;
    else if (result.unreadable)
        call->status = EXIT_FAILED;
    return OK;
}

static const struct command_option options[] = {
    {.name = "imported", .sentence = "also find imported tokens, which are UUIDs"},
    {.name = "revoke",
     .sentence = "revoke every token that is found, permanently, except canaries",
     .writes = true},
    {0},
};

const struct cli_command cli_scan_commands[] = {
    {
        .words = "scan",
        .arguments = "[FILE|DIR|-]",
        .most = 1,
        .sentence = "Finds tokens that leaked into files, and reports whose they are and whether "
                    "they work.",
        .example = "gatehouse scan --revoke /srv/www",
        .options = options,
        .store = CLI_READS,
        .exec = scan_exec,
    },
    {0},
};
