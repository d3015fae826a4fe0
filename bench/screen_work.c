/* Sorting the list, opening an account, switching one off and on. */
#include "bare.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *key, *column;
} columns[] = {
    {"status", "s", "active"},   {"tokens", "t", "tokens"},   {"last used", "l", "used"},
    {"created", "c", "created"}, {"Account ID", "i", "name"},
};
enum { COLUMNS = sizeof columns / sizeof *columns, BY_ID = COLUMNS - 1 };

/* Picks a column; until its first page is there. */
static double sort_by(struct console *console, int column)
{
    console_send(console, "s", 40);
    return console_send(console, columns[column].key, 60).right_ms[PART_ROWS];
}

void session_sort(struct session *session)
{
    struct samples samples[COLUMNS] = {0};
    sqlite3 *db = bare_open(session->bench->database);
    console_send(session->console, "g", 100);
    for (int r = 0; r < session->bench->repeats * 2; r++)
        for (int i = 0; i < BY_ID; i++) {
            samples_add(&samples[i], sort_by(session->console, i));
            samples_add(&samples[BY_ID], sort_by(session->console, BY_ID));
        }
    for (int i = 0; i < COLUMNS; i++) {
        char name[96];
        snprintf(name, sizeof name, "sort by %s: first page", columns[i].name);
        figure(name, "ms", &samples[i], bare_page(db, columns[i].column), "5 ms");
    }
    sqlite3_close(db);
    session_weigh(session);
}

static double open_one(struct console *console)
{
    struct reaction reaction = console_send(console, "\r", 150);
    if (!console_shows(console, "Edit Service Account")) bench_die("no account was opened");
    console_send(console, "\033", 200);
    return reaction.right_ms[PART_ALL];
}

static double toggle_one(struct console *console)
{
    struct reaction reaction = console_send(console, "A", 60);
    if (!console_shows(console, "activated")) bench_die("no account was switched");
    return reaction.right_ms[PART_ROWS];
}

void session_open_and_toggle(struct session *session)
{
    struct samples open = {0}, toggle = {0};
    struct console *console = session->console;
    sqlite3 *db = bare_open(session->bench->database);
    double bare_open_ms = bare_account(db), bare_toggle_ms = bare_toggle(db);
    sqlite3_close(db);
    console_send(console, "g", 600);
    for (int i = 0; i < session->bench->repeats * 4; i++) {
        samples_add(&open, open_one(console));
        samples_add(&toggle, toggle_one(console));
        samples_add(&toggle, toggle_one(console));
        console_send(console, "j", 30);
    }
    session_weigh(session);
    figure("open an account: form whole", "ms", &open, bare_open_ms, "5 ms");
    figure("toggle an account, durable: row right", "ms", &toggle, bare_toggle_ms, "");
}
