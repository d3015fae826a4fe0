#include "fresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char name[32];

static const char *server(void)
{
    return getenv("GATEHOUSE_TEST_POSTGRES_FOLDER");
}

bool fresh_is_postgres(void)
{
    return server() != NULL;
}

static void run(const char *program)
{
    char command[300];
    snprintf(command, sizeof command, "%s -h %s -U postgres %s", program, server(), name);
    if (system(command) != 0) abort();
}

const char *fresh_make(void)
{
    static char address[300];
    static int made;
    snprintf(name, sizeof name, "t%d_%d", (int)getpid(), ++made);
    run("createdb");
    snprintf(address, sizeof address, "postgresql:///%s?host=%s&user=postgres", name, server());
    return address;
}

void fresh_drop(void)
{
    run("dropdb");
}
