#include "src/cli/command.h"
#include "src/cli/print.h"

#include <errno.h>
#include <gatehouse/account.h>
#include <gatehouse/cli.h>
#include <gatehouse/permission.h>
#include <gatehouse/token_check.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_use.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 512 };

/* The token that passed, and all that it may do. */
struct answer {
    struct token_pass pass;
    json_t *permissions; /* ids */
};

static enum error load_permissions(struct store *store, struct answer *answer)
{
    struct id_set allowed;
    enum error e = token_allowed(store, answer->pass.token, answer->pass.account, &allowed);
    answer->permissions = json_array();
    for (size_t i = 0; !e && i < allowed.count; i++) {
        struct permission permission;
        e = permission_get(store, allowed.ids[i], &permission);
        if (!e) json_array_append_new(answer->permissions, json_text(permission.id));
    }
    id_set_free(&allowed);
    return e;
}

static enum error check(struct call *call, const struct secret *token,
                        const struct token_question *question, struct answer *answer)
{
    struct token_checker *checker;
    enum error e = token_checker_new(call->act.store, &checker);
    if (e) return e;
    e = store_begin_read(call->act.store);
    if (!e) {
        e = token_check(checker, call->act.now, token->bytes, token->size, question, &answer->pass,
                        NULL);
        if (!e) e = load_permissions(call->act.store, answer);
        e = store_end(call->act.store, e);
    }
    token_checker_free(checker);
    return e;
}

/* The same answer for everything that does not pass; the reason is for admins. */
static enum error deny(struct call *call)
{
    call->status = EXIT_NO;
    if (call->json) return print_json(json_pack("{s:b}", "allowed", 0));
    puts("denied");
    return OK;
}

static enum error allow(const struct call *call, const struct answer *answer)
{
    char id[ACCOUNT_ID_SIZE], number[32], expires[WHEN_SIZE];
    account_id_text(id, answer->pass.account_name);
    if (call->json)
        return print_json(json_pack("{s:b, s:s, s:I, s:o, s:O}", "allowed", 1, "account", id,
                                    "token", (json_int_t)answer->pass.token, "expires",
                                    json_time(answer->pass.expires), "permissions",
                                    answer->permissions));
    snprintf(number, sizeof number, "%" PRId64, answer->pass.token);
    when_iso(expires, answer->pass.expires);
    print_field("Account ID", id);
    print_field("Token", number);
    print_field("Expires", expires);
    const char *label = "Permissions";
    for (size_t i = 0; i < json_array_size(answer->permissions); i++, label = "")
        print_field(label, json_string_value(json_array_get(answer->permissions, i)));
    return OK;
}

/* Called after the answer is printed, so that recording cannot delay it. A canary that could not be
 * recorded is for admins to see; it does not change the answer. */
static void record(const struct call *call, const struct token_pass *pass, const char *from)
{
    if (call->options->read_only) return;
    if (!pass->canary) {
        token_touch(call->act.store, call->act.now, pass, from);
    } else if (token_alarm(&call->act, pass, from)) {
        print_warning("the use of a canary could not be recorded: %s", error_message());
    }
}

static enum error answer_and_record(struct call *call, const struct secret *token,
                                    const struct token_question *question)
{
    struct answer answer = {0};
    enum error e = check(call, token, question, &answer);
    if (e == ERR_NOT_FOUND)
        e = deny(call);
    else if (!e)
        e = allow(call, &answer);
    if (!e) e = print_flush();
    if (!e) record(call, &answer.pass, question->from);
    json_decref(answer.permissions);
    return e;
}

/* How long the process lives must not tell a canary, whose use is written to disk after the answer,
 * from anything else that is denied. So it ends a whole number of these after the token was read,
 * with nothing left to be done. */
static void wait_out_denial(struct call *call, const struct timespec *begin)
{
    enum { WHOLE = 200000000, SECOND = 1000000000 };
    struct timespec end;
    store_close(call->act.store);
    call->act.store = NULL;
    clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t took = (int64_t)(end.tv_sec - begin->tv_sec) * SECOND + (end.tv_nsec - begin->tv_nsec);
    int64_t nanoseconds = begin->tv_nsec + (took / WHOLE + 1) * WHOLE;
    end = (struct timespec){.tv_sec = begin->tv_sec + nanoseconds / SECOND,
                            .tv_nsec = nanoseconds % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        continue;
}

/* What is asked must exist: a typo in a script is no denial. */
static enum error read_question(const struct call *call, struct token_question *question,
                                char account[static ACCOUNT_NAME_MAX + 1])
{
    const char *permission = call_value(call, "permission"), *id = call_value(call, "account");
    struct address ignored;
    int64_t number;
    *question = (struct token_question){.from = call_value(call, "from")};
    enum error e = question->from ? address_parse(question->from, &ignored) : OK;
    if (!e && permission) e = permission_find(call->act.store, permission, &question->permission);
    if (e || !id) return e;
    question->account = account;
    e = account_parse_name(id, account);
    return e ? e : account_find(call->act.store, id, &number);
}

static enum error verify_exec(struct call *call)
{
    char account[ACCOUNT_NAME_MAX + 1];
    struct token_question question;
    enum error e = read_question(call, &question, account);
    if (e) return e;
    struct secret *token = NULL;
    /* What a person types must not be echoed. */
    e = isatty(STDIN_FILENO) ? secret_ask("Token: ", &token)
                             : secret_read_line(STDIN_FILENO, LINE_SIZE, &token);
    struct timespec begin;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (e == ERR_INVALID)
        e = deny(call); /* the line is too long */
    else if (!e)
        e = answer_and_record(call, token, &question);
    secret_free(token);
    if (!e && call->status == EXIT_NO) wait_out_denial(call, &begin);
    return e;
}

static const struct command_option options[] = {
    {.name = "permission", .value = "ID", .sentence = "also require this permission"},
    {.name = "account", .value = "ID", .sentence = "the token must be of this account"},
    {.name = "from", .value = "ADDRESS", .sentence = "the address the request came from"},
    {0},
};

const struct cli_command cli_verify_commands[] = {
    {
        .words = "verify",
        .sentence = "Checks whether the token on standard input is valid.",
        .example = "gatehouse verify --permission agent_management < token",
        .options = options,
        .store = CLI_READS,
        .exec = verify_exec,
    },
    {0},
};
