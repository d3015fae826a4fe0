/* What people type to find things: filters, IDs, references, names, settings. The first byte
 * chooses order and facet. */
#include "fuzz.h"

#include <gatehouse/audit_list.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/group.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_page.h>
#include <gatehouse/when.h>
#include <string.h>

enum { ROWS = 40 };

static void list_accounts(struct store *store, const char *text, unsigned choice)
{
    static struct account_row rows[ROWS];
    const struct account_query query = {.filter = text,
                                        .sort = choice % (ACCOUNT_BY_CREATED + 1),
                                        .status = choice / 8 % 3,
                                        .descending = choice & 128};
    size_t shown = 0;
    int64_t count = 0;
    const struct account_place from = {0};
    if (account_filter_check(text)) {
        fuzz_check(account_count(store, &query, &count) == ERR_INVALID);
        return;
    }
    fuzz_check(account_page(store, FUZZ_NOW, &query, &from, (struct page){.max = ROWS}, rows,
                            &shown) == OK);
    fuzz_check(account_count(store, &query, &count) == OK);
    fuzz_check(shown == (count < ROWS ? (size_t)count : ROWS));
    for (size_t i = 0; i < shown; i++) {
        bool matches = false;
        fuzz_check(account_matches(store, &query, rows[i].number, &matches) == OK && matches);
    }
}

static void list_tokens(struct store *store, const char *text, unsigned choice)
{
    static struct token_item rows[ROWS];
    const struct token_query query = {.filter = text,
                                      .facet = choice % TOKENS_FACETS,
                                      .sort = choice / TOKENS_FACETS % TOKENS_SORTS,
                                      .descending = choice & 128,
                                      .now = FUZZ_NOW};
    size_t shown = 0;
    int64_t count = 0;
    enum error e = token_page(store, &query, NULL, (struct page){.max = ROWS}, rows, &shown);
    if (e == ERR_INVALID) return; /* no token can be in that state */
    fuzz_check(e == OK);
    fuzz_check(token_count(store, &query, &count) == OK);
    fuzz_check(shown == (count < ROWS ? (size_t)count : ROWS));
}

static void list_others(struct store *store, const char *text, unsigned choice)
{
    static struct group groups[ROWS];
    static struct audit_event events[ROWS];
    size_t shown = 0;
    int64_t number;
    const struct group_query query = {.filter = text, .sort = choice % 3};
    enum error e = group_page(store, &query, NULL, (struct page){.max = ROWS}, groups, &shown);
    fuzz_check(e == OK || e == ERR_INVALID); /* no UTF-8 */
    const struct audit_query audit = {.text = choice & 1 ? text : NULL,
                                      .actor = choice & 2 ? text : NULL,
                                      .kind = choice & 4 ? text : NULL,
                                      .since = WHEN_NEVER,
                                      .until = WHEN_NEVER};
    fuzz_check(audit_page(store, &audit, 0, (struct page){.max = ROWS}, events, &shown) == OK);
    for (size_t i = 0; i < shown; i++)
        audit_event_free(&events[i]);
    e = audit_find_account(store, text, &number);
    if (!e) e = account_find(store, text, &number);
    (void)e;
}

static void read_words(struct store *store, const char *text)
{
    int64_t number;
    char name[ACCOUNT_NAME_MAX + 1], again[ACCOUNT_NAME_MAX + 1];
    uint8_t hash[AUDIT_HASH_SIZE];
    enum setting setting;
    struct setting_value value;
    struct token_limits limits = {0};
    if (account_parse_name(text, name) == OK)
        fuzz_check(account_parse_name(name, again) == OK && strcmp(name, again) == 0);
    if (audit_hash_parse(text, hash) == OK) fuzz_check(strlen(text) == 2 * AUDIT_HASH_SIZE);
    enum error e = token_find(store, FUZZ_NOW, text, &number);
    e = token_limits_parse(store, text, text, &limits);
    token_limits_free(&limits);
    e = setting_find(text, &setting);
    for (setting = 0; setting < SETTING_COUNT; setting++)
        if (setting_parse(setting, text, &value) == OK)
            setting_text(setting, &value, (char[SETTING_TEXT_SIZE]){0});
    (void)e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    struct store *store = fuzz_act()->store;
    char *text = fuzz_text(data + 1, size - 1);
    list_accounts(store, text, data[0]);
    list_tokens(store, text, data[0]);
    list_others(store, text, data[0]);
    read_words(store, text);
    free(text);
    return 0;
}
