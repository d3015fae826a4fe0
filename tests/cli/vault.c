#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void setup(void)
{
    run_setup();
    run_init();
    cr_assert_eq(run("account", "create", "ci", "--token", "a"), 0);
}

TestSuite(vault_commands, .init = setup, .fini = run_teardown);

static size_t count_slots(void)
{
    cr_assert_eq(run("vault", "slots", "--json"), 0, "%s", run_err);
    json_t *slots = run_json();
    size_t count = json_array_size(slots);
    json_decref(slots);
    return count;
}

Test(vault_commands, a_recovery_code_is_printed_alone_and_opens_the_vault)
{
    cr_assert_eq(
        run("vault", "add", "--recovery", "--label", "safe", "--passphrase-file", run_passphrase()),
        0, "%s", run_err);
    char *code = strdup(run_out);
    cr_assert_geq(strlen(code), 27);
    cr_assert_str_eq(strchr(code, '\n'), "\n");
    for (char *c = code; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    const char *file = run_file("code", code, 0600);
    cr_assert_eq(run("token", "reveal", "1", "--recovery-file", file), 0, "%s", run_err);
    cr_assert_eq(run("vault", "slots"), 0);
    cr_assert(strstr(run_out, "recovery code") && strstr(run_out, "safe"), "%s", run_out);
    free(code);
}

Test(vault_commands, a_key_file_is_made_added_and_opens_the_vault)
{
    const char *key = run_path("vault.key");
    cr_assert_eq(
        run("vault", "add", "--new-key-file", key, "--passphrase-file", run_passphrase(), "--json"),
        0, "%s", run_err);
    json_t *slot = run_json();
    run_expect_int(slot, "slot", 2);
    run_expect_text(slot, "kind", "key_file");
    cr_assert(json_is_true(json_object_get(slot, "key_file_made")));
    json_decref(slot);
    cr_assert_eq(run("token", "reveal", "1", "--key-file", key), 0, "%s", run_err);
    cr_assert_eq(run("vault", "remove", "1"), 0, "%s", run_err);
    cr_assert_eq(count_slots(), 1);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 4);
    cr_assert_eq(run("token", "reveal", "1"), 4, "nothing to ask for");
    cr_assert(strstr(run_err, "--key-file"), "%s", run_err);
}

Test(vault_commands, a_failed_add_leaves_no_key_file)
{
    const char *wrong = run_file("wrong", "incorrect horse battery\n", 0600);
    cr_assert_eq(
        run("vault", "add", "--new-key-file", run_path("vault.key"), "--passphrase-file", wrong),
        4);
    cr_assert(!run_exists("vault.key"));
    cr_assert_eq(count_slots(), 1);
}

Test(vault_commands, changing_a_passphrase_closes_the_old_way)
{
    const char *fresh = run_file("fresh", "a better passphrase\n", 0600);
    cr_assert_eq(run("vault", "change", "1", "--passphrase-file", run_passphrase(),
                     "--new-passphrase-file", fresh),
                 0, "%s", run_err);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 4);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", fresh), 0, "%s", run_err);
    cr_assert_eq(count_slots(), 1);
}

