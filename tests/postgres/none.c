/* In a build that cannot use PostgreSQL. */
#include "fresh.h"

#include <stdlib.h>

bool fresh_is_postgres(void)
{
    return false;
}

const char *fresh_make(void)
{
    abort();
}

void fresh_drop(void)
{
}

void fresh_run(const char *sql)
{
    (void)sql;
    abort();
}

void fresh_leave(void)
{
}
