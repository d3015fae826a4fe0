#include "tests/cli/run.h"
#include "tests/postgres/fresh.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char run_folder[64];
char run_database[FRESH_ADDRESS_SIZE];
char *run_out, *run_err;
static char clock_setting[sizeof run_folder + 32]; /* the file with the current time */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

void run_setup(void)
{
    snprintf(run_folder, sizeof run_folder, "/tmp/gatehouse-cli-XXXXXX");
    cr_assert(mkdtemp(run_folder));
    if (fresh_is_postgres())
        snprintf(run_database, sizeof run_database, "%s", fresh_make());
    else
        snprintf(run_database, sizeof run_database, "%s/gatehouse.db", run_folder);
    run_set_clock("1800000000");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void run_teardown(void)
{
    free(run_out);
    free(run_err);
    run_out = run_err = NULL;
    nftw(run_folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (fresh_is_postgres()) fresh_drop();
}

void run_set_clock(const char *seconds)
{
    char content[64];
    snprintf(content, sizeof content, "%s 0\n", seconds);
    snprintf(clock_setting, sizeof clock_setting, "GATEHOUSE_TEST_CLOCK=%s",
             run_file("clock", content, 0600));
}

static void execute(const char *program, const char *const *words)
{
    char database[sizeof run_database + 16], home[sizeof run_folder + 8], sanitizer[256];
    const char *asan = getenv("ASAN_OPTIONS");
    snprintf(database, sizeof database, "GATEHOUSE_DB=%s", run_database);
    snprintf(home, sizeof home, "HOME=%s", run_folder);
    snprintf(sanitizer, sizeof sanitizer, "ASAN_OPTIONS=%s", asan ? asan : "");
    char *environment[] = {"PATH=/usr/bin:/bin",  "LC_ALL=C.UTF-8", "TZ=UTC",
                           "TERM=xterm-256color", database,         home,
                           clock_setting,         sanitizer,        NULL};
    char *argv[64] = {"gatehouse"};
    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = (char *)words[i];
    execve(program, argv, environment);
    _exit(127);
}

static char *read_all(FILE *file)
{
    fflush(file);
    long size = (fseek(file, 0, SEEK_END), ftell(file));
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    cr_assert(text && fread(text, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    return text;
}

static int wait_for(pid_t child)
{
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "the program was killed by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

enum { CHILDREN_MAX = 64 };

static size_t list_children(pid_t children[static CHILDREN_MAX])
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "r");
    while (file && count < CHILDREN_MAX && fscanf(file, "%d", &children[count]) == 1)
        count++;
    if (file) fclose(file);
    return count;
}

/* What the program left behind to go on by itself is ours once it has ended (run_setup): waits for
 * it, so that the next call finds what it did. */
static void wait_for_others(const pid_t *before, size_t before_count)
{
    pid_t now[CHILDREN_MAX];
    size_t count = list_children(now);
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < before_count; k++)
            known = known || before[k] == now[i];
        if (!known) waitpid(now[i], NULL, 0);
    }
}

bool run_leaves_others;

static int run_full(const char *program, const char *input, const char *to,
                    const char *const *words)
{
    FILE *in = tmpfile(), *out = tmpfile(), *err = tmpfile();
    cr_assert(in && out && err);
    if (input) fputs(input, in);
    fflush(in);
    rewind(in);
    pid_t before[CHILDREN_MAX];
    size_t before_count = list_children(before);
    pid_t child = fork();
    if (child == 0) {
        setsid(); /* no controlling terminal */
        signal(SIGPIPE, SIG_DFL);
        dup2(fileno(in), STDIN_FILENO);
        dup2(to ? open(to, O_WRONLY) : fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        execute(program, words);
    }
    int status = wait_for(child);
    if (!run_leaves_others) wait_for_others(before, before_count);
    free(run_out);
    free(run_err);
    fclose(in);
    run_out = read_all(out);
    run_err = read_all(err);
    return status;
}

int run_words(const char *input, const char *const *words)
{
    return run_full(GATEHOUSE_UNDER_TEST, input, NULL, words);
}

int run_line(const char *line)
{
    char copy[600], *rest = NULL;
    enum { WORDS_MAX = 16 };
    const char *words[WORDS_MAX + 1] = {0};
    size_t count = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    cr_assert_leq(count, WORDS_MAX);
    return run_words(NULL, words);
}

int run_program(const char *program, const char *const *words)
{
    return run_full(program, NULL, NULL, words);
}

int run_to(const char *path, const char *const *words)
{
    return run_full(GATEHOUSE_UNDER_TEST, NULL, path, words);
}

int run_in_terminal(unsigned short columns, const struct answer *answers, const char *const *words)
{
    int terminal;
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    if (child == 0) execute(GATEHOUSE_UNDER_TEST, words);

    enum { ROOM = 1 << 16 };
    char *out = calloc(1, ROOM), *seen = out;
    size_t used = 0;
    ssize_t got;
    while (used + 1 < ROOM && (got = read(terminal, out + used, ROOM - 1 - used)) > 0) {
        used += (size_t)got;
        const char *prompt = answers && answers->prompt ? strstr(seen, answers->prompt) : NULL;
        if (!prompt) continue;
        seen = out + used;
        cr_assert_gt(write(terminal, answers->answer, strlen(answers->answer)), 0);
        answers++;
    }
    close(terminal);
    free(run_out);
    run_out = out;
    return wait_for(child);
}

struct running run_begin(const char *const *words)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails does not stop it */
        dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execute(GATEHOUSE_UNDER_TEST, words);
    }
    close(ends[1]);
    free(run_out);
    run_out = calloc(1, 1);
    return (struct running){.child = child, .output = ends[0]};
}

