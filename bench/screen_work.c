/* Opening an account, switching one off and on. */
#include "bare.h"
#include "session.h"

static void open_one(struct console *console, struct samples *samples)
{
    struct reaction reaction = console_send(console, "\r", 150);
    if (!console_shows(console, "Edit Service Account")) bench_die("no account was opened");
    session_add(samples, &reaction, PART_ALL);
    console_send(console, "\033", 200);
}

enum { TOGGLE_QUIET_MS = 60 };

static void toggle_one(struct console *console, struct samples *samples)
{
    struct reaction reaction = console_send(console, "A", TOGGLE_QUIET_MS);
    if (!console_shows(console, "activated")) bench_die("no account was switched");
    session_add(samples, &reaction, PART_ROWS);
}

void session_open_and_toggle(struct session *session)
{
    struct samples open = {0}, toggle = {0};
    struct console *console = session->console;
    sqlite3 *db = bare_open(session->bench->database);
    double bare_open_ms = bare_account(db), bare_toggle_ms = bare_toggle(db, TOGGLE_QUIET_MS);
    sqlite3_close(db);
    console_send(console, "g", 600);
    for (int i = 0; i < session->bench->repeats * 4; i++) {
        open_one(console, &open);
        toggle_one(console, &toggle);
        toggle_one(console, &toggle);
        console_send(console, "j", 30);
    }
    session_weigh(session);
    figure("open an account: form whole", "ms", &open, bare_open_ms, "5 ms");
    figure("toggle an account, durable: row right", "ms", &toggle, bare_toggle_ms, "2 x floor");
}
