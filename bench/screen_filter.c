/* Letters typed into the filter of the accounts: patterns of 1 to 12 characters, one after the
 * other. */
#include "bare.h"
#include "session.h"

#include <stdio.h>

enum { QUIET_MS = 90, PATTERN = 12 };

/* What matches what, see make_db.c: names are work-region-stage-number. */
static const struct {
    const char *what, *pattern;
} kinds[] = {
    {"common", "eu-west-prod"},  /* 7 of 100 in the end */
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
                      const struct reaction *bare)
{
    session_add(&pair->ours.seen, ours, PART_FILTER);
    session_add(&pair->ours.rows, ours, PART_ROWS);
    session_add(&pair->ours.count, ours, PART_COUNT);
    session_add(&pair->bare.seen, bare, PART_FILTER);
}

static void print_typed(const char *what, const struct typed_pair *pair)
{
    const struct typed *ours = &pair->ours, *bare = &pair->bare;
    char name[160];
    snprintf(name, sizeof name, "filter, %s: letter seen", what);
    figure_beside(name, "ms", &ours->seen, &bare->seen, "5 ms");
    snprintf(name, sizeof name, "filter, %s: rows right", what);
    figure(name, "ms", &ours->rows, samples_median(&bare->rows), "5 ms");
    snprintf(name, sizeof name, "filter, %s: count exact", what);
    figure(name, "ms", &ours->count, samples_median(&bare->count), "20 ms");
}

/* Each repeat types the pattern letter by letter and clears it. The first letters are kept apart,
 * too: they match the most. */
static void type(struct session *session, const char *pattern, struct typed_pair *all,
                 struct typed_pair *firsts)
{
    for (int i = 0; i < session->bench->repeats; i++) {
        console_send(session->console, "/", QUIET_MS);
        console_send(session->bare, "/", QUIET_MS);
        for (int k = 0; k < PATTERN; k++) {
            const char key[] = {pattern[k], 0};
            struct reaction ours = console_send(session->console, key, QUIET_MS);
            struct reaction bare = console_send(session->bare, key, QUIET_MS);
            add_typed(all, &ours, &bare);
            if (k == 0) add_typed(firsts, &ours, &bare);
        }
        session_weigh(session);
        console_send(session->console, "\033", 150);
        console_send(session->bare, "\033", QUIET_MS);
    }
}

static void look_bare(sqlite3 *db, const char *pattern, struct typed *all, struct typed *firsts)
{
    char part[PATTERN + 1];
    for (int k = 1; k <= PATTERN; k++) {
        snprintf(part, sizeof part, "%.*s", k, pattern);
        bare_filter(db, part, &all->rows, &all->count);
    }
    samples_add(&firsts->rows, all->rows.values[0]);
    samples_add(&firsts->count, all->count.values[0]);
}

void session_filter(struct session *session)
{
    struct typed_pair firsts = {0};
    char what[96];
    sqlite3 *db = bare_open(session->bench->database);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct typed_pair all = {0};
        look_bare(db, kinds[i].pattern, &all.bare, &firsts.bare);
        type(session, kinds[i].pattern, &all, &firsts);
        snprintf(what, sizeof what, "%s, 1 to 12 characters", kinds[i].what);
        print_typed(what, &all);
    }
    print_typed("a first letter", &firsts);
    sqlite3_close(db);
}
