/* Whole screens, compared with the files in golden/: text, attributes and cursor. script/golden
 * rewrites the files; its diff shows what a change does to every screen.
 *
 * Each screen at each size is a test of its own, in a console of its own. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <gatehouse/database.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* To add a screen, add a line and run script/golden. A "~" among the keys is not sent: it waits
 * until the console is idle, because a dialog drops keys that were typed before it was drawn. */
static const struct golden {
    const char *name, *arguments, *keys;
    const char *text; /* script/golden only writes a screen that shows this */
} screens[] = {
    {"account-delete", "", "D", "Type its name"},
    {"account-deactivated", "", "/ci-deploy\r~A", "deactivated"},
    {"account-new", "", "n", "New Service Account"},
    {"accounts", "", "", "sa::agent-berlin"},
    {"accounts-ascii", "--ascii", "j ", "1 marked"},
    {"accounts-bulk", "", "   A", "Deactivate 3"},
    {"accounts-light", "--theme light", "j ", "1 marked"},
    {"accounts-filtered", "", "/ci-", "7 of 33"},
    {"accounts-marked", "", "j  j ", "3 marked"},
    {"accounts-menu", "", "jj.", "Generate"},
    {"accounts-neutral", "COLORFGBG=", "j ", "1 marked"},
    {"accounts-no-match", "", "/zzz", "0 of 33"},
    {"accounts-plain", "--theme plain", "j ", "1 marked"},
    {"accounts-sort", "", "s", "Sort by"},
    {"audit", "", "5", "5 Audit"},
    {"audit-event", "", "5~/kind:account.deactivate\r~\r", "account.deactivate"},
    {"audit-filtered", "", "5~/a:ci-deploy", "ci-deploy"},
    {"edit-0-tokens", "", "/load-test\r~\r", "Edit Service Account"},
    {"edit-3-tokens", "", "/ci-deploy\r~\r", "Edit Service Account"},
    {"edit-3-tokens-grid", "", "/ci-deploy\r~\r~\t\t", "Edit Service Account"},
    {"edit-7-tokens", "", "/fleet-07\r~\r", "Edit Service Account"},
    {"edit-7-tokens-grid", "", "/fleet-07\r~\r~\t\t", "Edit Service Account"},
    {"edit-14-tokens", "", "/fleet-14\r~\r", "Edit Service Account"},
    {"edit-14-tokens-grid", "", "/fleet-14\r~\r~\t\t", "Edit Service Account"},
    {"edit-20-tokens", "", "/fleet-20\r~\r", "Edit Service Account"},
    {"edit-20-tokens-last", "", "/fleet-20\r~\r~jjjjjjjjjjjjjjjjjjj", "Edit Service Account"},
    {"edit-20-tokens-grid", "", "/fleet-20\r~\r~\t\t", "Edit Service Account"},
    {"edit-group-add", "", "\r~\t~+", "build"},
    {"edit-menu", "", "/ci-deploy\r~\r~.", "Rename"},
    {"edit-update", "", "\r~\t\t ~\023", "Effective permissions change"},
    {"first-start", "--db $HOME/new", "", "Welcome to Gatehouse"},
    {"first-start-passphrase", "--db $HOME/new", "\r", "Passphrase of the vault"},
    {"group-edit", "", "3~j\r", "Edit Group"},
    {"groups", "", "3", "collectors"},
    {"help", "", "?", "/ search"},
    {"holders", "", "4~/events\r~\r", "alert-mirror"},
    {"palette", "", ":au", "audit"},
    {"permissions", "", "4", "Accounts"},
    {"settings", "", ":settings\r", "of this database"},
    {"token-generated", "", "T~new-one\r", "Token generated"},
    {"token-new", "", "T", "New token of"},
    {"token-refused", "", "T~\t\t\tno_such\r", "is not a network"},
    {"token-revoke", "", "/ci-deploy\r~\r~D", "stops working immediately"},
    {"tokens", "", "2", "81 tokens"},
    {"tokens-facets", "", "2~f", "Ending within 14 days"},
    {"unlock", "", "\r~p", "Unlock the vault"},
    {"vault", "", ":vault\r", "SLOT"},
    {"why", "", "/ci-deploy\r~w~prox~\r", "group deploy"},
};
static const struct size {
    int rows, columns;
} sizes[] = {{24, 80}, {10, 40}, {40, 130}};
enum { SCREENS = sizeof screens / sizeof *screens, SIZES = sizeof sizes / sizeof *sizes };

static struct terminal *home, *console;
static char path[512]; /* path of the current screen's file; "" once it was compared */

static void free_terminals(void)
{
    if (*path) fprintf(stderr, "the screen of %s\n", path);
    if (console) terminal_free(console);
    if (home) terminal_free(home);
}

TestSuite(golden, .fini = free_terminals, .timeout = 300);

static void open_home(void)
{
    static const struct actor mara = {.uid = 1000, .user = "mara", .host = "north"};
    struct act act = {.actor = &mara, .now = TERMINAL_EPOCH};
    home = prepared_home();
    cr_assert_eq(database_open(prepared_database(home), STORE_OPEN, &act.store), OK);
    cr_assert_eq(store_begin(act.store), OK);
    prepared_add_account(&act, "", 7, &(struct id_set){0});
    prepared_add_account(&act, "", 14, &(struct id_set){0});
    prepared_add_account(&act, "", 20, &(struct id_set){0});
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    prepared_fix_random(home);
}

static void open_console(const struct golden *golden, const struct size *size)
{
    open_home();
    console = prepared_still(home, size->rows, size->columns, golden->arguments);
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

static void write_golden(const struct golden *golden, const char *picture)
{
    cr_assert(terminal_shows(console, golden->text), "“%s” is not there", golden->text);
    FILE *file = fopen(path, "w");
    cr_assert(file, "cannot write %s", path);
    fputs(picture, file);
    cr_assert_eq(fclose(file), 0, "cannot write %s", path);
}

/* NULL if there is none. To be freed. */
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
    cr_assert(expected, "there is no %s: run script/golden", path);
    bool same = !strcmp(expected, picture);
    if (!same) terminal_print_difference(expected, picture);
    free(expected);
    cr_assert(same, "%s differs; if that is intended, run script/golden", path);
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
    prepared_settle(home, console, 1);
    char *picture = prepared_picture(console);
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

Test(golden, every_file_belongs_to_a_screen)
{
    DIR *folder = opendir(GOLDEN_FOLDER);
    cr_assert(folder, "there is no %s: run script/golden", GOLDEN_FOLDER);
    for (struct dirent *entry; (entry = readdir(folder));)
        cr_expect(entry->d_name[0] == '.' || is_named(entry->d_name),
                  "no screen of this test has the file %s: run script/golden", entry->d_name);
    closedir(folder);
}
