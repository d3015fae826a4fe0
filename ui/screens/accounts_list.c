/* The list of accounts: its columns, how its rows are read, and the names in memory that make its
 * filter fast. */
#include "ui/background.h"
#include "ui/screens/accounts.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/panes.h"

#include <gatehouse/account_list.h>
#include <gatehouse/name_arena.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <gatehouse/words.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 5000 }; /* below that the database is as fast */

struct naming {
    struct job job;
    struct accounts *accounts;
    struct name_arena *arena;
};

bool accounts_want_names(const struct accounts *accounts)
{
    return accounts->arena_wanted && !accounts->arena_reading && !accounts->base.table.reading &&
           !accounts->base.table.counting && accounts->base.table.total >= LEAST;
}

static enum error run(struct job *job, struct store *store)
{
    bool done = false;
    enum error e = OK;
    while (!e && !done && !job_is_stopped(job))
        e = name_arena_step(((struct naming *)job)->arena, store, &done);
    return e || done ? e : ERR_STOPPED;
}

/* Without the names the database is searched; an error will show up where it matters. */
static void done(struct app *app, struct job *job, enum error e)
{
    (void)app;
    struct accounts *accounts = ((struct naming *)job)->accounts;
    accounts->arena_reading = false;
    accounts->arena_wanted = e == ERR_STOPPED;
}

static void free_job(struct job *job)
{
    free(job);
}

void accounts_read_names(struct accounts *accounts)
{
    struct naming *naming = app_alloc(accounts->base.table.app, sizeof *naming);
    accounts->arena_wanted = naming != NULL;
    if (!naming) return;
    *naming = (struct naming){.job = {.owner = accounts->arena,
                                      .yields = true,
                                      .run = run,
                                      .done = done,
                                      .free = free_job},
                              .accounts = accounts,
                              .arena = accounts->arena};
    accounts->arena_reading = true;
    background_post(accounts->base.table.app->background, &naming->job);
}

void accounts_free_names(struct accounts *accounts)
{
    struct background *background =
        accounts->base.table.app ? accounts->base.table.app->background : NULL;
    if (background && accounts->arena) background_leave(background, accounts->arena);
    name_arena_free(accounts->arena);
}

static struct account_query query_of(const struct table_reader *reader)
{
    return (struct account_query){.filter = reader->filter,
                                  .status = (enum account_status)reader->facet,
                                  .sort = (enum account_sort)reader->sort,
                                  .descending = reader->descending,
                                  .texts = reader->texts};
}

static enum error set_ruled(const struct table_reader *reader, struct listed *listed, bool filtered)
{
    listed->ruled = reader->rule;
    bool same = reader->rule_facet == reader->facet && !strcmp(reader->rule_filter, reader->filter);
    if (!reader->rule || (filtered && same)) return OK;
    const struct account_query rule = {.filter = reader->rule_filter,
                                       .status = (enum account_status)reader->rule_facet};
    return account_matches(reader->store, &rule, listed->row.number, &listed->ruled);
}

/* The names in memory belong to the background. */
static enum error names_serve(const struct table_reader *reader, const struct account_query *query,
                              bool *serve)
{
    *serve = false;
    return reader->in_background ? name_arena_serves(reader->own, reader->store, query, serve) : OK;
}

static enum error read_by_names(const struct table_reader *reader,
                                const struct account_query *query,
                                const struct account_place *place, struct page page,
                                struct account_row *rows, size_t *count)
{
    int64_t *numbers = malloc(page.max * sizeof *numbers);
    if (!numbers) return fail_memory();
    enum error e = name_arena_page(reader->own, reader->store, query, place, page, numbers, count);
    size_t found = *count;
    *count = 0;
    for (size_t i = 0; i < found && !e; i++) {
        struct account_row account;
        e = account_get(reader->store, reader->now, numbers[i], &account);
        if (!e) rows[(*count)++] = account;
        if (e == ERR_NOT_FOUND) e = OK; /* deleted elsewhere just now */
    }
    free(numbers);
    return e;
}

static enum error read_rows(const struct table_reader *reader, const struct account_query *query,
                            const struct account_place *place, struct page page,
                            struct account_row *rows, size_t *count)
{
    bool serve;
    enum error e = names_serve(reader, query, &serve);
    if (e) return e;
    if (serve) return read_by_names(reader, query, place, page, rows, count);
    return account_page(reader->store, reader->now, query, place, page, rows, count);
}

static enum error count_rows(const struct table_reader *reader, bool matching, int64_t *count)
{
    struct account_query query = query_of(reader);
    bool serve = false;
    query.sort = ACCOUNT_BY_ID; /* the order does not matter to a count */
    if (!matching) query = (struct account_query){.filter = ""};
    enum error e = matching ? names_serve(reader, &query, &serve) : OK;
    if (e) return e;
    return serve ? name_arena_count(reader->own, reader->store, &query, count)
                 : account_count(reader->store, &query, count);
}

