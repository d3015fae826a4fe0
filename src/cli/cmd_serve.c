#include "src/cli/command.h"

#include <errno.h>
#include <gatehouse/cli.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 128 };

/* The service is a program of its own, so that this one need not load what it needs: beside this
 * one in the build tree, and where `make install` puts it. */
static bool find_program(const char *self, char *out, size_t size)
{
    const char *slash = strrchr(self, '/');
    snprintf(out, size, "%.*s/gatehouse-serve", slash ? (int)(slash - self) : 0, self);
    if (slash && access(out, X_OK) == 0) return true;
    snprintf(out, size, "%s", GATEHOUSE_SERVE_PROGRAM);
    return access(out, X_OK) == 0;
}

static enum error serve_exec(struct call *call)
{
    char self[PATH_MAX] = "", program[2 * PATH_MAX];
    char *arguments[ARGUMENTS_MAX] = {"gatehouse-serve"};
    int count = 1;
    if (call->options->read_only)
        return fail(ERR_CONFLICT, "serve writes to the database: leave --read-only out");
    if (call->typed_count > ARGUMENTS_MAX - 6) return fail(ERR_USAGE, "too many options");
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0) length = 0;
    self[length] = 0;
    if (!find_program(self, program, sizeof program))
        return fail(ERR_SYSTEM, "this installation has no check service: build Gatehouse with "
                                "libmicrohttpd and -DGATEHOUSE_SERVE=ON, and install it");
    if (call->options->database) {
        arguments[count++] = "--db";
        arguments[count++] = (char *)call->options->database;
    }
    if (self[0]) { /* for the snippets */
        arguments[count++] = "--program";
        arguments[count++] = self;
    }
    for (int i = 0; i < call->typed_count; i++)
        arguments[count++] = call->typed[i];
    execv(program, arguments);
    return fail(ERR_SYSTEM, "cannot start %s: %s", program, strerror(errno));
}

static const struct command_option options[] = {
    {.name = "socket",
     .value = "PATH",
     .sentence = "listen on a Unix socket, 0660; without any socket: /run/gatehouse/serve.sock"},
    {.name = "listen", .value = "ADDRESS:PORT", .sentence = "listen on TCP, on loopback"},
    {.name = "listen-anywhere",
     .sentence = "let --listen name any address: tokens then travel in "
                 "the clear"},
    {.name = "admin-socket",
     .value = "PATH",
     .sentence = "a Unix socket that answers /metrics (Prometheus) and /status (JSON)"},
    {.name = "trust",
     .value = "NETWORK",
     .sentence = "believe X-Forwarded-For of peers there; those of a Unix socket always are; may "
                 "be repeated"},
    {.name = "challenge",
     .value = "bearer|basic",
     .sentence = "what a 401 asks for; browsers ask the user for basic"},
    {.name = "threads", .value = "N", .sentence = "how many; otherwise one per processor"},
    {.name = "snippet",
     .value = "NAME",
     .sentence =
         "print what puts it behind nginx, caddy, haproxy (and haproxy-lua), traefik, envoy, "
         "apache or pam"},
    {0},
};

const struct cli_command cli_serve_commands[] = {
    {
        .words = "serve",
        .sentence = "Answers checks of proxies and programs over HTTP until it is stopped.",
        .example = "gatehouse serve --socket /run/gatehouse/serve.sock",
        .options = options,
        .store = CLI_NO_STORE,
        .no_json = true,
        .exec = serve_exec,
    },
    {0},
};
