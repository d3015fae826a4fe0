/* A low window shows a part of what a high one shows: for every screen, dialog and form, with the
 * focus in each of its parts. No text covers other text, and the cursor is where the focus is.
 *
 * Each situation is tried at a few widths and many heights. GATEHOUSE_WINDOW=7 tries other widths,
 * chosen by that number; GATEHOUSE_WINDOW=all tries all of both, which takes hours. */
#include "prepared.h"
#include "window.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <gatehouse/database.h>
#include <gatehouse/group_change.h>
#include <gatehouse/permission_change.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HIGH = 500, LEAST_ROWS = 5, MOST_ROWS = 60, LEAST_COLUMNS = 20, MOST_COLUMNS = 200 };
enum { GROUPS = 40, PERMISSIONS = 200 };

/* A "~" among the keys is not sent: it waits until the console is idle. The screen is looked at
 * after `keys`, and again after each part of `walk`, which ends with "|". */
struct situation {
    const char *arguments, *keys, *walk;
    enum window_kind kind;
    bool many; /* PERMISSIONS of them, not those of the demo */
};

/* From the tokens to the groups, the permissions, the buttons, the toggle, the texts. */
#define ALL_PARTS "jjjj|jjjjjjjjjjjjjjj|\t|lll|\t|jjjj|G|llljj|\t|\t|\t|\t|\t|"

