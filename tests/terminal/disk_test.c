/* A disk that is full or read-only: the data stay on the screen, and one line says what failed. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct terminal *home, *terminal;

static void open_home(void)
{
    home = prepared_home();
}

static void close_home(void)
{
    if (terminal) terminal_free(terminal);
    terminal_free(home);
}

TestSuite(disk, .init = open_home, .fini = close_home, .timeout = 300);

static void expect_refusals(const char *reason)
{
    static const char *const keys[] = {"A", "A", "\rA"};
    int64_t events = prepared_events(home);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        terminal_send(terminal, keys[i]);
        terminal_wait(terminal, reason);
        cr_assert(terminal_shows(terminal, "sa::agent-berlin"));
        terminal_send(terminal, "%");
        terminal_wait_gone(terminal, reason);
    }
    cr_assert_eq(prepared_events(home), events);
}

/* A disk of its own for one console, without affecting any other: `before` runs where its mounts
 * are invisible to others. D is the folder of the database. */
static void open_on_disk(const char *before)
{
    char line[1024];
    if (system("unshare -m mount -t tmpfs none /mnt 2>/dev/null"))
        cr_skip("mounting is not allowed here (it takes root)");
    snprintf(line, sizeof line,
             "D='%s/.local/share/gatehouse'; cd /; %s && exec '%s' --db \"$D/gatehouse.db\"",
             terminal_home(home), before, terminal_program());
    const char *const argv[] = {"unshare", "-m", "sh", "-c", line, NULL};
    terminal = terminal_start_beside(home, 24, 80, argv);
}

Test(disk, a_full_one_is_said_and_the_list_stays)
{
    open_on_disk(
        "cp $D/gatehouse.db $HOME/copy && mount -t tmpfs -o size=1200k,mode=700 none $D && "
        "cp $HOME/copy $D/gatehouse.db && chmod 600 $D/gatehouse.db || exit 1; "
        "{ while [ -e $HOME/clock ] && [ ! -e $HOME/fill ]; do sleep 0.1; done; "
        "cat /dev/zero >$D/fill 2>/dev/null; touch $HOME/filled; } & true");
    terminal_wait(terminal, "sa::agent-berlin");
    char line[200];
    snprintf(line, sizeof line,
             "cd '%s'; touch fill; timeout 20 sh -c 'until [ -e filled ]; do sleep 0.1; done'",
             terminal_home(home));
    cr_assert_eq(system(line), 0);
    expect_refusals("the disk is full: nothing was changed");
}

/* Somebody else writes, so that there is a write-ahead log to read as well as the database. */
Test(disk, a_read_only_one_is_said_and_the_list_stays)
{
    struct terminal *other = prepared_console(home, 24, 80, "", "");
    open_on_disk("mount --bind $D $D && mount -o remount,ro,bind $D");
    terminal_wait(terminal, "sa::agent-berlin");
    expect_refusals("the database cannot be written");
    terminal_send(other, "A");
    terminal_wait(other, "deactivated");
    terminal_send(terminal, "\033");
    terminal_wait(terminal, "sa::agent-berlin    ⋮ ○ inactive");
    terminal_free(other);
}

Test(disk, a_read_only_one_that_nobody_writes_is_refused_in_one_line)
{
    open_on_disk("mount --bind $D $D && mount -o remount,ro,bind $D");
    cr_assert_eq(terminal_wait_exit(terminal), 4);
    cr_assert(terminal_shows(terminal, "the disk is read-only: add --read-only"));
}

/* No file may grow beyond half a kilobyte: as on a full disk, but for this console alone. The other
 * one keeps their shared memory in place. Older releases of SQLite do not tell the reason. */
Test(disk, a_write_that_finds_no_room_is_said)
{
    struct terminal *other = prepared_console(home, 24, 80, "", "");
    terminal = prepared_line(home, 24, 80, "trap '' XFSZ; ulimit -f 1; exec", "");
    terminal_wait(terminal, "sa::agent-berlin");
    expect_refusals(sqlite3_libversion_number() < 3046000
                        ? "the disk failed while reading or writing (disk I/O error)"
                        : "a file reached the size limit of this process: nothing was changed");
    terminal_send(terminal, "\033");
    terminal_wait(terminal, "30 accounts");
    terminal_send(other, "A");
    terminal_wait(other, "deactivated");
    terminal_wait(terminal, "sa::agent-berlin    ⋮ ○ inactive");
    terminal_free(other);
}

Test(disk, a_database_that_was_removed_is_said_and_not_written_to)
{
    char line[300];
    terminal = prepared_console(home, 24, 80, "", "");
    terminal_wait(terminal, "sa::agent-berlin");
    snprintf(line, sizeof line, "mv '%s' '%s.aside'", prepared_database(home),
             prepared_database(home));
    cr_assert_eq(system(line), 0);
    terminal_wait(terminal, "the database was replaced or removed, and nothing more is written");
    terminal_send(terminal, "A");
    terminal_wait(terminal, "the database was replaced or removed, and nothing more is written");
    cr_assert(terminal_shows(terminal, "sa::agent-berlin"));
    cr_assert_not(terminal_shows(terminal, "deactivated"));
}

/* What somebody erased may still stand in it. */
Test(disk, an_idle_console_empties_the_log)
{
    char log[200];
    struct stat status;
    terminal = prepared_console(home, 24, 80, "", "");
    prepared_run(home, "UPDATE account SET description = 'changed' WHERE number = 1");
    snprintf(log, sizeof log, "%s-wal", prepared_database(home));
    cr_assert_eq(stat(log, &status), 0);
    cr_assert_gt(status.st_size, 0);
    for (int waited = 0; waited < 10000 && status.st_size; waited += 100) {
        terminal_listen(terminal, 100);
        cr_assert_eq(stat(log, &status), 0);
    }
    cr_assert_eq(status.st_size, 0);
}
