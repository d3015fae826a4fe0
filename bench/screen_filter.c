/* Letters typed into the filter of the accounts: patterns of 1 to 12 characters, one after the
 * other. */
#include "bare.h"
#include "session.h"

#include <stdio.h>

enum { QUIET_MS = 90, PATTERN = 12 };

/* What matches what: see make_db.c; names are work-region-stage-number. */
static const struct {
    const char *what, *pattern;
} kinds[] = {
    {"common", "eu-west-prod"},  /* 7 of 100 at the end */
    {"rare", "y-af-south-d"},    /* 1 of 1,000 from the fourth letter on */
    {"one row", "-prod-000777"}, /* or none */
    {"absent", "zzqxywvuzzqx"},
};

struct typed {
    struct samples seen, rows, count;
};
/* `bare`: the letter shown by ncurses alone, the rows found by SQLite alone. */
struct typed_pair {
    struct typed ours, bare;
};

static void add_typed(struct typed_pair *pair, const struct reaction *ours,
                      const struct reaction *bare, const struct bare_times *times)
{
    session_add(&pair->ours.seen, ours, PART_FILTER);
    session_add(&pair->ours.rows, ours, PART_ROWS);
    session_add(&pair->ours.count, ours, PART_COUNT);
    session_add(&pair->bare.seen, bare, PART_FILTER);
    samples_add(&pair->bare.rows, times->page_ms);
    samples_add(&pair->bare.count, times->count_ms);
}

static void print_typed(const char *what, const struct typed_pair *pair)
{
    const struct typed *ours = &pair->ours, *bare = &pair->bare;
    char name[160];
    snprintf(name, sizeof name, "filter, %s: letter seen", what);
    figure_beside(name, "ms", &ours->seen, &bare->seen, "5 ms");
    snprintf(name, sizeof name, "filter, %s: rows right", what);
    figure_beside(name, "ms", &ours->rows, &bare->rows, "5 ms");
    snprintf(name, sizeof name, "filter, %s: count exact", what);
    figure_beside(name, "ms", &ours->count, &bare->count, "20 ms");
}

/* Types the pattern letter by letter and clears it. The first letters are also kept separately:
 * they match the most. */
static void type(struct session *session, sqlite3 *db, const char *pattern, struct typed_pair *all,
                 struct typed_pair *firsts)
{
    static const struct bare_search names = {"account WHERE name LIKE ?1", "name"};
    char typed[PATTERN + 1] = "";
    console_send(session->console, "/", QUIET_MS);
    console_send(session->bare, "/", BARE_QUIET_MS);
    for (int k = 0; k < PATTERN; k++) {
        const char key[] = {pattern[k], 0};
        typed[k] = pattern[k];
        struct reaction ours = console_send(session->console, key, QUIET_MS);
        struct reaction bare = console_send(session->bare, key, BARE_QUIET_MS);
        struct bare_times times = bare_search(db, &names, typed);
        add_typed(all, &ours, &bare, &times);
        if (k == 0) add_typed(firsts, &ours, &bare, &times);
    }
    session_weigh(session);
    console_send(session->console, "\033", 150);
    console_send(session->bare, "\033", BARE_QUIET_MS);
}

void session_filter(struct session *session)
{
    struct typed_pair firsts = {0};
    char what[96];
    sqlite3 *db = bare_open(session->bench->database);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct typed_pair all = {0};
        for (int r = 0; r < session->bench->repeats; r++)
            type(session, db, kinds[i].pattern, &all, &firsts);
        snprintf(what, sizeof what, "%s, 1 to 12 characters", kinds[i].what);
        print_typed(what, &all);
    }
    print_typed("a first letter", &firsts);
    sqlite3_close(db);
}