static const struct situation situations[] = {
    {"", "", "jjj|G|k |", WINDOW_TAB, false},
    {"", "/ci-", "\r~|", WINDOW_TAB, false},
    {"", "/zzz", "", WINDOW_TAB, false},
    {"", "", "/ci-deploy\r~A|", WINDOW_TAB, false},
    {"--ascii", "", "jj |", WINDOW_TAB, false},
    {"", "2", "jjjj|G|", WINDOW_TAB, false},
    {"", "3", "G|", WINDOW_TAB, false},
    {"", "4", "jjj|G|", WINDOW_TAB, false},
    {"", "5", "jjj|G|", WINDOW_TAB, false},
    {"", "5~/a:ci-deploy", "\r~|", WINDOW_TAB, false},
    {"", "4~/events\r~\r", "j|", WINDOW_TAB, false},
    {"", "/load-test\r~\r", ALL_PARTS, WINDOW_SCREEN, false},
    {"", "/fleet-01\r~\r", ALL_PARTS, WINDOW_SCREEN, false},
    {"", "/fleet-07\r~\r", ALL_PARTS, WINDOW_SCREEN, false},
    {"", "/fleet-14\r~\r", ALL_PARTS, WINDOW_SCREEN, true},
    {"", "/fleet-20\r~\r", ALL_PARTS, WINDOW_SCREEN, true},
    {"", "/ci-deploy\r~\r", "jj|r|\033|\t|\t|", WINDOW_SCREEN, false},
    {"", "/fleet-07\r~\r~\033[Z\033[Zmore\rlines\r\r\rof\rtext", "\033[A\033[A\033[A|",
     WINDOW_SCREEN, false},
    {"", "n", "ci-x|\t|\t|\t|\t|\t|\t|\t|\t|", WINDOW_SCREEN, false},
    {"", "3~j\r", "jj|G|\t|jjj|\t|\t|\t|", WINDOW_SCREEN, false},
    {"", "3~G\r", "\t|jjjjjjjjjjjjjjjj|", WINDOW_SCREEN, true},
    {"", ":settings\r", "jjj|G|", WINDOW_SCREEN, false},
    {"", ":vault\r", "j|", WINDOW_SCREEN, false},
    {"--db $HOME/new", "", "j|j|", WINDOW_SCREEN, false},
    {"--db $HOME/new", "\r", "short\r|", WINDOW_DIALOG, false},
    {"--db $HOME/new", "k\r", "", WINDOW_DIALOG, false},
    {"", "D", "ci|", WINDOW_DIALOG, false},
    {"", "   A", "\t|\t|\033[6~|", WINDOW_DIALOG, false},
    {"", "   D", "\033[6~|", WINDOW_DIALOG, false},
    {"", ".", "jjj|jjjj|", WINDOW_MENU, false},
    {"", "s", "j|", WINDOW_MENU, false},
    {"", "/ci-deploy\r~\r~.", "jjjj|jjj|", WINDOW_MENU, false},
    {"", "5~/kind:account.deactivate\r~\r", "j|jjj|", WINDOW_DIALOG, false},
    {"", "\r~\t~+", "bui|", WINDOW_DIALOG, false},
    {"", "\r~\t\t ~\023", "\t|", WINDOW_DIALOG, false},
    {"", "\r~\033[Zx\033", "\t|\t|", WINDOW_DIALOG, false},
    {"", ":", "au|", WINDOW_DIALOG, false},
    {"", ":", "\033[B\033[B\033[B|\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B|",
     WINDOW_DIALOG, false},
    {"", "T", "\t|\t|\t|no_such\r|", WINDOW_DIALOG, false},
    {"", "T~new-one\r", "\033[6~|", WINDOW_DIALOG, false},
    {"", "T~new-one\r~w", "/no/where\r|", WINDOW_DIALOG, false},
    {"", "/ci-deploy\r~\r~D", "\t|\033[6~|", WINDOW_DIALOG, false},
    {"", "2~f", "jjj|jjjjjjj|", WINDOW_DIALOG, false},
    {"", "\r~p", "x\r|", WINDOW_DIALOG, false},
    {"", "\r~E", "", WINDOW_DIALOG, false},
    {"", "/ci-deploy\r~w", "prox|", WINDOW_DIALOG, false},
    {"", "/ci-deploy\r~w~prox~\r", "", WINDOW_DIALOG, false},
    {"", "3~n", "", WINDOW_DIALOG, false},
    {"", "4~n", "\t|\t|", WINDOW_DIALOG, false},
    {"", "4~j\r", "", WINDOW_TAB, false},
    {"", ":settings\r~\r", "", WINDOW_DIALOG, false},
    {"", ":vault\r~D", "", WINDOW_DIALOG, false},
    {"", ":audit verify\r", "", WINDOW_DIALOG, false},
    {"", ":audit head\r", "", WINDOW_DIALOG, false},
    {"", "?", "jjjj|G|/undo|\r|", WINDOW_SCREEN, false},
    {"", "\r~?", "jjjj|G|", WINDOW_SCREEN, false},
    {"", "\r~R", "\t|", WINDOW_DIALOG, false},
    {"", "\r~p~gatehouse demo\r", "", WINDOW_DIALOG, false},
    {"", "T~named\r~?", "", WINDOW_DIALOG, false},
    {"", "/ci-deploy\r~+", "j|", WINDOW_MENU, false},
    {"", "   .", "jjj|", WINDOW_MENU, false},
    {"", "2~  D", "", WINDOW_DIALOG, false},
    {"", "2~.", "jjjjj|", WINDOW_MENU, false},
    {"", "3~jD", "", WINDOW_DIALOG, false},
    {"", "4~j\r~", "jj|", WINDOW_TAB, false},
    {"", "4~jE", "", WINDOW_DIALOG, false},
    {"", ":vault\r~n~gatehouse demo\r", "j|", WINDOW_DIALOG, false},
    {"--read-only", "", "jj|", WINDOW_TAB, false},
    {"--theme light", "jj ", "", WINDOW_TAB, false},
    {"--ascii", "/fleet-20\r~\r~\t\tjjjjjjjj", "\t|", WINDOW_SCREEN, true},
};
enum { SITUATIONS = sizeof situations / sizeof *situations };

/* Those with more side by side, tried where that begins. */
static const struct situation wide_situations[] = {
    {"", "/ci-deploy\r~\r", "\t|\t|\t|jjj|", WINDOW_SCREEN, false},
    {"", "/load-test\r~\r", "\t\t\t|", WINDOW_SCREEN, false},
    {"", "/fleet-20\r~\r", "G|\t\t|G|\t|G|", WINDOW_SCREEN, true},
    {"", "n", "ci-x\t\t\t\t |\t|\t\th|\t|\t|\t10.1|", WINDOW_SCREEN, true},
    {"", "T~\t\t", " |\t10.0.0.0/8|", WINDOW_DIALOG, false},
};
enum { WIDE_SITUATIONS = sizeof wide_situations / sizeof *wide_situations };

