/* The list of accounts, compared with one that is filtered and sorted here: every order, status,
 * filter and set, from places all over it, with pages so small that a search goes past its
 * windows. */
#include "house.h"

#include <gatehouse/account_list.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <stdio.h>

enum { ACCOUNTS = 700, PAGE_MOST = 9 };

static const char *const filters[] = {"",       "7",      "d:alert",   "d:rare", "o:team-1 d:alert",
                                      "o:none", "a-69 9", "d:rare a-5"};
static struct account_row rows_of_all[ACCOUNTS];
static struct account_query now_query;
static int64_t few, many, nobody, permission; /* groups; some of each kind hold the permission */
static int64_t of_all;                        /* a permission that Everyone has */

static void insert(int i)
{
    struct stmt *stmt = store_prepare(
        act.store, "INSERT INTO account (name, description, owner, active, created, tokens, "
                   "last_used) VALUES (:name, :description, :owner, :active, :created, :tokens, "
                   ":used)");
    char name[32], owner[32];
    snprintf(name, sizeof name, "a-%03d", i * 37 % ACCOUNTS);
    snprintf(owner, sizeof owner, "Team-%d", i % 9);
    bind_text(stmt, ":name", name);
    bind_text(stmt, ":description", i % 301 == 5 ? "Rare" : i % 6 ? "" : "sends an Alert");
    bind_text(stmt, ":owner", i % 4 ? owner : "");
    bind_int(stmt, ":active", i % 5 != 1);
    bind_int(stmt, ":created", NOON - i / 50);
    bind_int(stmt, ":tokens", i % 3);
    bind_time(stmt, ":used", i % 2 ? NOON - i % 21 : WHEN_NEVER);
    cr_assert_ok(stmt_run(stmt));
}

static bool in_group(int64_t account, int64_t group)
{
    if (group == nobody) return false;
    return group == GROUP_EVERYONE || (group == few ? account % 300 == 7 : account % 3 == 1);
}

static bool holds(int64_t account)
{
    return now_query.permission == of_all || in_group(account, few) || account % 101 == 50;
}

static void join(void)
{
    for (int64_t i = 1; i <= ACCOUNTS; i++) {
        if (in_group(i, few)) cr_assert_ok(group_set_member(&act, few, i, true, NULL));
        if (in_group(i, many)) cr_assert_ok(group_set_member(&act, many, i, true, NULL));
        if (i % 101 == 50) cr_assert_ok(permission_grant(&act, i, permission, true, NULL));
    }
}

static void open_with_accounts(void)
{
    house_is_damaged = true;
    cr_assert_ok(crypto_init());
    house_open_empty();
    act.now = NOON;
    cr_assert_ok(store_begin(act.store));
    for (int i = 0; i < ACCOUNTS; i++)
        insert(i);
    cr_assert_ok(stmt_run(
        store_prepare(act.store, "UPDATE counter SET value = CASE name WHEN 'accounts' THEN 700 "
                                 "ELSE 140 END WHERE name IN ('accounts', 'inactive')")));
    cr_assert_ok(group_create(&act, "few", &few));
    cr_assert_ok(group_create(&act, "many", &many));
    cr_assert_ok(group_create(&act, "nobody", &nobody));
    cr_assert_ok(permission_find(act.store, "ingestion", &permission));
    cr_assert_ok(permission_find(act.store, "log_management", &of_all));
    cr_assert_ok(group_grant(&act, few, permission, true));
    cr_assert_ok(group_grant(&act, nobody, permission, true));
    cr_assert_ok(group_grant(&act, GROUP_EVERYONE, of_all, true));
    join();
    cr_assert_ok(store_end(act.store, OK));
    for (int64_t i = 1; i <= ACCOUNTS; i++) {
        struct account_row account;
        cr_assert_ok(account_get(act.store, NOON, i, &account));
        rows_of_all[i - 1] = account;
    }
}

TestSuite(account_pages, .init = open_with_accounts, .fini = house_close);

