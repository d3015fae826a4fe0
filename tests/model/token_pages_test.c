/* The list of all tokens, compared with one that is filtered and sorted here: every order, facet
 * and filter, from places all over it, with pages so small that a search goes past its windows. */
#include "house.h"

#include <ctype.h>
#include <gatehouse/token_page.h>
#include <gatehouse/token_query.h>
#include <stdio.h>

enum { DAY = 86400, TOKENS = 400, ACCOUNTS = 40, PAGE_MOST = 9 };

static const char *const filters[] = {"", "deploy", "sa::acc-1 b", "zz", "x9", "absent", "rare zz"};
static struct token_item items[TOKENS];
static struct token_query now_query; /* what the comparison of items goes by */

static void insert(int64_t account, int i)
{
    static const char *const names[] = {"", "deploy-1", "deploy-2", "Backup", "b", "", "c_d"};
    static const char *const fours[] = {"aaaa", "aaab", "Zz09", "q9X9", "b000"};
    struct stmt *stmt = store_prepare(
        act.store, "INSERT INTO token (account, name, last_four, created, expires, suspended, "
                   "revoked, last_used, canary, denied) VALUES (:account, :name, :four, "
                   ":created, :expires, :suspended, :revoked, :used, :canary, :denied)");
    bind_int(stmt, ":account", account);
    bind_text(stmt, ":name", i == 377 ? "rare-zz" : names[i * 5 % 7]);
    bind_text(stmt, ":four", fours[i * 3 % 5]);
    bind_int(stmt, ":created", NOON - i % 13 * (int64_t)10 * DAY);
    bind_time(stmt, ":expires", i % 3 ? WHEN_NEVER : NOON + (i % 30 - 5) * (int64_t)2 * DAY);
    bind_int(stmt, ":suspended", i % 11 == 3);
    bind_time(stmt, ":revoked", i % 8 == 5 ? NOON - i : WHEN_NEVER);
    bind_time(stmt, ":used", i % 4 ? NOON - i % 17 * (int64_t)3 * DAY : WHEN_NEVER);
    bind_int(stmt, ":canary", i % 131 == 7);
    bind_time(stmt, ":denied", i % 9 == 4 ? NOON - i % 11 * (int64_t)DAY : WHEN_NEVER);
    cr_assert_ok(stmt_run(stmt));
}

static void open_with_items(void)
{
    house_is_damaged = true;
    int64_t accounts[ACCOUNTS];
    house_open();
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < ACCOUNTS; i++) {
        char name[32];
        snprintf(name, sizeof name, "acc-%02d", i * 7 % ACCOUNTS);
        accounts[i] = house_account(name);
        if (i % 19 == 2) cr_assert_ok(account_set_active(&act, accounts[i], false, NULL));
    }
    for (int i = 0; i < TOKENS; i++)
        insert(accounts[i * 11 % ACCOUNTS], i);
    cr_assert_ok(
        stmt_run(store_prepare(act.store, "UPDATE counter SET value = 400 WHERE name = 'tokens'")));
    cr_assert_ok(store_end(act.store, OK));
    for (int i = 0; i < TOKENS; i++)
        cr_assert_ok(token_item_get(act.store, NOON, i + 1, &items[i]));
}

TestSuite(token_pages, .init = open_with_items, .fini = house_close);

static bool has_word(const struct token_item *item, const char *word)
{
    if (strncasecmp(word, "sa::", 4) == 0) word += 4;
    return strcasestr(item->account_name, word) || strcasestr(item->token.name, word) ||
           strcasestr(item->token.last_four, word);
}

static bool has_words(const struct token_item *item, const char *filter)
{
    char copy[64], *rest = copy;
    snprintf(copy, sizeof copy, "%s", filter);
    for (char *word; (word = strtok_r(rest, " ", &rest));)
        if (!has_word(item, word)) return false;
    return true;
}

static bool in_facet(const struct token_item *item, enum token_facet facet)
{
    const struct token_row *row = &item->token;
    const bool in_use = row->state == TOKEN_LIVE || row->state == TOKEN_SUSPENDED;
    const bool dated = row->expires != WHEN_NEVER, used = row->last_used != WHEN_NEVER;
    switch (facet) {
    case TOKENS_LIVE:
        return token_works(row, item->account_active);
    case TOKENS_SUSPENDED:
    case TOKENS_EXPIRED:
    case TOKENS_REVOKED:
        return (int)row->state == (int)facet - TOKENS_LIVE;
    case TOKENS_ENDING:
        return in_use && dated && row->expires <= NOON + (int64_t)14 * DAY;
    case TOKENS_USED:
        return used && row->last_used > NOON - (int64_t)7 * DAY;
    case TOKENS_UNUSED:
        return in_use && (!used || row->last_used <= NOON - (int64_t)30 * DAY) &&
               row->created <= NOON - (int64_t)30 * DAY;
    case TOKENS_NEVER_USED:
        return row->state != TOKEN_REVOKED && !used;
    case TOKENS_OF_INACTIVE:
        return row->state != TOKEN_REVOKED && !item->account_active;
    case TOKENS_CANARIES:
        return row->canary;
    case TOKENS_DENIED:
        return token_was_denied(row, NOON);
    default:
        return true;
    }
}

static int compare(const void *a, const void *b)
{
    return token_compare(&now_query, a, b);
}

