/* The footer tells the truth: in every mode, each key that it names does something there, and what
 * it says, or is dimmed and says why not; help and the way out are always named. */
#include "prepared.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 16 };

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
    {"its expiry", {"T", "\t"}, "choose", "cancel", NULL},
    {"what it may do", {"T", "\t\t"}, "tick", "cancel", NULL},
    {"what it may do, chosen", {"T", "\t\t "}, "untick", "cancel", NULL},
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
    {"edit: leaving", {"\r", "\033[Z", "x", "\033"}, "Stay", "stay", NULL},
    {"edit: a menu", {"\r", "."}, "Revoke", "close", NULL},
    {"edit: revoke", {"\r", "D"}, "Revoke the token", "cancel", NULL},
    {"edit: rotate", {"\r", "R"}, "Rotate", "cancel", NULL},
    {"edit: expiry", {"\r", "E"}, "Expiry of", "cancel", NULL},
    {"edit: adding a group", {"\r", "\t", "+"}, "Add to a group", "cancel", NULL},
    {"unlocking", {"\r", "y"}, "Unlock the vault", "cancel", NULL},
    {"peeking", {"\r", "p", "gatehouse demo\r"}, "Closes after", "close", NULL},
    {"new: name", {"n"}, "New Service Account", "back", NULL},
    {"new: description", {"n", "\t"}, "F1 help", "back", NULL},
    {"new: groups", {"n", "\t\t\t"}, "+ add", "back", NULL},
    {"new: first token", {"n", "\t\t\t\t\t"}, "Space yes/no", "back", NULL},
    {"new: its name", {"n", "\t\t\t\t\t\t"}, "F1 help", "back", NULL},
    {"new: its expiry", {"n", "\t\t\t\t\t\t\t"}, "choose", "back", NULL},
    {"new: its networks", {"n", "\t\t\t\t\t\t\t\t"}, "F1 help", "back", NULL},
    {"new: what it may do", {"n", "\t\t\t\t \t\t\t\t"}, "tick", "back", NULL},
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
    {"generating for the marked", {" ", " ", "T"}, "╭", "cancel", NULL},
    {"help with the clipboard", {"T", "\r", "?"}, "Shift-drag", "close", NULL},
    {"edit: why", {"\r", "\t", "\t", "w"}, "Close", "close", NULL},
    {"tokens: the menu", {"2", "."}, "Revoke", "close", NULL},
    {"tokens: revoking the marked", {"2", " ", " ", "D"}, "to revoke", "cancel", NULL},
    {"group: adding a member", {"3", "j\r", "+"}, "Add an account", "cancel", NULL},
    {"group: deleting", {"3", "j", "D"}, "Delete the group", "cancel", NULL},
    {"permission: edit", {"4", "E"}, "What lists show", "cancel", NULL},
    {"permission: deleting", {"4", "D"}, "Delete the permission", "cancel", NULL},
    {"the audit log, checked", {":audit verify\r"}, "unbroken", "close", NULL},
};
enum { MODES = sizeof modes / sizeof *modes };

/* Another key for each command that a footer names; its own is the second, for those who walk to a
 * mode. Some of them mean two things. */
static const char other_keys[] = "key help = h ? F1\n"
                                 "key back = b q\n"
                                 "key accept = ^O Enter\n"
                                 "key next.part = ^N Tab\n"
                                 "key down = J Down j\n"
                                 "key up = C Up k\n"
                                 "key filter = F /\n"
                                 "key filter.keep = ^O Enter Tab\n"
                                 "key sort = o s\n"
                                 "key mark = m Space\n"
                                 "key menu = M .\n"
                                 "key account.edit = E Enter e\n"
                                 "key account.new = N n\n"
                                 "key account.toggle = X A\n"
                                 "key account.delete = I D\n"
                                 "key account.add = a +\n"
                                 "key account.remove = x -\n"
                                 "key account.suspend.tokens = Z S\n"
                                 "key group.edit = E Enter e\n"
                                 "key group.new = N n\n"
                                 "key group.rename = Z r\n"
                                 "key group.delete = I D\n"
                                 "key permission.holders = H Enter\n"
                                 "key permission.new = N n\n"
                                 "key permission.edit = V E\n"
                                 "key permission.delete = I D\n"
                                 "key holder.open = H Enter\n"
                                 "key holder.why = W w\n"
                                 "key event.show = H Enter\n"
                                 "key event.account = u o\n"
                                 "key follow = ^F F2\n"
                                 "key toggle = t Space Enter\n"
                                 "key first.token = t Space\n"
                                 "key press = ^P Enter Space\n"
                                 "key group.add = a +\n"
                                 "key group.remove = x -\n"
                                 "key member.add = a +\n"
                                 "key member.remove = x -\n"
                                 "key permission.toggle = t Space Enter\n"
                                 "key permission.grant = a +\n"
                                 "key permission.why = W w\n"
                                 "key token.generate = N n\n"
                                 "key token.copy = c y\n"
                                 "key token.peek = P p\n"
                                 "key token.rename = Z r\n"
                                 "key token.suspend = X A\n"
                                 "key token.expiry = V E\n"
                                 "key token.revoke = I D\n"
                                 "key token.account = e Enter\n"
                                 "key token.facets = z f\n"
                                 "key secret.copy = c y\n"
                                 "key secret.write = W w\n"
                                 "key secret.done = ^O Enter\n"
                                 "key slot.add = N n\n"
                                 "key slot.change = V E\n"
                                 "key slot.remove = I D\n"
                                 "key setting.edit = E Enter\n"
                                 "key help.search = F /\n"
                                 "key help.next = N n\n"
                                 "key help.previous = p\n";

