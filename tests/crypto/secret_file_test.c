/* Files that contain secrets: read only by their owner, never overwritten. */
#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/keybox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A system that takes only so many bytes at once, and on this side of the end of the disk. */
static size_t at_once = SIZE_MAX, room = SIZE_MAX;

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (room == 0) {
        errno = ENOSPC;
        return -1;
    }
    size_t taken = size < at_once ? size : at_once;
    if (taken > room) taken = room;
    if (room != SIZE_MAX) room -= taken;
    return syscall(SYS_write, fd, bytes, taken);
}

static char folder[] = "/tmp/gatehouse-secret-XXXXXX";
static char path[64];

static void open_folder(void)
{
    cr_assert_eq(crypto_init(), OK);
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/secret", folder);
}

static void close_folder(void)
{
    unlink(path);
    rmdir(folder);
}

TestSuite(secret_file, .init = open_folder, .fini = close_folder);

static void write_file(const char *text, mode_t mode)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(fchmod(fd, mode), 0);
    close(fd);
}

static struct secret *make(const char *text)
{
    struct secret *secret;
    cr_assert_eq(secret_new(64, &secret), OK);
    cr_assert_eq(secret_set(secret, text, strlen(text)), OK);
    return secret;
}

Test(secret_file, is_written_for_its_owner_alone_and_read_again)
{
    struct stat status;
    struct secret *secret = make("correct horse battery"), *again;
    umask(0);
    cr_assert_eq(secret_write_file(secret, path), OK, "%s", error_message());
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    cr_assert_eq(secret_read_file(path, &again), OK, "%s", error_message());
    cr_assert_eq(again->size, secret->size);
    cr_assert_arr_eq(again->bytes, secret->bytes, secret->size);
    secret_free(again);
    secret_free(secret);
}

Test(secret_file, is_never_overwritten)
{
    struct secret *secret = make("another");
    char kept[16] = "";
    write_file("precious", 0600);
    cr_assert_neq(secret_write_file(secret, path), OK);
    cr_assert(strstr(error_message(), path));
    cr_assert_neq(keybox_write_key_file(path), OK);
    int fd = open(path, O_RDONLY);
    cr_assert_eq(read(fd, kept, sizeof kept - 1), 8);
    close(fd);
    cr_assert_str_eq(kept, "precious");
    secret_free(secret);
}

Test(secret_file, that_others_can_read_is_refused_with_the_mend)
{
    static const mode_t open_ones[] = {0640, 0604, 0660, 0644, 0620, 0602};
    struct secret *secret;
    for (size_t i = 0; i < sizeof open_ones / sizeof *open_ones; i++) {
        write_file("text", open_ones[i]);
        cr_assert_neq(secret_read_file(path, &secret), OK, "%o", (unsigned)open_ones[i]);
        cr_assert(strstr(error_message(), "chmod 600"), "%s", error_message());
    }
}

Test(secret_file, loses_one_newline_at_its_end)
{
    struct secret *secret;
    write_file("two\n\n", 0600);
    cr_assert_eq(secret_read_file(path, &secret), OK);
    cr_assert_eq(secret->size, 4);
    secret_free(secret);
}

Test(secret_file, is_written_whole_however_little_the_system_takes_at_once)
{
    struct secret *secret = make("correct horse battery"), *again;
    for (size_t most = 1; most <= 22; most++) {
        at_once = most;
        enum error e = secret_write_file(secret, path);
        at_once = SIZE_MAX;
        cr_assert_eq(e, OK, "%s", error_message());
        cr_assert_eq(secret_read_file(path, &again), OK, "%s", error_message());
        cr_assert_str_eq(again->bytes, secret->bytes);
        secret_free(again);
        unlink(path);
    }
    secret_free(secret);
}

