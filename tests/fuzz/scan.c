/* The leak hunt over any file. */
#include "fuzz.h"

#include <gatehouse/scan.h>
#include <string.h>

struct hunt {
    const uint8_t *data;
    size_t size;
};

static enum error look(const struct scan_find *find, void *arg)
{
    const struct hunt *hunt = arg;
    fuzz_check(find->offset >= 0 && (size_t)find->offset < hunt->size && find->line >= 1);
    size_t left = hunt->size - (size_t)find->offset;
    if (left >= 4 && memcmp(hunt->data + find->offset, "gth_", 4) == 0)
        fuzz_check(token_format_valid((const char *)hunt->data + find->offset, TOKEN_TEXT_SIZE));
    return OK;
}

static void unreadable(const char *path, const char *why, void *arg)
{
    (void)path, (void)arg;
    fuzz_check(!why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hunt hunt = {data, size};
    struct scan_result result = {0};
    const struct scan scan = {.path = fuzz_file(data, size),
                              .imported = true,
                              .each = look,
                              .unreadable = unreadable,
                              .arg = &hunt};
    fuzz_check(scan_run(fuzz_act()->store, FUZZ_NOW, &scan, &result) == OK);
    fuzz_check(result.bytes == (int64_t)size && result.files == 1);
    return 0;
}