static bool has_words(const struct account_row *row, const char *filter)
{
    char copy[64], *rest = copy;
    snprintf(copy, sizeof copy, "%s", filter);
    for (char *word; (word = strtok_r(rest, " ", &rest));) {
        const char *text = word[1] != ':' ? row->name
                           : *word == 'd' ? row->description
                                          : row->owner;
        if (!strcasestr(text, word[1] == ':' ? word + 2 : word)) return false;
    }
    return true;
}

static bool matches(const struct account_row *row)
{
    const struct account_query *query = &now_query;
    if (query->status && row->active != (query->status == ACCOUNT_ACTIVE)) return false;
    if (query->group && !in_group(row->number, query->group)) return false;
    if (query->permission && !holds(row->number)) return false;
    return has_words(row, query->filter);
}

static int compare(const void *a, const void *b)
{
    const struct account_place one = account_place_of(&now_query, a);
    const struct account_place two = account_place_of(&now_query, b);
    int order = (one.key > two.key) - (one.key < two.key);
    if (!order) order = strcmp(one.name, two.name);
    return now_query.descending ? -order : order;
}

static size_t sift(struct account_row *list)
{
    size_t count = 0;
    for (size_t i = 0; i < ACCOUNTS; i++)
        if (matches(&rows_of_all[i])) list[count++] = rows_of_all[i];
    qsort(list, count, sizeof *list, compare);
    return count;
}

/* Where a page read next to `place` begins; `place` need not be in the list. */
static size_t bound(const struct account_row *list, size_t count, const struct account_row *place,
                    bool behind)
{
    size_t at = 0;
    while (at < count && compare(&list[at], place) < (behind ? 1 : 0))
        at++;
    return at;
}

static void check_page(const struct account_row *list, size_t all, const struct account_row *from,
                       bool backward, bool inclusive, size_t max)
{
    struct account_row rows[PAGE_MOST];
    struct account_place place = {0};
    size_t count, begin = 0, end = all;
    if (from) place = account_place_of(&now_query, from);
    cr_assert_ok(account_page(
        act.store, NOON, &now_query, &place,
        (struct page){.max = max, .backward = backward, .inclusive = inclusive}, rows, &count));
    if (from && backward) end = bound(list, all, from, inclusive);
    if (from && !backward) begin = bound(list, all, from, !inclusive);
    if (end - begin > max && backward) begin = end - max;
    if (end - begin > max) end = begin + max;
    cr_assert_eq(count, end - begin, "“%s”, sort %d: %zu rows for %zu", now_query.filter,
                 now_query.sort, count, end - begin);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(rows[i].number, list[begin + i].number, "“%s”, sort %d, row %zu",
                     now_query.filter, now_query.sort, i);
}

/* As a set, and one by one. */
static void check_numbers(int turn)
{
    static struct account_row list[ACCOUNTS];
    struct id_set numbers;
    size_t all = sift(list);
    cr_assert_ok(account_numbers(act.store, &now_query, &numbers));
    cr_assert_eq(numbers.count, all, "“%s”", now_query.filter);
    for (size_t i = 0; i < numbers.count; i++)
        cr_assert(matches(&rows_of_all[numbers.ids[i] - 1]));
    for (int i = 0; i < 6; i++) {
        const struct account_row *row = &rows_of_all[(turn * 13 + i * 101) % ACCOUNTS];
        bool is;
        if (numbers.count && i == 0) row = &rows_of_all[numbers.ids[0] - 1];
        cr_assert_ok(account_matches(act.store, &now_query, row->number, &is));
        cr_assert_eq(is, matches(row), "“%s”: %s", now_query.filter, row->name);
    }
    id_set_free(&numbers);
}

static void check_pages(int turn)
{
    static const size_t sizes[] = {1, 2, PAGE_MOST};
    static struct account_row list[ACCOUNTS];
    size_t all = sift(list);
    int64_t count;
    for (int i = 0; i < 4; i++)
        check_page(list, all, NULL, i & 1, false, sizes[(turn + i) % 3]);
    for (int i = 0; i < 12; i++) {
        const struct account_row *from = &rows_of_all[(turn * 31 + i * 37) % ACCOUNTS];
        if (all && i % 3 == 0) from = &list[(size_t)(turn * 7 + i * 5) % all];
        check_page(list, all, from, i & 1, i & 2, sizes[(turn + i / 4) % 3]);
    }
    cr_assert_ok(account_count(act.store, &now_query, &count));
    cr_assert_eq(count, (int64_t)all, "“%s”: %d for %zu", now_query.filter, (int)count, all);
}

