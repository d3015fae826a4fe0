/* Loaded into the console before curses: notes in the file $GATEHOUSE_OVERLAPS where text is drawn
 * over other text of the same frame. What was blanked in between is another text's place. */
#include <curses.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Lines may be drawn over: the title of a box, the name of a part. */
static bool is_line(wchar_t character)
{
    return wcschr(L" ─│╭╮╰╯", character) != NULL;
}

static wchar_t drawn_at(WINDOW *window, int row, int column)
{
    cchar_t cell;
    wchar_t text[CCHARW_MAX + 1] = L"";
    attr_t attributes;
    short pair;
    if (mvwin_wch(window, row, column, &cell) == OK)
        getcchar(&cell, text, &attributes, &pair, NULL);
    return text[0];
}

static void note(int row, int column, wchar_t old, const char *text)
{
    FILE *file = fopen(getenv("GATEHOUSE_OVERLAPS"), "a");
    if (!file) return;
    fprintf(file, "%dx%d: “%s” covers %lc at row %d, column %d\n", COLS, LINES, text, (wint_t)old,
            row + 1, column + 1);
    fclose(file);
}

static void check(WINDOW *window, const char *text)
{
    int row, column;
    getyx(window, row, column);
    int at = column;
    mbstate_t state = {0};
    wchar_t character;
    for (const char *rest = text; *rest;) {
        size_t size = mbrtowc(&character, rest, strlen(rest), &state);
        if (size == 0 || size > strlen(rest)) break;
        wchar_t old = drawn_at(window, row, at);
        if (old && !is_line(old) && character != L' ' && character != old) {
            note(row, at, old, text);
            break;
        }
        rest += size;
        at += wcwidth(character) > 0 ? wcwidth(character) : 0;
    }
    wmove(window, row, column);
}

int waddnstr(WINDOW *window, const char *text, int size)
{
    int (*real)(WINDOW *, const char *, int);
    *(void **)&real = dlsym(RTLD_NEXT, "waddnstr");
    if (size < 0) check(window, text);
    return real(window, text, size);
}