static enum error rows_before(const struct table_reader *reader, const void *row, int64_t total,
                              int64_t *rows)
{
    const struct account_query query = query_of(reader);
    struct account_place place = account_place_of(&query, &((const struct listed *)row)->row);
    struct sample sample;
    enum error e = account_sample(reader->store, &query, &place, &sample);
    *rows = table_part(total, sample.before, sample.matching);
    return e;
}

static enum error read_page(void *arg, const void *from, struct page page, void *out, size_t *count)
{
    const struct table_reader *reader = arg;
    struct account_query query = query_of(reader);
    struct account_place place = {0};
    struct listed *listed = out;
    enum error e = account_filter_check(reader->filter);
    if (e) return e;
    if (from) place = account_place_of(&query, &((const struct listed *)from)->row);
    struct account_row *rows = malloc(page.max * sizeof *rows);
    if (!rows) return fail_memory();
    e = read_rows(reader, &query, &place, page, rows, count);
    for (size_t i = 0; i < *count && !e; i++) {
        listed[i].row = rows[i];
        e = set_ruled(reader, &listed[i], true);
    }
    free(rows);
    return e;
}

static enum error read_one(void *arg, int64_t id, void *out)
{
    const struct table_reader *reader = arg;
    struct listed *listed = out;
    struct account_row account;
    enum error e = account_get(reader->store, reader->now, id, &account);
    if (e) return e;
    listed->row = account;
    return set_ruled(reader, listed, false);
}

/* The words of a filter, each with this prefix in place of its own. A state stays as it is. */
static void with_prefix(const char *filter, const char *prefix, char *out, size_t size)
{
    struct word word;
    size_t used = 0;
    *out = 0;
    while (used < size && word_next(WORDS_ACCOUNTS, &filter, &word))
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s%.*s", used ? " " : "",
                             word.kind == WORD_STATE ? "is:" : prefix, (int)word.size, word.text);
}

/* "No ID has ci · 6 by owner: o:ci". */
static enum error others(const struct table_reader *reader, char *out, size_t size)
{
    static const struct {
        const char *prefix, *where;
    } tries[] = {{"", "by ID"}, {"o:", "by owner"}, {"d:", "by description"}};
    size_t used = 0;
    enum error e = OK;
    for (size_t i = 0; i < sizeof tries / sizeof *tries && !e; i++) {
        char filter[2 * FILTER_SIZE];
        int64_t count = 0;
        with_prefix(reader->filter, tries[i].prefix, filter, sizeof filter);
        const struct account_query query = {.filter = filter,
                                            .status = (enum account_status)reader->facet};
        if (strlen(filter) < FILTER_SIZE) e = account_count(reader->store, &query, &count);
        if (e || !count || used >= size) continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s %s: %s",
                                 used ? " · " : "Other matches: ", number_text(count).text,
                                 tries[i].where, filter);
    }
    return e;
}

static int64_t row_id(const void *row)
{
    return ((const struct listed *)row)->row.number;
}

static bool is_ruled(const void *row)
{
    return ((const struct listed *)row)->ruled;
}

static int compare(const struct table_reader *reader, const void *a, const void *b)
{
    const struct account_query query = query_of(reader);
    struct account_place first = account_place_of(&query, &((const struct listed *)a)->row);
    struct account_place second = account_place_of(&query, &((const struct listed *)b)->row);
    int order = strcmp(first.name, second.name);
    if (query.sort != ACCOUNT_BY_ID && first.key != second.key)
        order = first.key < second.key ? -1 : 1;
    return query.descending ? -order : order;
}

static enum error matches(const struct table_reader *reader, int64_t id, bool *out)
{
    const struct account_query query = query_of(reader);
    return account_matches(reader->store, &query, id, out);
}

static enum error read_numbers(const struct table_reader *reader, struct id_set *out)
{
    const struct account_query query = query_of(reader);
    return account_numbers(reader->store, &query, out);
}

static const struct account_row *account_of(const void *row)
{
    return &((const struct listed *)row)->row;
}

static void underline(void *arg, size_t start, size_t length)
{
    cell_match(arg, start + strlen("sa::"), length);
}

static void id_cell(void *owner, const void *row, struct cell *cell)
{
    const struct accounts *accounts = owner;
    const char *name = account_of(row)->name;
    account_id_text(cell->buffer, name);
    cell->text = cell->buffer;
    account_filter_matches(accounts->base.table.filter.text, name, underline, cell);
}

