#include "src/serve/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 64, TRUSTED_MAX = 64 };

static enum error add(const char **list, size_t *count, const char *value)
{
    if (*count == OPTIONS_SOCKETS_MAX)
        return fail(ERR_USAGE, "at most %d of each kind of socket", OPTIONS_SOCKETS_MAX);
    list[(*count)++] = value;
    return OK;
}

static enum error add_trusted(struct trusted *trusted, const char *typed)
{
    if (trusted->count == TRUSTED_MAX)
        return fail(ERR_USAGE, "at most %d networks can be trusted", TRUSTED_MAX);
    if (!trusted->networks) trusted->networks = calloc(TRUSTED_MAX, sizeof *trusted->networks);
    if (!trusted->networks) return fail_memory();
    enum error e = network_canonical(typed, trusted->networks[trusted->count]);
    if (e) return e;
    trusted->count++;
    return OK;
}

static enum error set_challenge(struct serve_options *options, const char *typed)
{
    options->basic = strcmp(typed, "basic") == 0;
    if (options->basic || strcmp(typed, "bearer") == 0) return OK;
    return fail(ERR_USAGE, "there is no challenge “%s”: choose bearer or basic", typed);
}

static enum error set_threads(struct serve_options *options, const char *typed)
{
    size_t digits = strspn(typed, "0123456789");
    options->threads = digits > 0 && digits < 4 && !typed[digits] ? atoi(typed) : 0;
    if (options->threads >= 1 && options->threads <= THREADS_MAX) return OK;
    return fail(ERR_USAGE, "“%s” is not a number of threads: from 1 to %d", typed, THREADS_MAX);
}

enum {
    OPTION_DB,
    OPTION_SOCKET,
    OPTION_LISTEN,
    OPTION_ANYWHERE,
    OPTION_ADMIN,
    OPTION_TRUST,
    OPTION_CHALLENGE,
    OPTION_THREADS,
    OPTION_SNIPPET,
    OPTION_PROGRAM,
};

static enum error take(struct serve_options *options, int option, const char *value)
{
    switch (option) {
    case OPTION_DB:
        options->database = value;
        return OK;
    case OPTION_SOCKET:
        return add(options->sockets, &options->socket_count, value);
    case OPTION_LISTEN:
        return add(options->listens, &options->listen_count, value);
    case OPTION_ANYWHERE:
        options->anywhere = true;
        return OK;
    case OPTION_ADMIN:
        options->admin_socket = value;
        return OK;
    case OPTION_TRUST:
        return add_trusted(&options->trusted, value);
    case OPTION_CHALLENGE:
        return set_challenge(options, value);
    case OPTION_THREADS:
        return set_threads(options, value);
    case OPTION_SNIPPET:
        options->snippet = value;
        return OK;
    case OPTION_PROGRAM:
        options->program = value;
        return OK;
    default:
        return fail(ERR_USAGE, "start this program with gatehouse serve");
    }
}

enum error options_parse(int argc, char **argv, struct serve_options *options)
{
    static const struct option known[] = {
        {"db", required_argument, NULL, OPTION_DB},
        {"socket", required_argument, NULL, OPTION_SOCKET},
        {"listen", required_argument, NULL, OPTION_LISTEN},
        {"listen-anywhere", no_argument, NULL, OPTION_ANYWHERE},
        {"admin-socket", required_argument, NULL, OPTION_ADMIN},
        {"trust", required_argument, NULL, OPTION_TRUST},
        {"challenge", required_argument, NULL, OPTION_CHALLENGE},
        {"threads", required_argument, NULL, OPTION_THREADS},
        {"snippet", required_argument, NULL, OPTION_SNIPPET},
        {"program", required_argument, NULL, OPTION_PROGRAM},
        {0},
    };
    int found;
    enum error e = OK;
    *options = (struct serve_options){0};
    opterr = 0;
    while (!e && (found = getopt_long(argc, argv, "", known, NULL)) != -1)
        e = take(options, found, optarg);
    if (!e && optind < argc) e = fail(ERR_USAGE, "serve takes no arguments");
    return e;
}

void options_free(struct serve_options *options)
{
    free(options->trusted.networks);
}
