/* Resizing with each dialog open: nothing that was typed is lost, borders stay whole. */
#include "box.h"
#include "prepared.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 5 };

static struct terminal *home, *terminal;

struct dialog {
    struct {
        const char *keys, *then;
    } steps[STEPS];          /* how it is opened: keys, and what they show */
    const char *typed, *box; /* what must still be there; the title of its box; NULL: none */
};

static const struct dialog dialogs[] = {
    {{{"/ci-d", "2 of 30"}}, "/ ci-d", NULL},
    {{{".", "Generate token"}}, "Copy account ID", "sa::agent-berlin"},
    {{{"G", "sa::"}, {".", "Generate token"}}, "Copy account ID", "sa::"},
    {{{"s", "Last used"}}, "Created", "Sort by"},
    {{{":", "Command"}, {"vau", "vault"}}, ": vau", "Command"},
    {{{"?", "edits the account"}}, "edits the account", NULL},
    {{{"D", "Type its name"}, {"sa::agent-ber", "sa::agent-ber"}}, "Delete", "Delete the account"},
    {{{"T", "New token of"}, {"half-typed", "half-typed"}}, "half-typed", "New token of"},
    {{{"T", "New token of"}, {"\r", "Token generated"}}, "gth_", "Token generated"},
    {{{"T", "New token of"},
      {"\r", "Sent to the clipboard"},
      {"w", "Write the token"},
      {"/no/whe", "/no/whe"}},
     "/no/whe",
     "Write the token to a file"},
};

static const struct dialog of_the_form[] = {
    {{{"D", "stops working immediately"}}, "Revoke", "Revoke the token"},
    {{{".", "Rename"}}, "Suspend", "ber1"},
    {{{"r", "ber1"}, {"-typed", "ber1-typed"}}, "ber1-typed", NULL},
    {{{"n", "What uses it?"}, {"half", "half"}}, "half", "New token of"},
    {{{"n", "What uses it?"}, {"x\t", "365d"}, {"\033[D\t90", "90"}}, "90", "New token of"},
    {{{"\t+", "Add to a group"}, {"bui", "bui"}}, "bui", "Add to a group"},
    {{{"y", "Unlock the vault"}, {"half", "••••"}}, "••••", "Unlock the vault"},
    {{{"p", "Unlock the vault"}, {"gatehouse demo\r", "Closes after ten seconds"}},
     "gth_",
     "Token"},
    {{{"\033[Z", "Owner"}, {"-typed", "team-infra-typed"}}, "team-infra-typed", NULL},
    {{{"\033[Z\033[Z", "Owner"}, {" typed", "halls typed"}}, "Berlin halls typed", NULL},
    {{{"\033[Zx", "changed"}, {"\033", "unsaved changes"}}, "team-infrax", "Unsaved changes"},
};

static const struct dialog of_the_vault[] = {
    {{{"j", "demo"}}, "passphrase", NULL},
    {{{"D", "no longer unlock the vault"}}, "Remove", "Remove the key slot"},
    {{{"n", "Unlock the vault"}, {"gatehouse demo\r", "What else should unlock"}},
     "Recovery code",
     "Add a key slot"},
    {{{"n", "Unlock the vault"},
      {"gatehouse demo\r", "What else should unlock"},
      {"p", "At least 12 characters"},
      {"half", "••••"}},
     "••••",
     "Add a key slot"},
    {{{"E", "Unlock the vault"}, {"gatehouse demo\r", "At least 12"}, {"half", "••••"}},
     "••••",
     "Change the key slot"},
    {{{"n", "Unlock the vault"},
      {"gatehouse demo\r", "What else should unlock"},
      {"r", "if the passphrase is lost"}},
     "if the passphrase is lost",
     "Recovery code"},
};

static const struct dialog first_start[] = {
    {{{"j", "Show tokens once"}}, "Show tokens once", NULL},
    {{{"\r", "Passphrase of the vault"}, {"half", "••••"}}, "••••", "Passphrase of the vault"},
    {{{"\r", "Passphrase of the vault"}, {"a long passphrase\r", "again"}, {"half", "••••"}},
     "••••",
     "Passphrase of the vault, again"},
    {{{"k\r", "Key file of the vault"}, {"/no/whe", "/no/whe"}},
     "/no/whe",
     "Key file of the vault"},
    {{{"\r", "Passphrase of the vault"},
      {"a long passphrase\r", "again"},
      {"a long passphrase\r", "Create a recovery code as well?"}},
     "Show a code",
     "Create a recovery code as well?"},
};

