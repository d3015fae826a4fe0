/* Restoring a backup: what it lists, what it keeps, and what may go wrong meanwhile. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(restore, .init = run_setup_account, .fini = run_teardown, .timeout = 300);

Test(restore, restore_makes_a_database_where_there_is_none)
{
    const char *file = strdup(run_path("copy.db"));
    char other[200];
    char *secret = run_secret("main");
    cr_assert_eq(run("backup", file), 0);
    snprintf(other, sizeof other, "%s/new/place.db", run_folder);
    cr_assert_eq(run("--db", other, "restore", file), 0, "%s", run_err);
    cr_assert_eq(run_with_input(secret, "--db", other, "verify"), 0);
    cr_assert_eq(run("--db", other, "audit", "--kind", "database.restore", "--json"), 0);
    cr_assert(strstr(run_out, "copy.db"), "%s", run_out);
    free(secret);
    free((char *)file);
}

Test(restore, rule_13_restore_lists_what_would_live_again_and_keeps_the_dead_dead)
{
    const char *file = strdup(run_path("copy.db"));
    char *revoked = run_secret("revoked"), *suspended = run_secret("suspended"),
         *stays = run_secret("s");
    cr_assert_eq(run("backup", file), 0);
    cr_assert_eq(run("token", "revoke", "ci/revoked"), 0);
    cr_assert_eq(run("token", "suspend", "ci/suspended"), 0);
    cr_assert_eq(run("account", "create", "later"), 0);
    char *later = (run_generate("later", "x"), strdup(run_out));
    cr_assert_eq(run("token", "revoke", "later/x"), 0);

    cr_assert_eq(run("restore", file), 2);
    cr_assert(strstr(run_out, "sa::ci · revoked: revoked or deleted since: it stays dead"), "%s",
              run_out);
    cr_assert(strstr(run_out, "sa::ci · suspended: suspended now: it works again"), "%s", run_out);
    cr_assert(strstr(run_err, "1 thing would be allowed that is not allowed now, and 0 tokens"),
              "%s", run_err);
    cr_assert_eq(run("account", "show", "later"), 0, "nothing was replaced");

    cr_assert_eq(run("restore", file, "--yes", "--json"), 0, "%s", run_err);
    json_t *answer = run_json();
    run_expect_int(answer, "stay_dead", 1);
    char *kept = strdup(json_string_value(json_object_get(answer, "kept")));
    json_decref(answer);
    cr_assert_eq(run_with_input(revoked, "verify"), 1);
    cr_assert_eq(run_with_input(suspended, "verify"), 0);
    cr_assert_eq(run_with_input(stays, "verify"), 0);
    cr_assert_eq(run_with_input(later, "verify"), 1);
    cr_assert_eq(run("account", "show", "later"), 3);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
    cr_assert_eq(run("audit", "verify"), 0, "%s", run_out);
    cr_assert_eq(run("--db", kept, "account", "show", "later"), 0, "%s", run_err);
    free(kept);
    free(later);
    free(stays);
    free(suspended);
    free(revoked);
    free((char *)file);
}

static void expect_listed(const char *line)
{
    cr_assert(strstr(run_out, line), "“%s” is missing in:\n%s", line, run_out);
}

/* All that somebody must know before saying yes, and nothing that is as it was. */
Test(restore, restore_lists_every_way_in_which_more_would_be_allowed)
{
    const char *file = strdup(run_path("copy.db"));
    static const char *const before[][8] = {
        {"account", "create", "off"},
        {"account", "create", "gone"},
        {"account", "create", "member"},
        {"account", "create", "granted"},
        {"account", "create", "both"},
        {"group", "create", "proxies"},
        {"group", "create", "alerts"},
        {"group", "add", "proxies", "member", "both"},
        {"permission", "grant", "agent_management", "--group", "proxies"},
        {"permission", "grant", "alerts_management", "--group", "alerts"},
        {"permission", "grant", "alerts_management", "--account", "granted"},
        {"permission", "grant", "agent_management", "--account", "both"},
        {"token", "generate", "ci", "--name", "bait"},
        {"token", "generate", "ci", "--name", "wide", "--from", "10.0.0.0/8"},
        {"token", "generate", "ci", "--name", "late", "--expires", "90d"},
        {"token", "generate", "ci", "--name", "same", "--from", "10.0.0.0/8"},
        {"token", "generate", "off", "--name", "main"},
    };
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        cr_assert_eq(run_words(NULL, before[i]), 0, "%s %s %s: %s", before[i][0], before[i][1],
                     before[i][2], run_err);
    cr_assert_eq(run("vault", "add", "--new-key-file", run_path("spare.key"), "--passphrase-file",
                     run_passphrase()),
                 0, "%s", run_err);
    cr_assert_eq(run("backup", file), 0, "%s", run_err);
    static const char *const since[][8] = {
        {"account", "deactivate", "off"},
        {"account", "delete", "gone", "--yes"},
        {"group", "remove", "proxies", "member", "both"},
        {"permission", "revoke", "alerts_management", "--group", "alerts"},
        {"permission", "revoke", "alerts_management", "--account", "granted"},
        {"token", "canary", "ci/bait"},
        {"token", "expire", "ci/late", "--at", "30d"},
        {"token", "generate", "ci", "--name", "new"},
        {"account", "create", "new"},
        {"vault", "remove", "2"},
    };
    for (size_t i = 0; i < sizeof since / sizeof *since; i++)
        cr_assert_eq(run_words(NULL, since[i]), 0, "%s %s %s: %s", since[i][0], since[i][1],
                     since[i][2], run_err);
    run_change("UPDATE token_network SET network = '10.1.0.0/16' WHERE token = (SELECT number FROM "
               "token WHERE name = 'wide')");
    cr_assert_eq(run("restore", file), 2);
    expect_listed("sa::ci · bait: made a canary since: it stays one\n");
    expect_listed("sa::ci · wide: it may be used from more networks again\n");
    expect_listed("sa::ci · late: it expires later again: ");
    expect_listed("sa::ci · new: generated since: it stops\n");
    expect_listed("sa::off · main: its account is inactive now: it works again\n");
    expect_listed("\nsa::off: inactive now: it is active again\n");
    expect_listed("\nsa::gone: deleted since: it exists again\n");
    expect_listed("\nsa::granted: it may use alerts_management again\n");
    expect_listed("\nsa::member: it is in the group proxies again, which allows it more");
    expect_listed("\ngroup alerts: its accounts may use alerts_management again\n");
    expect_listed("\nkey slot 2: removed or changed since: its old secret opens the vault again\n");
    cr_assert_not(strstr(run_out, "sa::both"), "it may all of that now: %s", run_out);
    cr_assert_not(strstr(run_out, "same"), "%s", run_out);
    cr_assert(strstr(run_err,
                     "9 things would be allowed that are not allowed now, and 1 token would stop"),
              "%s", run_err);
    cr_assert_eq(run("account", "show", "new"), 0, "nothing was replaced");
    cr_assert_eq(run("restore", file, "--json"), 2);
    json_t *answer = run_json();
    cr_assert_eq(json_array_size(json_object_get(answer, "wider")), 6);
    cr_assert_eq(json_array_size(json_object_get(answer, "tokens")), 5);
    json_decref(answer);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    expect_listed("sa::ci · new: generated since: it stops\n");
    free((char *)file);
}

