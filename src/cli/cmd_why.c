#include "src/cli/cmd_account.h"
#include "src/cli/cmd_token.h"
#include "src/cli/print.h"

#include <gatehouse/permission.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/why.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the question is about: an account or one of its tokens. */
struct subject {
    struct account_row account;
    int64_t token; /* 0: the account */
    struct token_limits limits;
};

/* Digits alone are the number of a token; sa::42 is the account. */
static bool names_token(const char *typed)
{
    size_t digits = strspn(typed, "0123456789");
    return strchr(typed, '/') || (digits > 0 && typed[digits] == 0);
}

static enum error find_subject(const struct call *call, struct subject *subject)
{
    struct token_row token;
    if (!names_token(call->argv[0]))
        return cli_account_load(call, call->argv[0], &subject->account);
    enum error e = cli_token_load(call, call->argv[0], &token);
    if (!e) e = account_get(call->act.store, call->act.now, token.account, &subject->account);
    if (!e) e = token_limits_load(call->act.store, token.number, &subject->limits);
    subject->token = token.number;
    return e;
}

static bool allows(const struct subject *subject, int64_t permission)
{
    const struct token_limits *limits = &subject->limits;
    return !limits->canary && (!limits->narrowed || id_set_has(&limits->permissions, permission));
}

static json_t *why_json(const struct why *why, const struct subject *subject, const char *id)
{
    json_t *sources = json_array();
    /* What does not hold it may always be granted it. */
    if (!why->holds) json_array_append_new(sources, json_pack("{s:b}", "explicit", true));
    for (size_t i = 0; i < why->count; i++)
        json_array_append_new(sources,
                              why->sources[i].group
                                  ? json_pack("{s:o}", "group", json_text(why->sources[i].name))
                                  : json_pack("{s:b}", "explicit", true));
    json_t *object = json_pack("{s:o, s:o, s:b, s:o}", "account", json_text(id), "permission",
                               json_text(why->permission.id), "holds", why->holds,
                               why->holds ? "through" : "would_give", sources);
    if (!subject->token) return object;
    json_t *networks = json_array();
    for (size_t i = 0; i < subject->limits.network_count; i++)
        json_array_append_new(networks, json_text(subject->limits.networks[i]));
    json_object_set_new(object, "token", json_integer(subject->token));
    json_object_set_new(object, "token_allows",
                        json_boolean(allows(subject, why->permission.number)));
    json_object_set_new(object, "networks", networks);
    return object;
}

static enum error print_limits(const struct call *call, const struct why *why,
                               const struct subject *subject)
{
    char text[1000];
    enum error e = token_limits_text(call->act.store, &subject->limits, text, sizeof text);
    if (e) return e;
    print_line("token %" PRId64 ": %s%s", subject->token, *text ? text : "no limits of its own",
               allows(subject, why->permission.number) ? "" : "; so it does not allow it");
    return OK;
}

static enum error print_why(const struct call *call, const struct why *why,
                            const struct subject *subject)
{
    char id[ACCOUNT_ID_SIZE], text[2000];
    account_id_text(id, subject->account.name);
    if (call->json) return print_json(why_json(why, subject, id));
    why_text(why, subject->account.name, text, sizeof text);
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        print_line("%s", line);
    return subject->token ? print_limits(call, why, subject) : OK;
}

static enum error why_exec(struct call *call)
{
    int64_t permission = 0;
    struct subject subject = {0};
    struct why *why = NULL;
    enum error e = find_subject(call, &subject);
    if (!e) e = permission_find(call->act.store, call->argv[1], &permission);
    if (!e) e = why_find(call->act.store, subject.account.number, permission, &why);
    if (!e) e = print_why(call, why, &subject);
    if (!e && !(why->holds && allows(&subject, permission))) call->status = EXIT_NO;
    free(why);
    token_limits_free(&subject.limits);
    return e;
}

const struct cli_command cli_why_commands[] = {
    {
        .words = "why",
        .arguments = "ID|TOKEN PERMISSION",
        .least = 2,
        .most = 2,
        .sentence = "Explains where a permission of an account or a token comes from, or what "
                    "would give it.",
        .example = "gatehouse why ci-deploy agent_management",
        .store = CLI_READS,
        .exec = why_exec,
    },
    {0},
};
