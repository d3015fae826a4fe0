/* Disks that are full or can only be read: what needs no writing goes on. Mounting takes root. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *secret;

static void setup(void)
{
    run_setup();
    if (system("unshare -m mount -t tmpfs none /mnt 2>/dev/null"))
        cr_skip("mounting is not allowed here (it takes root)");
    run_init();
    cr_assert_eq(run("account", "create", "ci"), 0);
    run_generate("ci", "main");
    secret = strdup(run_out);
}

static void teardown(void)
{
    free(secret);
    run_teardown();
}

TestSuite(disks, .init = setup, .fini = teardown, .timeout = 300);

/* Runs a line of shell where nobody else sees its mounts. D is the folder of the database, G the
 * program with that database. */
static int shell(const char *line)
{
    char script[2048];
    snprintf(script, sizeof script,
             "D='%s'; SECRET='%s'; G() { '%s' --db $D/gatehouse.db \"$@\"; }\n"
             "R() { '%s' --read-only --db $D/gatehouse.db \"$@\"; }\n%s\n",
             run_folder, secret, GATEHOUSE_UNDER_TEST, GATEHOUSE_UNDER_TEST, line);
    return run_program("/usr/bin/unshare", (const char *const[]){"-m", "sh", "-c", script, NULL});
}

#define READ_ONLY "mount --bind $D $D && mount -o remount,ro,bind $D || exit 77\n"
#define FULL                                                                                       \
    "cp $D/gatehouse.db* /mnt/ && mount -t tmpfs -o size=2m,mode=700 none $D && "                  \
    "cp /mnt/gatehouse.db* $D && chmod 600 $D/* || exit 77\n"                                      \
    "cat /dev/zero >$D/fill 2>/dev/null\n"

Test(disks, a_read_only_one_can_be_read_with_read_only)
{
    cr_assert_eq(shell(READ_ONLY "R account list >/dev/null && R token list >/dev/null && "
                                 "R audit >/dev/null && R doctor && R audit verify && "
                                 "R export >/dev/null && echo $SECRET | R verify"),
                 0, "%s%s", run_out, run_err);
    cr_assert(strstr(run_err, "the export is not recorded"), "%s", run_err);
    cr_assert_eq(shell(READ_ONLY "echo $SECRET | G verify"), 4);
    cr_assert(strstr(run_err, "the disk is read-only: add --read-only"), "%s", run_err);
}

/* A process that was killed has left its log, and somebody took the index of it away. */
Test(disks, a_read_only_one_is_read_with_the_log_that_lies_there)
{
    struct act act = run_act();
    cr_assert_eq(run("token", "revoke", "ci/main"), 0);
    cr_assert_eq(run("account", "create", "later"), 0);
    cr_assert_eq(
        shell("mkdir -p $D/copy && chmod 700 $D/copy && cp $D/gatehouse.db $D/gatehouse.db-wal "
              "$D/copy && D=$D/copy && test -s $D/gatehouse.db-wal || exit 77\n" READ_ONLY
              "R account show later >/dev/null && R export >/dev/null && "
              "echo $SECRET | R verify"),
        1, "%s%s", run_out, run_err);
    cr_assert_str_eq(run_out, "denied\n", "the revocation stands in the log");
    store_close(act.store);
}

Test(disks, a_full_one_stops_no_check)
{
    cr_assert_eq(shell("mount -t tmpfs none /mnt\n" FULL
                       "echo $SECRET | G verify && G account list >/dev/null && G doctor"),
                 0, "%s%s", run_out, run_err);
    cr_assert_eq(shell("mount -t tmpfs none /mnt\n" FULL "G account create more"), 4);
    cr_assert(strstr(run_err, "full"), "%s", run_err);
}

Test(disks, a_limit_of_this_process_is_named_and_stops_no_check)
{
    cr_assert_eq(shell("trap '' XFSZ; ulimit -f 1; echo $SECRET | G verify && G account list"), 0,
                 "%s", run_err);
    cr_assert_eq(shell("trap '' XFSZ; ulimit -f 1; G account create more"), 4);
    cr_assert(strstr(run_err, "size limit of this process"), "%s", run_err);
}

Test(disks, a_full_one_with_a_log_is_read_with_the_log)
{
    struct act act = run_act();
    cr_assert_eq(run("account", "create", "later"), 0);
    cr_assert_eq(
        shell("mount -t tmpfs none /mnt && cp $D/gatehouse.db $D/gatehouse.db-wal /mnt && "
              "mount -t tmpfs -o size=2m,mode=700 none $D && cp /mnt/* $D && chmod 600 $D/* "
              "&& test -s $D/gatehouse.db-wal || exit 77\n"
              "cat /dev/zero >$D/fill 2>/dev/null\nG account show later"),
        0, "%s%s", run_out, run_err);
    store_close(act.store);
}

/* With blocks smaller than a page, the index of a log can have holes that the disk has no room for.
 */
Test(disks, a_full_one_with_small_blocks_is_an_error_and_no_signal, .timeout = 300)
{
    int status = shell(
        "mount -t tmpfs none /mnt; I=$D.image; cp $D/gatehouse.db /mnt/ && truncate -s 4M $I && "
        "PATH=$PATH:/sbin:/usr/sbin mke2fs -q -t ext4 -b 1024 -O ^has_journal -m 0 $I && mount -o "
        "loop $I $D && "
        "cp /mnt/gatehouse.db $D && chmod 700 $D && chmod 600 $D/gatehouse.db || exit 77\n"
        "bad=0; for room in 8 9 10 12 16 24; do\n"
        "for act in verify audit 'account create w'; do rm -f $D/*-wal $D/*-shm\n"
        "cat /dev/zero >$D/fill 2>/dev/null; sync; dd if=/dev/zero of=$D/rest bs=1k 2>/dev/null\n"
        "sync; truncate -s -${room}K $D/fill; sync; echo $SECRET | G $act >/dev/null; status=$?\n"
        "case \"$act $status\" in *\\ 0 | account*\\ 4) ;; *) bad=$status ;; esac; done; done\n"
        "rm -f $I; umount $D; exit $bad");
    if (status == 77) cr_skip("no file system in a file here");
    cr_assert_eq(status, 0, "%s%s", run_out, run_err);
}

static void expect_cut_short(const char *file, const char *act)
{
    enum { LINE = 512 };
    char line[LINE];
    snprintf(line, sizeof line,
             "G audit --follow >$D/followed & p=$!\n"
             "until grep -q main $D/followed; do sleep 0.05; done\n"
             "truncate -s 0 $D/%s; %s\n wait $p",
             file, act);
    cr_assert_eq(shell(line), 4, "%s: %s", file, run_err);
    cr_assert(strstr(run_err, "cut short"), "%s: %s", file, run_err);
}

Test(disks, the_index_of_a_log_that_is_cut_short_is_an_error_and_no_signal)
{
    expect_cut_short("gatehouse.db-shm", "");
}
