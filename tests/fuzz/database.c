/* Databases: one in memory, one as a file, and reading a strange one in every way there is. */
#include "fuzz.h"

#include <gatehouse/account_change.h>
#include <gatehouse/account_list.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/database.h>
#include <gatehouse/demo.h>
#include <gatehouse/doctor.h>
#include <gatehouse/permission.h>
#include <gatehouse/search.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_check.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_page.h>
#include <gatehouse/token_record.h>
#include <gatehouse/transfer.h>
#include <gatehouse/when.h>
#include <gatehouse/why.h>
#include <string.h>
#include <sys/stat.h>

enum { ROWS = 50 };

static const struct actor admin = {.uid = 1000, .user = "mara", .host = "north"};
static const struct progress progress;
static char *export;
static size_t export_size;

/* What the demo lacks: a token with all limits there are, and a kept search. */
static void furnish(const struct act *act)
{
    struct token_limits limits = {0};
    struct secret *text;
    int64_t number;
    fuzz_check(demo_fill(act) == OK);
    fuzz_check(token_limits_parse(act->store, "agent_management", "10.0.0.0/8 2001:db8::/32",
                                  &limits) == OK);
    const struct token_plan plan = {.name = "narrow", .expires = WHEN_NEVER, .limits = &limits};
    fuzz_check(token_generate(act, 1, &plan, &number, &text) == OK);
    secret_free(text);
    token_limits_free(&limits);
    const struct search search = {.name = "kept", .filter = "ci-"};
    fuzz_check(search_save(act, &search) == OK);
}

const struct act *fuzz_act(void)
{
    static struct act act = {.actor = &admin, .now = FUZZ_NOW};
    if (act.store) return &act;
    fuzz_check(crypto_init() == OK);
    fuzz_check(database_open_memory(&act.store) == OK);
    furnish(&act);
    return &act;
}

static enum error keep(const char *bytes, size_t size, void *arg)
{
    (void)arg;
    char *more = realloc(export, export_size + size);
    fuzz_check(more);
    export = more;
    memcpy(export + export_size, bytes, size);
    export_size += size;
    return OK;
}

static uint8_t *read_file(const char *path, size_t *size)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    fuzz_check(file && stat(path, &info) == 0);
    uint8_t *bytes = malloc((size_t)info.st_size);
    fuzz_check(bytes && fread(bytes, 1, (size_t)info.st_size, file) == (size_t)info.st_size);
    fclose(file);
    *size = (size_t)info.st_size;
    return bytes;
}

const uint8_t *fuzz_database(size_t *size)
{
    static uint8_t *bytes;
    static size_t kept;
    *size = kept;
    if (bytes) return bytes;
    const char *path = fuzz_path();
    fuzz_check(crypto_init() == OK);
    struct act act = {.actor = &admin, .now = FUZZ_NOW};
    fuzz_check(database_open(path, STORE_CREATE, &act.store) == OK);
    furnish(&act);
    fuzz_check(transfer_export(&act, keep, NULL) == OK);
    fuzz_check(store_leave_log(act.store) == OK);
    store_close(act.store);
    bytes = read_file(path, &kept);
    *size = kept;
    return bytes;
}

/* --- reading; what an answer is does not matter, it may be an error -------------------------- */

static void read_account(struct store *store, int64_t number)
{
    struct account_row account;
    struct account_details details = {0};
    struct token_rows *tokens = NULL;
    struct token_records *records = NULL;
    struct permission_sources *sources = NULL;
    struct token_counts counts;
    int64_t version;
    enum error e = account_get(store, FUZZ_NOW, number, &account);
    e = account_details_load(store, number, &details, &version);
    account_details_free(&details);
    e = token_list(store, FUZZ_NOW, number, true, &tokens);
    for (size_t i = 0; !e && i < tokens->count; i++) {
        struct token_limits limits = {0};
        char text[256];
        if (token_limits_load(store, tokens->items[i].number, &limits) == OK)
            e = token_limits_text(store, &limits, text, sizeof text);
        token_limits_free(&limits);
        e = OK;
    }
    free(tokens);
    e = token_records_load(store, number, &records);
    if (!e) token_records_free(records);
    e = permission_effective(store, number, &sources);
    if (!e) free(sources);
    e = token_get_counts(store, FUZZ_NOW, number, &counts);
    struct why *why = NULL;
    e = why_find(store, number, 1, &why);
    if (!e) {
        char text[512];
        why_text(why, "ci", text, sizeof text);
        free(why);
    }
}

