/* What a checker remembers never outlives a change, whoever makes it. */
#include "house.h"

#include <gatehouse/bulk.h>
#include <gatehouse/group.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>
#include <stdio.h>
#include <unistd.h>

static char folder[40], path[64];
static struct store *own, *other;
static struct secret *text;
static int64_t asked, group;

static void open_both(void)
{
    int64_t token;
    strcpy(folder, "/tmp/gatehouse-checker-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/g.db", folder);
    cr_assert_ok(crypto_init());
    cr_assert_ok(database_open(path, STORE_CREATE, &own));
    cr_assert_ok(database_open(path, STORE_OPEN, &other));
    cr_assert_ok(token_checker_new(own, &checker));
    act.store = own;
    sa = house_account("ci-deploy");
    cr_assert_ok(token_generate(&act, sa, &(struct token_plan){.name = "", .expires = WHEN_NEVER},
                                &token, &text));
    cr_assert_ok(permission_create(&act, "deploy", "Deploy", "", &asked));
    cr_assert_ok(group_create(&act, "Builders", &group));
}

static void close_both(void)
{
    secret_free(text);
    token_checker_free(checker);
    store_close(other);
    store_close(own);
    unlink(path);
    rmdir(folder);
}

TestSuite(token_checker, .init = open_both, .fini = close_both);

/* Why it is refused; "" if it passes. */
static const char *ask(struct token_checker *of)
{
    struct token_pass pass;
    const char *reason;
    cr_assert_ok(store_begin_fresh(own));
    enum error e = token_check(of, NOON, text->bytes, text->size,
                               &(struct token_question){.permission = asked}, &pass, &reason);
    e = store_end(own, e);
    cr_assert(e == OK || e == ERR_NOT_FOUND, "%s", error_message());
    return e ? reason : "";
}

static const char *ask_new(void)
{
    struct token_checker *fresh;
    cr_assert_ok(token_checker_new(own, &fresh));
    const char *answer = ask(fresh);
    token_checker_free(fresh);
    return answer;
}

static void grant(void)
{
    cr_assert_ok(permission_grant(&act, sa, asked, true, NULL));
}

static void ungrant(void)
{
    cr_assert_ok(permission_grant(&act, sa, asked, false, NULL));
}

static void deactivate(void)
{
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
}

static void grant_and_deactivate(void)
{
    grant();
    deactivate();
}

static void activate(void)
{
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
}

static void delete_account(void)
{
    cr_assert_ok(account_delete(&act, sa));
}

static void group_gives(void)
{
    cr_assert_ok(group_grant(&act, group, asked, true));
}

static void group_takes(void)
{
    cr_assert_ok(group_grant(&act, group, asked, false));
}

static void join(void)
{
    cr_assert_ok(group_set_member(&act, group, sa, true, NULL));
}

static void leave(void)
{
    cr_assert_ok(group_set_member(&act, group, sa, false, NULL));
}

static void join_and_give(void)
{
    group_gives();
    join();
}

static void to_everyone(void)
{
    group = GROUP_EVERYONE;
}

static void everyone_gives(void)
{
    to_everyone();
    group_gives();
}

static void delete_group(void)
{
    cr_assert_ok(group_delete(&act, group));
}

static void delete_permission(void)
{
    cr_assert_ok(permission_delete(&act, asked));
}

static void run_bulk(enum bulk_kind kind, const int64_t *target)
{
    struct bulk_result result;
    const struct id_set rows = {.count = 1, .ids = &sa};
    const struct bulk bulk = {.kind = kind, .target = *target, .reason = "test"};
    cr_assert_ok(bulk_run(&act, &bulk, &rows, NULL, &result));
    cr_assert_eq(result.changed.count, 1);
    id_set_free(&result.changed);
}

static void update_account(bool member, bool holder)
{
    struct account_details details;
    int64_t version;
    cr_assert_ok(account_details_load(act.store, sa, &details, &version));
    id_set_free(&details.groups);
    id_set_free(&details.permissions);
    if (member) cr_assert_ok(id_set_add(&details.groups, group));
    if (holder) cr_assert_ok(id_set_add(&details.permissions, asked));
    cr_assert_ok(account_update(&act, sa, version, &details));
    account_details_free(&details);
}

static void form_joins(void)
{
    update_account(true, false);
}

static void form_grants(void)
{
    update_account(false, true);
}

static void form_takes_all(void)
{
    update_account(false, false);
}

