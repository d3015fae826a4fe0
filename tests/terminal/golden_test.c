/* Whole screens, compared with the files in golden/: text, attributes and cursor. script/golden
 * writes the files; what it changes is read in the diff before it is committed.
 *
 * Each screen at each size is a test of its own, in a console of its own. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <gatehouse/account.h>
#include <gatehouse/database.h>
#include <gatehouse/secret.h>
#include <gatehouse/token.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum start { DEMO, EMPTY };

/* To add a screen, add a line and run script/golden. In the keys, "~" waits until the console is
 * idle: before a key that a dialog would drop if it came before the dialog was drawn. */
static const struct golden {
    const char *name, *keys, *text; /* text: tells that this is the screen that is meant */
    enum start start;
} screens[] = {
    {"accounts", "", "sa::agent-berlin", DEMO},
    {"accounts-marked", "j  j ", "3 marked", DEMO},
    {"edit-14-tokens", "/fleet-14\r~\r", "Edit Service Account", DEMO},
    {"edit-14-tokens-grid", "/fleet-14\r~\r~\t\t", "Edit Service Account", DEMO},
    {"first-start", "", "Welcome to Gatehouse", EMPTY},
    {"help", "?", "scroll", DEMO},
    {"token-generated", "T~new-one\r", "Token generated", DEMO},
    {"token-new", "T", "New token of", DEMO},
    {"tokens", "2", "81 tokens", DEMO},
    {"vault", ":vault\r", "SLOT", DEMO},
};
static const struct size {
    int rows, columns;
} sizes[] = {{24, 80}, {10, 40}, {40, 130}};
enum { SCREENS = sizeof screens / sizeof *screens, SIZES = sizeof sizes / sizeof *sizes };

static struct terminal *home, *console;
static char path[512]; /* of the present screen's file; "" once it was compared */

static void free_terminals(void)
{
    if (*path) fprintf(stderr, "the screen of %s\n", path);
    if (console) terminal_free(console);
    if (home) terminal_free(home);
}

TestSuite(golden, .fini = free_terminals, .timeout = 60);

/* For lists of tokens that are longer than those of the demo. */
static void add_account(const struct act *act, int tokens)
{
    struct account_details details = {.description = "", .owner = ""};
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

/* What is random, and shown in many places, is replaced. */
static void open_home(void)
{
    static const struct actor mara = {.uid = 1000, .user = "mara", .host = "north"};
    struct act act = {.actor = &mara, .now = TERMINAL_EPOCH};
    home = prepared_home();
    cr_assert_eq(database_open(prepared_database(home), STORE_OPEN, &act.store), OK);
    cr_assert_eq(store_begin(act.store), OK);
    add_account(&act, 7);
    add_account(&act, 14);
    add_account(&act, 20);
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    prepared_run(home, "UPDATE token SET last_four = printf('%04d', number)");
    prepared_run(home, "UPDATE event SET hash = zeroblob(32)");
}

/* So that the picture does not depend on how long anything took. */
static void hold_clock(int64_t seconds)
{
    terminal_hold_clock(home, TERMINAL_EPOCH, (1000 + seconds) * 1000);
}

static void open_console(const struct golden *golden, const struct size *size)
{
    static const char *const version[] = {"--version", NULL};
    if (golden->start == DEMO)
        open_home();
    else
        home = terminal_start(3, 40, version, NULL);
    hold_clock(0);
    console = prepared_line(home, size->rows, size->columns, "exec", "");
    terminal_wait(console, golden->start == DEMO ? "ACCOUNT ID" : "Welcome");
}

static void send_keys(const char *keys)
{
    char part[64];
    while (*keys) {
        size_t length = strcspn(keys, "~");
        cr_assert_lt(length, sizeof part);
        snprintf(part, sizeof part, "%.*s", (int)length, keys);
        terminal_send(console, part);
        keys += length;
        if (!*keys) return;
        cr_assert(terminal_wait_idle(console));
        keys++;
    }
}

/* What comes late (the detail pane) is drawn, too: the console looks at its clock once something is
 * typed, and this means no key. */
static void settle(void)
{
    cr_assert(terminal_wait_idle(console));
    hold_clock(1);
    terminal_send(console, "\033[99;99~");
    cr_assert(terminal_wait_idle(console));
}

/* What is random for each console: a new token and the home's name. The length stays. */
static void mask(char *picture)
{
    static const char *const before[] = {"gth_", "/gatehouse-test-"};
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        for (char *at = picture; (at = strstr(at, before[i]));) {
            at += strlen(before[i]);
            memset(at, 'x', strspn(at, letters));
        }
}

static void write_golden(const struct golden *golden, const char *picture)
{
    cr_assert(terminal_shows(console, golden->text), "“%s” is not there", golden->text);
    FILE *file = fopen(path, "w");
    cr_assert(file, "cannot write %s", path);
    fputs(picture, file);
    cr_assert_eq(fclose(file), 0, "cannot write %s", path);
}

/* NULL: there is none. To be freed. */
static char *read_golden(void)
{
    enum { MOST = 64 * 1024 };
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    char *text = calloc(1, MOST);
    cr_assert(text);
    size_t size = fread(text, 1, MOST - 1, file);
    cr_assert_lt(size, MOST - 1, "%s is too long", path);
    fclose(file);
    return text;
}

static void expect_golden(const char *picture)
{
    char *expected = read_golden();
    cr_assert(expected, "there is no %s: script/golden writes it", path);
    bool same = !strcmp(expected, picture);
    if (!same) terminal_print_difference(expected, picture);
    free(expected);
    cr_assert(same, "%s differs; if that is meant, script/golden rewrites it", path);
}

ParameterizedTestParameters(golden, a_screen_looks_as_its_file_says)
{
    static int places[SCREENS * SIZES];
    for (int i = 0; i < SCREENS * SIZES; i++)
        places[i] = i;
    return cr_make_param_array(int, places, SCREENS *SIZES);
}

static void name_file(char name[static 128], int place)
{
    const struct size *size = &sizes[place % SIZES];
    snprintf(name, 128, "%s-%dx%d.txt", screens[place / SIZES].name, size->columns, size->rows);
}

ParameterizedTest(const int *place, golden, a_screen_looks_as_its_file_says)
{
    const struct golden *golden = &screens[*place / SIZES];
    char name[128];
    name_file(name, *place);
    snprintf(path, sizeof path, GOLDEN_FOLDER "/%s", name);
    open_console(golden, &sizes[*place % SIZES]);
    send_keys(golden->keys);
    settle();
    char *picture = terminal_picture(console);
    mask(picture);
    if (getenv("GATEHOUSE_GOLDEN_WRITE"))
        write_golden(golden, picture);
    else
        expect_golden(picture);
    free(picture);
    *path = 0;
}

static bool is_named(const char *file)
{
    char name[128];
    for (int i = 0; i < SCREENS * SIZES; i++) {
        name_file(name, i);
        if (!strcmp(name, file)) return true;
    }
    return false;
}

Test(golden, no_file_is_left_of_a_screen_that_is_gone)
{
    DIR *folder = opendir(GOLDEN_FOLDER);
    cr_assert(folder, "there is no %s: script/golden writes it", GOLDEN_FOLDER);
    for (struct dirent *entry; (entry = readdir(folder));)
        cr_expect(entry->d_name[0] == '.' || is_named(entry->d_name),
                  "%s is of no screen: script/golden removes it", entry->d_name);
    closedir(folder);
}
