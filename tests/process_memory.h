/* What stands in the memory of another process. */
#ifndef GATEHOUSE_TESTS_PROCESS_MEMORY_H
#define GATEHOUSE_TESTS_PROCESS_MEMORY_H

#include <sys/types.h>

/* How often `text` stands in what the process can write: one byte after the other, or every so many
 * bytes, up to `stride`, as the characters of a screen do. -1: its memory cannot be read (that
 * takes root where the process forbids core dumps). */
int process_memory_count(pid_t process, const char *text, size_t stride);

#endif