/* Makes the narrowing of a token of ci other than it was, as `apply` can. */
static void narrow(const char *token, const char *permissions)
{
    const char *file = run_path("narrow.json");
    cr_assert_eq(run("export"), 0, "%s", run_err);
    json_t *export = run_json(), *accounts = json_object_get(export, "accounts"), *account, *item;
    size_t i, k;
    json_array_foreach(accounts, i, account)
        json_array_foreach(json_object_get(account, "tokens"), k, item)
    {
        if (strcmp(json_string_value(json_object_get(item, "name")), token) != 0) continue;
        json_t *ids = json_loads(permissions, 0, NULL);
        cr_assert_eq(json_object_set_new(item, "permissions", ids), 0);
    }
    unlink(file);
    cr_assert_eq(json_dump_file(export, file, 0), 0);
    json_decref(export);
    cr_assert_eq(run("apply", file, "--yes"), 0, "%s%s", run_out, run_err);
}

Test(restore, restore_lists_tokens_that_would_get_wider_permissions)
{
    const char *file = strdup(run_path("copy.db"));
    static const char both[] = "alerts_management,agent_management";
    cr_assert_eq(run("token", "generate", "ci", "--name", "whole"), 0);
    cr_assert_eq(run("token", "generate", "ci", "--name", "two", "--only", both), 0);
    cr_assert_eq(run("token", "generate", "ci", "--name", "other", "--only", "embedded_charts"), 0);
    cr_assert_eq(run("token", "generate", "ci", "--name", "fewer", "--only", "embedded_charts"), 0);
    cr_assert_eq(run("token", "generate", "ci", "--name", "same", "--only", both), 0);
    cr_assert_eq(run("backup", file), 0, "%s", run_err);
    narrow("whole", "[\"alerts_management\"]");
    narrow("two", "[\"alerts_management\"]");
    narrow("other", "[\"agent_management\"]");
    narrow("fewer", "[\"agent_management\", \"embedded_charts\"]");
    cr_assert_eq(run("restore", file), 2);
    expect_listed("ci · whole: narrowed now: it may use all permissions of its account again\n");
    expect_listed("ci · two: narrowed now: it may use agent_management again\n");
    expect_listed("ci · other: narrowed now: it may use embedded_charts again\n");
    cr_expect_not(strstr(run_out, "fewer"), "it may use more now: %s", run_out);
    cr_expect_not(strstr(run_out, "same"), "%s", run_out);
    cr_expect(strstr(run_err, "3 things would be allowed that are not allowed now"), "%s", run_err);
    /* The same permission with another number is no other permission. */
    cr_assert_eq(run("permission", "delete", "embedded_charts", "--yes"), 0, "%s", run_err);
    cr_assert_eq(run("permission", "create", "embedded_charts", "--name", "Charts"), 0);
    narrow("fewer", "[\"embedded_charts\"]");
    cr_assert_eq(run("restore", file), 2);
    cr_expect_not(strstr(run_out, "fewer"), "%s", run_out);
    free((char *)file);
}

