#include "src/cli/command.h"
#include "src/cli/print.h"
#include "src/cli/progress.h"

#include <gatehouse/database.h>
#include <gatehouse/doctor.h>

struct findings {
    const struct call *call;
    json_t *list;
    size_t count;
};

static void found(const char *sentence, void *arg)
{
    struct findings *findings = arg;
    findings->count++;
    if (findings->call->json)
        json_array_append_new(findings->list, json_text(sentence));
    else
        print_line("%s", sentence);
}

static enum error doctor_exec(struct call *call)
{
    struct cli_progress progress;
    char name[DATABASE_NAME_SIZE];
    struct findings findings = {.call = call, .list = json_array()};
    call_warn_of_superuser(call->act.store);
    cli_progress_begin(&progress, "checks");
    enum error e = doctor_run(call->act.store, &progress.progress, found, &findings);
    cli_progress_end(&progress);
    if (!e && findings.count) call->status = EXIT_NO;
    if (!e && call->json)
        e = print_json(
            json_pack("{s:b, s:O}", "sound", findings.count == 0, "findings", findings.list));
    database_name(call->path, name);
    if (!e && !call->json && !findings.count)
        print_line("%s is sound: its rows, references, counters, tokens and the chain of events",
                   name);
    json_decref(findings.list);
    return e;
}

const struct cli_command cli_doctor_commands[] = {
    {
        .words = "doctor",
        .sentence = "Checks the database and reports what is wrong with it; changes nothing.",
        .example = "gatehouse doctor",
        .store = CLI_READS,
        .exec = doctor_exec,
    },
    {0},
};
