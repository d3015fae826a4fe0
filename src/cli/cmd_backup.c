#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/backup.h>
#include <gatehouse/database.h>
#include <gatehouse/restore.h>
#include <inttypes.h>
#include <stdio.h>

static enum error backup_exec(struct call *call)
{
    enum error e = backup_write(&call->act, call->argv[0]);
    if (e) return e;
    if (call->json) return print_json(json_pack("{s:o}", "file", json_text(call->argv[0])));
    print_line("Backed up to %s and verified; it opens with the same passphrases and keys",
               call->argv[0]);
    return OK;
}

struct listing {
    const struct call *call;
    json_t *returns;
    size_t alive, dead;
};

static enum error list_return(const struct token_return *found, void *arg)
{
    struct listing *listing = arg;
    bool dead = found->reason == RETURN_DEAD;
    listing->dead += dead;
    listing->alive += !dead;
    if (listing->call->json) {
        char id[ACCOUNT_ID_SIZE];
        account_id_text(id, found->account_name);
        json_array_append_new(listing->returns,
                              json_pack("{s:I, s:o, s:o, s:b, s:s}", "token",
                                        (json_int_t)found->token, "account", json_text(id), "name",
                                        json_text(found->name), "works", !dead, "reason",
                                        return_reason_text(found->reason)));
        return OK;
    }
    print_line("token %" PRId64 " of sa::%s%s%s: %s", found->token, found->account_name,
               found->name[0] ? " · " : "", found->name, return_reason_text(found->reason));
    return OK;
}

static enum error print_done(struct listing *listing, const struct restore_done *done)
{
    const struct call *call = listing->call;
    if (call->json)
        return print_json(json_pack("{s:o, s:o, s:I, s:O}", "database", json_text(call->path),
                                    "kept", done->kept[0] ? json_text(done->kept) : json_null(),
                                    "stay_dead", (json_int_t)done->kept_dead, "tokens",
                                    listing->returns));
    print_line("Restored %s", call->path);
    if (done->kept[0]) print_line("The old database is kept as %s", done->kept);
    if (done->kept[0] && !done->in_place)
        print_line("Restart the consoles and services that have it open");
    return OK;
}

static enum error refuse_unasked(const struct listing *listing, const struct restore_found *found)
{
    const struct call *call = listing->call;
    enum error e = call->json ? print_json(json_incref(listing->returns)) : OK;
    if (e) return e;
    if (found->unsound[0])
        return call_ask_yes(call,
                            "what is there cannot be compared (%s): tokens revoked since the "
                            "backup would work again",
                            found->unsound);
    return call_ask_yes(call,
                        "this would replace %s, and %zu token%s that do%s not work now would "
                        "work",
                        call->path, listing->alive, listing->alive == 1 ? "" : "s",
                        listing->alive == 1 ? "es" : "");
}

static enum error restore(struct call *call, struct listing *listing)
{
    struct restore *restore;
    struct restore_found found;
    struct restore_done done;
    const struct restore_plan plan = {.file = call->argv[0],
                                      .database = call->path,
                                      .actor = &call->actor,
                                      .now = call->act.now,
                                      .each = list_return,
                                      .arg = listing};
    enum error e = restore_begin(&plan, &restore, &found);
    if (e) return e;
    if (found.exists && !call_has(call, "yes")) {
        restore_drop(restore);
        return refuse_unasked(listing, &found);
    }
    e = restore_finish(restore, &done);
    return e ? e : print_done(listing, &done);
}

static enum error restore_exec(struct call *call)
{
    struct listing listing = {.call = call, .returns = json_array()};
    enum error e = database_make_folder(call->path);
    if (!e) e = restore(call, &listing);
    json_decref(listing.returns);
    return e;
}

static const struct command_option restore_options[] = {
    {.name = "yes", .sentence = "required to replace a database, which is kept under another name"},
    {0},
};

const struct cli_command cli_backup_commands[] = {
    {
        .words = "backup",
        .arguments = "FILE",
        .least = 1,
        .most = 1,
        .sentence = "Writes a verified copy of the database, which may be in use, to a new file.",
        .example = "gatehouse backup /srv/backup/gatehouse.db",
        .store = CLI_WRITES,
        .exec = backup_exec,
    },
    {
        .words = "restore",
        .arguments = "FILE",
        .least = 1,
        .most = 1,
        .sentence =
            "Replaces the database with a backup, and lists the tokens that would work again.",
        .example = "gatehouse restore /srv/backup/gatehouse.db --yes",
        .options = restore_options,
        .store = CLI_CREATES,
        .exec = restore_exec,
    },
    {0},
};