static struct terminal *home, *console;
static const struct situation *tried;

static void free_terminals(void)
{
    if (console) terminal_free(console);
    if (home) terminal_free(home);
}

/* So that the windows can be printed. */
static void use_utf8(void)
{
    setlocale(LC_ALL, "C.UTF-8");
}

TestSuite(window, .init = use_utf8, .fini = free_terminals);

static void add_permissions(const struct act *act)
{
    char id[32], name[32];
    for (int i = 17; i <= PERMISSIONS; i++) {
        int64_t number;
        snprintf(id, sizeof id, "extra_%03d", i);
        snprintf(name, sizeof name, "Extra %03d", i);
        cr_assert_eq(permission_create(act, id, name, "Allows something else. ", &number), OK);
    }
}

static void open_home(bool many)
{
    static const struct actor mara = {.uid = 1000, .user = "mara", .host = "north"};
    struct act act = {.actor = &mara, .now = TERMINAL_EPOCH};
    struct id_set groups = {0}, none = {0};
    home = prepared_home();
    cr_assert_eq(database_open(prepared_database(home), STORE_OPEN, &act.store), OK);
    cr_assert_eq(store_begin(act.store), OK);
    if (many) add_permissions(&act);
    for (int i = 1; i <= GROUPS; i++) {
        int64_t number;
        char name[32];
        snprintf(name, sizeof name, "squad-%02d", i);
        cr_assert_eq(group_create(&act, name, &number), OK);
        cr_assert_eq(id_set_add(&groups, number), OK);
    }
    prepared_add_account(&act, "A fleet", 1, &none);
    prepared_add_account(&act, "A fleet", 7, &none);
    prepared_add_account(&act, "A fleet", 14, &none);
    prepared_add_account(&act, "A fleet", 20, &groups);
    id_set_free(&groups);
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
}

/* Timers stand still, so that nothing is drawn but what a size asks for. */
static void hold_clock(int64_t seconds)
{
    terminal_hold_clock(home, TERMINAL_EPOCH, (1000 + seconds) * 1000);
}

static void overlaps_path(char out[static 128])
{
    snprintf(out, 128, "%s/overlaps", terminal_home(home));
}

static void send_keys(const char *keys, size_t size)
{
    char part[64];
    for (const char *end = keys + size; keys < end;) {
        size_t length = strcspn(keys, "~|");
        cr_assert_lt(length, sizeof part);
        if (keys + length > end) length = (size_t)(end - keys);
        snprintf(part, sizeof part, "%.*s", (int)length, keys);
        /* The ~ that ends a key is not one of ours. */
        if (keys[length] == '~' && length >= 3 && keys[length - 2] == '[') strcat(part, "~");
        terminal_send(console, part);
        cr_assert(terminal_wait_idle(console));
        keys += length + 1;
    }
}

static void open_console(const struct situation *situation)
{
    char before[512], path[128];
    open_home(situation->many);
    hold_clock(0);
    overlaps_path(path);
#if defined(__SANITIZE_ADDRESS__)
    snprintf(before, sizeof before, "exec");
#else
    snprintf(before, sizeof before, "exec env LD_PRELOAD=%s GATEHOUSE_OVERLAPS=%s", OVERLAP_LIBRARY,
             path);
#endif
    console = prepared_line(home, 40, 130, before, situation->arguments);
    cr_assert(terminal_wait_idle(console));
    send_keys(situation->keys, strlen(situation->keys));
    hold_clock(1);
    terminal_send(console, "\033[99;99~"); /* no key: it wakes the console */
    cr_assert(terminal_wait_idle(console));
}

static void expect_no_overlap(void)
{
    char path[128], line[1024] = "";
    overlaps_path(path);
    FILE *file = fopen(path, "r");
    if (!file) return;
    bool any = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    cr_assert(!any, "“%s”: %s", tried->keys, line);
}