static void update_group(bool gives, const struct id_set *joining, const struct id_set *leaving)
{
    struct group_details details;
    int64_t version;
    cr_assert_ok(group_details_load(act.store, group, &details, &version));
    id_set_free(&details.permissions);
    if (gives) cr_assert_ok(id_set_add(&details.permissions, asked));
    cr_assert_ok(group_update(&act, group, version, &details, joining, leaving));
    group_details_free(&details);
}

static void group_form_gives(void)
{
    update_group(true, NULL, NULL);
}

static void group_form_takes(void)
{
    update_group(false, NULL, NULL);
}

static void group_form_joins(void)
{
    update_group(true, &(struct id_set){.count = 1, .ids = &sa}, NULL);
}

static void group_form_leaves(void)
{
    update_group(true, NULL, &(struct id_set){.count = 1, .ids = &sa});
}

static void nothing(void)
{
}

/* Releases of clang-format disagree about these lines. */
/* clang-format off */
#define WAY(before, change) {before, change, BULK_COUNT, NULL, #before ", then " #change}
#define BULK(before, kind, target) {before, NULL, kind, target, #before ", then " #kind}
/* clang-format on */

/* `change` NULL: a bulk change. */
static const struct way {
    void (*before)(void), (*change)(void);
    enum bulk_kind kind;
    const int64_t *target;
    const char *name;
} ways[] = {
    WAY(nothing, grant),
    WAY(grant, ungrant),
    BULK(nothing, BULK_GRANT, &asked),
    BULK(grant, BULK_UNGRANT, &asked),
    WAY(nothing, form_grants),
    WAY(grant, form_takes_all),
    WAY(grant, deactivate),
    WAY(grant_and_deactivate, activate),
    BULK(grant, BULK_DEACTIVATE, &sa),
    BULK(grant_and_deactivate, BULK_ACTIVATE, &sa),
    WAY(grant, delete_account),
    BULK(grant, BULK_DELETE, &sa),
    WAY(group_gives, join),
    WAY(join_and_give, leave),
    BULK(group_gives, BULK_JOIN, &group),
    BULK(join_and_give, BULK_LEAVE, &group),
    WAY(group_gives, form_joins),
    WAY(join_and_give, form_takes_all),
    WAY(join, group_gives),
    WAY(join_and_give, group_takes),
    WAY(join, group_form_gives),
    WAY(join_and_give, group_form_takes),
    WAY(group_gives, group_form_joins),
    WAY(join_and_give, group_form_leaves),
    WAY(join_and_give, delete_group),
    WAY(to_everyone, group_gives),
    WAY(everyone_gives, group_takes),
    WAY(grant, delete_permission),
    WAY(join_and_give, delete_permission),
};

static void try_all(bool elsewhere, bool keeps)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (i) open_both();
        if (keeps) store_keep_reads(own);
        ways[i].before();
        const char *before = ask(checker);
        act.store = elsewhere ? other : own;
        if (ways[i].change)
            ways[i].change();
        else
            run_bulk(ways[i].kind, ways[i].target);
        act.store = own;
        cr_assert_str_neq(ask_new(), before, "%s: changes nothing", ways[i].name);
        cr_assert_str_eq(ask(checker), ask_new(), "%s: the answer stays", ways[i].name);
        if (i + 1 < sizeof ways / sizeof *ways) close_both();
    }
}

Test(token_checker, forgets_what_a_change_of_its_own_store_touches)
{
    try_all(false, false);
}

Test(token_checker, forgets_what_a_change_of_another_connection_touches)
{
    try_all(true, false);
}

Test(token_checker, forgets_what_a_change_touches_while_it_keeps_its_read)
{
    try_all(false, true);
    close_both();
    open_both();
    try_all(true, true);
}

static enum error find_permission(int64_t *number)
{
    cr_assert_ok(store_begin_fresh(own));
    return store_end(own, token_checker_permission(checker, "deploy", number));
}

Test(token_checker, finds_a_permission_as_long_as_it_is_in_the_catalogue)
{
    int64_t number = 0;
    store_keep_reads(own);
    for (int i = 0; i < 5; i++) {
        cr_assert_ok(find_permission(&number));
        cr_assert_ok(find_permission(&number));
        cr_assert_eq(number, asked);
        act.store = other;
        cr_assert_ok(permission_delete(&act, asked));
        cr_assert_eq(find_permission(&number), ERR_NOT_FOUND);
        cr_assert_ok(permission_create(&act, "deploy", "Deploy", "", &asked));
        act.store = own;
    }
}
