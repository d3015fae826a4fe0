/* What is refused because somebody else could have put it there. */
#include <gatehouse/store.h>

#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static const struct migration migrations[] = {{.sql = "CREATE TABLE thing (name TEXT)"}};
static const struct schema schema = {migrations, 1, NULL};
static char top[40], folder[64], path[96];

/* A folder in a folder: /tmp/x/in/a.db. */
static void start(void)
{
    struct store *store;
    strcpy(top, "/tmp/gatehouse-test-XXXXXX");
    cr_assert(mkdtemp(top));
    snprintf(folder, sizeof folder, "%s/in", top);
    cr_assert_eq(mkdir(folder, 0700), 0);
    snprintf(path, sizeof path, "%s/a.db", folder);
    cr_assert_eq(store_open(path, STORE_CREATE, &schema, &store), OK, "%s", error_message());
    store_close(store);
}

static void stop(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", top);
    cr_assert_eq(system(command), 0);
}
TestSuite(trust, .init = start, .fini = stop);

static enum error try(const char *name, enum store_mode mode)
{
    struct store *store;
    enum error e = store_open(name, mode, &schema, &store);
    if (!e) store_close(store);
    return e;
}

static void refuse(const char *sentence)
{
    cr_assert_eq(try(path, STORE_OPEN), ERR_STORE);
    cr_assert(strstr(error_message(), sentence), "said: %s", error_message());
    cr_assert_eq(try(path, STORE_READ_ONLY), ERR_STORE);
    cr_assert(strstr(error_message(), sentence), "said: %s", error_message());
}

static void accept(void)
{
    cr_assert_eq(try(path, STORE_OPEN), OK, "%s", error_message());
}

static void chown_or_skip(const char *name, uid_t owner)
{
    if (lchown(name, owner, (gid_t)-1)) cr_skip("only root can give files away");
}

static void put(const char *name, unsigned mode)
{
    int fd = open(name, O_CREAT | O_WRONLY, 0600);
    cr_assert(fd >= 0 && fchmod(fd, mode) == 0);
    close(fd);
}

Test(trust, a_folder_others_can_write_is_refused_sticky_or_not)
{
    static const unsigned modes[] = {0777, 0770, 0707, 01777, 01770};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        chmod(folder, modes[i]);
        refuse(modes[i] & 01000 ? "move the database to a folder of its own" : "run chmod go-w");
    }
    chmod(folder, 0755);
    accept();
}

Test(trust, a_folder_of_somebody_else_is_refused)
{
    chown_or_skip(folder, NOBODY);
    refuse("belongs to another user: run gatehouse as that user");
}

Test(trust, a_folder_above_is_refused_unless_it_is_sticky)
{
    chmod(top, 0777);
    refuse("above the database: run chmod go-w");
    chmod(top, 0770);
    refuse("above the database: run chmod go-w");
    chmod(top, 01777);
    accept();
    chmod(top, 0700);
    chown_or_skip(top, NOBODY);
    refuse("above the database, belongs to another user");
}

Test(trust, a_link_on_the_way_is_looked_at_too)
{
    char real[96], link[96], shared[64];
    strcpy(real, path);
    snprintf(shared, sizeof shared, "%s/shared", top);
    cr_assert_eq(mkdir(shared, 0700), 0);
    snprintf(link, sizeof link, "%s/link", shared);
    cr_assert_eq(symlink(folder, link), 0);
    snprintf(path, sizeof path, "%s/link/a.db", shared);
    accept();
    chmod(shared, 0777);
    refuse("above the database: run chmod go-w");
    chmod(shared, 0700);
    chown_or_skip(link, NOBODY);
    refuse("the link");
}

Test(trust, companions_that_others_wrote_are_refused)
{
    static const char *const ends[] = {"-journal", "-wal", "-shm"};
    char name[112], other[112];
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        snprintf(other, sizeof other, "%s/other", folder);
        put(name, 0620);
        refuse("can be written by others: find out who put it there");
        chmod(name, 0600);
        cr_assert_eq(link(name, other), 0);
        refuse("has a second name");
        unlink(other);
        unlink(name);
        cr_assert_eq(symlink("/dev/null", name), 0);
        refuse("is not a regular file");
        unlink(name);
    }
    accept();
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        put(name, 0600);
        chown_or_skip(name, NOBODY);
        refuse("does not belong to its owner");
        unlink(name);
    }
}