void run_until(struct running *running, const char *text)
{
    enum { WAIT_MS = 10000 };
    char buffer[4096], *found;
    while (!(found = strstr(run_out + running->read, text))) {
        struct pollfd poll_for = {.fd = running->output, .events = POLLIN};
        ssize_t got =
            poll(&poll_for, 1, WAIT_MS) > 0 ? read(running->output, buffer, sizeof buffer) : 0;
        cr_assert_gt(got, 0, "waited in vain for “%s” after “%s”", text, run_out + running->read);
        size_t size = strlen(run_out);
        run_out = realloc(run_out, size + (size_t)got + 1);
        memcpy(run_out + size, buffer, (size_t)got);
        run_out[size + (size_t)got] = 0;
    }
    running->read = (size_t)(found - run_out) + strlen(text);
}

void run_stop(struct running *running)
{
    int status;
    kill(running->child, SIGTERM);
    cr_assert_eq(waitpid(running->child, &status, 0), running->child);
    close(running->output);
}

json_t *run_json(void)
{
    json_error_t error;
    json_t *value = json_loads(run_out, 0, &error);
    cr_assert(value, "no JSON: %s: %s (%s)", error.text, run_out, run_err);
    return value;
}

void run_expect_text(json_t *object, const char *field, const char *value)
{
    json_t *found = json_object_get(object, field);
    cr_assert(found, "there is no field %s", field);
    cr_assert_str_eq(json_is_string(found) ? json_string_value(found) : "(no text)", value);
}

void run_expect_int(json_t *object, const char *field, json_int_t value)
{
    json_t *found = json_object_get(object, field);
    cr_assert(json_is_integer(found), "there is no number %s", field);
    cr_assert_eq(json_integer_value(found), value, "%s is %lld, not %lld", field,
                 (long long)json_integer_value(found), (long long)value);
}

const char *run_path(const char *name)
{
    static char paths[4][256];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", run_folder, name);
    return path;
}

const char *run_file(const char *name, const char *content, unsigned mode)
{
    const char *path = run_path(name);
    FILE *file = fopen(path, "w");
    cr_assert(file);
    fputs(content, file);
    fclose(file);
    chmod(path, mode);
    return path;
}

bool run_exists(const char *name)
{
    return access(run_path(name), F_OK) == 0;
}

const char *run_passphrase(void)
{
    return run_file("passphrase", "correct horse battery\n", 0600);
}

void run_init(void)
{
    int status = run("init", "--passphrase-file", run_passphrase());
    cr_assert_eq(status, 0, "init: %s", run_err);
}

void run_setup_account(void)
{
    run_setup();
    run_init();
    cr_assert_eq(run("account", "create", "ci"), 0, "%s", run_err);
}

void run_generate(const char *account, const char *name)
{
    int status = run("token", "generate", account, "--name", name);
    cr_assert_eq(status, 0, "generate: %s", run_err);
    run_out[strcspn(run_out, "\n")] = '\0';
}

char *run_secret(const char *name)
{
    run_generate("ci", name);
    return strdup(run_out);
}

struct act run_act(void)
{
    static struct actor actor;
    struct act act = {.actor = &actor, .now = 1800000000};
    actor_current(&actor);
    enum error e = database_open(run_database, STORE_OPEN, &act.store);
    cr_assert_eq(e, OK, "%s", error_message());
    return act;
}

int64_t run_events(void)
{
    struct act act = run_act();
    int64_t sequence;
    uint8_t hash[AUDIT_HASH_SIZE];
    cr_assert_eq(audit_head(act.store, &sequence, hash), OK);
    store_close(act.store);
    return sequence;
}

void run_change(const char *sql)
{
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(store_end(act.store, stmt_run(store_prepare(act.store, sql))), OK, "%s",
                 error_message());
    store_close(act.store);
}

int run_count_files(const char *pattern)
{
    char command[300];
    snprintf(command, sizeof command, "exit $(ls -d '%s'/%s 2>/dev/null | wc -l)", run_folder,
             pattern);
    int status = system(command);
    return WEXITSTATUS(status);
}
