#include <gatehouse/database.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect(const char *path, const char *expected)
{
    char name[DATABASE_NAME_SIZE];
    database_name(path, name);
    cr_expect_str_eq(name, expected);
}

Test(database_name, a_path_is_printed_as_it_is)
{
    expect("/var/lib/gatehouse/gatehouse.db", "/var/lib/gatehouse/gatehouse.db");
    expect("a:b@c?password=d", "a:b@c?password=d");
}

Test(database_name, no_password_of_an_address_is_printed)
{
    expect("postgresql://north/g", "postgresql://north/g");
    expect("postgresql://mara@north/g", "postgresql://mara@north/g");
    expect("postgresql://mara:hush@north:5432/g", "postgresql://mara@north:5432/g");
    expect("postgres://mara:hu@sh@north,south/g", "postgres://mara@north,south/g");
    expect("postgresql:///g?host=/run&password=hush&user=mara",
           "postgresql:///g?host=/run&password=&user=mara");
    expect("postgresql:///g?password=hush", "postgresql:///g?password=");
    expect("postgresql:///g?sslpassword=hush&password=hush",
           "postgresql:///g?sslpassword=&password=");
}

static void expect_path(const char *given, const char *expected)
{
    char path[256];
    cr_assert_eq(database_path(given, path, sizeof path), OK, "%s", error_message());
    cr_expect_str_eq(path, expected);
}

static void set(const char *name, const char *value)
{
    cr_assert_eq(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

Test(database_name, a_path_is_the_given_one_or_that_of_the_environment)
{
    char path[256];
    set("GATEHOUSE_DB", "/srv/g.db");
    set("XDG_DATA_HOME", "/data");
    set("HOME", "/home/mara");
    expect_path("/given.db", "/given.db");
    expect_path("postgresql://north/g", "postgresql://north/g");
    expect_path(NULL, "/srv/g.db");
    set("GATEHOUSE_DB", "mysql://north/g");
    cr_expect_eq(database_path(NULL, path, sizeof path), ERR_USAGE);
    cr_expect(strstr(error_message(), "neither a path nor an address"), "%s", error_message());
    if (access("/var/lib/gatehouse/gatehouse.db", F_OK) == 0) cr_skip("one is installed here");
    for (int empty = 0; empty < 2; empty++) {
        set("GATEHOUSE_DB", empty ? "" : NULL);
        set("XDG_DATA_HOME", "/data");
        set("HOME", "/home/mara");
        expect_path(NULL, "/data/gatehouse/gatehouse.db");
        set("XDG_DATA_HOME", empty ? "relative" : NULL);
        expect_path(NULL, "/home/mara/.local/share/gatehouse/gatehouse.db");
        set("HOME", empty ? "" : NULL);
        cr_expect_eq(database_path(NULL, path, sizeof path), ERR_USAGE);
        cr_expect(strstr(error_message(), "HOME is not set: name the database with --db PATH"));
    }
}

Test(database_name, a_path_that_does_not_fit_is_refused)
{
    char path[8];
    cr_expect_eq(database_path("1234567", path, sizeof path), OK);
    cr_expect_str_eq(path, "1234567");
    cr_expect_eq(database_path("12345678", path, sizeof path), ERR_USAGE);
    cr_expect(strstr(error_message(), "the path of the database is too long"));
}

Test(database_name, the_folders_of_a_path_are_made_for_its_owner_alone)
{
    char top[] = "/tmp/gatehouse-folder-XXXXXX", path[128];
    struct stat folder;
    cr_assert_not_null(mkdtemp(top));
    snprintf(path, sizeof path, "%s/a/b/g.db", top);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(database_make_folder(path), OK, "%s", error_message());
    cr_expect_neq(access(path, F_OK), 0, "it is not itself a folder");
    snprintf(path, sizeof path, "%s/a/b", top);
    cr_assert_eq(stat(path, &folder), 0);
    cr_expect(S_ISDIR(folder.st_mode) && (folder.st_mode & 0777) == 0700);
    cr_assert_eq(rmdir(path), 0);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fclose(file);
    snprintf(path, sizeof path, "%s/a/b/c/g.db", top);
    cr_expect_eq(database_make_folder(path), ERR_SYSTEM);
    cr_expect(strstr(error_message(), "/a/b/c: Not a directory"), "%s", error_message());
    cr_expect_eq(database_make_folder("postgresql://north/a/b"), OK);
    snprintf(path, sizeof path, "%s/a/b", top);
    unlink(path);
    snprintf(path, sizeof path, "%s/a", top);
    rmdir(path);
    rmdir(top);
    cr_expect_eq(database_make_folder("g.db"), OK, "of a name there is none to make");
}
