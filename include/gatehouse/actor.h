/* Who does what, when and where: passed to every function of the model that changes something. */
#ifndef GATEHOUSE_ACTOR_H
#define GATEHOUSE_ACTOR_H

#include <gatehouse/store.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct actor {
    uid_t uid;     /* real user id */
    char user[64]; /* its name, or the number */
    bool has_login;
    uid_t login_uid; /* /proc/self/loginuid, where the kernel knows it */
    char login[64];
    char sudo_claim[64]; /* $SUDO_USER, which proves nothing; "" if none */
    char host[64];
    char terminal[64]; /* "" if none */
};

struct act {
    struct store *store;
    const struct actor *actor;
    int64_t now;
    bool rehearses; /* it will be rolled back, and writes no events */
};

void actor_current(struct actor *out);
/* "mara", "mara (login joe)", "gatehouse (sudo says mara)": for tables. */
void actor_text(const struct actor *actor, char *out, size_t out_size);

#endif
