/* Searches that no memory of names answers: descriptions, the list of all tokens, the audit log. */
#include "session.h"

#include <gatehouse/token_query.h>
#include <stdio.h>

enum { QUIET_MS = 90 };

struct typed_search {
    const char *what;
    const char *before; /* typed at once and not waited for: the next letter ends its search */
    const char *letters;
};
static const struct typed_search of_accounts[] = {
    {"descriptions, common", "d:", "alert"},
    {"descriptions, absent", "d:zzq", "x"},
    {0},
};
static const struct typed_search of_tokens[] = {
    {"tokens by name, common", "", "orders"},
    {"tokens by name, rare", "pricing", "-49"},
    {"tokens by name, absent", "zzq", "x"},
    {0},
};
static const struct typed_search of_events[] = {
    {"audit, common word", "", "grant"},
    {"audit, absent word", "zzq", "x"},
    {0},
};

static void print(const char *what, const struct samples *seen, const struct samples *rows,
                  const struct samples *count)
{
    char name[160];
    snprintf(name, sizeof name, "%s: letter seen", what);
    figure(name, "ms", seen, 0, "5 ms");
    snprintf(name, sizeof name, "%s: rows right", what);
    figure(name, "ms", rows, 0, "100 ms");
    snprintf(name, sizeof name, "%s: count exact", what);
    figure(name, "ms", count, 0, "");
}

static void search(struct session *session, const struct typed_search *what)
{
    struct samples seen = {0}, rows = {0}, count = {0};
    for (int i = 0; i < bench_few(session->bench); i++) {
        console_send(session->console, "/", QUIET_MS);
        console_interrupt(session->console, what->before, QUIET_MS);
        for (const char *letter = what->letters; *letter; letter++) {
            struct reaction reaction =
                console_send(session->console, (const char[]){*letter, 0}, QUIET_MS);
            session_add(&seen, &reaction, PART_FILTER);
            session_add(&rows, &reaction, PART_ROWS);
            session_add(&count, &reaction, PART_COUNT);
        }
        session_weigh(session);
        console_send(session->console, "\033", 200);
    }
    print(what->what, &seen, &rows, &count);
}

static void search_tab(struct session *session, const char *tab,
                       const struct typed_search *searches)
{
    console_send(session->console, tab, 300);
    for (; searches->what; searches++)
        search(session, searches);
}

/* The picker of facets: each shows the first page of what it leaves. */
static void pick_facets(struct session *session)
{
    static const enum token_facet facets[] = {TOKENS_LIVE,   TOKENS_EXPIRED, TOKENS_REVOKED,
                                              TOKENS_ENDING, TOKENS_UNUSED,  TOKENS_OF_INACTIVE};
    const char all[] = {token_facets[TOKENS_ALL].letter, 0};
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++) {
        struct samples rows = {0};
        const struct token_facet_entry *facet = &token_facets[facets[i]];
        char name[160];
        for (int r = 0; r < bench_few(session->bench); r++) {
            console_send(session->console, "f", 40);
            struct reaction reaction =
                console_send(session->console, (const char[]){facet->letter, 0}, QUIET_MS);
            session_add(&rows, &reaction, PART_ROWS);
            session_weigh(session);
            console_send(session->console, "f", 40);
            console_send(session->console, all, QUIET_MS);
        }
        snprintf(name, sizeof name, "tokens, %s: rows right", facet->label);
        figure(name, "ms", &rows, 0, "100 ms");
    }
}

void bench_searches(const struct bench *bench)
{
    struct session session;
    struct samples memory = {0};
    session_open(&session, bench);
    search_tab(&session, "1", of_accounts);
    search_tab(&session, "2", of_tokens);
    pick_facets(&session);
    session_sort_tokens(&session);
    search_tab(&session, "5", of_events);
    samples_add(&memory, session.most_mb);
    figure("memory of its own, the most in the searches", "MB", &memory, 0, "64 MB");
    session_close(&session);
}
