#include <gatehouse/actor.h>

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void copy(char *out, size_t out_size, const char *text)
{
    snprintf(out, out_size, "%s", text ? text : "");
}

static void name_user(char *out, size_t out_size, uid_t uid)
{
    struct passwd entry, *found = NULL;
    char buffer[4096];
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        copy(out, out_size, entry.pw_name);
    else
        snprintf(out, out_size, "%u", (unsigned)uid);
}

/* The kernel sets this at login and does not let a program change it; all ones means unknown. */
static bool read_login(uid_t *uid)
{
    FILE *file = fopen("/proc/self/loginuid", "re");
    if (!file) return false;
    unsigned value;
    bool known = fscanf(file, "%u", &value) == 1 && value != (unsigned)-1;
    fclose(file);
    if (known) *uid = value;
    return known;
}

void actor_current(struct actor *out)
{
    *out = (struct actor){.uid = getuid()};
    name_user(out->user, sizeof out->user, out->uid);
    out->has_login = read_login(&out->login_uid);
    if (out->has_login) name_user(out->login, sizeof out->login, out->login_uid);
    copy(out->sudo_claim, sizeof out->sudo_claim, getenv("SUDO_USER"));
    if (gethostname(out->host, sizeof out->host - 1) != 0) out->host[0] = 0;
    if (ttyname_r(STDIN_FILENO, out->terminal, sizeof out->terminal) != 0) out->terminal[0] = 0;
}

void actor_text(const struct actor *actor, char *out, size_t out_size)
{
    if (actor->has_login && actor->login_uid != actor->uid)
        snprintf(out, out_size, "%s (login %s)", actor->user, actor->login);
    else if (actor->sudo_claim[0])
        snprintf(out, out_size, "%s (sudo says %s)", actor->user, actor->sudo_claim);
    else
        copy(out, out_size, actor->user);
}