Test(vault_commands, a_slot_keeps_its_kind_and_is_named_by_its_number)
{
    cr_assert_eq(run("vault", "change", "1", "--passphrase-file", run_passphrase(),
                     "--new-key-file", run_path("vault.key")),
                 2);
    cr_assert(!run_exists("vault.key"));
    cr_assert_eq(run("vault", "change", "9", "--passphrase-file", run_passphrase()), 3);
    static const char *const numbers[] = {"one", "0", "-1", "1x", "", "99999999999999999999"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cr_assert_eq(run("vault", "change", "--", numbers[i]), 2, "“%s”: %s", numbers[i], run_err);
}

Test(vault_commands, the_last_slot_cannot_be_removed)
{
    cr_assert_eq(run("vault", "remove", "1"), 3);
    cr_assert_eq(count_slots(), 1);
    cr_assert_eq(run("vault", "remove", "7"), 3);
}

Test(vault_commands, rekey_seals_every_token_anew_and_copying_goes_on)
{
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 0);
    char *secret = strdup(run_out);
    run_generate("ci", "b");
    cr_assert_eq(run("vault", "rekey", "--passphrase-file", run_passphrase(), "--json"), 0, "%s",
                 run_err);
    json_t *done = run_json();
    run_expect_int(done, "boxes", 2);
    run_expect_int(done, "slot", 1);
    run_expect_int(done, "slots_removed", 0);
    json_decref(done);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 0, "%s",
                 run_err);
    cr_assert_str_eq(run_out, secret);
    run_generate("ci", "c");
    cr_assert_eq(run("token", "reveal", "ci/c", "--passphrase-file", run_passphrase()), 0);
    cr_assert_eq(run("vault", "change", "1", "--passphrase-file", run_passphrase(),
                     "--new-passphrase-file", run_file("fresh", "a better passphrase\n", 0600)),
                 0, "%s", run_err);
    free(secret);
}

Test(vault_commands, rekey_removes_the_slots_that_cannot_follow_only_where_that_is_meant)
{
    const char *key = run_path("vault.key");
    cr_assert_eq(run("vault", "add", "--new-key-file", key, "--passphrase-file", run_passphrase()),
                 0);
    int64_t events = run_events();
    cr_assert_eq(run("vault", "rekey", "--key-file", key), 2);
    cr_assert(strstr(run_err, "--yes"), "%s", run_err);
    cr_assert_eq(run_events(), events);
    cr_assert_eq(run("vault", "rekey", "--key-file", key, "--yes"), 0, "%s", run_err);
    cr_assert(strstr(run_out, "Key slot 2 unlocks it; 1 other removed"), "%s", run_out);
    cr_assert_eq(count_slots(), 1);
    cr_assert_eq(run("token", "reveal", "1", "--key-file", key), 0, "%s", run_err);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 4);
    cr_assert_eq(run("audit", "--kind", "vault.rekey", "--json"), 0);
    cr_assert(strstr(run_out, "\"slots_removed\": 1"), "%s", run_out);
}

Test(vault_commands, rekey_stops_at_a_box_that_does_not_open_and_changes_nothing)
{
    RUN_NEEDS_SQLITE();
    run_generate("ci", "b");
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(
        store_end(act.store, stmt_run(store_prepare(act.store, "UPDATE token SET box = "
                                                               "zeroblob(105) WHERE number = 2"))),
        OK);
    store_close(act.store);
    cr_assert_eq(run("vault", "rekey", "--passphrase-file", run_passphrase()), 4);
    cr_assert(strstr(run_err, "token 2"), "%s", run_err);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", run_passphrase()), 0, "%s",
                 run_err);
    const char *wrong = run_file("wrong", "incorrect horse battery\n", 0600);
    cr_assert_eq(run("vault", "rekey", "--passphrase-file", wrong), 4);
}

Test(vault_commands, a_key_file_that_is_not_random_is_refused)
{
    static const char *const weak[] = {
        "hunter2\n",
        "a passphrase of more than thirty-two bytes, which is no key\n",
        "cGFzc3dvcmQ=\n",
        "0123456789abcdef0123456789abcdef\n",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "passwordpasswordpasswordpasswordpasswordpass\n",
        "",
    };
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
        const char *key = run_file("weak.key", weak[i], 0600);
        cr_assert_eq(
            run("vault", "add", "--new-key-file", key, "--passphrase-file", run_passphrase()), 3,
            "%s", weak[i]);
        cr_assert(strstr(run_err, "name a file that does not exist"), "%s", run_err);
        cr_assert_eq(run("--db", run_path("other.db"), "init", "--key-file", key), 3, "%s",
                     weak[i]);
        cr_assert(strstr(run_err, "--passphrase-file"), "%s", run_err);
        cr_assert_not(run_exists("other.db"));
    }
    cr_assert_eq(count_slots(), 1);
    const char *hex = run_file(
        "hex.key", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n", 0600);
    cr_assert_eq(run("vault", "add", "--new-key-file", hex, "--passphrase-file", run_passphrase()),
                 0, "%s", run_err);
    cr_assert_eq(run("token", "reveal", "1", "--key-file", hex), 0, "%s", run_err);
}

