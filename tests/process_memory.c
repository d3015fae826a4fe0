#include "tests/process_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int count_in(const char *bytes, size_t size, const char *text, size_t most)
{
    const size_t length = strlen(text);
    int count = 0;
    for (size_t at = 0; at < size; at++) {
        if (bytes[at] != text[0]) continue;
        for (size_t stride = 1; stride <= most; stride++) {
            size_t same = 1;
            while (same < length && at + same * stride < size &&
                   bytes[at + same * stride] == text[same])
                same++;
            if (same == length) count++;
        }
    }
    return count;
}

static FILE *open_of(pid_t process, const char *file)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)process, file);
    return fopen(path, "r");
}

int process_memory_count(pid_t process, const char *text, size_t stride)
{
    char line[400], access[8];
    int count = 0;
    FILE *maps = open_of(process, "maps"), *memory = maps ? open_of(process, "mem") : NULL;
    while (memory && fgets(line, sizeof line, maps)) {
        uint64_t from, to;
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to, access) != 3) continue;
        char *bytes = access[1] == 'w' ? malloc(to - from) : NULL;
        ssize_t got = bytes ? pread(fileno(memory), bytes, to - from, (off_t)from) : 0;
        if (got > 0) count += count_in(bytes, (size_t)got, text, stride);
        free(bytes);
    }
    if (maps) fclose(maps);
    if (!memory) return -1;
    fclose(memory);
    return count;
}
