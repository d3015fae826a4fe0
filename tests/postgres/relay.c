#include "relay.h"

#include "fresh.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STEP_MS = 5, PROGRAMS_MAX = 16 };

static const char name[] = ".s.PGSQL.5432";
static char folder[] = "/tmp/gatehouse-relay-XXXXXX";
static char through[FRESH_ADDRESS_SIZE + sizeof folder];
static int listening;
static _Atomic enum relay_cut cut;
static atomic_bool closed, held;

/* Held while something is passed on. */
static pthread_mutex_t passing = PTHREAD_MUTEX_INITIALIZER;
static struct pollfd programs[PROGRAMS_MAX];
static unsigned turns;

void relay_cut_next(enum relay_cut how)
{
    cut = how;
}

void relay_hold(bool holds)
{
    held = holds;
}

/* The program waits for no answer to some of what it sends: that is passed on and counted first. */
unsigned relay_turns(void)
{
    for (;;) {
        pthread_mutex_lock(&passing);
        const int waiting = poll(programs, PROGRAMS_MAX, 0);
        const unsigned count = turns;
        pthread_mutex_unlock(&passing);
        if (waiting == 0) return count;
        sched_yield();
    }
}

/* Of what comes from this program, relay_turns() waits for all. */
static struct pollfd *add_program(int program)
{
    struct pollfd *place = programs;
    pthread_mutex_lock(&passing);
    while (place < programs + PROGRAMS_MAX && place->events)
        place++;
    if (place == programs + PROGRAMS_MAX) abort();
    *place = (struct pollfd){.fd = program, .events = POLLIN};
    pthread_mutex_unlock(&passing);
    return place;
}

static void remove_program(struct pollfd *place)
{
    pthread_mutex_lock(&passing);
    *place = (struct pollfd){.fd = -1};
    pthread_mutex_unlock(&passing);
}

static struct sockaddr_un address_in(const char *of)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.80s/%s", of, name);
    return address;
}

static bool contains(const char *bytes, ssize_t size, const char *text)
{
    return memmem(bytes, (size_t)size, text, strlen(text)) != NULL;
}

/* Passes on what has come. */
static bool pass(int from, int to)
{
    char bytes[65536];
    ssize_t size = read(from, bytes, sizeof bytes);
    return size > 0 && write(to, bytes, (size_t)size) == size;
}

/* From the program to the server; false: the connection ends. */
static bool pass_to_server(int program, int server)
{
    char bytes[65536];
    ssize_t size = read(program, bytes, sizeof bytes);
    if (size <= 0) return false;
    enum relay_cut how =
        contains(bytes, size, "; COMMIT") ? atomic_exchange(&cut, RELAY_NEVER) : RELAY_NEVER;
    if (how == RELAY_FOR_GOOD) closed = true;
    if (how == RELAY_BEFORE_COMMIT) return false;
    if (write(server, bytes, (size_t)size) != size) return false;
    return how == RELAY_NEVER || read(server, bytes, sizeof bytes) < 0;
}

static void *serve(void *arg)
{
    int program = (int)(long)arg, server = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = address_in(getenv("GATEHOUSE_TEST_POSTGRES_FOLDER"));
    bool going = connect(server, (struct sockaddr *)&address, sizeof address) == 0;
    bool answered = false;
    struct pollfd *place = add_program(program);
    while (going) {
        struct pollfd ends[] = {{.fd = program, .events = POLLIN},
                                {.fd = held ? -1 : server, .events = POLLIN}};
        poll(ends, 2, STEP_MS);
        pthread_mutex_lock(&passing);
        if (ends[0].revents) {
            turns += answered;
            answered = false;
            going = pass_to_server(program, server);
        }
        if (going && ends[1].revents) {
            answered = true;
            going = pass(server, program);
        }
        pthread_mutex_unlock(&passing);
    }
    remove_program(place);
    close(program);
    close(server);
    return NULL;
}

static void *accept_all(void *arg)
{
    (void)arg;
    for (;;) {
        pthread_t thread;
        int program = accept(listening, NULL, NULL);
        if (program < 0) return NULL;
        if (closed || pthread_create(&thread, NULL, serve, (void *)(long)program) != 0)
            close(program);
        else
            pthread_detach(thread);
    }
}

static void remove_folder(void)
{
    struct sockaddr_un address = address_in(folder);
    unlink(address.sun_path);
    rmdir(folder);
}

const char *relay_start(void)
{
    pthread_t thread;
    signal(SIGPIPE, SIG_IGN); /* either side may have gone */
    if (!mkdtemp(folder)) abort();
    for (size_t i = 0; i < PROGRAMS_MAX; i++)
        programs[i].fd = -1;
    struct sockaddr_un address = address_in(folder);
    listening = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listening, 16) != 0 || pthread_create(&thread, NULL, accept_all, NULL) != 0)
        abort();
    pthread_detach(thread);
    atexit(remove_folder);
    snprintf(through, sizeof through, "postgresql:///postgres?host=%s&user=postgres%s", folder,
             strrchr(fresh_address(), '&')); /* the schema */
    return through;
}
