/* The sockets that the service listens on. */
#ifndef GATEHOUSE_SERVE_LISTENER_H
#define GATEHOUSE_SERVE_LISTENER_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum { LISTENER_PATH_SIZE = 104, LISTENERS_MAX = 24 };
/* Where proxies look for it unless told otherwise; the snippets name it. */
#define LISTENER_DEFAULT "/run/gatehouse/serve.sock"

struct listener {
    int fd;
    bool is_admin;
    char path[LISTENER_PATH_SIZE]; /* of a Unix socket that we have made; "" */
    struct stat made;
};
struct listeners {
    size_t count;
    struct listener items[LISTENERS_MAX];
};

/* A Unix socket, 0660. It gets its name when it listens already, in place of one that nobody
 * listens on. ERR_CONFLICT when somebody does, or the name is not one of a socket. */
enum error listener_add_unix(struct listeners *listeners, const char *path,
                             bool is_admin) MUST_CHECK;
/* "127.0.0.1:8080", "[::1]:8080"; ERR_USAGE for other addresses than loopback unless `anywhere`,
 * which says that tokens travel in the clear. */
enum error listener_add_tcp(struct listeners *listeners, const char *typed,
                            bool anywhere) MUST_CHECK;
/* Those that systemd has opened (LISTEN_FDS); one named "admin" is for the admin. */
enum error listener_add_inherited(struct listeners *listeners) MUST_CHECK;
/* The path of the admin socket, in `out`; NULL: there is none, or it has no path. */
const char *listeners_admin_path(const struct listeners *listeners,
                                 char out[static LISTENER_PATH_SIZE]);
/* Closes them, and removes the names that are still those of our sockets. */
void listeners_close(struct listeners *listeners);

#endif
