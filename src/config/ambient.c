#include <gatehouse/ambient.h>

#include <sodium.h>
#include <time.h>

int64_t ambient_now(void)
{
    return (int64_t)time(NULL);
}

int64_t ambient_ticks(void)
{
    struct timespec now;
    /* Goes on while the machine is suspended: a vault must not stay open over a night. */
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct kdf_cost ambient_kdf_cost(void)
{
    return (struct kdf_cost){.operations = crypto_pwhash_OPSLIMIT_MODERATE,
                             .memory = crypto_pwhash_MEMLIMIT_MODERATE};
}