/* The list as it should be. */
static size_t sift(struct token_item *list)
{
    size_t count = 0;
    for (size_t i = 0; i < TOKENS; i++)
        if (in_facet(&items[i], now_query.facet) && has_words(&items[i], now_query.filter))
            list[count++] = items[i];
    qsort(list, count, sizeof *list, compare);
    return count;
}

/* Where a page read next to `place` begins; `place` need not be in the list. */
static size_t bound(const struct token_item *list, size_t count, const struct token_item *place,
                    bool behind)
{
    size_t at = 0;
    while (at < count && compare(&list[at], place) < (behind ? 1 : 0))
        at++;
    return at;
}

static void check_page(const struct token_item *list, size_t all, const struct token_item *from,
                       bool backward, bool inclusive, size_t max)
{
    struct token_item rows[PAGE_MOST];
    size_t count, begin = 0, end = all;
    cr_assert_ok(token_page(act.store, &now_query, from,
                            (struct page){.max = max, .backward = backward, .inclusive = inclusive},
                            rows, &count));
    if (from && backward) end = bound(list, all, from, inclusive);
    if (from && !backward) begin = bound(list, all, from, !inclusive);
    if (end - begin > max && backward) begin = end - max;
    if (end - begin > max) end = begin + max;
    cr_assert_eq(count, end - begin, "“%s”, facet %d, sort %d: %zu rows for %zu", now_query.filter,
                 now_query.facet, now_query.sort, count, end - begin);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(rows[i].token.number, list[begin + i].token.number,
                     "“%s”, facet %d, sort %d, row %zu", now_query.filter, now_query.facet,
                     now_query.sort, i);
}

static void check_pages(int turn)
{
    static const size_t sizes[] = {1, 2, PAGE_MOST};
    struct token_item list[TOKENS];
    size_t all = sift(list);
    int64_t count;
    for (int i = 0; i < 2; i++)
        check_page(list, all, NULL, i & 1, false, sizes[(turn + i) % 3]);
    for (int i = 0; i < 8; i++) {
        const struct token_item *from = &items[(turn * 31 + i * 37) % TOKENS];
        if (all && i % 3 == 0) from = &list[(size_t)(turn * 7 + i * 5) % all];
        check_page(list, all, from, i & 1, i & 2, sizes[(turn + i / 4) % 3]);
    }
    cr_assert_ok(token_count(act.store, &now_query, &count));
    cr_assert_eq(count, (int64_t)all, "“%s”, facet %d", now_query.filter, now_query.facet);
}

Test(token_pages, are_those_of_a_list_that_is_filtered_and_sorted_whole)
{
    int turn = 0;
    for (size_t f = 0; f < sizeof filters / sizeof *filters; f++)
        for (int facet = 0; facet < TOKENS_FACETS; facet++)
            for (int sort = 0; sort < TOKENS_SORTS; sort++, turn++) {
                if (f && facet && (facet + (int)f) % 5)
                    continue; /* only some of the combinations with words */
                now_query = (struct token_query){.filter = filters[f],
                                                 .facet = (enum token_facet)facet,
                                                 .sort = (enum token_sort)sort,
                                                 .descending = turn % 2,
                                                 .now = NOON};
                check_pages(turn);
            }
}

Test(token_pages, the_numbers_are_those_of_the_rows)
{
    for (size_t f = 0; f < sizeof filters / sizeof *filters; f++)
        for (int facet = 0; facet < TOKENS_FACETS; facet++) {
            struct token_item list[TOKENS];
            struct id_set set;
            now_query = (struct token_query){
                .filter = filters[f], .facet = (enum token_facet)facet, .now = NOON};
            size_t all = sift(list);
            cr_assert_ok(token_numbers(act.store, &now_query, &set));
            cr_assert_eq(set.count, all);
            for (size_t i = 0; i < all; i++)
                cr_assert(id_set_has(&set, list[i].token.number));
            id_set_free(&set);
        }
}

/* More names than are looked at one by one, and last four characters that only one of them has. */
Test(token_pages, a_name_or_the_last_four_is_found_among_thousands)
{
    static const char *const words[] = {"MANY-0000", "ny-5199", "KQ7z", "kq7Z", "Q7z", "é9"};
    struct token_item rows[2];
    size_t count;
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < 5200; i++) {
        char name[32];
        snprintf(name, sizeof name, "many-%04d", i);
        struct stmt *stmt = store_prepare(
            act.store, "INSERT INTO token (account, name, last_four, created) VALUES (:account, "
                       ":name, :four, 0)");
        bind_int(stmt, ":account", sa);
        bind_text(stmt, ":name", name);
        bind_text(stmt, ":four", i == 4711 ? "kQ7z" : i == 4712 ? "é9é" : "nnnn");
        cr_assert_ok(stmt_run(stmt));
    }
    cr_assert_ok(store_end(act.store, OK));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct token_query query = {.filter = words[i], .now = NOON};
        int64_t matching;
        cr_assert_ok(token_page(act.store, &query, NULL, (struct page){.max = 1}, rows, &count));
        cr_assert_eq(count, 1, "%s", words[i]);
        cr_assert_ok(token_count(act.store, &query, &matching));
        cr_assert_eq(matching, 1, "%s", words[i]);
    }
}