Test(secret_file, that_does_not_fit_on_the_disk_leaves_nothing)
{
    struct secret *secret = make("correct horse battery");
    char message[200];
    snprintf(message, sizeof message, "cannot write %s: No space left on device", path);
    for (size_t left = 0; left <= secret->size; left++) {
        room = left;
        enum error e = secret_write_file(secret, path);
        room = SIZE_MAX;
        cr_assert_eq(e, ERR_SYSTEM, "%zu", left);
        cr_assert_str_eq(error_message(), message);
        cr_assert_neq(access(path, F_OK), 0);
        cr_assert_eq(rmdir(folder), 0, "a part is left");
        cr_assert_eq(mkdir(folder, 0700), 0);
    }
    secret_free(secret);
}

Test(secret_file, has_at_most_4096_bytes_with_its_newline)
{
    static char text[4098];
    struct secret *secret;
    memset(text, 'x', sizeof text - 1);
    write_file(text + 1, 0600);
    cr_assert_eq(secret_read_file(path, &secret), OK, "%s", error_message());
    cr_assert_eq(secret->size, 4096);
    cr_assert_eq(secret->bytes[4096], 0);
    secret_free(secret);
    text[4096] = '\n';
    write_file(text + 1, 0600);
    cr_assert_eq(secret_read_file(path, &secret), OK, "%s", error_message());
    cr_assert_eq(secret->size, 4095);
    cr_assert_eq(secret->bytes[4095], 0);
    secret_free(secret);
    char message[200];
    snprintf(message, sizeof message, "%s is longer than 4096 bytes: it holds no secret", path);
    for (int i = 0; i < 2; i++) {
        write_file(text, 0600);
        cr_assert_eq(secret_read_file(path, &secret), ERR_INVALID);
        cr_assert_str_eq(error_message(), message);
        text[4096] = 'x';
    }
}

Test(secret_file, may_be_empty_and_is_not_a_folder)
{
    struct secret *secret;
    char message[200];
    write_file("", 0600);
    cr_assert_eq(secret_read_file(path, &secret), OK);
    cr_assert_eq(secret->size, 0);
    secret_free(secret);
    write_file("\n", 0700);
    cr_assert_eq(secret_read_file(path, &secret), OK);
    cr_assert_eq(secret->size, 0);
    cr_assert_str_eq(secret->bytes, "");
    secret_free(secret);
    unlink(path);
    snprintf(message, sizeof message, "cannot open %s: No such file or directory", path);
    cr_assert_eq(secret_read_file(path, &secret), ERR_NOT_FOUND);
    cr_assert_str_eq(error_message(), message);
    snprintf(message, sizeof message, "cannot read %s: Is a directory", folder);
    cr_assert_eq(secret_read_file(folder, &secret), ERR_SYSTEM);
    cr_assert_str_eq(error_message(), message);
    write_file("", 0600);
    strcat(path, "/below");
    cr_assert_eq(secret_read_file(path, &secret), ERR_SYSTEM);
    *strrchr(path, '/') = 0;
}

Test(secret_file, of_the_name_minus_is_standard_input)
{
    struct secret *secret;
    write_file("typed\n", 0644);
    int fd = open(path, O_RDONLY);
    cr_assert_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
    cr_assert_eq(secret_read_file("-", &secret), OK, "%s", error_message());
    cr_assert_str_eq(secret->bytes, "typed");
    secret_free(secret);
    close(STDIN_FILENO);
    cr_assert_eq(secret_read_file("-", &secret), ERR_SYSTEM);
    cr_assert_str_eq(error_message(), "cannot read standard input: Bad file descriptor");
}

Test(secret_file, of_a_key_is_private_and_different_each_time)
{
    struct stat status;
    struct secret *one, *two;
    cr_assert_eq(keybox_write_key_file(path), OK, "%s", error_message());
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    cr_assert_eq(secret_read_file(path, &one), OK);
    unlink(path);
    cr_assert_eq(keybox_write_key_file(path), OK);
    cr_assert_eq(secret_read_file(path, &two), OK);
    cr_assert(one->size == two->size && memcmp(one->bytes, two->bytes, one->size) != 0);
    secret_free(one);
    secret_free(two);
}
