/* After a dialog that showed a secret was closed, it stands nowhere in the memory of the console.
 */
#include "prepared.h"
#include "tests/process_memory.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 24, COLUMNS = 80, PART = 24, STRIDES = 64 };

static struct terminal *home, *console;

static void open_console(void)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip("a sanitizer keeps what was freed");
#endif
    home = prepared_home();
    console = prepared_line(home, ROWS, COLUMNS, "echo $$ >\"$HOME/number\"; exec", "");
    terminal_wait(console, "sa::agent-berlin");
}

static void close_console(void)
{
    if (!console) return;
    terminal_free(console);
    terminal_free(home);
}

TestSuite(memory, .init = open_console, .fini = close_console, .timeout = 300);

static void step(const char *keys, const char *text)
{
    terminal_send(console, keys);
    terminal_wait(console, text);
}

static pid_t process_of_console(void)
{
    char path[200];
    int process = 0;
    snprintf(path, sizeof path, "%s/number", terminal_home(home));
    FILE *number = fopen(path, "r");
    cr_assert(number && fscanf(number, "%d", &process) == 1);
    fclose(number);
    return process;
}

/* How often the middle of the secret stands there: as a text, or one character in each cell of a
 * screen. */
static int count_in_memory(const char *secret)
{
    char part[PART + 1];
    snprintf(part, sizeof part, "%s", secret + 8);
    int count = process_memory_count(process_of_console(), part, STRIDES);
    if (count < 0) cr_skip("the memory of the console cannot be read here (it takes root)");
    return count;
}

/* What begins with `start` on the screen. */
static void read_secret(const char *start, size_t size, char *out)
{
    for (int row = 0; row < ROWS; row++) {
        const char *text = strstr(terminal_row(console, row), start);
        if (!text) continue;
        snprintf(out, size + 1, "%s", text);
        cr_assert_eq(strlen(out), size);
        return;
    }
    cr_assert_fail("no secret on the screen");
}

static void resize(int rows, int columns)
{
    terminal_resize(console, rows, columns);
    terminal_wait_idle(console);
}

static void close_shown(const char *title)
{
    terminal_listen(console, 600);
    terminal_send(console, "\r");
    terminal_wait_gone(console, title);
    terminal_wait_idle(console);
}

static void expect_gone(const char *secret)
{
    cr_assert_eq(count_in_memory(secret), 0, "it stands in the memory %d times",
                 count_in_memory(secret));
}

Test(memory, a_token_that_was_shown_is_gone_after_its_dialog)
{
    char token[41];
    step("T", "What uses it?");
    step("\r", "Token generated");
    terminal_wait(console, "Sent to the clipboard");
    read_secret("gth_", 40, token);
    cr_assert_gt(count_in_memory(token), 0, "the test looks in the wrong place");
    close_shown("Token generated");
    expect_gone(token);
}

Test(memory, a_token_that_was_shown_while_the_terminal_was_resized_is_gone)
{
    static const int sizes[][2] = {{40, 130}, {10, 40}, {24, 80}, {30, 100}, {24, 79}};
    char token[41];
    step("T", "What uses it?");
    step("\r", "Token generated");
    terminal_wait(console, "Sent to the clipboard");
    read_secret("gth_", 40, token);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        resize(sizes[i][0], sizes[i][1]);
    close_shown("Token generated");
    expect_gone(token);
}

Test(memory, a_token_that_was_shown_from_the_form_is_gone)
{
    char token[41];
    step("\r", "Edit Service Account");
    step("n", "What uses it?");
    step("\r", "Token generated");
    terminal_wait(console, "Sent to the clipboard");
    read_secret("gth_", 40, token);
    close_shown("Token generated");
    expect_gone(token);
}

Test(memory, a_token_that_was_peeked_is_gone)
{
    char token[41];
    step("\r", "Edit Service Account");
    step("p", "Unlock the vault");
    step("gatehouse demo\r", "Closes after");
    read_secret("gth_", 40, token);
    resize(30, 90);
    terminal_send(console, "q");
    terminal_wait_gone(console, "Closes after");
    terminal_wait_idle(console);
    expect_gone(token);
}

Test(memory, a_passphrase_that_was_typed_is_gone)
{
    step("\r", "Edit Service Account");
    step("p", "Unlock the vault");
    step("correct horse battery staple\r", "does not open the vault");
    terminal_send(console, "\033");
    terminal_wait_gone(console, "Unlock the vault");
    terminal_wait_idle(console);
    expect_gone("correct horse battery staple");
}
