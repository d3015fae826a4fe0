#include "src/cli/command.h"
#include "src/cli/print.h"
#include "src/cli/progress.h"

#include <gatehouse/cli.h>
#include <gatehouse/clone.h>
#include <gatehouse/database.h>
#include <gatehouse/text.h>
#include <inttypes.h>

static enum error print_done(const struct call *call, const char *to, const struct clone_done *done)
{
    char rows[TEXT_COUNT_SIZE];
    if (call->json)
        return print_json(json_pack("{s:o, s:I, s:I}", "database", json_text(to), "rows",
                                    (json_int_t)done->rows, "last_event",
                                    (json_int_t)done->last_event));
    print_line("Copied %s to %s and verified them, up to event %" PRId64,
               text_count(rows, done->rows, "row"), to, done->last_event);
    return OK;
}

static enum error copy_exec(struct call *call)
{
    char from[4096], to[4096], name[DATABASE_NAME_SIZE];
    struct cli_progress progress;
    struct clone_done done;
    if (call->options->read_only)
        return fail(ERR_CONFLICT, "copy writes a database: leave --read-only out");
    if (!call_has(call, "from") || !call_has(call, "to"))
        return fail(ERR_USAGE, "copy needs --from and --to: two databases");
    enum error e = database_path(call_value(call, "from"), from, sizeof from);
    if (!e) e = database_path(call_value(call, "to"), to, sizeof to);
    if (e) return e;
    cli_progress_begin(&progress, "rows");
    e = clone_database(from, to, &progress.progress, &done);
    cli_progress_end(&progress);
    database_name(to, name);
    return e ? e : print_done(call, name, &done);
}

static const struct command_option options[] = {
    {.name = "from", .value = "PATH|URL", .sentence = "the database that is copied"},
    {.name = "to", .value = "PATH|URL", .sentence = "where it goes: there must be none yet"},
    {0},
};

const struct cli_command cli_copy_commands[] = {
    {
        .words = "copy",
        .sentence = "Copies a whole database, also between SQLite and PostgreSQL, and verifies it.",
        .example = "gatehouse copy --from gatehouse.db --to postgresql://db.example.org/gatehouse",
        .options = options,
        .store = CLI_NO_STORE,
        .exec = copy_exec,
    },
    {0},
};
