/* What is on the screen, and waiting for it. */
#include "terminal_inside.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

const char *terminal_row(struct terminal *terminal, int row)
{
    const VTermRect rect = {row, row + 1, 0, terminal->columns};
    size_t size = vterm_screen_get_text(terminal->screen, terminal->row, ROW_BYTES - 1, rect);
    while (size > 0 && (terminal->row[size - 1] == ' ' || terminal->row[size - 1] == '\n'))
        size--;
    terminal->row[size] = 0;
    return terminal->row;
}

bool terminal_shows(struct terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++)
        if (strstr(terminal_row(terminal, row), text)) return true;
    return false;
}

void terminal_note(struct terminal *terminal)
{
    if (!terminal->changed) return;
    terminal->changed = false;
    if (!terminal->noted) terminal->noted = open_memstream(&terminal->seen, &terminal->seen_size);
    cr_assert(terminal->noted);
    for (int row = 0; row < terminal->rows; row++)
        fprintf(terminal->noted, "%s\n", terminal_row(terminal, row));
}

static bool was_seen(struct terminal *terminal, const char *text)
{
    terminal_note(terminal);
    return terminal->noted && fflush(terminal->noted) == 0 && strstr(terminal->seen, text);
}

void terminal_print(struct terminal *terminal)
{
    for (int row = 0; row < terminal->rows; row++)
        fprintf(stderr, "|%s\n", terminal_row(terminal, row));
}

static void wait_until(struct terminal *terminal, const char *text, bool there)
{
    int64_t end = terminal_now() + PATIENCE_MS;
    while (!terminal->gone && terminal_now() < end) {
        bool met = terminal_shows(terminal, text) == there;
        if (!terminal_pump(terminal, met ? QUIET_MS : 100) && met) return;
    }
    if (terminal_shows(terminal, text) == there) return;
    terminal_print(terminal);
    cr_assert_fail("waited in vain for “%s” to %s", text, there ? "appear" : "go");
}

void terminal_wait(struct terminal *terminal, const char *text)
{
    wait_until(terminal, text, true);
}

void terminal_wait_gone(struct terminal *terminal, const char *text)
{
    cr_assert(was_seen(terminal, text), "no screen has shown “%s”", text);
    wait_until(terminal, text, false);
}

struct terminal_cell terminal_cell(const struct terminal *terminal, int row, int column)
{
    VTermScreenCell cell;
    cr_assert(vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell));
    return (struct terminal_cell){
        .bold = cell.attrs.bold,
        .underline = cell.attrs.underline != VTERM_UNDERLINE_OFF,
        .reverse = cell.attrs.reverse,
        .coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg),
        .width = cell.width,
        .foreground = VTERM_COLOR_IS_INDEXED(&cell.fg) ? cell.fg.indexed.idx : -1,
        .background = VTERM_COLOR_IS_DEFAULT_BG(&cell.bg) ? -1
                      : VTERM_COLOR_IS_INDEXED(&cell.bg)  ? cell.bg.indexed.idx
                                                          : -1,
        .character = cell.chars[0],
    };
}

void terminal_cursor(const struct terminal *terminal, int *row, int *column)
{
    VTermPos at;
    vterm_state_get_cursorpos(vterm_obtain_state(terminal->vterm), &at);
    *row = at.row;
    *column = at.col;
}

void terminal_leave_tour(struct terminal *terminal)
{
    terminal_wait(terminal, "Things to try");
    terminal_send(terminal, "\033");
    terminal_wait_gone(terminal, "Things to try");
}
