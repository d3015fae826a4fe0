/* Opening an account, switching one off and on. */
#include "bare.h"
#include "session.h"

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
