/* Files that contain secrets: read only by their owner, never overwritten. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <gatehouse/keybox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    static const mode_t open_ones[] = {0640, 0604, 0660, 0644};
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
