/* Keys that move through the list, at its start, in its middle and at its end. */
#include "bare.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

enum { QUIET_MS = 30, STEPS = 100, PAGES = 40, JUMPS = 12 };

struct moves {
    struct samples first, right, bytes;
};
/* What a key costs here, and in the bare program, which gets it right afterwards and is charged the
 * time that bare SQLite takes to read the rows. */
struct pair {
    struct moves ours, bare;
    double page_ms;
};

static void add_move(struct moves *moves, const struct reaction *reaction, double more_ms)
{
    if (!reaction->bytes) return;
    samples_add(&moves->first, reaction->first_ms + more_ms);
    samples_add(&moves->right, reaction->right_ms[PART_ALL] + more_ms);
    samples_add(&moves->bytes, (double)reaction->bytes);
}

/* Returns false if there was nothing to move to. */
static bool press(struct session *session, const char *key, struct pair *pair)
{
    struct reaction ours = console_send(session->console, key, QUIET_MS);
    struct reaction bare = console_send(session->bare, key, BARE_QUIET_MS);
    add_move(&pair->ours, &ours, 0);
    add_move(&pair->bare, &bare, pair->page_ms);
    return ours.bytes > 0;
}

static void print_moves(const char *what, const struct pair *pair, const char *bytes_budget)
{
    const struct moves *ours = &pair->ours, *bare = &pair->bare;
    char name[160];
    snprintf(name, sizeof name, "%s: first byte", what);
    figure_beside(name, "ms", &ours->first, &bare->first, "1 ms median, 5 ms worst");
    snprintf(name, sizeof name, "%s: screen right", what);
    figure_beside(name, "ms", &ours->right, &bare->right, "");
    snprintf(name, sizeof name, "%s: bytes", what);
    figure_beside(name, "bytes", &ours->bytes, &bare->bytes, bytes_budget);
}

/* Presses a key many times, or until there are no further rows. */
static void press_often(struct session *session, const char *what, const char *key, int times,
                        double page_ms)
{
    struct pair pair = {.page_ms = page_ms};
    for (int i = 0; i < times; i++)
        if (!press(session, key, &pair)) break;
    print_moves(what, &pair, times == STEPS ? "300" : "");
}

/* The middle is reached by a filter that begins there and is then cleared. */
static void go_to_middle(struct session *session)
{
    console_send(session->console, "/gateway\r", 100);
    console_send(session->console, "\033", 100);
    console_send(session->bare, "M", BARE_QUIET_MS);
}

static void go_to_end(struct session *session, const char *key)
{
    console_send(session->console, key, QUIET_MS);
    console_send(session->bare, key, BARE_QUIET_MS);
}

static void jump(struct session *session, double page_ms)
{
    struct pair to_end = {.page_ms = page_ms}, to_start = to_end, from_middle[2] = {to_end, to_end};
    for (int i = 0; i < JUMPS; i++) {
        press(session, "G", &to_end);
        press(session, "g", &to_start);
        go_to_middle(session);
        press(session, i % 2 ? "G" : "g", &from_middle[i % 2]);
        if (i % 2) go_to_end(session, "g");
    }
    print_moves("jump to the end, from the start", &to_end, "");
    print_moves("jump to the end, from the middle", &from_middle[1], "");
    print_moves("jump to the start, from the end", &to_start, "");
    print_moves("jump to the start, from the middle", &from_middle[0], "");
}

void session_move(struct session *session)
{
    sqlite3 *db = bare_open(session->bench->database);
    double page_ms = bare_page(db, "account", "name", "name");
    sqlite3_close(db);
    press_often(session, "one down, start", "j", STEPS, 0);
    go_to_end(session, "g");
    press_often(session, "page down, start", "\004", PAGES, page_ms);
    go_to_middle(session);
    press_often(session, "one down, middle", "j", STEPS, 0);
    press_often(session, "page down, middle", "\004", PAGES, page_ms);
    press_often(session, "page up, middle", "\025", PAGES, page_ms);
    go_to_end(session, "G");
    press_often(session, "one up, end", "k", STEPS, 0);
    press_often(session, "one down, into the end", "j", STEPS, 0);
    press_often(session, "page up, end", "\025", PAGES, page_ms);
    press_often(session, "page down, into the end", "\004", PAGES, page_ms);
    go_to_end(session, "g");
    jump(session, page_ms);
    session_weigh(session);
}
