/* Searches that the names in memory cannot answer: descriptions, the list of all tokens, the audit
 * log. */
#include "bare.h"
#include "session.h"

#include <gatehouse/token_query.h>
#include <stdio.h>

enum { QUIET_MS = 90 };

struct typed_search {
    const char *what;
    const char *column; /* as the filter calls it */
    const char *before; /* typed at once without waiting: the next letter ends its search */
    const char *letters;
};
static const struct typed_search of_accounts[] = {
    {"descriptions, common", "d:", "", "alert"},
    {"descriptions, absent", "d:", "zzq", "x"},
    {0},
};
static const struct typed_search of_tokens[] = {
    {"tokens by name, common", "", "", "orders"},
    {"tokens by name, rare", "", "pricing", "-49"},
    {"tokens by name, absent", "", "zzq", "x"},
    {0},
};
static const struct typed_search of_events[] = {
    {"audit, common word", "", "", "grant"},
    {"audit, absent word", "", "zzq", "x"},
    {0},
};

/* Where they are typed, and what bare SQLite does instead. The audit log has no budget: it grows
 * with activity, not with the accounts. */
struct searched {
    const char *tab;
    const struct typed_search *searches;
    struct bare_search bare;
    const char *budget; /* until there are rows */
};
static const struct searched accounts = {
    "1", of_accounts, {"account WHERE description LIKE ?1", "number"}, "100 ms"};
static const struct searched tokens = {
    "2", of_tokens, {"token WHERE name LIKE ?1", "number"}, "100 ms"};
static const struct searched events = {
    "5",
    of_events,
    {"event WHERE subject LIKE ?1 OR kind LIKE ?1 OR after LIKE ?1 OR before LIKE ?1 OR username "
     "LIKE "
     "?1 OR login LIKE ?1 OR claim LIKE ?1 OR host LIKE ?1 OR terminal LIKE ?1",
     "sequence DESC"},
    ""};

struct found {
    struct samples seen, rows, count;
};

static void print(const struct searched *searched, const char *what, const struct found *ours,
                  const struct found *bare)
{
    char name[160];
    snprintf(name, sizeof name, "%s: letter seen", what);
    figure_beside(name, "ms", &ours->seen, &bare->seen, "5 ms");
    snprintf(name, sizeof name, "%s: rows right", what);
    figure_beside(name, "ms", &ours->rows, &bare->rows, searched->budget);
    snprintf(name, sizeof name, "%s: count exact", what);
    figure_beside(name, "ms", &ours->count, &bare->count, "");
}

static void type_letter(struct session *session, char letter, struct found *ours,
                        struct found *bare)
{
    const char key[] = {letter, 0};
    struct reaction reaction = console_send(session->console, key, QUIET_MS);
    session_add(&ours->seen, &reaction, PART_FILTER);
    session_add(&ours->rows, &reaction, PART_ROWS);
    session_add(&ours->count, &reaction, PART_COUNT);
    reaction = console_send(session->bare, key, BARE_QUIET_MS);
    session_add(&bare->seen, &reaction, PART_FILTER);
}

static void type(struct session *session, sqlite3 *db, const struct searched *searched,
                 const struct typed_search *what, struct found *ours, struct found *bare)
{
    char text[32];
    console_send(session->console, "/", QUIET_MS);
    console_send(session->bare, "/", BARE_QUIET_MS);
    snprintf(text, sizeof text, "%s%s", what->column, what->before);
    console_interrupt(session->console, text, QUIET_MS);
    for (int k = 0; what->letters[k]; k++) {
        type_letter(session, what->letters[k], ours, bare);
        snprintf(text, sizeof text, "%s%.*s", what->before, k + 1, what->letters);
        struct bare_times times = bare_search(db, &searched->bare, text);
        samples_add(&bare->rows, times.page_ms);
        samples_add(&bare->count, times.count_ms);
    }
    session_weigh(session);
    console_send(session->console, "\033", 200);
    console_send(session->bare, "\033", BARE_QUIET_MS);
}

static void search_tab(struct session *session, const struct searched *searched)
{
    sqlite3 *db = bare_open(session->bench->database);
    console_send(session->console, searched->tab, 300);
    for (const struct typed_search *search = searched->searches; search->what; search++) {
        struct found ours = {0}, bare = {0};
        for (int i = 0; i < session->bench->repeats; i++)
            type(session, db, searched, search, &ours, &bare);
        print(searched, search->what, &ours, &bare);
    }
    sqlite3_close(db);
}

/* What a facet shows, for bare SQLite. */
#define IN_USE "revoked IS NULL AND ends > unixepoch()"
static const struct {
    enum token_facet facet;
    struct bare_search bare;
} facets[] = {
    {TOKENS_LIVE, {"token WHERE " IN_USE " AND suspended = 0", "number"}},
    {TOKENS_EXPIRED, {"token WHERE revoked IS NULL AND ends <= unixepoch()", "number"}},
    {TOKENS_REVOKED, {"token WHERE revoked IS NOT NULL", "number"}},
    {TOKENS_ENDING, {"token WHERE " IN_USE " AND ends <= unixepoch() + 14 * 86400", "number"}},
    {TOKENS_UNUSED, {"token WHERE " IN_USE " AND used <= unixepoch() - 30 * 86400", "number"}},
    {TOKENS_OF_INACTIVE,
     {"token JOIN account a ON a.number = token.account WHERE revoked IS NULL AND a.active = 0",
      "token.number"}},
};

static void pick(struct session *session, enum token_facet facet, struct samples *rows)
{
    const char key[] = {token_facets[facet].letter, 0};
    console_send(session->console, "f", 40);
    struct reaction reaction = console_send(session->console, key, QUIET_MS);
    if (rows) session_add(rows, &reaction, PART_ROWS);
    session_weigh(session);
}

/* The facet picker: for each facet, until its first page is shown. */
static void pick_facets(struct session *session)
{
    sqlite3 *db = bare_open(session->bench->database);
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++) {
        struct samples rows = {0}, bare = {0};
        char name[160];
        for (int r = 0; r < session->bench->repeats; r++) {
            samples_add(&bare, bare_search(db, &facets[i].bare, NULL).page_ms);
            pick(session, facets[i].facet, &rows);
            pick(session, TOKENS_ALL, NULL);
        }
        snprintf(name, sizeof name, "tokens, %s: rows right", token_facets[facets[i].facet].label);
        figure_beside(name, "ms", &rows, &bare, "100 ms");
    }
    sqlite3_close(db);
}

void bench_searches(const struct bench *bench)
{
    struct session session;
    struct samples memory = {0};
    session_open(&session, bench);
    search_tab(&session, &accounts);
    search_tab(&session, &tokens);
    pick_facets(&session);
    session_sort_tokens(&session);
    search_tab(&session, &events);
    samples_add(&memory, session.most_mb);
    figure("memory of its own, the most in the searches", "MB", &memory, 0, "64 MB");
    session_close(&session);
}
