#include "hammer.h"

#include "local.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 16, TOKEN_SIZE = 64 };
enum { LATE_US = 1000 }; /* until the next request, when it could not answer */

struct hammer {
    struct hammers *all;
    pthread_t thread;
    int fd;
    struct hammered seen;
};
struct hammers {
    pthread_mutex_t lock; /* of the next two */
    char token[TOKEN_SIZE];
    bool is_revoked;
    atomic_bool stop;
    size_t count;
    struct hammer clients[CLIENTS_MAX];
    int fd; /* of hammers_ask */
};

/* Answers have no body. */
static int ask(int fd, const char *token)
{
    char text[256], answer[2048];
    size_t size = 0;
    int status = 0;
    snprintf(text, sizeof text, "GET /verify HTTP/1.1\r\nHost: g\r\nX-API-Key: %s\r\n\r\n", token);
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text)) return 0;
    do {
        ssize_t got = recv(fd, answer + size, sizeof answer - 1 - size, 0);
        if (got <= 0) return 0;
        size += (size_t)got;
        answer[size] = 0;
    } while (!strstr(answer, "\r\n\r\n"));
    return sscanf(answer, "HTTP/1.1 %d", &status) == 1 ? status : 0;
}

static void *swing(void *arg)
{
    struct hammer *hammer = arg;
    struct hammers *all = hammer->all;
    while (!atomic_load(&all->stop)) {
        char token[TOKEN_SIZE];
        pthread_mutex_lock(&all->lock);
        bool revoked = all->is_revoked; /* before the request is sent */
        memcpy(token, all->token, sizeof token);
        pthread_mutex_unlock(&all->lock);
        int status = ask(hammer->fd, token);
        hammer->seen.answers++;
        hammer->seen.passed_after += status == 200 && revoked;
        hammer->seen.late += status == 503;
        if (status == 503) usleep(LATE_US);
        hammer->seen.failures += status != 200 && status != 401 && status != 503;
        if (!status) break;
    }
    return NULL;
}

struct hammers *hammers_start(const char *socket, size_t count)
{
    struct hammers *hammers = calloc(1, sizeof *hammers);
    if (!hammers || count > CLIENTS_MAX || (hammers->fd = local_connect(socket)) < 0) {
        free(hammers);
        return NULL;
    }
    pthread_mutex_init(&hammers->lock, NULL);
    snprintf(hammers->token, sizeof hammers->token, "none");
    hammers->is_revoked = true;
    while (hammers->count < count) {
        struct hammer *next = &hammers->clients[hammers->count];
        *next = (struct hammer){.all = hammers, .fd = local_connect(socket)};
        if (next->fd < 0 || pthread_create(&next->thread, NULL, swing, next) != 0) {
            if (next->fd >= 0) close(next->fd);
            hammers_stop(hammers);
            return NULL;
        }
        hammers->count++;
    }
    return hammers;
}

void hammers_aim(struct hammers *hammers, const char *token, bool is_revoked)
{
    pthread_mutex_lock(&hammers->lock);
    snprintf(hammers->token, sizeof hammers->token, "%s", token);
    hammers->is_revoked = is_revoked;
    pthread_mutex_unlock(&hammers->lock);
}

int hammers_ask(struct hammers *hammers, const char *token)
{
    int status;
    do
        status = ask(hammers->fd, token);
    while (status == 503);
    return status;
}

struct hammered hammers_stop(struct hammers *hammers)
{
    struct hammered all = {0};
    atomic_store(&hammers->stop, true);
    for (size_t i = 0; i < hammers->count; i++) {
        pthread_join(hammers->clients[i].thread, NULL);
        close(hammers->clients[i].fd);
        all.answers += hammers->clients[i].seen.answers;
        all.late += hammers->clients[i].seen.late;
        all.failures += hammers->clients[i].seen.failures;
        all.passed_after += hammers->clients[i].seen.passed_after;
    }
    close(hammers->fd);
    pthread_mutex_destroy(&hammers->lock);
    free(hammers);
    return all;
}
