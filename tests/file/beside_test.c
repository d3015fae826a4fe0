/* Files that get their name when they are complete, and what is left of those that never did. */
#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/beside.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[40], name[64];

/* What the system answers, in place of it; 0: what it does. */
static int file_sync, folder_sync, renaming;
static int file_syncs, folder_syncs;

int fsync(int fd)
{
    struct stat info;
    cr_assert_eq(fstat(fd, &info), 0);
    const bool is_folder = S_ISDIR(info.st_mode);
    ++*(is_folder ? &folder_syncs : &file_syncs);
    errno = is_folder ? folder_sync : file_sync;
    return errno ? -1 : (int)syscall(SYS_fsync, fd);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    errno = renaming;
    if (renaming) return -1;
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

static void setup(void)
{
    strcpy(folder, "/tmp/gatehouse-file-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(name, sizeof name, "%s/kept", folder);
}

static const char *in_folder(const char *entry)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, entry);
    return path;
}

static void teardown(void)
{
    unlink(name);
    rmdir(folder);
}

TestSuite(beside, .init = setup, .fini = teardown);

static void make(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert(file, "%s: %s", path, strerror(errno));
    fputs(text, file);
    fclose(file);
}

static bool is_there(const char *entry)
{
    struct stat info;
    return lstat(in_folder(entry), &info) == 0;
}

static void expect_text(const char *path, const char *text)
{
    char found[40] = "";
    FILE *file = fopen(path, "r");
    cr_assert(file, "%s: %s", path, strerror(errno));
    cr_assert_lt(fread(found, 1, sizeof found - 1, file), sizeof found);
    fclose(file);
    cr_assert_str_eq(found, text);
}

static void expect_nothing(void)
{
    cr_assert_eq(rmdir(folder), 0, "something is left in %s: %s", folder, strerror(errno));
    cr_assert_eq(mkdir(folder, 0700), 0);
}

static struct beside begin(void)
{
    struct beside new;
    cr_assert_eq(beside_begin(name, &new), OK, "%s", error_message());
    cr_assert_eq(write(new.fd, "new", 3), 3);
    return new;
}

static void expect_failure(enum error e, enum error wanted, const char *before, const char *about,
                           const char *after)
{
    char message[300];
    snprintf(message, sizeof message, "%s%s%s", before, about, after);
    cr_assert_eq(e, wanted, "%d: %s", (int)e, error_message());
    cr_assert_str_eq(error_message(), message);
}

Test(beside, a_file_is_synced_and_then_has_its_name)
{
    struct stat info;
    umask(0);
    struct beside new = begin();
    cr_assert_str_eq(new.name, name);
    cr_assert(is_there("kept.gatehouse-new"));
    cr_assert_not(is_there("kept"));
    make(in_folder("kept.gatehouse-new-wal"), "");
    cr_assert_eq(beside_finish(&new), OK, "%s", error_message());
    cr_assert_eq(file_syncs, 1);
    cr_assert_eq(folder_syncs, 1);
    cr_assert_not(is_there("kept.gatehouse-new"));
    cr_assert_not(is_there("kept.gatehouse-new-wal"));
    cr_assert_eq(fcntl(new.fd, F_GETFD), -1, "it is closed");
    cr_assert_eq(stat(name, &info), 0);
    cr_assert_eq(info.st_mode & 07777, 0600);
    expect_text(name, "new");
}

Test(beside, a_file_that_is_dropped_leaves_nothing)
{
    static const char *const others[] = {"-journal", "-wal", "-shm"};
    struct beside new = begin();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char other[60];
        snprintf(other, sizeof other, "kept.gatehouse-new%s", others[i]);
        make(in_folder(other), "");
    }
    beside_drop(&new);
    cr_assert_eq(fcntl(new.fd, F_GETFD), -1, "it is closed");
    expect_nothing();
}

Test(beside, a_name_that_was_taken_in_the_meantime_is_left_alone)
{
    static const int answers[] = {0, EINVAL, ENOSYS};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct beside new = begin();
        make(name, "other");
        renaming = answers[i];
        expect_failure(beside_finish(&new), ERR_CONFLICT, "", name,
                       " already exists: choose another path");
        expect_text(name, "other");
        cr_assert_not(is_there("kept.gatehouse-new"));
        unlink(name);
    }
}

Test(beside, where_renaming_cannot_keep_from_replacing_a_link_does)
{
    static const int answers[] = {EINVAL, ENOSYS};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct beside new = begin();
        renaming = answers[i];
        cr_assert_eq(beside_finish(&new), OK, "%s", error_message());
        expect_text(name, "new");
        cr_assert_not(is_there("kept.gatehouse-new"));
        unlink(name);
    }
    struct beside new = begin();
    renaming = EIO;
    expect_failure(beside_finish(&new), ERR_SYSTEM, "cannot give ", name,
                   " its name: Input/output error");
    cr_assert_not(is_there("kept"));
}

