/* The main job, as an admin does it: from a machine without a database to a token that works. */
#include "terminal.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PASSPHRASE "correct horse battery"

static struct terminal *first_start(void)
{
    struct terminal *terminal = terminal_start(24, 80, NULL, NULL);
    terminal_wait(terminal, "Welcome to Gatehouse");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Passphrase of the vault");
    terminal_send(terminal, PASSPHRASE "\r");
    terminal_wait(terminal, "vault, again");
    terminal_send(terminal, PASSPHRASE "\r");
    terminal_wait(terminal, "Create a recovery code as well?");
    terminal_send(terminal, "\r");
    terminal_wait_gone(terminal, "Create a recovery code");
    terminal_wait(terminal, "Service Accounts");
    return terminal;
}

/* Reads the token on the screen. */
static void read_token(struct terminal *terminal, char out[static 41])
{
    out[0] = 0;
    for (int row = 0; row < 24 && !out[0]; row++) {
        const char *text = strstr(terminal_row(terminal, row), "gth_");
        if (text && strspn(text + 4,
                           "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == 36)
            snprintf(out, 41, "%.40s", text);
    }
    cr_assert(out[0], "no token on the screen");
}

static void create_account(struct terminal *terminal, char token[static 41])
{
    terminal_send(terminal, "n");
    terminal_wait(terminal, "New Service Account");
    terminal_send(terminal, "CI-Deploy\tDeploys main\tteam\t");
    terminal_wait(terminal, "Deploys main");
    terminal_send(terminal, "\x13");
    terminal_wait(terminal, "Token generated");
    terminal_wait(terminal, "Sent to the clipboard");
    read_token(terminal, token);
    terminal_listen(terminal, 600);
    terminal_send(terminal, "\r");
    terminal_wait_gone(terminal, "Token generated");
    terminal_wait(terminal, "sa::ci-deploy");
}

static int verify(const struct terminal *terminal, const char *token)
{
    char command[128], out[512], line[256];
    snprintf(line, sizeof line, "verify <%s/token", terminal_home(terminal));
    snprintf(command, sizeof command, "%s/token", terminal_home(terminal));
    FILE *file = fopen(command, "w");
    cr_assert(file);
    fputs(token, file);
    fclose(file);
    return terminal_command(terminal, line, out, sizeof out);
}

Test(journey, an_account_is_made_on_the_first_start_and_its_token_works)
{
    char token[41];
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    cr_assert_eq(verify(terminal, token), 0);
    terminal_free(terminal);
}

Test(journey, the_token_is_sent_to_the_clipboard_of_the_terminal)
{
    char token[41];
    size_t size;
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    const char *output = terminal_output(terminal, &size);
    cr_assert(strstr(output, "\033]52;c;Z3RoX"), "no OSC 52 with the token in base64");
    terminal_send(terminal, "T");
    terminal_wait(terminal, "What uses it?");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Token generated");
    terminal_send(terminal, "?");
    terminal_wait(terminal, "disallowedWindowOps");
    terminal_send(terminal, "\r");
    terminal_wait_gone(terminal, "disallowedWindowOps");
    terminal_free(terminal);
}

Test(journey, one_key_switches_the_account_off_and_U_brings_it_back)
{
    char token[41];
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    terminal_send(terminal, "A");
    terminal_wait(terminal, "deactivated");
    terminal_wait(terminal, "inactive");
    cr_assert_eq(verify(terminal, token), 1);
    terminal_send(terminal, "U");
    terminal_wait_gone(terminal, "inactive");
    cr_assert_eq(verify(terminal, token), 0);
    terminal_free(terminal);
}

Test(journey, the_menu_switches_the_account_too)
{
    char token[41];
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    terminal_send(terminal, ".");
    terminal_wait(terminal, "Generate token");
    terminal_send(terminal, "A");
    terminal_wait(terminal, "inactive");
    cr_assert_eq(verify(terminal, token), 1);
    terminal_free(terminal);
}

Test(journey, a_token_is_renamed_in_place_and_revoked)
{
    char token[41];
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    terminal_send(terminal, "r");
    terminal_send(terminal, "-main\r");
    terminal_wait(terminal, "default-main");
    terminal_send(terminal, "D");
    terminal_wait(terminal, "stops working immediately");
    terminal_send(terminal, "Y");
    terminal_wait(terminal, "+ 1 revoked");
    cr_assert_eq(verify(terminal, token), 1);
    terminal_free(terminal);
}

Test(journey, copying_asks_for_the_passphrase_and_refuses_a_wrong_one)
{
    char token[41];
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Edit Service Account");
    terminal_send(terminal, "y");
    terminal_wait(terminal, "Unlock the vault");
    terminal_send(terminal, "a wrong passphrase\r");
    terminal_wait(terminal, "does not open the vault");
    terminal_send(terminal, PASSPHRASE "\r");
    terminal_wait_gone(terminal, "Unlock the vault");
    terminal_wait(terminal, "Sent to the clipboard");
    terminal_free(terminal);
}

Test(journey, deleting_needs_the_name)
{
    char token[41];
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    terminal_send(terminal, "D");
    terminal_wait(terminal, "Type its name");
    terminal_send(terminal, "ci-deploy\r");
    terminal_wait_gone(terminal, "Type its name");
    terminal_wait(terminal, "deleted");
    cr_assert_eq(verify(terminal, token), 1);
    terminal_free(terminal);
}

Test(journey, a_key_file_opens_the_vault_instead_of_a_passphrase)
{
    char path[300], command[400], out[512];
    struct stat status;
    struct terminal *terminal = terminal_start(24, 80, NULL, NULL);
    terminal_wait(terminal, "Welcome to Gatehouse");
    terminal_send(terminal, "k\r");
    terminal_wait(terminal, "Key file of the vault");
    terminal_send(terminal, "/nowhere/at/all\r");
    terminal_wait(terminal, "/nowhere/at/all");
    terminal_wait(terminal, "No such file");
    snprintf(path, sizeof path, "%s/vault.key", terminal_home(terminal));
    terminal_send(terminal, "\025");
    terminal_send(terminal, path);
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Create a recovery code as well?");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Service Accounts");
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    cr_assert_eq(terminal_command(terminal, "account create ci --token a", out, sizeof out), 0,
                 "%s", out);
    snprintf(command, sizeof command, "token reveal 1 --key-file %s", path);
    cr_assert_eq(terminal_command(terminal, command, out, sizeof out), 0, "%s", out);
    cr_assert_eq(strncmp(out, "gth_", 4), 0, "%s", out);
    terminal_free(terminal);
}

Test(journey, without_a_vault_tokens_are_shown_once)
{
    char out[512];
    struct terminal *terminal = terminal_start(24, 80, NULL, NULL);
    terminal_wait(terminal, "Welcome to Gatehouse");
    terminal_send(terminal, "jj\r");
    terminal_wait(terminal, "Service Accounts");
    cr_assert_eq(terminal_command(terminal, "vault status", out, sizeof out), 0, "%s", out);
    cr_assert(strstr(out, "shown once, not kept"), "%s", out);
    terminal_free(terminal);
}

Test(journey, everything_is_there_again_after_a_restart)
{
    char token[41];
    static const char *const again[] = {"gatehouse", NULL};
    struct terminal *terminal = first_start();
    create_account(terminal, token);
    terminal_send(terminal, "Q");
    cr_assert_eq(terminal_wait_exit(terminal), 0);
    struct terminal *second = terminal_start_beside(terminal, 24, 80, again);
    terminal_wait(second, "sa::ci-deploy");
    terminal_free(second);
    terminal_free(terminal);
}