Test(restore, restore_lists_looser_settings_and_secrets_that_could_be_copied_again)
{
    const char *file = strdup(run_path("copy.db"));
    run_generate("ci", "kept");
    cr_assert_eq(run("setting", "set", "token.limit", "5"), 0);
    cr_assert_eq(run("backup", file), 0, "%s", run_err);
    cr_assert_eq(run("token", "forget", "ci/kept"), 0, "%s", run_err);
    cr_assert_eq(run("setting", "set", "token.expiry.longest", "30"), 0);
    cr_assert_eq(run("setting", "set", "audit.syslog", "on"), 0, "%s", run_err);
    cr_assert_eq(run("setting", "set", "token.limit", "6"), 0);
    cr_assert_eq(run("restore", file), 2);
    expect_listed("sa::ci · kept: forgotten since: its secret can be copied again\n");
    expect_listed("\nsetting token.expiry.longest: no limit again instead of 30 days\n");
    expect_listed("\nsetting audit.syslog: off again instead of on\n");
    cr_expect_not(strstr(run_out, "token.limit"), "it is less: %s", run_out);
    free((char *)file);
}

Test(restore, a_restore_over_what_is_unsound_says_what_is_lost_before_and_after_yes)
{
    const char *file = strdup(run_path("copy.db"));
    char command[300];
    cr_assert_eq(run("backup", file), 0);
    snprintf(command, sizeof command,
             "dd if=/dev/urandom of='%s' bs=4096 seek=3 count=5 conv=notrunc 2>/dev/null",
             run_database);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(run("restore", file), 2);
    expect_listed("Nothing can be compared with or carried over");
    expect_listed("What was revoked, deleted, suspended or narrowed since the backup works again");
    cr_assert(strstr(run_err, "nothing can be carried over"), "%s", run_err);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    expect_listed("What was revoked, deleted, suspended or narrowed since the backup works again");
    free((char *)file);
}

Test(restore, restores_in_the_same_second_each_keep_what_was_there)
{
    const char *file = strdup(run_path("copy.db"));
    cr_assert_eq(run("backup", file), 0);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(run_count_files("*.before-*"), 3);
    free((char *)file);
}