static const struct dialog new_account = {{{"n", "New Service Account"},
                                           {"ci-typed\tDescribed here\tteam-typed\t", "team-typed"},
                                           {"\t\t\t-main", "-main"}},
                                          "-main",
                                          NULL};

static void shrink(void)
{
    terminal_resize(terminal, 4, 15);
    terminal_wait(terminal, "Too small");
    for (int row = 1; row < 4; row++)
        cr_assert_str_empty(terminal_row(terminal, row), "more than one line");
}

/* Always via a size whose screen is known, so that an old screen is not mistaken for a new one. */
static void resize_by_way_of_nothing(int rows, int columns, const char *box)
{
    shrink();
    terminal_resize(terminal, rows, columns);
    terminal_wait_gone(terminal, "Too small");
    if (box && !box_is_whole(terminal, box, rows, columns))
        cr_assert_lt(columns, 46, "%s: no box", box);
}

static void try_sizes(const struct dialog *dialog)
{
    static const int sizes[][2] = {{10, 40}, {24, 80}, {12, 60}, {5, 20}, {40, 120}};
    for (int i = 0; i < STEPS && dialog->steps[i].keys; i++) {
        terminal_send(terminal, dialog->steps[i].keys);
        terminal_wait(terminal, dialog->steps[i].then);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        resize_by_way_of_nothing(sizes[i][0], sizes[i][1], dialog->box);
    terminal_wait(terminal, dialog->typed);
    terminal_signal(terminal, SIGTERM);
    cr_assert_eq(terminal_wait_exit(terminal), 0, "with “%s”", dialog->typed);
    terminal_free(terminal);
}

static void open_home(void)
{
    home = prepared_home();
}

static void close_home(void)
{
    terminal_free(home);
}

TestSuite(resize, .timeout = 300);

Test(resize, the_list_and_its_dialogs, .init = open_home, .fini = close_home)
{
    for (size_t i = 0; i < sizeof dialogs / sizeof *dialogs; i++) {
        terminal = prepared_console(home, 40, 120, "", "");
        try_sizes(&dialogs[i]);
    }
}

Test(resize, the_form_and_its_dialogs, .init = open_home, .fini = close_home)
{
    for (size_t i = 0; i < sizeof of_the_form / sizeof *of_the_form; i++) {
        terminal = prepared_console(home, 40, 120, "", "");
        terminal_send(terminal, "\r");
        terminal_wait(terminal, "Edit Service Account");
        try_sizes(&of_the_form[i]);
    }
}

Test(resize, the_vault_and_its_dialogs, .init = open_home, .fini = close_home)
{
    for (size_t i = 0; i < sizeof of_the_vault / sizeof *of_the_vault; i++) {
        terminal = prepared_console(home, 40, 120, "", "");
        terminal_send(terminal, ":vault\r");
        terminal_wait(terminal, "SLOT");
        try_sizes(&of_the_vault[i]);
    }
}

Test(resize, every_step_of_the_first_start)
{
    for (size_t i = 0; i < sizeof first_start / sizeof *first_start; i++) {
        terminal = terminal_start(40, 120, NULL, NULL);
        terminal_wait(terminal, "Welcome to Gatehouse");
        try_sizes(&first_start[i]);
    }
}

Test(resize, a_new_account_half_typed, .init = open_home, .fini = close_home)
{
    terminal = prepared_console(home, 40, 120, "", "");
    try_sizes(&new_account);
    cr_assert_eq(prepared_ask(home, "SELECT count(*) FROM account"), 30);
}

Test(resize, the_question_of_a_conflict, .init = open_home, .fini = close_home)
{
    static const struct dialog conflict = {{{"\x13", "Changed by someone else"}},
                                           "yours   team-infra-mine",
                                           "Changed by someone else"};
    char out[1024];
    terminal = prepared_console(home, 40, 120, "", "");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    terminal_send(terminal, "\033[Z-mine");
    terminal_wait(terminal, "team-infra-mine");
    cr_assert_eq(terminal_command(terminal, "account edit agent-berlin --owner x", out, sizeof out),
                 0, "%s", out);
    try_sizes(&conflict);
}