static void read_accounts(struct store *store)
{
    static struct account_row rows[ROWS];
    for (int sort = ACCOUNT_BY_ID; sort <= ACCOUNT_BY_CREATED; sort++) {
        const struct account_query query = {.filter = sort % 2 ? "d:a" : "",
                                            .sort = (enum account_sort)sort};
        struct account_place from = {0};
        size_t count = 0;
        struct sample sample;
        if (account_page(store, FUZZ_NOW, &query, &from,
                         (struct page){.max = ROWS, .backward = sort % 2}, rows, &count) != OK)
            continue;
        for (size_t i = 0; i < count && sort == ACCOUNT_BY_ID; i++)
            read_account(store, rows[i].number);
        from = count ? account_place_of(&query, &rows[count - 1]) : from;
        enum error e = account_page(store, FUZZ_NOW, &query, &from,
                                    (struct page){.max = ROWS, .inclusive = true}, rows, &count);
        if (!e) e = account_sample(store, &query, &from, &sample);
    }
}

static void read_tokens(struct store *store)
{
    static struct token_item rows[ROWS];
    for (int i = 0; i < TOKENS_FACETS; i++) {
        const struct token_query query = {.filter = i ? "" : "a",
                                          .facet = (enum token_facet)i,
                                          .sort = (enum token_sort)(i % TOKENS_SORTS),
                                          .now = FUZZ_NOW};
        size_t count = 0;
        int64_t total;
        enum error e = token_page(store, &query, NULL, (struct page){.max = ROWS}, rows, &count);
        if (!e && count)
            e = token_page(store, &query, &rows[count / 2],
                           (struct page){.max = ROWS, .backward = true, .inclusive = true}, rows,
                           &count);
        e = token_count(store, &query, &total);
        (void)e;
    }
}

static void read_events(struct store *store)
{
    static struct audit_event rows[ROWS];
    const struct audit_query query = {.text = "a", .since = WHEN_NEVER, .until = WHEN_NEVER};
    size_t count = 0;
    int64_t checked;
    char text[512], *lines;
    if (audit_page(store, &query, 0, (struct page){.max = ROWS}, rows, &count) == OK)
        for (size_t i = 0; i < count; i++) {
            audit_change_text(&rows[i], text, sizeof text);
            audit_line_text(&rows[i], text, sizeof text);
            if (audit_change_lines(&rows[i], &lines) == OK) free(lines);
            audit_event_free(&rows[i]);
        }
    enum error e = audit_verify(store, &checked);
    (void)e;
}

static void read_others(struct store *store)
{
    static struct group groups[ROWS];
    const struct group_query query = {.filter = "e"};
    size_t count = 0;
    struct permissions *permissions = NULL;
    struct searches *searches = NULL;
    struct vault_slots *slots = NULL;
    struct setting_value value;
    enum error e = group_page(store, &query, NULL, (struct page){.max = ROWS}, groups, &count);
    for (size_t i = 0; !e && i < count; i++) {
        struct group_details details = {0};
        int64_t version;
        enum error ignored = group_details_load(store, groups[i].number, &details, &version);
        (void)ignored;
        group_details_free(&details);
    }
    if (permission_list(store, &permissions) == OK) free(permissions);
    if (search_list(store, &searches) == OK) free(searches);
    if (vault_list_slots(store, &slots) == OK) free(slots);
    for (enum setting setting = 0; setting < SETTING_COUNT; setting++) {
        char text[SETTING_TEXT_SIZE];
        if (setting_read(store, setting, &value) == OK) setting_text(setting, &value, text);
    }
}

static void found(const char *sentence, void *arg)
{
    (void)arg;
    fuzz_check(sentence[0]);
}

static enum error drop(const char *bytes, size_t size, void *arg)
{
    (void)bytes, (void)size, (void)arg;
    return OK;
}

static void check_token(struct store *store)
{
    struct token_checker *checker;
    struct token_pass pass;
    const struct token_question question = {.permission = 1, .from = "192.0.2.1"};
    if (token_checker_new(store, &checker) != OK) return;
    fuzz_check(token_check(checker, FUZZ_NOW, "gth_0123456789abcdefghijABCDEFGHIJ05DYyq",
                           TOKEN_TEXT_SIZE, &question, &pass, NULL) != OK);
    token_checker_free(checker);
}

/* All of it is rolled back. */
static void change(const struct act *act)
{
    struct transfer_file *file;
    struct transfer_report report = {0};
    const struct transfer_options options = {.dry_run = true, .prune = true, .progress = &progress};
    if (transfer_read(fuzz_file((const uint8_t *)export, export_size), &file) == OK) {
        enum error e = transfer_apply(act, file, &options, &report);
        (void)e;
        transfer_report_free(&report);
        transfer_free(file);
    }
    if (store_begin(act->store) != OK) return;
    enum error e = account_set_active(act, 1, false, NULL);
    e = account_delete(act, 2);
    e = store_end(act->store, ERR_STOPPED);
    (void)e;
}

void fuzz_read_database(const char *path)
{
    struct act act = {.actor = &admin, .now = FUZZ_NOW};
    if (database_open(path, STORE_OPEN, &act.store) != OK) return;
    read_accounts(act.store);
    read_tokens(act.store);
    read_events(act.store);
    read_others(act.store);
    check_token(act.store);
    enum error e = doctor_run(act.store, &progress, found, NULL);
    e = transfer_export(&act, drop, NULL);
    (void)e;
    change(&act);
    store_close(act.store);
}
