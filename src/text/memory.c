#include <gatehouse/memory.h>

#include <stdatomic.h>
#include <stdlib.h>

static atomic_uint failures;

void *memory_allocate(size_t size)
{
    void *memory = malloc(size);
    if (!memory) failures++;
    return memory;
}

unsigned memory_failures(void)
{
    return failures;
}
