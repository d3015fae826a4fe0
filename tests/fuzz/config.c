/* The configuration file. */
#include "fuzz.h"

#include <gatehouse/config.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config config;
    config_read_file(fuzz_file(data, size), &config);
    fuzz_check(config.key_count <= CONFIG_KEYS_MAX);
    fuzz_check(config.problem_count <= CONFIG_PROBLEMS_MAX);
    fuzz_check(memchr(config.theme, 0, sizeof config.theme));
    fuzz_check(config.vault_idle >= -1 && config.clipboard_clear >= -1);
    for (size_t i = 0; i < config.problem_count; i++)
        fuzz_check(memchr(config.problems[i], 0, sizeof config.problems[i]));
    for (size_t i = 0; i < config.key_count; i++)
        fuzz_check(memchr(config.keys[i].keys, 0, sizeof config.keys[i].keys));
    return 0;
}
