#include "src/serve/check.h"

#include <gatehouse/ambient.h>
#include <gatehouse/ascii.h>
#include <string.h>

/* The user name of Basic must not contradict the token. "token" stands for any account; programs
 * that cannot send an empty one need a word. */
static bool is_user(const char *user, const struct token_pass *pass)
{
    static const char prefix[] = "sa::";
    if (!*user || strcmp(user, "token") == 0) return true;
    if (ascii_ncasecmp(user, prefix, sizeof prefix - 1) == 0) user += sizeof prefix - 1;
    return ascii_casecmp(user, pass->account_name) == 0;
}

static enum error ask(struct seat *seat, const struct secret *secret,
                      const struct token_question *question, struct token_pass *pass)
{
    return token_check(seat->source.checker, ambient_now(), secret->bytes, secret->size, question,
                       pass, NULL);
}

static enum error deny(struct token_pass *pass, enum token_denial denial)
{
    pass->denial = denial;
    return ERR_NOT_FOUND;
}

/* A permission that is not in the catalogue is held by nobody. */
static enum error ask_permission(struct seat *seat, const struct secret *secret, const char *id,
                                 struct token_question *question, struct token_pass *pass)
{
    enum error e = token_checker_permission(seat->source.checker, id, &question->permission);
    if (!e) return ask(seat, secret, question, pass);
    if (e != ERR_NOT_FOUND) return e;
    question->permission = 0;
    e = ask(seat, secret, question, pass);
    return e ? e : deny(pass, DENIAL_PERMISSION);
}

enum error check_token(struct seat *seat, const struct secret *secret, const char *user,
                       const struct question *question, struct token_pass *pass)
{
    struct token_question one = {.account = question->account,
                                 .from = question->from[0] ? question->from : NULL};
    enum error e = question->count ? OK : ask(seat, secret, &one, pass);
    for (size_t i = 0; i < question->count && !e; i++)
        e = ask_permission(seat, secret, question->permissions[i], &one, pass);
    bool is_good = !e || (e == ERR_NOT_FOUND && pass->denial > DENIAL_ACCOUNT);
    return is_good && !is_user(user, pass) ? deny(pass, DENIAL_ACCOUNT) : e;
}

void check_note(struct seat *seat, const struct token_pass *pass, const char *from)
{
    struct token_use use = {.token = pass->token,
                            .account = pass->account,
                            .at = ambient_now(),
                            .denial = pass->denial};
    memccpy(use.from, from, 0, sizeof use.from - 1);
    writer_note(seat->service->writer, seat->queue, &use, pass->canary);
}
