/* Inputs as texts and as files. */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_check(text);
    if (size) memcpy(text, data, size);
    text[size] = 0;
    return text;
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
    static char path[64];
    static int file = -1;
    if (file >= 0) close(file);
    file = memfd_create("fuzz", MFD_CLOEXEC);
    fuzz_check(file >= 0 && write(file, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}

static char folder[64], path[80];

static void remove_database(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char name[sizeof path + 16];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static void remove_folder(void)
{
    remove_database();
    rmdir(folder);
}

const char *fuzz_path(void)
{
    if (path[0]) return path;
    snprintf(folder, sizeof folder, "%s/gatehouse-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    fuzz_check(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/g.db", folder);
    atexit(remove_folder);
    return path;
}

void fuzz_write(const char *to, const uint8_t *data, size_t size)
{
    remove_database();
    FILE *file = fopen(to, "wb");
    fuzz_check(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    fuzz_check(chmod(to, 0600) == 0);
}
