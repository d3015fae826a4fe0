/* The log as a story: the same rows in pages of any size, read from either end. */
#include "house.h"

#include <gatehouse/audit_story.h>
#include <gatehouse/bulk.h>
#include <stdio.h>

enum { ACCOUNTS = 9, MOST = 200 };
static int64_t accounts[ACCOUNTS];

static void run(enum bulk_kind kind, size_t first, size_t count, const char *reason)
{
    struct id_set rows = {0};
    struct bulk_result result;
    const struct bulk bulk = {.kind = kind, .reason = reason};
    for (size_t i = first; i < first + count; i++)
        cr_assert_ok(id_set_add(&rows, accounts[i]));
    cr_assert_ok(bulk_run(&act, &bulk, &rows, NULL, &result));
    id_set_free(&rows);
    id_set_free(&result.changed);
}

/* Single events, acts side by side, an act by another person, one with a reason. */
static void make_log(void)
{
    house_open();
    for (size_t i = 0; i < ACCOUNTS; i++) {
        char name[16];
        snprintf(name, sizeof name, "a-%zu", i);
        accounts[i] = house_account(name);
    }
    run(BULK_DEACTIVATE, 0, 6, NULL);
    run(BULK_ACTIVATE, 0, 2, NULL);
    house_account("between");
    act.now += 60;
    strcpy(admin.user, "jon");
    run(BULK_DELETE, 7, 2, NULL);
    strcpy(admin.user, "mara");
    run(BULK_DEACTIVATE, 0, 1, "panic: one");
    house_account("last");
}
TestSuite(audit_story, .init = make_log, .fini = house_close);

static const struct audit_query all = {.since = WHEN_NEVER, .until = WHEN_NEVER};
static const struct id_set none;

struct told {
    int64_t rows[MOST];
    size_t count;
};

/* All events that match, without those of the acts that match and are not open. */
static struct told expected(const struct audit_query *query, const struct id_set *open)
{
    static struct audit_event events[MOST];
    struct told told = {.count = 0};
    size_t count;
    int64_t hidden = INT64_MAX, act_event = 0;
    cr_assert_ok(audit_page(act.store, query, 0, (struct page){.max = MOST}, events, &count));
    for (size_t i = 0; i < count; i++) {
        bool inside = act_event && events[i].sequence >= hidden && events[i].sequence < act_event;
        if (!inside) {
            told.rows[told.count++] = events[i].sequence;
            hidden = audit_act_first(&events[i]);
            act_event = hidden && !id_set_has(open, events[i].sequence) ? events[i].sequence : 0;
        }
        audit_event_free(&events[i]);
    }
    return told;
}

static size_t read_some(const struct audit_query *query, const struct id_set *open, int64_t from,
                        struct page page, int64_t rows[static MOST])
{
    static struct audit_event events[MOST];
    size_t count;
    cr_assert_ok(audit_story_page(act.store, query, open, from, page, events, &count));
    for (size_t i = 0; i < count; i++) {
        rows[i] = events[i].sequence;
        audit_event_free(&events[i]);
    }
    return count;
}

static void expect_pages(const struct audit_query *query, const struct id_set *open)
{
    const struct told told = expected(query, open);
    int64_t rows[MOST];
    for (size_t max = 1; max < 8; max++) {
        size_t at = 0, count;
        for (int64_t from = 0;
             (count = read_some(query, open, from, (struct page){.max = max}, rows)) > 0;
             from = rows[count - 1]) {
            size_t left = told.count - at;
            cr_assert_eq(count, left < max ? left : max, "a page forward by %zu is full", max);
            for (size_t i = 0; i < count; i++)
                cr_assert_eq(rows[i], told.rows[at++], "forward by %zu", max);
        }
        cr_assert_eq(at, told.count, "forward by %zu", max);
        for (int64_t from = 0;
             (count = read_some(query, open, from, (struct page){.max = max, .backward = true},
                                rows)) > 0;
             from = rows[0]) {
            cr_assert_eq(count, at < max ? at : max, "a page backward by %zu is full", max);
            for (size_t i = count; i-- > 0;)
                cr_assert_eq(rows[i], told.rows[--at], "backward by %zu", max);
        }
        cr_assert_eq(at, 0, "backward by %zu", max);
    }
    for (size_t i = 0; i < told.count; i++) {
        cr_assert_eq(
            read_some(query, open, told.rows[i], (struct page){.max = 1, .inclusive = true}, rows),
            1);
        cr_assert_eq(rows[0], told.rows[i]);
        cr_assert_eq(read_some(query, open, told.rows[i],
                               (struct page){.max = 1, .inclusive = true, .backward = true}, rows),
                     1);
        cr_assert_eq(rows[0], told.rows[i]);
    }
}

Test(audit_story, is_the_same_in_pages_of_any_size_from_either_end)
{
    expect_pages(&all, &none);
    cr_assert_lt(expected(&all, &none).count, (size_t)house_all_events());
}

Test(audit_story, shows_the_events_of_acts_that_are_open)
{
    struct id_set open = {0};
    int64_t newest = house_number("SELECT max(sequence) FROM event WHERE kind = "
                                  "'accounts.deactivate' AND subject = '6 accounts'",
                                  0);
    cr_assert_ok(id_set_add(&open, newest));
    expect_pages(&all, &open);
    cr_assert_eq(expected(&all, &open).count, expected(&all, &none).count + 6);
    id_set_free(&open);
}