/* Composed and decomposed, with either end of a line. */
Test(vault_commands, how_an_editor_writes_a_passphrase_does_not_matter)
{
    static const char *const forms[] = {
        "sch\303\266ne gr\303\274ne heide\n", "sch\303\266ne gr\303\274ne heide\r\n",
        "sch\303\266ne gr\303\274ne heide", "scho\314\210ne gru\314\210ne heide\n",
        "scho\314\210ne gru\314\210ne heide\r\n"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *new = run_file("new", forms[i], 0600);
        cr_assert_eq(run("vault", "add", "--new-passphrase-file", new, "--passphrase-file",
                         run_passphrase()),
                     0, "%s", run_err);
        for (size_t j = 0; j < sizeof forms / sizeof *forms; j++) {
            const char *file = run_file("form", forms[j], 0600);
            cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", file), 0, "%zu %zu: %s",
                         i, j, run_err);
        }
        char slot[8];
        snprintf(slot, sizeof slot, "%zu", i + 2);
        cr_assert_eq(run("vault", "remove", slot), 0, "%s", run_err);
    }
    const char *mark = run_file("mark", "\357\273\277correct horse battery\n", 0600);
    cr_assert_eq(
        run("vault", "add", "--new-passphrase-file", mark, "--passphrase-file", run_passphrase()),
        3);
    cr_assert(strstr(run_err, "byte order mark"), "%s", run_err);
    cr_assert_eq(run("token", "reveal", "1", "--passphrase-file", mark), 3);
    cr_assert(strstr(run_err, "byte order mark"), "%s", run_err);
}

Test(vault_commands, status_warns_of_memory_that_may_be_swapped_and_of_weak_key_files)
{
    char line[600];
    cr_assert_eq(run("vault", "status"), 0);
    cr_assert_not(strstr(run_out, "swap"), "%s", run_out);
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    /* What an earlier version accepted, and somebody has used since. */
    enum error e = stmt_run(store_prepare(act.store, "UPDATE key_slot SET kind = 2"));
    if (!e)
        e = audit_write(&act, &(struct audit_entry){.kind = "vault.unlock",
                                                    .subject = "vault",
                                                    .after = "{\"kind\":\"key file\",\"slot\":1,"
                                                             "\"weak\":true}"});
    cr_assert_eq(store_end(act.store, e), OK, "%s", error_message());
    store_close(act.store);
    cr_assert_eq(run("vault", "status"), 0);
    cr_assert(strstr(run_out, "Slot 1 opens with a key file that is not random enough"), "%s",
              run_out);
    cr_assert_eq(run("vault", "status", "--json"), 0);
    json_t *status = run_json();
    cr_assert_eq(json_array_size(json_object_get(status, "weak_slots")), 1);
    json_decref(status);

#ifdef __SANITIZE_ADDRESS__
    cr_skip("AddressSanitizer keeps mlock from the program");
#endif
    snprintf(line, sizeof line, "ulimit -l 0; exec %s '%s' --db '%s' vault status",
             geteuid() == 0 ? "setpriv --bounding-set=-ipc_lock" : "", GATEHOUSE_UNDER_TEST,
             run_database);
    if (run_program("/bin/sh", (const char *const[]){"-c", line, NULL}))
        cr_skip("the right to lock memory cannot be given up here: %s", run_err);
    cr_assert(strstr(run_out, "may be written to the swap space"), "%s", run_out);
}
