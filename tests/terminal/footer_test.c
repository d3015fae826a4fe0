/* The footer tells the truth: in every mode, each key that it names does something there, and what
 * it says; help and the way out are always named. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 30, COLUMNS = 118, ENTRIES = 16 };

/* What has the focus after `keys`, sent one after the other. `out`: the hint of the way out. */
static const struct mode {
    const char *name;
    const char *keys[8];
    const char *shown; /* once it is there */
    const char *out;
    const char *arguments; /* NULL: none */
} modes[] = {
    {"accounts", {"1"}, "on/off", "quit", NULL},
    {"accounts, read-only", {"1"}, "read-only", "quit", "--read-only"},
    {"accounts, marked", {" ", " "}, "2 marked", "quit", NULL},
    {"accounts, a range", {"v", "j"}, "end range", "quit", NULL},
    {"accounts, filtered", {"/ci\r"}, "of 30", "quit", NULL},
    {"accounts, none", {"/zzz\r"}, "0 of 30", "quit", NULL},
    {"the filter", {"/"}, "keep", "clear", NULL},
    {"the filter, typed", {"/ci"}, "of 30", "clear", NULL},
    {"sorting", {"s"}, "Sort by", "close", NULL},
    {"the menu", {"."}, "Deactivate", "close", NULL},
    {"the palette", {":"}, "Command", "cancel", NULL},
    {"help", {"?"}, "Keys", "back", NULL},
    {"help, search", {"?", "/"}, "Enter keep", "cancel", NULL},
    {"help, found", {"?", "/mark\r"}, "mark", "back", NULL},
    {"a bulk question", {" ", " ", "A"}, "Deactivate 2", "cancel", NULL},
    {"delete", {"D"}, "Type", "cancel", NULL},
    {"suspend all", {"S"}, "Suspend all tokens", "cancel", NULL},
    {"adding", {"+"}, "╭", "close", NULL},
    {"why", {"w"}, "Why does it hold", "cancel", NULL},
    {"a new token", {"T"}, "New token", "cancel", NULL},
    {"a generated token", {"T", "\r"}, "Token generated", "close", NULL},
    {"writing it", {"T", "\r", "w"}, "Write the token", "cancel", NULL},
    {"edit: tokens", {"\r"}, "remaining", "back", NULL},
    {"edit: tokens, read-only", {"\r"}, "remaining", "back", "--read-only"},
    {"edit: groups", {"\r", "\t", "l"}, "remove", "back", NULL},
    {"edit: Everyone", {"\r", "\t"}, "add", "back", NULL},
    {"edit: permissions", {"\r", "\t", "\t"}, "grant", "back", NULL},
    {"edit: update", {"\r", "\t", "\t", "\t"}, "press", "back", NULL},
    {"edit: cancel", {"\r", "\t", "\t", "\t", "\t"}, "press", "back", NULL},
    {"edit: toggle", {"\r", "\033[Z", "\033[Z", "\033[Z"}, "on/off", "back", NULL},
    {"edit: description", {"\r", "\033[Z", "\033[Z"}, "F1 help", "back", NULL},
    {"edit: owner", {"\r", "\033[Z"}, "F1 help", "back", NULL},
    {"edit: rename", {"\r", "r"}, "Enter rename", "cancel", NULL},
    {"edit: leaving", {"\r", "\033[Z", "x", "\033"}, "Stay", "cancel", NULL},
    {"edit: a menu", {"\r", "."}, "Revoke", "close", NULL},
    {"edit: revoke", {"\r", "D"}, "Revoke the token", "cancel", NULL},
    {"edit: rotate", {"\r", "R"}, "Rotate", "cancel", NULL},
    {"edit: expiry", {"\r", "E"}, "Expiry of", "cancel", NULL},
    {"edit: adding a group", {"\r", "\t", "+"}, "Add to a group", "cancel", NULL},
    {"unlocking", {"\r", "y"}, "Unlock the vault", "cancel", NULL},
    {"peeking", {"\r", "p", "gatehouse demo\r"}, "Closes after", "close", NULL},
    {"new: name", {"n"}, "New Service Account", "back", NULL},
    {"new: description", {"n", "\t"}, "F1 help", "back", NULL},
    {"new: first token", {"n", "\t", "\t", "\t"}, "Space yes/no", "back", NULL},
    {"new: its name", {"n", "\t", "\t", "\t", "\t"}, "F1 help", "back", NULL},
    {"new: its expiry", {"n", "\t", "\t", "\t", "\t", "\t"}, "never, 90d", "back", NULL},
    {"new: groups", {"n", "\t", "\t", "\t", "\t", "\t", "\t"}, "+ add", "back", NULL},
    {"tokens", {"2"}, "facets", "quit", NULL},
    {"tokens, read-only", {"2"}, "facets", "quit", "--read-only"},
    {"tokens, marked", {"2", " "}, "1 marked", "quit", NULL},
    {"tokens, none", {"2", "/zzz\r"}, "0 of 40", "quit", NULL},
    {"tokens: facets", {"2", "f"}, "Ending within", "close", NULL},
    {"tokens: one facet", {"2", "f", "\033[B", "\r"}, "of 40", "quit", NULL},
    {"tokens: rename", {"2", "r"}, "Enter rename", "cancel", NULL},
    {"tokens: whose", {"2", "n"}, "New token of", "cancel", NULL},
    {"groups", {"3"}, "MEMBERS", "quit", NULL},
    {"groups, one", {"3", "j"}, "rename", "quit", NULL},
    {"group: members", {"3", "j\r"}, "Edit Group", "back", NULL},
    {"group: Everyone", {"3", "\r"}, "Edit Group", "back", NULL},
    {"group: permissions", {"3", "j\r", "\t"}, "grant", "back", NULL},
    {"group: update", {"3", "j\r", "\t", "\t"}, "press", "back", NULL},
    {"group: description", {"3", "j\r", "\033[Z"}, "F1 help", "back", NULL},
    {"group: rename", {"3", "j", "r"}, "Rename", "cancel", NULL},
    {"group: new", {"3", "n"}, "╭", "cancel", NULL},
    {"permissions", {"4"}, "who", "quit", NULL},
    {"permission: new", {"4", "n"}, "╭", "cancel", NULL},
    {"holders", {"4", "/prox\r", "\r"}, "THROUGH", "back", NULL},
    {"holders, filtered", {"4", "/prox\r", "\r", "/a\r"}, "THROUGH", "back", NULL},
    {"audit", {"5"}, "follow", "quit", NULL},
    {"an event", {"5", "\r"}, "Hash", "close", NULL},
    {"the vault", {":vault\r"}, "change", "back", NULL},
    {"the vault, read-only", {":vault\r"}, "q back", "back", "--read-only"},
    {"settings", {":settings\r"}, "change", "back", NULL},
    {"a setting", {":settings\r", "\r"}, "╭", "cancel", NULL},
    {"panic", {":panic\r"}, "╭", "close", NULL},
};
enum { MODES = sizeof modes / sizeof *modes };