Test(audit_story, folds_only_acts_that_the_filter_finds)
{
    struct audit_query by = all, text = all, since = all, kind = all, account = all;
    by.actor = "jon";
    text.text = "a-1";
    since.since = NOON + 1;
    kind.kind = "account.deactivate";
    account.account = accounts[0];
    const struct audit_query *const queries[] = {&by, &text, &since, &kind, &account};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        expect_pages(queries[i], &none);
    cr_assert_eq(expected(&by, &none).count, 1);
    cr_assert_eq(expected(&text, &none).count, 3);
    cr_assert_eq(expected(&kind, &none).count, 7);
}

Test(audit_story, goes_on_from_the_act_where_it_stood_on_a_hidden_event)
{
    int64_t rows[MOST], deleted = house_number("SELECT max(sequence) FROM event WHERE kind = "
                                               "'accounts.delete'",
                                               0);
    cr_assert_eq(
        read_some(&all, &none, deleted - 1, (struct page){.max = 1, .inclusive = true}, rows), 1);
    cr_assert_eq(rows[0], deleted);
    read_some(&all, &none, deleted - 1, (struct page){.max = 1}, rows);
    cr_assert_lt(rows[0], deleted - 2);
}

static const char *text_of(const char *sql)
{
    static char text[400];
    struct audit_event event;
    cr_assert_ok(audit_get(act.store, house_number(sql, 0), &event));
    audit_act_text(&event, text, sizeof text);
    audit_event_free(&event);
    return text;
}

Test(audit_story, says_what_an_act_did)
{
    cr_assert_str_eq(text_of("SELECT max(sequence) FROM event WHERE kind = 'accounts.delete'"),
                     "2 accounts deleted");
    cr_assert(strstr(text_of("SELECT max(sequence) FROM event WHERE kind = 'accounts.deactivate'"),
                     "1 account deactivated"));
    cr_assert(strstr(text_of("SELECT max(sequence) FROM event WHERE kind = 'accounts.deactivate'"),
                     "panic: one"));
}

static void tamper(const char *sql)
{
    cr_assert_ok(stmt_run(store_prepare(act.store, sql)));
}

/* Numbers that cannot be are no act: nothing may be hidden by them, and no page may loop. */
Test(audit_story, believes_no_act_that_cannot_be)
{
    house_is_damaged = true;
    tamper("UPDATE event SET after = '{\"first\":999}' WHERE kind = "
           "'accounts.delete'");
    tamper("UPDATE event SET after = '{\"first\":-3}' WHERE kind = "
           "'accounts.activate'");
    tamper("UPDATE event SET after = 'no JSON' WHERE subject = "
           "'6 accounts'");
    expect_pages(&all, &none);
    cr_assert_eq(expected(&all, &none).count, (size_t)house_all_events() - 1);
}

static int64_t first_of(const char *kind, const char *after)
{
    char text[100];
    struct audit_event event = {.sequence = 5, .after = after ? text : NULL};
    snprintf(event.kind, sizeof event.kind, "%s", kind);
    snprintf(text, sizeof text, "%s", after ? after : "");
    return audit_act_first(&event);
}

Test(audit_story, an_act_begins_at_an_event_before_it)
{
    cr_assert_eq(first_of("accounts.delete", "{\"first\":1}"), 1);
    cr_assert_eq(first_of("bulk.delete", "{\"first\":4}"), 4, "as it was named once");
    cr_assert_eq(first_of("accounts.delete", "{\"first\":5}"), 0);
    cr_assert_eq(first_of("accounts.delete", "{\"first\":0}"), 0);
    cr_assert_eq(first_of("accounts.delete", "{\"first\":-1}"), 0);
    cr_assert_eq(first_of("accounts.delete", "{\"first\":\"1\"}"), 0);
    cr_assert_eq(first_of("accounts.delete", "{\"first\":9,\"first\":2}"), 2);
    cr_assert_eq(first_of("accounts.delete", NULL), 0);
    cr_assert_eq(first_of("database.archive", "{\"first\":1}"), 0, "of another kind");
    cr_assert_eq(first_of("account.delete", "{\"first\":1}"), 0);
    cr_assert_eq(first_of("accounts.never", "{\"first\":1}"), 0);
}

Test(audit_story, each_kind_of_act_has_its_words)
{
    static const char *const acts[][2] = {
        {"accounts.activate", "x activated"},
        {"accounts.deactivate", "x deactivated"},
        {"accounts.delete", "x deleted"},
        {"accounts.join", "x added to a group"},
        {"accounts.leave", "x removed from a group"},
        {"accounts.grant", "x granted a permission"},
        {"accounts.revoke", "x lost a permission"},
        {"tokens.generate", "x given a token each"},
        {"tokens.suspend", "x suspended"},
        {"tokens.resume", "x resumed"},
        {"tokens.expire", "x given another expiry"},
        {"tokens.revoke", "x revoked"},
        {"bulk.end", "x revoked"},
        {"database.import", "x imported · 3 events"},
        {"database.apply", "x applied · 3 events"},
        {"account.create", "x "},
    };
    char text[200], plain[] = "{\"first\":6}", why[] = "{\"first\":6,\"reason\":\"so\"}", with[200];
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct audit_event event = {.sequence = 9, .subject = "x", .after = plain};
        snprintf(event.kind, sizeof event.kind, "%s", acts[i][0]);
        audit_act_text(&event, text, sizeof text);
        cr_assert_str_eq(text, acts[i][1], "%s", acts[i][0]);
        event.after = why;
        audit_act_text(&event, text, sizeof text);
        snprintf(with, sizeof with, "%s · so", acts[i][1]);
        cr_assert_str_eq(text, with);
    }
}