static struct window *look(int rows, int columns, bool patient)
{
    if (!patient) terminal_resize(console, rows, columns);
    cr_assert(patient ? terminal_wait_idle(console) : terminal_wait_briefly(console));
    terminal_forget(console);
    return window_take(console, rows, columns);
}

static void try_height(const struct window *high, int rows, int columns, const char *walked)
{
    char why[256];
    struct window *low = look(rows, columns, false);
    bool good = window_is_part_of(low, high, tried->kind, why, sizeof why);
    if (!good) {
        window_free(low);
        low = look(rows, columns, true);
        good = window_is_part_of(low, high, tried->kind, why, sizeof why);
    }
    if (!good) {
        window_print(high);
        window_print(low);
    }
    window_free(low);
    cr_assert(good, "“%s”, with “%s” still to come, at %d×%d: %s", tried->keys, walked, columns,
              rows, why);
}

static void try_width(int columns, const char *walked, bool all)
{
    static const int heights[] = {5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 20, 24, 30, 40, 60};
    window_free(look(HIGH, columns, false));
    struct window *high = look(HIGH, columns, true);
    if (all)
        for (int rows = LEAST_ROWS; rows <= MOST_ROWS; rows++)
            try_height(high, rows, columns, walked);
    else
        for (size_t i = 0; i < sizeof heights / sizeof *heights; i++)
            try_height(high, heights[i], columns, walked);
    window_free(high);
    expect_no_overlap();
}

static void try_sizes(int place, const char *walked)
{
    enum { AT_ONCE = 2 };
    static const int widths[] = {20, 80, 40, 130, 30, 60,  46, 100,
                                 24, 74, 50, 120, 35, 160, 59, 200};
    enum { WIDTHS = sizeof widths / sizeof *widths };
    const char *asked = getenv("GATEHOUSE_WINDOW");
    if (asked && !strcmp(asked, "all")) {
        for (int columns = LEAST_COLUMNS; columns <= MOST_COLUMNS; columns++)
            try_width(columns, walked, true);
        return;
    }
    int other = asked ? atoi(asked) : 0;
    for (int i = place * AT_ONCE; i < (place + 1) * AT_ONCE; i++)
        try_width(other ? LEAST_COLUMNS + (i * 53 + other * 29) % (MOST_COLUMNS - LEAST_COLUMNS + 1)
                        : widths[i % WIDTHS],
                  walked, false);
}

ParameterizedTestParameters(window, a_low_one_shows_a_part_of_a_high_one)
{
    static int places[SITUATIONS];
    for (int i = 0; i < SITUATIONS; i++)
        places[i] = i;
    return cr_make_param_array(int, places, SITUATIONS);
}

ParameterizedTest(const int *place, window, a_low_one_shows_a_part_of_a_high_one)
{
    tried = &situations[*place];
    open_console(tried);
    try_sizes(*place, tried->walk);
    int step = 0;
    for (const char *walk = tried->walk; *walk; walk += strcspn(walk, "|") + 1) {
        send_keys(walk, strcspn(walk, "|"));
        try_sizes(*place + ++step, walk);
    }
}

ParameterizedTestParameters(window, a_wide_low_one_shows_a_part_of_a_high_one)
{
    static int places[WIDE_SITUATIONS];
    for (int i = 0; i < WIDE_SITUATIONS; i++)
        places[i] = i;
    return cr_make_param_array(int, places, WIDE_SITUATIONS);
}

static void try_wide(const char *walked)
{
    static const int widths[] = {119, 120, 130, 160};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        try_width(widths[i], walked, false);
}

ParameterizedTest(const int *place, window, a_wide_low_one_shows_a_part_of_a_high_one)
{
    tried = &wide_situations[*place];
    open_console(tried);
    try_wide(tried->walk);
    for (const char *walk = tried->walk; *walk; walk += strcspn(walk, "|") + 1) {
        send_keys(walk, strcspn(walk, "|"));
        try_wide(walk);
    }
}