/* Those of commands that work everywhere, taken by each tab. */
static const char hiding_keys[] = "key account.toggle = q ?\n"
                                  "key token.suspend = q ?\n"
                                  "key group.rename = q ?\n"
                                  "key permission.edit = q ?\n"
                                  "key event.account = q ?\n";

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

/* How the console is opened for all modes. */
static const struct setting {
    const char *name;
    int rows, columns;
    bool is_low;               /* the footer has room for some of its entries, and for messages */
    const char *configuration; /* NULL: none */
    bool unlocks;
    bool is_for_tabs; /* for no other mode */
} settings[] = {
    {"wide", 30, 118, .is_low = false},
    {"low", 10, 40, .is_low = true},
    {"rebound", 30, 118, .configuration = other_keys},
    {"unlocked", 30, 118, .unlocks = true},
    {"hidden", 30, 118, .configuration = hiding_keys, .is_for_tabs = true},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

struct entry {
    char key[16], hint[40];
    bool off;
};

static const char *bytes_of(const char *key)
{
    static char control[2];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i].name, key)) return keys[i].bytes;
    if (strlen(key) == 2 && *key == '^') {
        control[0] = (char)(key[1] & 0x1f);
        return control;
    }
    cr_assert_eq(strlen(key), 1, "no such key: “%s”", key);
    return key;
}

static const struct setting *setting;
static struct terminal *home;

static const char *last_row(struct terminal *console)
{
    return terminal_row(console, setting->rows - 1);
}

/* Columns of the text before `at`. */
static int column_of(const char *row, const char *at)
{
    int column = 0;
    for (; row < at; row++)
        column += (*row & 0xc0) != 0x80;
    return column;
}

/* Entries are two blanks apart; the key ends at the first blank, and is bold unless it is off. */
static size_t read_footer(struct terminal *console, struct entry entries[static ENTRIES])
{
    char row[512], *rest = row;
    size_t count = 0;
    snprintf(row, sizeof row, "%s", last_row(console));
    while (*rest && count < ENTRIES) {
        rest += strspn(rest, " ");
        char *end = strstr(rest, "  ");
        if (end) *end = 0;
        size_t size = strcspn(rest, " ");
        if (!size) break;
        snprintf(entries[count].key, sizeof entries->key, "%.*s", (int)size, rest);
        struct terminal_cell first =
            terminal_cell(console, setting->rows - 1, column_of(row, rest));
        entries[count].off = !first.bold;
        snprintf(entries[count++].hint, sizeof entries->hint, "%s",
                 rest[size] ? rest + size + 1 : "");
        if (!end) break;
        rest = end + 2;
    }
    return count;
}

static void send_each(struct terminal *console, const char *const *bytes, size_t count)
{
    for (size_t i = 0; i < count && bytes[i]; i++) {
        cr_assert(terminal_wait_idle(console));
        terminal_send(console, bytes[i]);
    }
    cr_assert(terminal_wait_idle(console));
}

/* A message in the place of a low console's footer stays until a key is pressed. */
static void wait_for_footer(struct terminal *console, const struct mode *mode)
{
    enum { TRIES = 20, CLEAR = 2, PAUSE_MS = 100 };
    for (int i = 0; i < TRIES && !strstr(last_row(console), mode->out); i++) {
        if (setting->is_low && i == CLEAR) terminal_send(console, "\014");
        terminal_listen(console, PAUSE_MS);
        cr_assert(terminal_wait_idle(console), "%s", mode->name);
    }
}

