#include <criterion/criterion.h>

#include <fcntl.h>
#include <gatehouse/actor.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The lowest descriptor that is free. */
static int next_descriptor(void)
{
    int fd = open("/dev/null", O_RDONLY);
    cr_assert_geq(fd, 0);
    close(fd);
    return fd;
}

Test(actor, is_whoever_runs_the_program_here)
{
    struct actor actor;
    char host[sizeof actor.host] = "", user[sizeof actor.user];
    const struct passwd *entry = getpwuid(getuid());
    cr_assert_eq(gethostname(host, sizeof host - 1), 0);
    snprintf(user, sizeof user, "%u", (unsigned)getuid());
    if (entry) snprintf(user, sizeof user, "%s", entry->pw_name);
    setenv("SUDO_USER", "joe", 1);
    int before = next_descriptor();
    actor_current(&actor);
    cr_expect_eq(next_descriptor(), before, "a file stays open");
    cr_expect_eq(actor.uid, getuid());
    cr_expect_str_eq(actor.user, user);
    cr_expect_str_eq(actor.host, host);
    cr_expect_str_eq(actor.sudo_claim, "joe");
    cr_expect(actor.has_login || (!actor.login_uid && !*actor.login));
    unsetenv("SUDO_USER");
    actor_current(&actor);
    cr_expect_str_eq(actor.sudo_claim, "");
}

Test(actor, has_a_terminal_only_if_there_is_one)
{
    struct actor actor;
    cr_assert_not_null(freopen("/dev/null", "r", stdin));
    actor_current(&actor);
    cr_expect_str_eq(actor.terminal, "");
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert(terminal >= 0 && !grantpt(terminal) && !unlockpt(terminal));
    char name[64];
    cr_assert_eq(ptsname_r(terminal, name, sizeof name), 0);
    int end = open(name, O_RDWR | O_NOCTTY);
    cr_assert_geq(end, 0);
    cr_assert_eq(dup2(end, STDIN_FILENO), STDIN_FILENO);
    actor_current(&actor);
    cr_expect_str_eq(actor.terminal, name);
    close(end);
    close(terminal);
}

Test(actor, is_told_with_the_login_if_that_is_another_or_with_what_sudo_claims)
{
    struct actor actor = {.uid = 7, .user = "mara", .login_uid = 8, .login = "joe"};
    char text[64];
    actor_text(&actor, text, sizeof text);
    cr_expect_str_eq(text, "mara");
    actor.has_login = true;
    actor_text(&actor, text, sizeof text);
    cr_expect_str_eq(text, "mara (login joe)");
    strcpy(actor.sudo_claim, "eve");
    actor_text(&actor, text, sizeof text);
    cr_expect_str_eq(text, "mara (login joe)", "what is known counts more than what is claimed");
    actor.login_uid = 7;
    actor_text(&actor, text, sizeof text);
    cr_expect_str_eq(text, "mara (sudo says eve)");
}
