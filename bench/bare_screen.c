/* The floor of starting and of keys: a list of numbered rows drawn by ncurses alone. It has the
 * movement keys of Gatehouse, and M for the middle; after a slash, letters are shown. It reads no
 * file. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <string.h>

enum { HEAD = 4, FOOT = 2, ROWS = 1000000, TYPED_MAX = 64, ESCAPE = 27, CTRL_D = 4, CTRL_U = 21 };

struct list {
    int top, cursor, page;
    bool typing;
    char typed[TYPED_MAX + 1];
};

static void draw(const struct list *list)
{
    erase();
    mvaddstr(0, 0, "A bare program");
    mvprintw(2, 0, "/ %s", list->typed);
    for (int i = 0; i < list->page; i++) {
        int row = list->top + i + 1;
        if (row - 1 == list->cursor) attron(A_REVERSE);
        mvprintw(HEAD + i, 2, "row %-36d %-10s %8d  2026-%02d-%02d", row, row % 9 ? "on" : "off",
                 row % 7, 1 + row % 12, 1 + row % 28);
        attroff(A_REVERSE);
    }
    mvprintw(LINES - 1, 0, "%d of %d", list->cursor + 1, ROWS);
    refresh();
}

static void move_by(struct list *list, int by)
{
    list->cursor += by;
    if (list->cursor < 0) list->cursor = 0;
    if (list->cursor >= ROWS) list->cursor = ROWS - 1;
    if (list->top > list->cursor) list->top = list->cursor;
    if (list->top < list->cursor - list->page + 1) list->top = list->cursor - list->page + 1;
}

static void type(struct list *list, int key)
{
    size_t size = strlen(list->typed);
    list->typing = key != ESCAPE;
    if (!list->typing)
        memset(list->typed, 0, sizeof list->typed);
    else if (size < TYPED_MAX)
        list->typed[size] = (char)key;
}

static void press(struct list *list, int key)
{
    if (list->typing)
        type(list, key);
    else if (key == 'j' || key == 'k')
        move_by(list, key == 'j' ? 1 : -1);
    else if (key == CTRL_D || key == CTRL_U)
        move_by(list, key == CTRL_D ? list->page : -list->page);
    else if (key == 'g' || key == 'G')
        move_by(list, key == 'g' ? -ROWS : ROWS);
    else if (key == 'M')
        move_by(list, ROWS / 2 - list->cursor);
    list->typing |= key == '/';
}

int main(void)
{
    initscr();
    cbreak();
    noecho();
    curs_set(0);
    idlok(stdscr, TRUE);
    struct list list = {.page = LINES - HEAD - FOOT};
    draw(&list);
    for (int key; (key = getch()) != ERR;) {
        press(&list, key);
        draw(&list);
    }
    endwin();
    return 0;
}
