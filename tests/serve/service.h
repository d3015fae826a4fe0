/* Runs the real service on sockets in the folder of the test, and talks to it byte by byte. */
#ifndef GATEHOUSE_TESTS_SERVE_SERVICE_H
#define GATEHOUSE_TESTS_SERVE_SERVICE_H

#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* A database with the account ci, whose token is in service_token; it holds agent_management. */
extern char service_token[64];
void service_setup(void);
void service_teardown(void); /* ends the service, and expects that it ended well */

/* Starts it with --socket and --admin-socket, and these options (NULL: no others); waits until it
 * listens. */
#define service_start(...) service_start_words((const char *const[]){__VA_ARGS__, NULL})
void service_start_words(const char *const *options);
/* Sends a signal; waits for the end and returns its exit status, or 128 + the signal. */
void service_signal(int signal_number);
int service_wait(void);
pid_t service_process(void);
/* What it has written to standard error so far; waits until `text` is in it. */
void service_until_log(const char *text);
char *service_log(void); /* to be freed */

struct reply {
    int status; /* 0: the connection ended without an answer */
    bool ended; /* the connection, after the answer */
    char head[8192], body[16384];
};

int service_connect(void);
int service_connect_admin(void);
void service_send(int fd, const void *bytes, size_t size);
/* Waits until the service has read all that was sent. */
void service_until_read(int fd);
/* Reads one answer; waits for a minute at most. */
struct reply service_read(int fd);
/* Whether the other side has ended the connection, within this time. */
bool service_has_ended(int fd, int milliseconds);

/* One request on a connection of its own, as these bytes. */
struct reply service_raw(const void *bytes, size_t size);
#define service_text(text) service_raw(text, strlen(text))
/* GET with these lines of headers ("" or each ended by CR LF). */
struct reply service_get(const char *path, const char *headers);
/* The same with the token of the test as Bearer. */
struct reply service_check(const char *path, const char *headers);
struct reply service_check_token(const char *token);
struct reply service_post(const char *path, const char *headers, const char *form);
struct reply service_admin(const char *path);

/* Whether the head has exactly one line with this name, and this value. */
void service_expect_header(const struct reply *reply, const char *name, const char *value);
bool service_has_header(const struct reply *reply, const char *name);
/* A number of /status. */
long long service_count(const char *name);

#endif