Test(restore, restore_refuses_what_is_no_backup_and_leaves_nothing_behind)
{
    char command[300];
    const char *file = strdup(run_path("copy.db"));
    cr_assert_eq(run("backup", file), 0);
    cr_assert_eq(run("restore",
                     run_file("text", "no database at all, but long enough to be read", 0600),
                     "--yes"),
                 4);
    cr_assert(strstr(run_err, "/text is not a database"), "%s", run_err);
    cr_assert_eq(run("restore", run_file("nothing", "", 0600), "--yes"), 4);
    cr_assert(strstr(run_err, "/nothing is empty"), "%s", run_err);
    cr_assert_eq(run("restore", run_path("missing"), "--yes"), 3);
    snprintf(command, sizeof command,
             "printf 'broken page' | dd of='%s' bs=1 seek=12288 conv=notrunc 2>/dev/null", file);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(run("restore", file, "--yes"), 4, "%s", run_out);
    cr_assert(strstr(run_err, "/copy.db is damaged"), "%s", run_err);
    snprintf(command, sizeof command, "test $(ls '%s' | grep -c gatehouse-new) = 0", run_folder);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(run("account", "show", "ci"), 0);
    free((char *)file);
}

Test(restore, restore_refuses_a_log_beside_the_backup_unless_it_is_empty)
{
    const char *file = strdup(run_path("copy.db"));
    cr_assert_eq(run("backup", file), 0);
    run_file("copy.db-wal", "x", 0600);
    cr_assert_eq(run("restore", file, "--yes"), 3);
    cr_assert(strstr(run_err, "a log beside it"), "%s", run_err);
    run_file("copy.db-wal", "", 0600);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    free((char *)file);
}

static int64_t number_of(const char *sql)
{
    struct act act = run_act();
    int64_t value = -1;
    cr_assert_eq(stmt_int(store_prepare(act.store, sql), &value), OK, "%s", error_message());
    store_close(act.store);
    return value;
}

Test(restore, restore_goes_on_beside_whoever_has_the_database_open)
{
    const char *file = strdup(run_path("copy.db"));
    char *secret = run_secret("main");
    bool changed;
    cr_assert_eq(run("backup", file), 0);
    cr_assert_eq(run("account", "create", "later"), 0);
    struct act act = run_act();
    int64_t before, after, accounts;
    cr_assert_eq(stmt_int(store_prepare(act.store, "SELECT value FROM counter WHERE name = "
                                                   "'generation'"),
                          &before),
                 OK);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(store_changed(act.store, &changed), OK, "%s", error_message());
    cr_assert(changed);
    cr_assert_eq(stmt_int(store_prepare(act.store, "SELECT count(*) FROM account"), &accounts), OK);
    cr_assert_eq(accounts, 1);
    cr_assert_eq(stmt_int(store_prepare(act.store, "SELECT value FROM counter WHERE name = "
                                                   "'generation' AND 1"),
                          &after),
                 OK);
    cr_assert_gt(after, before, "no checker may take an old answer for a new one");
    cr_assert_eq(store_begin(act.store), OK, "%s", error_message());
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    cr_assert_eq(run_with_input(secret, "verify"), 0);
    free(secret);
    free((char *)file);
}

/* Rule 14 and the log: what was there once is never another thing later. */
Test(restore, rule_14_restore_uses_no_number_again_and_keeps_the_events)
{
    const char *file = strdup(run_path("copy.db"));
    free(run_secret("first"));
    cr_assert_eq(run("backup", file), 0);
    free(run_secret("second"));
    cr_assert_eq(run("account", "create", "later"), 0);
    int64_t account = number_of("SELECT max(number) FROM account"), events = run_events();
    cr_assert_eq(run("audit", "head", "--json"), 0);
    json_t *head = run_json();
    char *hash = strdup(json_string_value(json_object_get(head, "hash")));
    json_decref(head);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(run_events(), events + 1);
    cr_assert_eq(run("audit", "verify", "--head", hash), 0, "%s%s", run_out, run_err);
    free(run_secret("third"));
    cr_assert_eq(number_of("SELECT max(number) FROM token"), 3, "2 was another token");
    cr_assert_eq(run("account", "create", "next"), 0);
    cr_assert_eq(number_of("SELECT max(number) FROM account"), account + 1);
    free(hash);
    free((char *)file);
}

/* They stand in the backup, and in an archive: the chain begins after them. */
Test(restore, events_that_were_archived_since_do_not_come_back)
{
    const char *file = strdup(run_path("copy.db"));
    run_set_clock("1800086400");
    cr_assert_eq(run("account", "create", "sooner"), 0);
    cr_assert_eq(run("backup", file), 0);
    cr_assert_eq(run("account", "create", "later"), 0);
    cr_assert_eq(run("audit", "archive", run_path("old.archive"), "--before", "2027-01-15T20:00Z",
                     "--unsigned"),
                 0, "%s", run_err);
    int64_t first = number_of("SELECT min(sequence) FROM event");
    cr_assert_gt(first, 1);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(number_of("SELECT min(sequence) FROM event WHERE 1"), first);
    cr_assert_eq(run("audit", "verify"), 0, "%s%s", run_out, run_err);
    cr_assert_eq(run("doctor"), 0, "%s%s", run_out, run_err);
    free((char *)file);
}

