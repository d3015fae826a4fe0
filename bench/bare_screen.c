/* The floor for starting: a program that opens ncurses, draws one frame and waits for a key. */
#define NCURSES_WIDECHAR 1
#include <curses.h>

int main(void)
{
    initscr();
    cbreak();
    noecho();
    for (int row = 0; row < LINES; row++)
        mvprintw(row, 0, "row %d of a bare program", row);
    refresh();
    getch();
    endwin();
    return 0;
}