static struct terminal *open_mode(const struct mode *mode)
{
    static const char *const unlock[] = {":vault\r", "n", "gatehouse demo\r", "\033", "\033"};
    struct terminal *console = prepared_console(home, setting->rows, setting->columns, "",
                                                mode->arguments ? mode->arguments : "");
    if (setting->unlocks) send_each(console, unlock, sizeof unlock / sizeof *unlock);
    if (setting->unlocks) terminal_wait(console, "vault open");
    send_each(console, mode->keys, sizeof mode->keys / sizeof *mode->keys);
    if (setting == settings) terminal_wait(console, mode->shown);
    wait_for_footer(console, mode);
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

/* What is shown once that has changed; the same as before if it does not. */
static char *picture_after(struct terminal *console, const char *before)
{
    enum { TRIES = 20, PAUSE_MS = 100 };
    char *after = terminal_picture(console);
    for (int i = 0; i < TRIES && !strcmp(before, after); i++) {
        free(after);
        terminal_listen(console, PAUSE_MS);
        terminal_wait_idle(console);
        after = terminal_picture(console);
    }
    return after;
}

static void check_effect(struct terminal *console, const struct mode *mode,
                         const struct entry *entry, const char *before)
{
    char *after = picture_after(console, before);
    cr_assert(!terminal_shows(console, "does nothing here"), "%s: %s %s", mode->name, entry->key,
              entry->hint);
    cr_assert_eq(terminal_shows(console, "Cannot do that:"), entry->off, "%s: %s %s", mode->name,
                 entry->key, entry->hint);
    cr_assert_str_neq(before, after, "%s: %s %s changes nothing", mode->name, entry->key,
                      entry->hint);
    if (!entry->off) check_meaning(console, mode, entry);
    free(after);
}

static void press(const struct mode *mode, const struct entry *entry)
{
    struct terminal *console = open_mode(mode);
    if (!strcmp(mode->name, "a generated token")) terminal_listen(console, 600);
    if (!strcmp(entry->hint, "up")) terminal_send(console, "\033[B");
    if (!strcmp(entry->hint, "up")) cr_assert(terminal_wait_idle(console));
    char *before = terminal_picture(console);
    terminal_send(console, bytes_of(entry->key));
    if (!strcmp(entry->hint, "quit")) {
        cr_assert_eq(terminal_wait_exit(console), 0);
    } else {
        cr_assert(terminal_wait_idle(console), "%s: %s ends the console", mode->name, entry->key);
        check_effect(console, mode, entry, before);
    }
    free(before);
    terminal_free(console);
}

static void check_mode(const struct mode *mode)
{
    struct entry entries[ENTRIES];
    home = prepared_home();
    if (setting->configuration) prepared_configure(home, setting->configuration);
    struct terminal *console = open_mode(mode);
    size_t count = read_footer(console, entries);
    if (getenv("GATEHOUSE_FOOTERS"))
        fprintf(stderr, "%-9s %-24s %s\n", setting->name, mode->name, last_row(console));
    cr_assert_geq(count, 2, "%s: “%s”", mode->name, last_row(console));
    cr_assert_str_eq(entries[count - 2].hint, "help", "%s: “%s”", mode->name, last_row(console));
    cr_assert_str_eq(entries[count - 1].hint, mode->out, "%s: “%s”", mode->name, last_row(console));
    terminal_free(console);
    for (size_t i = 0; i < count; i++)
        press(mode, &entries[i]);
    terminal_free(home);
}

/* Where the passphrase is asked for, the vault cannot be open. */
static bool is_possible(const struct setting *with, const struct mode *mode)
{
    bool asks = !strcmp(mode->name, "unlocking") || !strcmp(mode->name, "peeking");
#if defined(__SANITIZE_ADDRESS__) /* the others are about words */
    if (with != settings) return false;
#endif
    if (with->is_for_tabs && strcmp(mode->out, "quit") != 0) return false;
    return !with->unlocks || (!asks && !mode->arguments);
}

ParameterizedTestParameters(footer, names_only_keys_that_work_and_the_way_out)
{
    static int places[SETTINGS * MODES];
    size_t count = 0;
    for (int i = 0; i < SETTINGS * MODES; i++)
        if (is_possible(&settings[i / MODES], &modes[i % MODES])) places[count++] = i;
    return cr_make_param_array(int, places, count);
}

ParameterizedTest(const int *place, footer, names_only_keys_that_work_and_the_way_out,
                  .timeout = 300)
{
    setting = &settings[*place / MODES];
    check_mode(&modes[*place % MODES]);
}