Test(beside, what_may_not_be_on_the_disk_gets_no_name)
{
    struct beside new = begin();
    file_sync = EIO;
    expect_failure(beside_finish(&new), ERR_SYSTEM, "cannot write ", name, ": Input/output error");
    cr_assert_not(is_there("kept"));
    cr_assert_not(is_there("kept.gatehouse-new"));
    file_sync = 0;
    new = begin();
    folder_sync = EIO;
    expect_failure(beside_finish(&new), ERR_SYSTEM, "cannot sync ", folder, ": Input/output error");
    cr_assert_not(is_there("kept"), "nobody was told that it is there");
    cr_assert_eq(fcntl(new.fd, F_GETFD), -1, "it is closed");
    new = begin();
    folder_sync = EINVAL; /* a file system that cannot */
    cr_assert_eq(beside_finish(&new), OK, "%s", error_message());
    cr_assert(is_there("kept"));
    folder_sync = EIO;
    expect_failure(beside_sync_folder(name), ERR_SYSTEM, "cannot sync ", folder,
                   ": Input/output error");
    expect_failure(beside_sync_folder("/nowhere/at/all"), ERR_SYSTEM, "cannot sync ", "/nowhere/at",
                   ": No such file or directory");
}

Test(beside, only_one_at_a_time_writes_a_file)
{
    struct beside first = begin(), second;
    expect_failure(beside_begin(name, &second), ERR_BUSY, "", name,
                   " is being written: try again in a moment");
    cr_assert_not(beside_is_taken(name));
    cr_assert(is_there("kept.gatehouse-new"), "it is still being written");
    beside_drop(&first);
    second = begin();
    beside_drop(&second);
}

Test(beside, what_cannot_be_begun_is_said)
{
    static char long_name[PATH_MAX + 1];
    struct beside new;
    expect_failure(beside_begin("/nowhere/at/all", &new), ERR_SYSTEM, "cannot create ",
                   "/nowhere/at/all", ": No such file or directory");
    for (size_t size = PATH_MAX - 16; size < PATH_MAX - 12; size++) {
        for (size_t i = 0; i < size; i++)
            long_name[i] = "x/"[i % 2];
        memcpy(long_name, "/nowhere", 8);
        long_name[size] = 0;
        cr_assert_eq(beside_begin(long_name, &new), ERR_SYSTEM);
        const bool fits = size + strlen(".gatehouse-new") < PATH_MAX;
        cr_assert(strstr(error_message(), fits ? "cannot create" : "the path /"), "%zu: %s", size,
                  error_message());
    }
    cr_assert_eq(mkdir(in_folder("kept.gatehouse-new-wal"), 0700), 0);
    char message[200];
    snprintf(message, sizeof message, "cannot remove %s.gatehouse-new-wal: ", name);
    cr_assert_eq(beside_begin(name, &new), ERR_SYSTEM);
    cr_assert(strstr(error_message(), message), "%s", error_message());
    cr_assert_not(is_there("kept.gatehouse-new"));
    cr_assert_eq(rmdir(in_folder("kept.gatehouse-new-wal")), 0);
}

/* Of a run that was killed; whoever else has such a file, or a name that is only similar, keeps it.
 */
Test(beside, what_is_left_over_goes_and_nothing_else)
{
    static const struct {
        const char *entry;
        bool goes;
    } rows[] = {
        {"a.gatehouse-new", true},
        {"b.gatehouse-new-wal", true},
        {"c.gatehouse-new-journal", true},
        {"d.gatehouse-new.before-2", true},
        {"a.b.gatehouse-new", true},
        {".gatehouse-new", false},
        {".gatehouse-new-wal", false},
        {"e.gatehouse-newer", false},
        {"f.gatehouse-ne", false},
        {"gatehouse-new", false},
        {"g", false},
        {"g-wal", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        make(in_folder(rows[i].entry), "");
    cr_assert_eq(mkdir(in_folder("h.gatehouse-new"), 0700), 0);
    cr_assert_eq(symlink("g", in_folder("i.gatehouse-new")), 0);
    cr_assert_eq(mkfifo(in_folder("j.gatehouse-new"), 0600), 0);
    struct beside held = begin();
    make(in_folder("kept.gatehouse-new.before-2"), "");
    cr_assert_not(beside_is_taken(in_folder("k")));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_eq(is_there(rows[i].entry), !rows[i].goes, "%s", rows[i].entry);
        unlink(in_folder(rows[i].entry));
    }
    cr_assert_not(is_there("b.gatehouse-new"), "nothing is made");
    cr_assert(is_there("kept.gatehouse-new") && is_there("kept.gatehouse-new.before-2"));
    beside_drop(&held);
    beside_clean(name);
    cr_assert_not(is_there("kept.gatehouse-new.before-2"));
    cr_assert_eq(rmdir(in_folder("h.gatehouse-new")), 0);
    cr_assert_eq(unlink(in_folder("i.gatehouse-new")), 0);
    cr_assert_eq(unlink(in_folder("j.gatehouse-new")), 0);
    beside_clean("/nowhere/at/all");
    expect_nothing();
}

Test(beside, a_name_is_taken_whatever_has_it)
{
    cr_assert_not(beside_is_taken(name));
    make(name, "");
    cr_assert(beside_is_taken(name));
    unlink(name);
    cr_assert_eq(symlink("nowhere", name), 0);
    cr_assert(beside_is_taken(name));
    unlink(name);
    cr_assert_eq(mkdir(name, 0700), 0);
    cr_assert(beside_is_taken(name));
    rmdir(name);
}
