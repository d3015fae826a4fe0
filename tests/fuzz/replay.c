/* Runs a fuzz target over every file of a folder: its corpus as a plain test, without libFuzzer. */
#include "fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

enum { INPUT_MAX = 1 << 20 };

static void replay_file(const char *folder, const char *name)
{
    static uint8_t bytes[INPUT_MAX];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    fuzz_check(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    /* So that the last line tells which one it was. */
    printf("%s\n", name);
    fflush(stdout);
    /* A copy of just that size: reading beyond it is found by ASan. */
    uint8_t *copy = malloc(size ? size : 1);
    fuzz_check(copy);
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder)); count++)
        if (entry->d_name[0] != '.') replay_file(argv[1], entry->d_name);
    closedir(folder);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    return count > 2 ? 0 : 1;
}
