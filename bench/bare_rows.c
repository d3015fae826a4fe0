/* The least that a start with SQLite takes: it opens a database and draws the first rows of a list
 * with ncurses. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <sqlite3.h>

enum { HEAD = 4, ROWS = 18 };

static void draw(sqlite3_stmt *stmt)
{
    int row = HEAD;
    for (; sqlite3_step(stmt) == SQLITE_ROW; row++)
        mvprintw(row, 2, "%-36s %-10s %8d  %lld", (const char *)sqlite3_column_text(stmt, 0),
                 sqlite3_column_int(stmt, 1) ? "on" : "off", sqlite3_column_int(stmt, 2),
                 (long long)sqlite3_column_int64(stmt, 3));
    mvprintw(LINES - 1, 0, "%d rows", row - HEAD);
    refresh();
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    if (argc != 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) ||
        sqlite3_exec(db, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL", NULL, NULL, NULL) ||
        sqlite3_prepare_v2(db,
                           "SELECT name, active, tokens, created FROM account ORDER BY name LIMIT "
                           "?1",
                           -1, &stmt, NULL))
        return 1;
    sqlite3_bind_int(stmt, 1, ROWS);
    initscr();
    cbreak();
    noecho();
    curs_set(0);
    draw(stmt);
    getch();
    endwin();
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return 0;
}
