/* Backups, and what runs that were killed leave. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(backup, .init = run_setup_account, .fini = run_teardown, .timeout = 300);

Test(backup, it_is_whole_readable_by_its_owner_alone_and_never_overwrites)
{
    struct stat status;
    const char *file = strdup(run_path("copy.db"));
    free(run_secret("main"));
    cr_assert_eq(run("backup", file), 0, "%s", run_err);
    cr_assert_eq(stat(file, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    cr_assert_eq(run("--db", file, "doctor"), 0, "%s%s", run_out, run_err);
    cr_assert_eq(run("--db", file, "token", "reveal", "1", "--passphrase-file", run_passphrase()),
                 0, "%s", run_err);
    cr_assert_eq(run("backup", file), 3);
    cr_assert_eq(run("backup", "/nowhere/copy.db"), 4);
    free((char *)file);
}

Test(backup, a_good_one_is_one_file_and_one_event)
{
    int64_t events = run_events();
    cr_assert_eq(run("backup", run_path("copy.db")), 0, "%s", run_err);
    cr_assert_eq(run_count_files("copy.db*"), 1, "nothing lies beside it");
    cr_assert_eq(run_events(), events + 1);
    cr_assert_eq(run("audit", "--kind", "database.backup", "--json"), 0);
    cr_assert(strstr(run_out, "copy.db"), "%s", run_out);
}

/* No file may grow beyond 20 KiB: the disk is full. */
Test(backup, a_failed_one_leaves_no_file_and_no_event)
{
    int64_t events = run_events();
    struct rlimit before, little = {.rlim_cur = 20480};
    cr_assert_eq(run("backup", "/nowhere/copy.db"), 4);
    getrlimit(RLIMIT_FSIZE, &before);
    little.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &little);
    int status = run("backup", run_path("copy.db"));
    setrlimit(RLIMIT_FSIZE, &before);
    cr_assert_eq(status, 4, "%s", run_err);
    cr_assert_eq(run_count_files("copy.db*"), 0);
    cr_assert_eq(run_events(), events);
}

Test(backup, what_a_killed_one_left_is_removed_by_the_next_unless_it_is_still_written)
{
    const char *dead = run_file("monday.db.gatehouse-new", "half of it", 0600);
    const char *alive = run_file("tuesday.db.gatehouse-new", "half of it", 0600);
    run_file("monday.db.gatehouse-new-journal", "", 0600);
    int fd = open(alive, O_RDONLY | O_CLOEXEC);
    cr_assert_eq(flock(fd, LOCK_EX), 0);
    cr_assert_eq(run("backup", run_path("wednesday.db")), 0, "%s", run_err);
    cr_assert_neq(access(dead, F_OK), 0);
    cr_assert_eq(access(alive, F_OK), 0);
    cr_assert_eq(run("backup", run_path("tuesday.db")), 4, "another writes it");
    close(fd);
    cr_assert_eq(run("backup", run_path("tuesday.db")), 0, "%s", run_err);
    cr_assert_eq(run_count_files("*gatehouse-new*"), 0);
}

/* Files of SQLite without the database, and what a migration of a copy makes, too. */
static void leave_what_a_killed_run_leaves(void)
{
    static const char *const names[] = {
        "gatehouse.db.gatehouse-new",        "gatehouse.db.gatehouse-new-wal",
        "init.db.gatehouse-new-shm",         "vault.key.gatehouse-new",
        "gatehouse.db.gatehouse-new.v4.bak", "restored.db.gatehouse-new.v4.bak.gatehouse-new",
        "restored.db.gatehouse-new-journal",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        run_file(names[i], "half of it", 0600);
}

Test(backup, every_command_removes_what_killed_runs_left_also_when_it_refuses)
{
    static const struct {
        const char *line;
        int status;
    } runs[] = {{"account list", 0},
                {"account create late", 0},
                {"verify", 1},
                {"init --show-once", 3},
                {"backup gatehouse.db", 3},
                {"restore copy.db", 2},
                {"audit archive --before 2020-01-01 copy.db --passphrase-file passphrase", 3},
                {"vault add --new-key-file copy.db --passphrase-file passphrase", 3},
                {"--db none.db account list", 4},
                {"--db none.db init --key-file copy.db", 3}};
    cr_assert_eq(run("backup", run_path("copy.db")), 0, "%s", run_err);
    cr_assert_eq(chdir(run_folder), 0);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        leave_what_a_killed_run_leaves();
        run_file("mine.gatehouse-newer", "", 0600);
        cr_assert_eq(run_line(runs[i].line), runs[i].status, "%s: %s", runs[i].line, run_err);
        cr_assert_eq(run_count_files("*gatehouse-new*"), 1, "%s", runs[i].line);
    }
    leave_what_a_killed_run_leaves();
    cr_assert_eq(run("--read-only", "account", "list"), 0, "%s", run_err);
    cr_assert_eq(run_count_files("*gatehouse-new*"), 8, "which writes nothing");
}

/* A journal of SQLite's would be rolled back into the next file of the same name. */
Test(backup, what_cannot_be_removed_is_not_read_into_a_new_file)
{
    cr_assert_eq(mkdir(run_path("copy.db.gatehouse-new-journal"), 0700), 0);
    cr_assert_eq(run("backup", run_path("copy.db")), 4);
    cr_assert(strstr(run_err, "cannot remove"), "%s", run_err);
    cr_assert_eq(rmdir(run_path("copy.db.gatehouse-new-journal")), 0);
    cr_assert_eq(run_count_files("copy.db*"), 0);
}

Test(backup, an_interrupted_one_leaves_nothing_under_the_name, .timeout = 300)
{
    enum { RUNS = 60, STEP_US = 300 };
    const char *file = strdup(run_path("copy.db"));
    for (int i = 0; i < RUNS; i++) {
        struct running backup = run_begin((const char *const[]){"backup", file, NULL});
        usleep((useconds_t)(i * STEP_US));
        kill(backup.child, SIGKILL);
        waitpid(backup.child, NULL, 0);
        close(backup.output);
        if (access(file, F_OK)) continue;
        cr_assert_eq(run("--db", file, "doctor"), 0, "%s%s", run_out, run_err);
        unlink(file);
    }
    cr_assert_eq(run("backup", file), 0, "%s", run_err);
    cr_assert_eq(run_count_files("*gatehouse-new*"), 0);
    free((char *)file);
}

/* Another process writes all the while: the copy is of one moment. */
Test(backup, it_is_consistent_while_others_write)
{
    const char *file = strdup(run_path("copy.db"));
    pid_t child = fork();
    if (child == 0) {
        struct act act = run_act();
        alarm(30);
        for (;;) {
            if (store_begin(act.store)) continue;
            enum error e = stmt_run(
                store_prepare(act.store, "INSERT INTO account (name, created) SELECT 'w-' || (1 + "
                                         "coalesce(max(number), 0)), 0 FROM account"));
            if (!e)
                e = stmt_run(store_prepare(
                    act.store, "UPDATE counter SET value = value + 1 WHERE name = 'accounts'"));
            if (store_end(act.store, e)) _exit(1);
            poll(NULL, 0, 2); /* leave the lock to others, too */
        }
    }
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(run("backup", file), 0, "%s", run_err);
        cr_assert_eq(run("--db", file, "doctor"), 0, "%s%s", run_out, run_err);
        unlink(file);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    free((char *)file);
}