static void check_sorts(struct account_query query)
{
    now_query = query;
    check_numbers((int)query.status + (int)strlen(query.filter));
    for (int sort = ACCOUNT_BY_ID; sort <= ACCOUNT_BY_CREATED; sort++)
        for (int descending = 0; descending < 2; descending++) {
            now_query = query;
            now_query.sort = (enum account_sort)sort;
            now_query.descending = descending;
            check_pages(2 * sort + descending + (int)strlen(query.filter));
        }
}

Test(account_pages, are_those_of_a_list_that_is_filtered_and_sorted_whole)
{
    for (size_t f = 0; f < sizeof filters / sizeof *filters; f++)
        for (int status = ACCOUNT_ANY; status <= ACCOUNT_INACTIVE; status++)
            check_sorts((struct account_query){.filter = filters[f],
                                               .status = (enum account_status)status});
}

Test(account_pages, are_those_of_a_group_or_a_permission)
{
    for (size_t f = 0; f < 4; f++) {
        check_sorts((struct account_query){.filter = filters[f], .group = few});
        check_sorts((struct account_query){.filter = filters[f], .group = many});
        check_sorts((struct account_query){.filter = filters[f], .permission = permission});
    }
    check_sorts((struct account_query){.filter = "", .group = many, .status = ACCOUNT_INACTIVE});
}

static void check_once(struct account_query query)
{
    now_query = query;
    check_pages((int)query.status);
    check_numbers((int)query.status);
}

Test(account_pages, are_those_of_a_state_in_a_group_that_may_be_empty_or_everyone)
{
    for (int status = ACCOUNT_ANY; status <= ACCOUNT_INACTIVE; status++) {
        const enum account_status as = (enum account_status)status;
        check_once((struct account_query){.filter = "", .group = many, .status = as});
        check_once((struct account_query){.filter = "", .permission = permission, .status = as});
        check_once((struct account_query){.filter = "", .group = GROUP_EVERYONE, .status = as});
        check_once((struct account_query){.filter = "", .permission = of_all, .status = as});
        check_once((struct account_query){.filter = "7", .group = nobody, .status = as});
    }
}

/* What the access report says of one account, in order. */
static char told[4096];

static enum error tell(const struct access_row *row, void *unused)
{
    size_t used = strlen(told);
    (void)unused;
    snprintf(told + used, sizeof told - used, "%s %s %d %s %s\n", row->owner, row->account,
             row->active, row->permission, row->group ? row->group : "-");
    return OK;
}

static enum error stop(const struct access_row *row, void *unused)
{
    enum error e = tell(row, unused);
    return e ? e : ERR_STOPPED;
}

Test(account_pages, the_access_report_names_each_source_by_owner_and_name)
{
    struct account_query query = {.filter = "d:rare"};
    cr_assert_ok(access_read(act.store, &query, tell, NULL));
    cr_assert_str_eq(told, "Team-0 a-122 0 ingestion few\n"
                           "Team-0 a-122 0 log_management Everyone\n"
                           "Team-4 a-059 1 log_management Everyone\n"
                           "Team-5 a-185 1 log_management Everyone\n");
    *told = 0;
    query = (struct account_query){.filter = "o:team-8", .permission = permission};
    *told = 0;
    cr_assert_eq(access_read(act.store, &query, stop, NULL), ERR_STOPPED);
    cr_assert_str_eq(told, "Team-8 a-187 0 ingestion -\n");
    query = (struct account_query){.filter = "", .group = few, .status = ACCOUNT_INACTIVE};
    *told = 0;
    cr_assert_ok(access_read(act.store, &query, tell, NULL));
    cr_assert_str_eq(told, "Team-0 a-122 0 ingestion few\n"
                           "Team-0 a-122 0 log_management Everyone\n"
                           "Team-3 a-022 0 ingestion few\n"
                           "Team-3 a-022 0 log_management Everyone\n"
                           "Team-6 a-222 0 ingestion few\n"
                           "Team-6 a-222 0 log_management Everyone\n");
}