/* What a key does, of those whose hint has one meaning everywhere. */
static const struct {
    const char *hint, *shown;
} meanings[] = {
    {"filter", "/"},    {"sort", "Sort by"},  {"menu", "╭"}, {"facets", "Ending within"},
    {"rename", "name"}, {"revoke", "Revoke"},
};

static const struct {
    const char *name, *bytes;
} keys[] = {
    {"Enter", "\r"},  {"Esc", "\033"},  {"Tab", "\t"},   {"Space", " "},
    {"F1", "\033OP"}, {"F2", "\033OQ"}, {"^S", "\023"},  {"↑", "\033[A"},
    {"↓", "\033[B"},  {"←", "\033[D"},  {"→", "\033[C"},
};

struct entry {
    char key[16], hint[40];
};

static const char *bytes_of(const char *key)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i].name, key)) return keys[i].bytes;
    cr_assert_eq(strlen(key), 1, "no such key: “%s”", key);
    return key;
}

/* Entries are two blanks apart; the key ends at the first blank. */
static size_t read_footer(struct terminal *console, struct entry entries[static ENTRIES])
{
    char row[512], *rest = row;
    size_t count = 0;
    snprintf(row, sizeof row, "%s", terminal_row(console, ROWS - 1));
    while (*rest && count < ENTRIES) {
        rest += strspn(rest, " ");
        char *end = strstr(rest, "  ");
        if (end) *end = 0;
        size_t size = strcspn(rest, " ");
        if (!size) break;
        snprintf(entries[count].key, sizeof entries->key, "%.*s", (int)size, rest);
        snprintf(entries[count++].hint, sizeof entries->hint, "%s",
                 rest[size] ? rest + size + 1 : "");
        if (!end) break;
        rest = end + 2;
    }
    return count;
}

