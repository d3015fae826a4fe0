/* The options of `gatehouse serve`. The command line has checked their names already, and tells
 * about them (src/cli/cmd_serve.c). */
#ifndef GATEHOUSE_SERVE_OPTIONS_H
#define GATEHOUSE_SERVE_OPTIONS_H

#include "src/serve/request.h"

enum { OPTIONS_SOCKETS_MAX = 8 };

struct serve_options {
    const char *database; /* NULL: where database_path says */
    size_t socket_count, listen_count;
    const char *sockets[OPTIONS_SOCKETS_MAX], *listens[OPTIONS_SOCKETS_MAX];
    const char *admin_socket; /* NULL: none */
    bool anywhere;            /* other addresses than loopback are allowed */
    bool basic;
    int threads; /* 0: as many as there are processors */
    struct trusted trusted;
    const char *snippet; /* print this one, and end; NULL: none */
    const char *program; /* the path of the main program, for the snippets; NULL: unknown */
};

/* ERR_USAGE. The caller frees with options_free. */
enum error options_parse(int argc, char **argv, struct serve_options *options) MUST_CHECK;
void options_free(struct serve_options *options);

#endif
