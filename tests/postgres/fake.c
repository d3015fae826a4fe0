#include "fake.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/gatehouse-fake-XXXXXX";
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static struct fake told;

/* A message: its type, its size, its body. */
static void say(int program, char type, const void *body, size_t size)
{
    char message[300] = {type};
    uint32_t whole = htonl((uint32_t)(size + sizeof whole));
    memcpy(message + 1, &whole, sizeof whole);
    memcpy(message + 1 + sizeof whole, body, size);
    if (write(program, message, 1 + sizeof whole + size) < 0) abort();
}

static void say_parameter(int program, const char *name, const char *value)
{
    char body[200];
    int size = snprintf(body, sizeof body, "%s%c%s", name, 0, value);
    say(program, 'S', body, (size_t)size + 1);
}

static void say_hello(int program)
{
    say(program, 'R', "\0\0\0\0", 4); /* nobody has to prove who they are */
    say_parameter(program, "server_version", told.server_version);
    if (told.crdb_version) say_parameter(program, "crdb_version", told.crdb_version);
    say_parameter(program, "client_encoding", "UTF8");
    say_parameter(program, "in_hot_standby", "off");
    say_parameter(program, "default_transaction_read_only", "off");
    say(program, 'Z', "I", 1);
}

/* One column of type text, one row. */
static void say_row(int program)
{
    char row[100] = {0, 1, 0, 0, 0, (char)strlen(told.number)};
    say(program, 'T', "\0\1n\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0", 22);
    memcpy(row + 6, told.number, strlen(told.number));
    say(program, 'D', row, 6 + strlen(told.number));
    say(program, 'C', "SELECT 1", 9);
}

static bool take(int program, char *body, size_t room)
{
    uint32_t size;
    if (recv(program, &size, sizeof size, MSG_WAITALL) != sizeof size) return false;
    size = ntohl(size) - (uint32_t)sizeof size;
    return size <= room && recv(program, body, size, MSG_WAITALL) == (ssize_t)size;
}

static void *serve(void *arg)
{
    static const char error[] = "SERROR\0C42883\0Mfunction version() does not exist\0";
    int program = (int)(long)arg;
    char type = 0, body[8192];
    if (take(program, body, sizeof body)) say_hello(program);
    while (read(program, &type, 1) == 1 && type == 'Q' && take(program, body, sizeof body)) {
        if (told.number)
            say_row(program);
        else
            say(program, 'E', error, sizeof error);
        say(program, 'Z', "I", 1);
    }
    close(program);
    return NULL;
}

static void *accept_all(void *arg)
{
    for (;;) {
        int program = accept((int)(long)arg, NULL, NULL);
        if (program < 0) return NULL;
        serve((void *)(long)program);
    }
}

static void remove_folder(void)
{
    unlink(address.sun_path);
    rmdir(folder);
}

const char *fake_start(const struct fake *fake)
{
    pthread_t thread;
    told = *fake;
    if (!mkdtemp(folder)) abort();
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listening, 16) != 0 ||
        pthread_create(&thread, NULL, accept_all, (void *)(long)listening) != 0)
        abort();
    pthread_detach(thread);
    atexit(remove_folder);
    return folder;
}
