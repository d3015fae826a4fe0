#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/backup.h>
#include <gatehouse/database.h>
#include <gatehouse/restore.h>
#include <gatehouse/text.h>
#include <gatehouse/vault.h>
#include <inttypes.h>
#include <stdio.h>

static enum error backup_exec(struct call *call)
{
    char key[VAULT_KEY_TEXT];
    enum error e = backup_write(&call->act, call->argv[0]);
    if (e) return e;
    if (call->json) return print_json(json_pack("{s:o}", "file", json_text(call->argv[0])));
    e = vault_read_key(call->act.store, key);
    if (e) return e;
    print_line("Backed up to %s and verified%s", call->argv[0],
               key[0] ? "; its vault opens with the same passphrases and keys" : "");
    return OK;
}

/* What was found before anything is done. */
struct listing {
    const struct call *call;
    json_t *tokens, *wider;
    size_t more, stop;
    char unsound[ERROR_MESSAGE_MAX];
};

static void add_json(struct listing *listing, const struct older_find *found)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, found->account);
    if (found->token)
        json_array_append_new(listing->tokens,
                              json_pack("{s:I, s:o, s:o, s:b, s:s}", "token",
                                        (json_int_t)found->token, "account", json_text(id), "name",
                                        json_text(found->name), "works",
                                        found->effect == OLDER_MORE, "reason", found->change));
    else
        json_array_append_new(listing->wider,
                              json_pack("{s:o, s:o}", "about",
                                        json_text(found->account[0] ? id : found->subject),
                                        "change", json_text(found->change)));
}

static enum error list_find(const struct older_find *found, void *arg)
{
    struct listing *listing = arg;
    listing->more += found->effect == OLDER_MORE;
    listing->stop += found->effect == OLDER_STOPS;
    if (listing->call->json) {
        add_json(listing, found);
        return OK;
    }
    if (found->token)
        print_line("token %" PRId64 " of sa::%s%s%s: %s", found->token, found->account,
                   found->name[0] ? " · " : "", found->name, found->change);
    else
        print_line("%s%s: %s", found->account[0] ? "sa::" : "",
                   found->account[0] ? found->account : found->subject, found->change);
    return OK;
}

/* In JSON, what was found comes with the answer, also when that is no. */
static enum error print_answer(const struct listing *listing, const struct restore_done *done)
{
    const struct call *call = listing->call;
    return print_json(json_pack("{s:o, s:o, s:I, s:o, s:O, s:O}", "database", json_text(call->path),
                                "kept", done->kept[0] ? json_text(done->kept) : json_null(),
                                "stay_dead", (json_int_t)done->kept_dead, "unsound",
                                listing->unsound[0] ? json_text(listing->unsound) : json_null(),
                                "tokens", listing->tokens, "wider", listing->wider));
}

static enum error print_done(const struct listing *listing, const struct restore_done *done)
{
    const struct call *call = listing->call;
    if (call->json) return print_answer(listing, done);
    print_line("Restored %s", call->path);
    if (done->kept[0]) print_line("The old database is kept as %s", done->kept);
    if (done->kept[0] && !done->in_place)
        print_line("Restart the consoles and services that have it open");
    return OK;
}

static enum error refuse_unasked(const struct listing *listing)
{
    const struct call *call = listing->call;
    char things[TEXT_COUNT_SIZE], tokens[TEXT_COUNT_SIZE];
    const struct restore_done nothing = {0};
    enum error e = call->json ? print_answer(listing, &nothing) : OK;
    if (e) return e;
    if (listing->unsound[0])
        return call_ask_yes(call, "this would replace %s, from which nothing can be carried over",
                            call->path);
    if (!listing->more && !listing->stop)
        return call_ask_yes(call, "this would replace %s", call->path);
    return call_ask_yes(call,
                        "this would replace %s: %s would be allowed that %s not allowed now, and "
                        "%s would stop, as listed",
                        call->path, text_count(things, (int64_t)listing->more, "thing"),
                        listing->more == 1 ? "is" : "are",
                        text_count(tokens, (int64_t)listing->stop, "token"));
}

static void print_unsound(const struct listing *listing)
{
    if (!listing->unsound[0] || listing->call->json) return;
    print_line("Nothing can be compared with or carried over from what is there (%s)",
               listing->unsound);
    print_line("What was revoked, deleted, suspended or narrowed since the backup works again, "
               "canaries pass, numbers may be reused, and the events since are lost");
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
                                      .each = list_find,
                                      .arg = listing};
    enum error e = restore_begin(&plan, &restore, &found);
    if (e) return e;
    snprintf(listing->unsound, sizeof listing->unsound, "%s", found.unsound);
    print_unsound(listing);
    if (found.exists && !call_has(call, "yes")) {
        restore_drop(restore);
        return refuse_unasked(listing);
    }
    e = restore_finish(restore, &done);
    return e ? e : print_done(listing, &done);
}

static enum error restore_exec(struct call *call)
{
    struct listing listing = {.call = call, .tokens = json_array(), .wider = json_array()};
    enum error e = database_make_folder(call->path);
    if (!e) e = restore(call, &listing);
    json_decref(listing.tokens);
    json_decref(listing.wider);
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
        .sentence = "Replaces the database with a backup, and lists what would be allowed again.",
        .example = "gatehouse restore /srv/backup/gatehouse.db --yes",
        .options = restore_options,
        .store = CLI_CREATES,
        .exec = restore_exec,
    },
    {0},
};