Test(trust, root_is_no_exception)
{
    chown_or_skip(path, NOBODY);
    refuse("run gatehouse as its owner (sudo -u '#65534' gatehouse)");
}

Test(trust, a_second_name_is_refused_until_it_is_removed)
{
    char other[112];
    snprintf(other, sizeof other, "%s/b.db", folder);
    cr_assert_eq(link(path, other), 0);
    refuse("has a second name (a hard link)");
    unlink(other);
    accept();
}

/* In a mount namespace of its own, which ends with the child. */
Test(trust, a_file_that_is_mounted_without_its_folder_is_refused)
{
    char other[112];
    int status;
    snprintf(other, sizeof other, "%s/b.db", folder);
    put(other, 0600);
    pid_t child = fork();
    if (child == 0) {
        struct store *store;
        if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
            mount(path, other, NULL, MS_BIND, NULL))
            _exit(77);
        _exit(store_open(other, STORE_OPEN, &schema, &store) == ERR_STORE &&
                      strstr(error_message(), "mount the whole folder")
                  ? 0
                  : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) cr_skip("mounting takes root");
    cr_assert_eq(status, 0);
}

/* Reads a database on a medium that cannot be written; then somebody who can writes to it. 0: all
 * well; 77: not allowed here; else the step that failed. */
static int read_on_read_only_medium(bool with_log)
{
    struct store *writer = NULL, *reader = NULL;
    bool changed;
    char other[64];
    snprintf(other, sizeof other, "%s/medium-%d", top, with_log);
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) return 77;
    if (with_log) { /* that of a program that was killed */
        char command[256];
        if (store_open(path, STORE_OPEN, &schema, &writer)) return 1;
        if (store_begin(writer) ||
            store_end(writer, stmt_run(store_prepare(writer, "INSERT INTO thing VALUES ('a')"))))
            return 2;
        snprintf(command, sizeof command, "cp -p %s %s-wal %s", path, path, top);
        if (system(command)) return 3;
        store_close(writer);
        snprintf(command, sizeof command, "mv %s/a.db %s/a.db-wal %s", top, top, folder);
        if (system(command)) return 4;
    }
    if (mkdir(other, 0700) || mount(folder, other, NULL, MS_BIND, NULL) ||
        mount(NULL, other, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL))
        return 77;
    strcat(other, "/a.db");
    if (store_open(other, STORE_READ_ONLY, &schema, &reader)) return 5;
    if (store_changed(reader, &changed) || store_changed(reader, &changed) || changed) return 6;
    int64_t count = -1;
    if (stmt_int(store_prepare(reader, "SELECT count(*) FROM thing"), &count)) return 7;
    if (count != (with_log ? 2 : 0)) return 8; /* the first time left one */
    if (store_open(path, STORE_OPEN, &schema, &writer)) return 9;
    if (store_begin(writer) ||
        store_end(writer, stmt_run(store_prepare(writer, "INSERT INTO thing VALUES ('b')"))))
        return 10;
    if (store_changed(reader, &changed) != ERR_STORE) return 11;
    if (!strstr(error_message(), "somebody is writing to the database: restart")) return 12;
    store_close(reader);
    store_close(writer);
    return 0;
}

Test(trust, on_a_read_only_medium_what_is_read_is_all_there_is_until_somebody_writes)
{
    for (int with_log = 0; with_log < 2; with_log++) {
        int status;
        pid_t child = fork();
        if (!child) _exit(read_on_read_only_medium(with_log));
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77) cr_skip("mounting takes root");
        cr_assert_eq(WEXITSTATUS(status), 0, "log %d, step %d", with_log, WEXITSTATUS(status));
    }
}

Test(trust, a_link_to_a_database_is_refused)
{
    char other[112];
    snprintf(other, sizeof other, "%s/b.db", folder);
    cr_assert_eq(symlink(path, other), 0);
    strcpy(path, other);
    refuse("is not a regular file");
}

/* Nothing is made there; the sentence tells what was looked for. */
Test(trust, a_database_in_the_root_folder_has_a_path_like_any_other)
{
    cr_assert_eq(try("/gatehouse-none.db", STORE_OPEN), ERR_STORE);
    cr_assert(strstr(error_message(), " /gatehouse-none.db"), "said: %s", error_message());
}

