#include "src/cli/print.h"
#include "src/cli/unlock.h"

#include <gatehouse/ambient.h>
#include <gatehouse/beside.h>
#include <gatehouse/database.h>
#include <stdio.h>
#include <unistd.h>

struct plan {
    enum slot_kind kind;
    struct secret *unlock; /* NULL: show once */
    const char *key_file;
    bool made_key_file;
};

static enum error check_free(const char *path)
{
    if (!beside_is_taken(path)) return OK;
    return fail(ERR_CONFLICT,
                "%s already exists: name another with --db, or open it with gatehouse", path);
}

static enum error make_plan(const struct call *call, struct plan *plan)
{
    if (call_has(call, "show-once")) return OK;
    plan->key_file = call_value(call, "key-file");
    plan->kind = plan->key_file ? SLOT_KEY_FILE : SLOT_PASSPHRASE;
    return plan->key_file
               ? keybox_take_key_file(plan->key_file, &plan->made_key_file, &plan->unlock)
               : unlock_new_passphrase(call_value(call, "passphrase-file"), &plan->unlock);
}

struct filling {
    struct act act;
    const struct plan *plan;
};

static enum error make_vault(struct store *store, void *arg)
{
    struct filling *filling = arg;
    const struct plan *plan = filling->plan;
    filling->act.store = store;
    call_warn_of_superuser(store);
    return vault_create(&filling->act, plan->kind, "", plan->unlock, ambient_kdf_cost());
}

static enum error create(struct call *call, const struct plan *plan)
{
    enum error e = database_make_folder(call->path);
    if (e) return e;
    return database_create(call->path, make_vault,
                           &(struct filling){.act = call->act, .plan = plan});
}

static enum error print_result(const struct call *call, const struct plan *plan)
{
    const char *kind = plan->unlock ? unlock_kind_word(plan->kind) : "show_once";
    char name[DATABASE_NAME_SIZE];
    database_name(call->path, name);
    if (call->json)
        return print_json(json_pack("{s:o, s:s, s:b}", "database", json_text(name), "vault", kind,
                                    "key_file_made", plan->made_key_file));
    print_line("Created %s", name);
    if (plan->made_key_file)
        print_line("Created the key file %s: keep a copy of it elsewhere", plan->key_file);
    if (!plan->unlock)
        print_line("Tokens are shown once, when they are generated, and are not kept");
    return OK;
}

static enum error init_exec(struct call *call)
{
    enum error e = check_free(call->path);
    if (e) return e;
    struct plan plan = {.kind = SLOT_PASSPHRASE};
    e = make_plan(call, &plan);
    if (!e) e = create(call, &plan);
    if (e && plan.made_key_file) unlink(plan.key_file);
    if (!e) e = print_result(call, &plan);
    secret_free(plan.unlock);
    return e;
}

static const struct command_option options[] = {
    {.name = "passphrase-file",
     .value = "FILE",
     .sentence = "the vault opens with the passphrase in this file; if none of the three is given, "
                 "it is asked for",
     .or_next = true},
    {.name = "key-file",
     .value = "FILE",
     .sentence = "the vault opens with this key file, created if it does not exist",
     .or_next = true},
    {.name = "show-once", .sentence = "no vault: a token is shown only when it is generated"},
    {0},
};

const struct cli_command cli_init_commands[] = {
    {
        .words = "init",
        .sentence = "Creates a database and its vault.",
        .example = "gatehouse init --key-file /etc/gatehouse/vault.key",
        .options = options,
        .store = CLI_CREATES,
        .exec = init_exec,
    },
    {0},
};
