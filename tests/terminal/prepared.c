#include "prepared.h"
#include "tests/postgres/fresh.h"

#include <criterion/criterion.h>
#include <gatehouse/account_change.h>
#include <gatehouse/database.h>
#include <gatehouse/demo.h>
#include <gatehouse/secret.h>
#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *prepared_database(const struct terminal *home)
{
    static char path[256];
    if (fresh_is_postgres()) return getenv("GATEHOUSE_TEST_DB");
    snprintf(path, sizeof path, "%s/.local/share/gatehouse/gatehouse.db", terminal_home(home));
    return path;
}

static struct store *open_store(const struct terminal *home, enum store_mode mode)
{
    struct store *store;
    cr_assert_eq(database_open(prepared_database(home), mode, &store), OK, "%s", error_message());
    return store;
}

struct terminal *prepared_home(void)
{
    static const char *const version[] = {"--version", NULL};
    static const struct actor admin = {.uid = 1000, .user = "mara", .host = "north"};
    struct terminal *home = terminal_start(3, 40, version, NULL);
    cr_assert_eq(terminal_wait_exit(home), 0);
    cr_assert_eq(crypto_init(), OK);
    if (fresh_is_postgres()) setenv("GATEHOUSE_TEST_DB", fresh_make(), 1);
    cr_assert_eq(database_make_folder(prepared_database(home)), OK, "%s", error_message());
    struct act act = {
        .store = open_store(home, STORE_CREATE), .actor = &admin, .now = TERMINAL_EPOCH};
    cr_assert_eq(demo_fill(&act), OK, "%s", error_message());
    store_close(act.store);
    return home;
}

struct terminal *prepared_line(const struct terminal *home, int rows, int columns,
                               const char *before, const char *arguments)
{
    char line[1024];
    snprintf(line, sizeof line, "%s '%s' %s", before, terminal_program(), arguments);
    const char *const argv[] = {"sh", "-c", line, NULL};
    return terminal_start_beside(home, rows, columns, argv);
}

/* Whether the overview still has a number to come. */
static bool is_counting(const char *overview)
{
    return strstr(overview, "… live") || strstr(overview, "~ live");
}

struct terminal *prepared_console(const struct terminal *home, int rows, int columns,
                                  const char *settings, const char *arguments)
{
    char before[512];
    snprintf(before, sizeof before, "exec env %s", settings);
    struct terminal *terminal = prepared_line(home, rows, columns, before, arguments);
    terminal_wait(terminal, "sa::agent-berlin");
    while (rows >= 10 && is_counting(terminal_row(terminal, 2)))
        terminal_listen(terminal, 10);
    return terminal;
}

void prepared_configure(const struct terminal *home, const char *text)
{
    char path[512];
    static const char *const folders[] = {".config", ".config/gatehouse"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", terminal_home(home), folders[i]);
        cr_assert_eq(mkdir(path, 0700), 0);
    }
    strcat(path, "/config");
    FILE *file = fopen(path, "w");
    cr_assert(file);
    fputs(text, file);
    fclose(file);
}

void prepared_run(const struct terminal *home, const char *sql)
{
    struct store *store = open_store(home, STORE_OPEN);
    enum error e = store_begin(store);
    if (!e) e = store_end(store, stmt_run(store_prepare(store, sql)));
    cr_assert_eq(e, OK, "%s: %s", sql, error_message());
    store_close(store);
}

int64_t prepared_ask(const struct terminal *home, const char *sql)
{
    int64_t value;
    struct store *store = open_store(home, STORE_READ_ONLY);
    cr_assert_eq(stmt_int(store_prepare(store, sql), &value), OK, "%s: %s", sql, error_message());
    store_close(store);
    return value;
}

int64_t prepared_events(const struct terminal *home)
{
    return prepared_ask(home, "SELECT count(*) FROM event");
}

void prepared_fix_random(const struct terminal *home)
{
    prepared_run(home, "UPDATE token SET last_four = printf('%04d', number)");
    prepared_run(home, "UPDATE event SET hash = zeroblob(32)");
    prepared_run(home, "UPDATE event SET after = json_replace(after, '$.last_four', '0000') "
                       "WHERE after LIKE '%last_four%'");
}

static void hold_clock(const struct terminal *home, int64_t second)
{
    terminal_hold_clock(home, TERMINAL_EPOCH, (1000 + second) * 1000);
}

struct terminal *prepared_still(const struct terminal *home, int rows, int columns,
                                const char *arguments)
{
    hold_clock(home, 0);
    int settings = 0;
    for (const char *at = arguments; *(at += strspn(at, " ")) && *at != '-';) {
        at += strcspn(at, " ");
        settings = (int)(at - arguments);
    }
    char before[256];
    snprintf(before, sizeof before, "cd && exec env 'COLORFGBG=15;0' GATEHOUSE_TEST_USER=mara %.*s",
             settings, arguments);
    struct terminal *console = prepared_line(home, rows, columns, before, arguments + settings);
    cr_assert(terminal_wait_idle(console));
    return console;
}

/* The escape sequence is not a key: it only wakes the console, which then looks at the clock. */
void prepared_settle(const struct terminal *home, struct terminal *console, int64_t second)
{
    cr_assert(terminal_wait_idle(console));
    hold_clock(home, second);
    terminal_send(console, "\033[99;99~");
    cr_assert(terminal_wait_idle(console));
}

/* Covers the letters and digits after each `before`. */
static void cover_after(char *picture, const char *before)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (char *at = picture; (at = strstr(at, before));) {
        at += strlen(before);
        memset(at, 'x', strspn(at, letters));
    }
}

static void cover_recovery_codes(char *picture)
{
    enum { CODE = 29 };
    for (char *at = picture; *at; at++) {
        size_t size = strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
        if (size >= CODE && at[4] == '-') memset(at, 'x', size);
        at += size ? size - 1 : 0;
    }
}

char *prepared_picture(struct terminal *console)
{
    char *picture = terminal_picture(console);
    cover_after(picture, "gth_");
    cover_after(picture, "/gatehouse-test-");
    cover_recovery_codes(picture);
    return picture;
}

void prepared_add_account(const struct act *act, const char *description, int tokens,
                          const struct id_set *groups)
{
    struct account_details details = {
        .description = (char *)description, .owner = "", .groups = *groups};
    char name[32];
    int64_t account, number;
    struct secret *text;
    snprintf(name, sizeof name, "fleet-%02d", tokens);
    cr_assert_eq(account_create(act, name, &details, &account), OK, "%s", error_message());
    for (int i = 1; i <= tokens; i++) {
        struct token_limits limits = {0};
        snprintf(name, sizeof name, "host-%02d", i);
        const struct token_plan plan = {.name = name, .expires = WHEN_NEVER, .limits = &limits};
        cr_assert_eq(token_generate(act, account, &plan, &number, &text), OK);
        secret_free(text);
    }
}
