/* The ambient functions for the tests: a clock that stands still until a test moves it, and a key
 * derivation that costs next to nothing. The file named by $GATEHOUSE_TEST_CLOCK contains "EPOCH
 * SKIP_MS", and a third number, TICKS, if the timers stand still, too. Whoever runs the tests is
 * called $GATEHOUSE_TEST_USER where that is set. */
#include <gatehouse/ambient.h>

#include <dlfcn.h>
#include <inttypes.h>
#include <pwd.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool read_clock(int64_t *epoch, int64_t *skip, int64_t *ticks)
{
    const char *path = getenv("GATEHOUSE_TEST_CLOCK");
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file) return false;
    bool whole = fscanf(file, "%" SCNd64 " %" SCNd64, epoch, skip) == 2;
    if (!whole || fscanf(file, "%" SCNd64, ticks) != 1) *ticks = -1;
    fclose(file);
    return whole;
}

int64_t ambient_now(void)
{
    int64_t epoch, skip, ticks;
    return read_clock(&epoch, &skip, &ticks) ? epoch : (int64_t)time(NULL);
}

int64_t ambient_ticks(void)
{
    struct timespec now;
    int64_t epoch, skip, held;
    clock_gettime(CLOCK_BOOTTIME, &now);
    int64_t ticks = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (!read_clock(&epoch, &skip, &held)) return ticks;
    return held >= 0 ? held : ticks + skip;
}

struct kdf_cost ambient_kdf_cost(void)
{
    return (struct kdf_cost){.operations = crypto_pwhash_OPSLIMIT_MIN,
                             .memory = crypto_pwhash_MEMLIMIT_MIN};
}

/* In place of that of the C library, which is asked where nothing else is wanted. */
int getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found)
{
    int (*real)(uid_t, struct passwd *, char *, size_t, struct passwd **);
    const char *name = getenv("GATEHOUSE_TEST_USER");
    void *symbol = dlsym(RTLD_NEXT, "getpwuid_r");
    memcpy(&real, &symbol, sizeof real);
    int failed = real(uid, entry, buffer, size, found);
    if (!failed && *found && name) entry->pw_name = (char *)name;
    return failed;
}