static struct terminal *home;

static struct terminal *open_mode(const struct mode *mode, const char *settings)
{
    struct terminal *console =
        prepared_console(home, ROWS, COLUMNS, settings, mode->arguments ? mode->arguments : "");
    for (size_t i = 0; i < sizeof mode->keys / sizeof *mode->keys && mode->keys[i]; i++) {
        cr_assert(terminal_wait_idle(console), "%s", mode->name);
        terminal_send(console, mode->keys[i]);
    }
    terminal_wait(console, mode->shown);
    cr_assert(terminal_wait_idle(console), "%s", mode->name);
    return console;
}

static void check_meaning(struct terminal *console, const struct mode *mode,
                          const struct entry *entry)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (!strcmp(meanings[i].hint, entry->hint))
            cr_assert(terminal_shows(console, meanings[i].shown), "%s: %s %s", mode->name,
                      entry->key, entry->hint);
}

static void press(const struct mode *mode, const struct entry *entry)
{
    struct terminal *console = open_mode(mode, "");
    if (!strcmp(mode->name, "a generated token")) terminal_listen(console, 600);
    if (!strcmp(entry->hint, "up")) terminal_send(console, "\033[B");
    if (!strcmp(entry->hint, "up")) cr_assert(terminal_wait_idle(console));
    char *before = terminal_picture(console);
    terminal_send(console, bytes_of(entry->key));
    if (!strcmp(entry->hint, "quit")) {
        cr_assert_eq(terminal_wait_exit(console), 0);
    } else {
        cr_assert(terminal_wait_idle(console), "%s: %s ends the console", mode->name, entry->key);
        char *after = terminal_picture(console);
        cr_assert(!terminal_shows(console, "does nothing here"), "%s: %s %s", mode->name,
                  entry->key, entry->hint);
        cr_assert(!terminal_shows(console, "Not now:"), "%s: %s %s", mode->name, entry->key,
                  entry->hint);
        cr_assert_str_neq(before, after, "%s: %s %s changes nothing", mode->name, entry->key,
                          entry->hint);
        check_meaning(console, mode, entry);
        free(after);
    }
    free(before);
    terminal_free(console);
}

static void check_mode(const struct mode *mode)
{
    struct entry entries[ENTRIES];
    home = prepared_home();
    struct terminal *console = open_mode(mode, "");
    size_t count = read_footer(console, entries);
    if (getenv("GATEHOUSE_FOOTERS"))
        fprintf(stderr, "%-24s %s\n", mode->name, terminal_row(console, ROWS - 1));
    cr_assert_geq(count, 2, "%s: “%s”", mode->name, terminal_row(console, ROWS - 1));
    cr_assert_str_eq(entries[count - 2].hint, "help", "%s: “%s”", mode->name,
                     terminal_row(console, ROWS - 1));
    cr_assert_str_eq(entries[count - 1].hint, mode->out, "%s: “%s”", mode->name,
                     terminal_row(console, ROWS - 1));
    terminal_free(console);
    for (size_t i = 0; i < count; i++)
        press(mode, &entries[i]);
    terminal_free(home);
}

ParameterizedTestParameters(footer, names_only_keys_that_work_and_the_way_out)
{
    static int places[MODES];
    for (int i = 0; i < MODES; i++)
        places[i] = i;
    return cr_make_param_array(int, places, MODES);
}

ParameterizedTest(const int *place, footer, names_only_keys_that_work_and_the_way_out,
                  .timeout = 120)
{
    check_mode(&modes[*place]);
}