static void status_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    bool active = account_of(row)->active;
    cell->role = active ? ROLE_GOOD : ROLE_MUTED;
    cell_format(cell, "%s%s", text_glyph(active ? GLYPH_ACTIVE : GLYPH_INACTIVE),
                cell->width == 1 ? ""
                : active         ? " active"
                                 : " inactive");
}

/* Includes the ! in a narrow list, which has no column for it. */
static void tokens_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    const struct account_row *account = account_of(row);
    bool ending = account->ending && cell->narrow;
    if (ending) cell->role = ROLE_WARN;
    cell_format(cell, "%s%s", number_text(account->tokens).text, ending ? "!" : "");
}

static void ending_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->role = ROLE_WARN;
    cell->text = account_of(row)->ending ? "!" : "";
}

static void used_cell(void *owner, const void *row, struct cell *cell)
{
    const struct accounts *accounts = owner;
    when_relative(cell->buffer, account_of(row)->last_used, accounts->base.table.now);
    cell->text = cell->buffer;
}

static void match_filter(const struct accounts *accounts, struct cell *cell, enum word_kind kind)
{
    cell_match_words(cell, WORDS_ACCOUNTS, accounts->base.table.filter.text, kind);
}

static void owner_cell(void *owner, const void *row, struct cell *cell)
{
    cell->text = account_of(row)->owner;
    match_filter(owner, cell, WORD_OWNER);
}

static void created_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    when_date(cell->buffer, account_of(row)->created);
    cell->text = cell->buffer;
}

static void description_cell(void *owner, const void *row, struct cell *cell)
{
    cell->text = account_of(row)->description;
    match_filter(owner, cell, WORD_DESCRIPTION);
}

const struct columns accounts_columns = {
    .left = 3,
    .marks = true,
    .items = {
        {.title = "ACCOUNT ID",
         .least = 15,
         .best = 22,
         .grow = 1,
         .align = COLUMN_MIDDLE,
         .sort = {"Account ID", 'i', ACCOUNT_BY_ID},
         .cell = id_cell},
        {.from = 50, .least = 1, .cell = columns_menu_cell},
        {.title = "STATUS",
         .is_state = true,
         .from = 30,
         .stub = 1,
         .least = 10,
         .gap = 1,
         .role = ROLE_MUTED,
         .sort = {"Status", 's', ACCOUNT_BY_STATUS},
         .cell = status_cell},
        {.title = "TOKENS",
         .brief = "TOK",
         .from = 36,
         .least = 4,
         .best = 7,
         .gap = 1,
         .align = COLUMN_RIGHT,
         .role = ROLE_MUTED,
         .sort = {"Tokens", 't', ACCOUNT_BY_TOKENS},
         .cell = tokens_cell},
        {.from = COLUMNS_NARROW_BELOW, .least = 1, .role = ROLE_MUTED, .cell = ending_cell},
        {.title = "LAST USED",
         .from = 60,
         .least = 12,
         .gap = 1,
         .role = ROLE_MUTED,
         .sort = {"Last used", 'l', ACCOUNT_BY_LAST_USED},
         .cell = used_cell},
        {.title = "OWNER",
         .from = 84,
         .least = 10,
         .best = 18,
         .grow = 1,
         .gap = 1,
         .role = ROLE_MUTED,
         .cell = owner_cell},
        {.title = "CREATED",
         .from = 132,
         .least = 11,
         .gap = 1,
         .role = ROLE_MUTED,
         .sort = {"Created", 'c', ACCOUNT_BY_CREATED},
         .cell = created_cell},
        {.title = "DESCRIPTION",
         .from = 74,
         .least = 14,
         .best = 30,
         .grow = 1,
         .gap = 1,
         .cell = description_cell},
    }};

static enum error read_detail(struct store *store, int64_t now, const void *row, struct detail *out)
{
    return account_pane_read(store, now, row_id(row), out);
}

static const char *facet_text(int facet)
{
    return facet == ACCOUNT_ACTIVE ? "active" : "inactive";
}

const struct table_source accounts_source = {
    .title = "Service Accounts",
    .one = "account",
    .many = "accounts",
    .empty = "No service accounts yet.",
    .next = COMMAND_ACCOUNT_NEW,
    .next_text = "to create the first one",
    .columns = &accounts_columns,
    .facet_text = facet_text,
    .detail = read_detail,
    .none = "there is no account",
    .gone = "this account was deleted elsewhere",
    .words = WORDS_ACCOUNTS,
    .others = others,
    .rows = {.row_size = sizeof(struct listed), .id = row_id, .page = read_page, .get = read_one},
    .count = count_rows,
    .before = rows_before,
    .matches = matches,
    .numbers = read_numbers,
    .is_ruled = is_ruled,
    .compare = compare,
};
