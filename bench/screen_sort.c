/* Sorting a list by each column on offer. */
#include "bare.h"
#include "session.h"

#include <stdio.h>

/* The letter picks it; `column` is what bare SQLite orders by, NULL if no index does. The last one
 * is the initial order. */
struct order {
    const char *name, *letter, *column;
};
static const struct order of_accounts[] = {
    {"status", "s", "active"},   {"tokens", "t", "tokens"},   {"last used", "l", "used"},
    {"created", "c", "created"}, {"Account ID", "i", "name"},
};
static const struct order of_tokens[] = {
    {"name", "n", "name"},       {"last four", "t", "last_four"}, {"state", "s", NULL},
    {"created", "c", "created"}, {"expires", "e", "ends"},        {"last used", "l", "used"},
    {"account", "a", NULL},
};
enum { ORDERS_MAX = 8 };

/* Picks a column and waits for its first page. */
static void sort_by(struct console *console, const struct order *order, struct samples *samples)
{
    console_send(console, "s", 40);
    struct reaction reaction = console_send(console, order->letter, 60);
    session_add(samples, &reaction, PART_ROWS);
}

static void sort_list(struct session *session, const char *list, const char *ties,
                      const struct order *orders, size_t count)
{
    struct samples samples[ORDERS_MAX] = {0};
    char name[96];
    console_send(session->console, "g", 100);
    for (int r = 0; r < session->bench->repeats; r++)
        for (size_t i = 0; i + 1 < count; i++) {
            sort_by(session->console, &orders[i], &samples[i]);
            sort_by(session->console, &orders[count - 1], &samples[count - 1]);
        }
    session_weigh(session);
    sqlite3 *db = bare_open(session->bench->database);
    for (size_t i = 0; i < count; i++) {
        double floor = orders[i].column ? bare_page(db, list, orders[i].column, ties) : 0;
        snprintf(name, sizeof name, "sort %ss by %s: first page", list, orders[i].name);
        figure(name, "ms", &samples[i], floor, "5 ms");
    }
    sqlite3_close(db);
}

void session_sort_accounts(struct session *session)
{
    sort_list(session, "account", "name", of_accounts, sizeof of_accounts / sizeof *of_accounts);
}

void session_sort_tokens(struct session *session)
{
    sort_list(session, "token", "number", of_tokens, sizeof of_tokens / sizeof *of_tokens);
}
