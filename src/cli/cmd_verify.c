#include "src/cli/command.h"
#include "src/cli/print.h"

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/account.h>
#include <gatehouse/cli.h>
#include <gatehouse/database.h>
#include <gatehouse/permission.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_use.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
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

/* Waits for the lock as long as others need it; there is nobody to tell of a failure. */
static void record_alarm(const struct act *act, const struct token_pass *pass, const char *from)
{
    enum { TRIES = 12 };
    enum error e = ERR_BUSY;
    for (int i = 0; i < TRIES && e == ERR_BUSY; i++)
        e = token_alarm(act, pass, from);
}

/* What is known of a token that was denied: that somebody tried it. */
static void record_denial(const struct act *act, const struct token_pass *pass, const char *from)
{
    if (pass->canary)
        record_alarm(act, pass, from);
    else
        token_touch(act->store, act->now, pass, from);
}

/* From here on nobody who watches the caller sees this process: what ends the caller, its group or
 * its terminal does not end it, and it holds nothing of theirs. */
static void detach(void)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    int nothing = open("/dev/null", O_RDWR);
    setsid();
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(nothing, fd);
    close_range(STDERR_FILENO + 1, ~0U, 0);
}

static _Noreturn void live_on(struct call *call, const struct token_pass *pass, const char *from)
{
    detach();
    if (pass->token && !database_open(call->path, STORE_OPEN, &call->act.store)) {
        record_denial(&call->act, pass, from);
        store_close(call->act.store);
    }
    _exit(EXIT_DONE);
}

/* Whether a child would live on: what ends with the first process of a container does not. */
static bool may_leave_child(void)
{
    return getpid() != 1 && getppid() != 1;
}

/* The denial of a known token, or the use of a canary, is written to disk by a child that nobody
 * waits for. Every denial makes one, so that all take the same time; that of an unknown token ends
 * at once. False: it cannot be done. */
static bool leave_to_child(struct call *call, const struct token_pass *pass, const char *from)
{
    int detached[2];
    char byte;
    if (!may_leave_child() || pipe2(detached, O_CLOEXEC) != 0) return false;
    store_close(call->act.store);
    call->act.store = NULL;
    pid_t child = fork();
    if (child == 0) live_on(call, pass, from);
    close(detached[1]);
    if (child > 0 && read(detached[0], &byte, 1) == 0 && !pass->token) waitpid(child, NULL, 0);
    close(detached[0]);
    return child > 0;
}

/* Where there is no child, the process ends a whole number of these after the denial, with nothing
 * left to be done. */
static void record_and_wait(struct call *call, const struct token_pass *pass, const char *from)
{
    enum { WHOLE = 200000000, SECOND = 1000000000 };
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (pass->token &&
        (call->act.store || !database_open(call->path, STORE_OPEN, &call->act.store)))
        record_denial(&call->act, pass, from);
    store_close(call->act.store);
    call->act.store = NULL;
    clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t took = (int64_t)(end.tv_sec - begin.tv_sec) * SECOND + (end.tv_nsec - begin.tv_nsec);
    int64_t nanoseconds = begin.tv_nsec + (took / WHOLE + 1) * WHOLE;
    end = (struct timespec){.tv_sec = begin.tv_sec + nanoseconds / SECOND,
                            .tv_nsec = nanoseconds % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        continue;
}

/* Called after the answer is printed, so that recording cannot delay it. */
static void record(struct call *call, const struct token_pass *pass, const char *from)
{
    if (call->options->read_only) return;
    if (call->status == EXIT_DONE)
        token_touch(call->act.store, call->act.now, pass, from);
    else if (!leave_to_child(call, pass, from))
        record_and_wait(call, pass, from);
}

static enum error answer(struct call *call, const struct secret *token,
                         const struct token_question *question, struct token_pass *pass)
{
    struct answer answer = {0};
    enum error e = check(call, token, question, &answer);
    if (e == ERR_NOT_FOUND)
        e = deny(call);
    else if (!e)
        e = allow(call, &answer);
    *pass = answer.pass;
    json_decref(answer.permissions);
    return e;
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
    struct token_pass pass = {0};
    if (e == ERR_INVALID)
        e = deny(call); /* the line is too long */
    else if (!e)
        e = answer(call, token, &question, &pass);
    secret_free(token);
    if (!e) e = print_flush();
    if (!e) record(call, &pass, question.from);
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
