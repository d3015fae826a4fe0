#include "src/serve/snippet.h"

#include "src/serve/listener.h"

#include <errno.h>
#include <gatehouse/database.h>
#include <stdio.h>
#include <string.h>

extern const char snippet_nginx[], snippet_caddy[], snippet_haproxy[], snippet_haproxy_lua[],
    snippet_traefik[], snippet_envoy[], snippet_apache[], snippet_pam[];

static const struct {
    const char *name, *text;
} snippets[] = {
    {"nginx", snippet_nginx},     {"caddy", snippet_caddy},
    {"haproxy", snippet_haproxy}, {"haproxy-lua", snippet_haproxy_lua},
    {"traefik", snippet_traefik}, {"envoy", snippet_envoy},
    {"apache", snippet_apache},   {"pam", snippet_pam},
};

static const char *find(const char *name)
{
    for (size_t i = 0; i < sizeof snippets / sizeof *snippets; i++)
        if (strcmp(snippets[i].name, name) == 0) return snippets[i].text;
    return NULL;
}

struct place {
    const char *mark, *value;
};

/* A mark is a word in capitals between two @. */
static void print(const char *text, const struct place *places)
{
    for (const char *at = text; *at;) {
        const struct place *place = places;
        while (place->mark && strncmp(at, place->mark, strlen(place->mark)) != 0)
            place++;
        if (place->mark) {
            fputs(place->value, stdout);
            at += strlen(place->mark);
        } else {
            putchar(*at++);
        }
    }
}

enum error snippet_print(const struct serve_options *options)
{
    char database[4096];
    const char *text = find(options->snippet);
    if (!text)
        return fail(ERR_USAGE,
                    "there is no snippet “%s”: choose nginx, caddy, haproxy, "
                    "haproxy-lua, traefik, envoy, apache or pam",
                    options->snippet);
    enum error e = database_path(options->database, database, sizeof database);
    if (e) return e;
    const struct place places[] = {
        {"@SOCKET@", options->socket_count ? options->sockets[0] : LISTENER_DEFAULT},
        {"@LISTEN@", options->listen_count ? options->listens[0] : "127.0.0.1:8082"},
        {"@PROGRAM@", options->program ? options->program : "/usr/bin/gatehouse"},
        {"@DATABASE@", database},
        {NULL, NULL},
    };
    print(text, places);
    if (fflush(stdout) == 0 && !ferror(stdout)) return OK;
    return fail(ERR_SYSTEM, "cannot write the output: %s", strerror(errno));
}
