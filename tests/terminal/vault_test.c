/* The vault screen: the key slots, adding, changing and removing them, unlocking with each. */
#include "console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 30, COLUMNS = 100 };
static char key_file[256];

static void open_console(void)
{
    open_console_of(ROWS, COLUMNS);
    snprintf(key_file, sizeof key_file, "%s/vault.key", terminal_home(home));
}

TestSuite(vault, .init = open_console, .fini = close_console, .timeout = 300);

static int64_t slots(void)
{
    return prepared_ask(home, "SELECT count(*) FROM key_slot");
}

static void open_screen(void)
{
    step(":vault\r", "SLOT");
    terminal_wait(console, "locked");
}

/* Begins to add a slot; the first change asks for the passphrase. */
static void add(const char *kind, const char *asks)
{
    step("n", "Unlock the vault");
    step("gatehouse demo\r", "What else should unlock the vault?");
    step(kind, asks);
}

/* Types the path, and waits until the slot is there. */
static void add_key_file(void)
{
    add("k", "Key file");
    terminal_send(console, key_file);
    step("\r", "A key slot was added");
    terminal_wait(console, "key file");
}

Test(vault, it_lists_what_opens_it_and_says_whether_it_is_open)
{
    open_screen();
    terminal_wait(console, "KIND            CREATED     LABEL");
    terminal_wait(console, "passphrase");
    terminal_wait(console, "2024-02-27  demo");
    cr_assert(terminal_shows(console, "Vault  locked"));
    step("n", "Unlock the vault");
    step("gatehouse demo\r", "Add a key slot");
    step("\033", "Vault  unlocked");
    step("L", "Vault  locked");
    cr_assert_eq(slots(), 1);
}

Test(vault, a_key_file_is_added_and_opens_it)
{
    struct stat status;
    open_screen();
    add_key_file();
    cr_assert_eq(slots(), 2);
    cr_assert_eq(stat(key_file, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    /* There are two kinds now, so the question is which one is at hand. */
    step("L", "Vault  locked");
    step("n", "How do you want to unlock it?");
    step("k", "Key file");
    terminal_send(console, key_file);
    step("\r", "What else should unlock the vault?");
    step("\033", "Vault  unlocked");
    step("L", "Vault  locked");
    step("n", "How do you want to unlock it?");
    step("\r", "Vault  locked");
    cr_assert_not(terminal_shows(console, "What should unlock"), "Cancel unlocks nothing");
}

Test(vault, a_recovery_code_is_shown_once_and_opens_it)
{
    char code[100] = "";
    open_screen();
    add("r", "Recovery code");
    terminal_wait_idle(console);
    for (int row = 0; row < ROWS && !code[0]; row++) {
        const char *line = terminal_row(console, row), *at = line;
        while (
            (at = strpbrk(at, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))) {
            size_t size =
                strspn(at, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
            if (size > 25 && size < sizeof code) snprintf(code, sizeof code, "%.*s", (int)size, at);
            at += size;
        }
    }
    cr_assert(code[0], "no code on the screen");
    cr_assert_eq(slots(), 2);
    terminal_wait(console, "Unlocks the vault if the passphrase is lost");
    /* Enter is ignored for the first half second, and then asks: the code is not kept. */
    terminal_listen(console, 600);
    step("\r", "This recovery code is not kept");
    terminal_send(console, "Y");
    terminal_wait_gone(console, "Unlocks the vault if");
    cr_assert_not(terminal_shows(console, code));
    step("L", "Vault  locked");
    step("n", "How do you want to unlock it?");
    step("r", "Recovery code");
    terminal_send(console, code);
    step("\r", "What else should unlock the vault?");
}

Test(vault, a_passphrase_is_changed_and_the_old_one_opens_nothing)
{
    open_screen();
    step("E", "Unlock the vault");
    step("gatehouse demo\r", "Change the key slot");
    step("short\r", "at least 12 characters");
    step("\025a much longer one\r", "again");
    step("a much longer one\r", "The key slot was changed");
    step("L", "Vault  locked");
    step("n", "Unlock the vault");
    step("gatehouse demo\r", "does not open the vault");
    step("\025a much longer one\r", "What else should unlock the vault?");
    cr_assert_eq(slots(), 1);
}

Test(vault, two_different_passphrases_change_nothing)
{
    open_screen();
    step("E", "Unlock the vault");
    step("gatehouse demo\r", "Change the key slot");
    step("a much longer one\r", "again");
    step("a much longer two\r", "do not match");
}

Test(vault, a_slot_is_removed_but_not_the_last)
{
    open_screen();
    step("D", "Its secret will no longer unlock");
    step("Y", "the last key slot cannot be removed: add another one first");
    cr_assert_eq(slots(), 1);
    add_key_file();
    step("j", "key file");
    step("D", "Remove the key slot");
    step("\r", "key file");
    cr_assert_eq(slots(), 2, "Cancel has the focus");
    step("D", "Remove the key slot");
    step("Y", "The key slot was removed");
    cr_assert_eq(slots(), 1);
    cr_assert_eq(prepared_ask(home, "SELECT kind FROM key_slot"),
                 prepared_ask(home, "SELECT min(kind) FROM key_slot"));
    terminal_wait(console, "passphrase");
    terminal_wait_gone(console, "key file");
}

Test(vault, a_database_that_keeps_nothing_says_so)
{
    prepared_run(home, "DELETE FROM key_slot");
    step(":vault\r", "This database shows tokens once and keeps none: there is nothing to unlock.");
    step("n", "this database keeps no tokens: each is shown only once");
}

Test(vault, memory_that_may_be_swapped_is_said_where_the_vault_is)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip("AddressSanitizer keeps mlock from the program");
#endif
    if (geteuid() == 0 && system("setpriv --bounding-set=-ipc_lock true 2>/dev/null"))
        cr_skip("the right to lock memory cannot be given up here");
    cr_assert_not(terminal_shows(console, "swap space"));
    terminal_free(console);
    console = prepared_line(home, ROWS, COLUMNS,
                            geteuid() == 0 ? "ulimit -l 0; exec setpriv --bounding-set=-ipc_lock"
                                           : "ulimit -l 0; exec",
                            "");
    terminal_wait(console, "sa::agent-berlin");
    step(":vault\r", "Secrets in memory may be written to the swap space");
}

Test(vault, of_the_demo_says_its_passphrase_where_it_asks_for_it)
{
    static const char *const demo[] = {"demo", NULL};
    terminal_free(console);
    console = terminal_start(24, 80, demo, NULL);
    terminal_leave_tour(console);
    terminal_wait(console, "Service Accounts");
    terminal_send(console, "/ci-deploy\r");
    terminal_wait(console, "sa::ci-deploy");
    terminal_send(console, "\r");
    terminal_wait(console, "Edit Service Account");
    terminal_send(console, "y");
    terminal_wait(console, "Unlock the vault");
    terminal_wait(console, "passphrase of the demo is “gatehouse demo”");
    terminal_send(console, "gatehouse demo\r");
    terminal_wait(console, "Sent to the clipboard");
}