Test(restore, a_canary_stays_one_over_a_restore)
{
    const char *file = strdup(run_path("copy.db"));
    char *secret = run_secret("bait");
    cr_assert_eq(run("backup", file), 0);
    cr_assert_eq(run("token", "canary", "ci/bait"), 0, "%s", run_err);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(run_with_input(secret, "verify"), 1, "%s", run_out);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
    free(secret);
    free((char *)file);
}

static void restore_over(const char *file, const char *what)
{
    cr_assert_eq(run("restore", file), 2, "%s: %s", what, run_err);
    cr_assert_eq(run("restore", file, "--yes", "--json"), 0, "%s: %s", what, run_err);
    json_t *answer = run_json();
    const char *kept = json_string_value(json_object_get(answer, "kept"));
    cr_assert(kept && access(kept, F_OK) == 0, "%s", what);
    json_decref(answer);
    cr_assert_eq(run("doctor"), 0, "%s: %s%s", what, run_out, run_err);
    cr_assert_eq(run("account", "show", "ci"), 0, "%s", what);
    cr_assert_eq(run_count_files("*gatehouse-new*"), 0, "%s", what);
}

/* A file in the place of the database, with a log that belongs to it. */
static void put_in_place(const char *content)
{
    run_file("gatehouse.db", content, 0640);
    run_file("gatehouse.db-wal", "its log", 0600);
}

