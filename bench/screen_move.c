/* Keys that move through the list, at its start, in its middle and at its end. */
#include "bare.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

enum { QUIET_MS = 30, STEPS = 100, PAGES = 40, JUMPS = 12 };

struct moves {
    struct samples first, right, bytes;
};

static void add_move(struct moves *moves, const struct reaction *reaction)
{
    if (!reaction->bytes) return;
    samples_add(&moves->first, reaction->first_ms);
    samples_add(&moves->bytes, (double)reaction->bytes);
    session_add(&moves->right, reaction, PART_ALL);
}

static void print_moves(const char *what, const struct moves *moves, double floor,
                        const char *bytes_budget)
{
    char name[160];
    snprintf(name, sizeof name, "%s: first byte", what);
    figure(name, "ms", &moves->first, 0, "1 ms median, 5 ms worst");
    snprintf(name, sizeof name, "%s: screen right", what);
    figure(name, "ms", &moves->right, floor, "");
    snprintf(name, sizeof name, "%s: bytes", what);
    figure(name, "bytes", &moves->bytes, 0, bytes_budget);
}

/* Presses a key many times, or until there is no further row. */
static void press(struct console *console, const char *what, const char *key, int times,
                  double floor)
{
    struct moves moves = {0};
    for (int i = 0; i < times; i++) {
        struct reaction reaction = console_send(console, key, QUIET_MS);
        if (!reaction.bytes) break;
        add_move(&moves, &reaction);
    }
    print_moves(what, &moves, floor, times == STEPS ? "200" : "");
}

/* The middle is reached by a filter that begins there and is cleared again. */
static void go_to_middle(struct console *console)
{
    console_send(console, "/gateway\r", 100);
    console_send(console, "\033", 100);
}

static void jump(struct console *console, double floor)
{
    struct moves to_end = {0}, to_start = {0}, from_middle[2] = {0};
    for (int i = 0; i < JUMPS; i++) {
        struct reaction reaction = console_send(console, "G", QUIET_MS);
        add_move(&to_end, &reaction);
        reaction = console_send(console, "g", QUIET_MS);
        add_move(&to_start, &reaction);
        go_to_middle(console);
        reaction = console_send(console, i % 2 ? "G" : "g", QUIET_MS);
        add_move(&from_middle[i % 2], &reaction);
        if (i % 2) console_send(console, "g", QUIET_MS);
    }
    print_moves("jump to the end, from the start", &to_end, floor, "");
    print_moves("jump to the end, from the middle", &from_middle[1], floor, "");
    print_moves("jump to the start, from the end", &to_start, floor, "");
    print_moves("jump to the start, from the middle", &from_middle[0], floor, "");
}

void session_move(struct session *session)
{
    struct console *console = session->console;
    sqlite3 *db = bare_open(session->bench->database);
    double page = bare_page(db, "account", "name", "name");
    sqlite3_close(db);
    press(console, "one down, start", "j", STEPS, 0);
    console_send(console, "g", QUIET_MS);
    press(console, "page down, start", "\004", PAGES, page);
    go_to_middle(console);
    press(console, "one down, middle", "j", STEPS, 0);
    press(console, "page down, middle", "\004", PAGES, page);
    press(console, "page up, middle", "\025", PAGES, page);
    console_send(console, "G", QUIET_MS);
    press(console, "one up, end", "k", STEPS, 0);
    press(console, "one down, into the end", "j", STEPS, 0);
    press(console, "page up, end", "\025", PAGES, page);
    press(console, "page down, into the end", "\004", PAGES, page);
    console_send(console, "g", QUIET_MS);
    jump(console, page);
    session_weigh(session);
}