/* SQLite would take these for options, or for memory. */
Test(trust, a_name_is_never_a_uri)
{
    static const char *const names[] = {"file:a.db", "file:a.db?mode=memory", ":memory:", "a b?c"};
    cr_assert_eq(chdir(folder), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert_eq(try(names[i], STORE_OPEN), ERR_STORE, "%s", names[i]);
        cr_assert_eq(try(names[i], STORE_CREATE), OK, "%s", error_message());
        cr_assert_eq(access(names[i], F_OK), 0, "%s", names[i]);
        cr_assert_eq(try(names[i], STORE_OPEN), OK, "%s", error_message());
        cr_assert_eq(try(names[i], STORE_CREATE), ERR_CONFLICT);
    }
}

/* Writes a number into the header, where user_version stands. */
static void set_version(int32_t version)
{
    enum { USER_VERSION = 60 };
    uint8_t bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)((uint32_t)version >> (24 - 8 * i));
    int fd = open(path, O_WRONLY);
    cr_assert(fd >= 0 && pwrite(fd, bytes, 4, USER_VERSION) == 4);
    close(fd);
}

Test(trust, a_schema_number_that_is_none_is_no_index)
{
    static const int32_t versions[] = {-1, INT32_MIN, 0};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        set_version(versions[i]);
        refuse("is damaged: it");
    }
    set_version(INT32_MAX);
    refuse("newer Gatehouse");
    set_version(1);
    accept();
}

static void expect_said(const char *name, enum store_mode mode, enum error e, const char *sentence)
{
    cr_assert_eq(try(name, mode), e, "%s, %d", name, (int)mode);
    cr_assert_str_eq(error_message(), sentence);
}

static const enum store_mode modes[] = {STORE_OPEN, STORE_READ_ONLY, STORE_ANSWER, STORE_COPY,
                                        STORE_CREATE};
enum { MODES = sizeof modes / sizeof *modes };

Test(trust, a_path_without_a_folder_is_said_to_have_none)
{
    char name[128], sentence[300];
    snprintf(name, sizeof name, "%s/none/a.db", top);
    for (size_t i = 0; i < MODES; i++) {
        bool looks = modes[i] != STORE_COPY && modes[i] != STORE_CREATE;
        snprintf(sentence, sizeof sentence,
                 looks ? "there is no database at %s: create one with gatehouse init"
                       : "there is no folder for %s",
                 name);
        expect_said(name, modes[i], looks ? ERR_STORE : ERR_SYSTEM, sentence);
    }
}

Test(trust, a_path_that_goes_through_a_file_is_refused_with_the_reason)
{
    char name[128], sentence[300];
    snprintf(name, sizeof name, "%s/a.db", path);
    snprintf(sentence, sizeof sentence, "cannot access %s/: Not a directory", path);
    for (size_t i = 0; i < MODES; i++)
        expect_said(name, modes[i], ERR_SYSTEM, sentence);
}

Test(trust, a_folder_is_no_database)
{
    char name[128], sentence[300];
    snprintf(name, sizeof name, "%s/", folder);
    snprintf(sentence, sizeof sentence, "%s is a folder: name the database in it", name);
    for (size_t i = 0; i < MODES; i++)
        expect_said(name, modes[i], ERR_STORE, sentence);
}

/* There must be room for the names of its companions, and no byte more. */
Test(trust, the_longest_path_is_the_longest_that_leaves_room_for_a_journal)
{
    enum { PART = 200, LONGEST = PATH_MAX - 1 - sizeof "-journal" };
    static char name[2 * PATH_MAX], deep[PATH_MAX];
    char first[PART + 2];
    snprintf(deep, sizeof deep, "%s", folder);
    memset(first, 'd', PART + 1);
    first[0] = '/';
    first[PART + 1] = 0;
    while (strlen(deep) + 2 * PART < LONGEST) {
        strcat(deep, first);
        cr_assert_eq(mkdir(deep, 0700), 0);
    }
    for (size_t size = LONGEST - 3; size < LONGEST + 4; size++) {
        snprintf(name, sizeof name, "%s/", deep);
        while (strlen(name) < size)
            strcat(name, "f");
        enum error e = try(name, STORE_OPEN);
        cr_assert_eq(e, size <= LONGEST ? ERR_STORE : ERR_SYSTEM, "%zu: %s", size, error_message());
        if (e == ERR_SYSTEM) cr_assert(strstr(error_message(), " is too long"));
    }
    memset(name, 'x', sizeof name - 1);
    for (size_t i = 0; i < MODES; i++) {
        name[0] = '/';
        name[PATH_MAX + 8] = '/';
        expect_said(name, modes[i], ERR_SYSTEM, "the path of the database is too long");
    }
}