Test(restore, restore_takes_the_place_of_anything, .timeout = 300)
{
    struct stat status;
    const char *file = strdup(run_path("copy.db"));
    cr_assert_eq(run("backup", file), 0);
    put_in_place("");
    restore_over(file, "an empty file");
    cr_assert_eq(run_count_files("*.before-*-wal"), 1, "the log is kept, too");
    cr_assert_eq(stat(run_database, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0640);
    put_in_place("this is no database, but long enough to be taken for one ..........");
    restore_over(file, "no database");
    unlink(run_database);
    cr_assert_eq(symlink("/dev/zero", run_database), 0);
    restore_over(file, "a link");
    const char *other = run_path("other.db");
    cr_assert_eq(run("backup", other), 0, "%s", run_err);
    unlink(run_database);
    cr_assert_eq(symlink(other, run_database), 0);
    cr_assert_eq(run("restore", file), 2);
    cr_assert(strstr(run_out, "(it is not a database)"), "%s%s", run_out, run_err);
    restore_over(file, "a link to a database");
    cr_assert_eq(lstat(run_database, &status), 0);
    cr_assert(S_ISREG(status.st_mode), "it is the link that is replaced, not what it leads to");
    unlink(run_database);
    cr_assert_eq(mkdir(run_database, 0700), 0);
    restore_over(file, "a folder");
    char command[300];
    snprintf(command, sizeof command,
             "dd if=/dev/urandom of='%s' bs=4096 seek=3 count=5 conv=notrunc 2>/dev/null",
             run_database);
    cr_assert_eq(system(command), 0);
    restore_over(file, "a damaged database");
    free((char *)file);
}

/* The log of a process that was killed, whose database somebody has removed. */
Test(restore, a_log_that_is_left_over_is_not_read_into_the_restored)
{
    const char *file = strdup(run_path("copy.db"));
    char command[400], *secret = run_secret("main");
    cr_assert_eq(run("backup", file), 0);
    struct act act = run_act();
    cr_assert_eq(run("token", "revoke", "ci/main"), 0);
    cr_assert_eq(run("account", "create", "later"), 0);
    snprintf(command, sizeof command, "cp '%s-wal' '%s/kept-wal'", run_database, run_folder);
    cr_assert_eq(system(command), 0);
    store_close(act.store);
    unlink(run_database);
    snprintf(command, sizeof command, "mv '%s/kept-wal' '%s-wal'", run_folder, run_database);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(run("restore", file), 0, "%s", run_err);
    cr_assert_eq(run_with_input(secret, "verify"), 0, "the backup, and nothing else");
    cr_assert_eq(run("account", "show", "later"), 3);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
    free(secret);
    free((char *)file);
}

Test(restore, restore_reads_no_device)
{
    cr_assert_eq(run("restore", "/dev/zero", "--yes"), 3);
    cr_assert(strstr(run_err, "is not a regular file"), "%s", run_err);
    cr_assert_eq(run_count_files("*gatehouse-new*"), 0);
}

Test(restore, a_restore_by_root_leaves_the_file_to_its_owner)
{
    enum { NOBODY = 65534 };
    struct stat status;
    const char *file = strdup(run_path("copy.db"));
    cr_assert_eq(run("backup", file), 0);
    if (chown(run_database, NOBODY, NOBODY) || chown(run_folder, NOBODY, NOBODY))
        cr_skip("only root can give files away");
    /* The leak checker cannot look into a process that gave up root. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(stat(run_database, &status), 0);
    cr_assert_eq(status.st_uid, (uid_t)NOBODY);
    cr_assert_eq(truncate(run_database, 0), 0);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(stat(run_database, &status), 0);
    cr_assert_eq(status.st_uid, (uid_t)NOBODY);
    cr_assert_eq(status.st_mode & 0777, 0600);
    free((char *)file);
}

/* Two that write, one that checks, ten restores: nothing breaks, and what was acknowledged after
 * the last one is there. */
Test(restore, restore_under_load_breaks_nothing, .timeout = 300)
{
    const char *file = strdup(run_path("copy.db"));
    char *secret = run_secret("main"), line[1024];
    pid_t children[2];
    cr_assert_eq(run("backup", file), 0);
    for (int i = 0; i < 2; i++) {
        snprintf(line, sizeof line,
                 "i=0; while kill -0 $PPID; do i=$((i+1)); '%s' --db '%s' account create w%d-$i; "
                 "printf %%s "
                 "'%s' | '%s' --db '%s' verify; done >/dev/null 2>&1",
                 GATEHOUSE_UNDER_TEST, run_database, i, secret, GATEHOUSE_UNDER_TEST, run_database);
        children[i] = fork();
        if (children[i] == 0) {
            setpgid(0, 0);
            execl("/bin/sh", "sh", "-c", line, NULL);
            _exit(127);
        }
    }
    for (int i = 0; i < 10; i++) {
        char name[16];
        snprintf(name, sizeof name, "after-%d", i);
        cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
        cr_assert_eq(run_with_input(secret, "verify"), 0, "%s", run_err);
        cr_assert_eq(run("account", "create", name), 0, "%s", run_err);
        cr_assert_eq(run("account", "show", name), 0, "%s", run_err);
    }
    for (int i = 0; i < 2; i++) {
        kill(-children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
    cr_assert_eq(run("doctor"), 0, "%s%s", run_out, run_err);
    cr_assert_eq(run("account", "show", "after-9"), 0);
    free(secret);
    free((char *)file);
}

Test(restore, an_interrupted_restore_leaves_the_old_or_the_new, .timeout = 300)
{
    enum { RUNS = 40, STEP_US = 1000 };
    const char *file = strdup(run_path("copy.db"));
    cr_assert_eq(run("backup", file), 0);
    for (int i = 0; i < RUNS; i++) {
        bool damaged = i % 2;
        if (damaged) put_in_place("");
        struct running restore = run_begin((const char *const[]){"restore", file, "--yes", NULL});
        usleep((useconds_t)(i * STEP_US));
        kill(restore.child, SIGKILL);
        waitpid(restore.child, NULL, 0);
        close(restore.output);
        struct stat status;
        cr_assert_eq(stat(run_database, &status), 0);
        if (!damaged || status.st_size) cr_assert_eq(run("doctor"), 0, "%s%s", run_out, run_err);
        cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    }
    cr_assert_eq(run_count_files("*gatehouse-new*"), 0);
    free((char *)file);
}

Test(restore, one_from_before_the_vault_got_a_new_key_is_sound)
{
    char file[200];
    snprintf(file, sizeof file, "%s", run_path("old.db"));
    cr_assert_eq(run("backup", file), 0, "%s", run_err);
    cr_assert_eq(run("vault", "rekey", "--passphrase-file", run_passphrase()), 0, "%s", run_err);
    cr_assert_eq(run("restore", file, "--yes"), 0, "%s", run_err);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
}
