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

static void add_typed(struct typed *typed, const struct reaction *reaction)
{
    session_add(&typed->seen, reaction, PART_FILTER);
    session_add(&typed->rows, reaction, PART_ROWS);
    session_add(&typed->count, reaction, PART_COUNT);
}

static void print_typed(const char *what, const struct typed *typed, const struct typed *bare)
{
    char name[160];
    snprintf(name, sizeof name, "filter, %s: letter seen", what);
    figure(name, "ms", &typed->seen, 0, "5 ms");
    snprintf(name, sizeof name, "filter, %s: rows right", what);
    figure(name, "ms", &typed->rows, samples_median(&bare->rows), "5 ms");
    snprintf(name, sizeof name, "filter, %s: count exact", what);
    figure(name, "ms", &typed->count, samples_median(&bare->count), "20 ms");
}

/* Each repeat types the pattern letter by letter and clears it. The first letters are kept apart,
 * too: they match the most. */
static void type(struct session *session, const char *pattern, struct typed *all,
                 struct typed *firsts)
{
    for (int i = 0; i < session->bench->repeats; i++) {
        console_send(session->console, "/", QUIET_MS);
        for (int k = 0; k < PATTERN; k++) {
            const char key[] = {pattern[k], 0};
            struct reaction reaction = console_send(session->console, key, QUIET_MS);
            add_typed(all, &reaction);
            if (k == 0) add_typed(firsts, &reaction);
        }
        session_weigh(session);
        console_send(session->console, "\033", 150);
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
    struct typed firsts = {0}, bare_firsts = {0};
    char what[96];
    sqlite3 *db = bare_open(session->bench->database);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct typed all = {0}, bare = {0};
        look_bare(db, kinds[i].pattern, &bare, &bare_firsts);
        type(session, kinds[i].pattern, &all, &firsts);
        snprintf(what, sizeof what, "%s, 1 to 12 characters", kinds[i].what);
        print_typed(what, &all, &bare);
    }
    print_typed("a first letter", &firsts, &bare_firsts);
    sqlite3_close(db);
}
