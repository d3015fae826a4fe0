#include "house.h"

#include <gatehouse/audit.h>
#include <gatehouse/audit_kind.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/group_change.h>
#include <gatehouse/token_change.h>

enum { ROOM = 64 };

static struct audit_query all(void)
{
    return (struct audit_query){.since = WHEN_NEVER, .until = WHEN_NEVER};
}

static int64_t found[ROOM];

/* Puts the sequence numbers of a page into `found`; returns how many. */
static size_t page(const struct audit_query *query, int64_t from, bool backward, bool inclusive,
                   size_t max)
{
    struct audit_event events[ROOM];
    size_t count;
    cr_assert_ok(audit_page(act.store, query, from,
                            (struct page){.max = max, .backward = backward, .inclusive = inclusive},
                            events, &count));
    for (size_t i = 0; i < count; i++) {
        found[i] = events[i].sequence;
        audit_event_free(&events[i]);
    }
    return count;
}

/* The count must agree with the page. */
static size_t matching(const struct audit_query *query)
{
    int64_t counted;
    cr_assert_ok(audit_count(act.store, query, &counted));
    size_t count = page(query, 0, false, false, ROOM);
    cr_assert_eq((size_t)counted, count);
    return count;
}

static void open_with_events(void)
{
    house_open();                                            /* 1: account.create */
    cr_assert_ok(account_set_active(&act, sa, false, NULL)); /* 2 */
    act.now += DAY_SECONDS;
    cr_assert_ok(account_set_active(&act, sa, true, NULL)); /* 3 */
    int64_t group;
    cr_assert_ok(group_create(&act, "Élan", &group)); /* 4 */
    admin = (struct actor){.uid = 1001, .user = "gatehouse", .sudo_claim = "joe", .host = "south"};
    house_account("ci-docs"); /* 5 */
}

static void close_all(void)
{
    admin = (struct actor){.uid = 1000, .user = "mara", .host = "north"};
    house_close();
}
TestSuite(audit_list, .init = open_with_events, .fini = close_all);

Test(audit_list, pages_go_both_ways_newest_first)
{
    struct audit_query query = all();
    cr_assert_eq(matching(&query), 5);
    cr_assert_eq(found[0], 5);
    cr_assert_eq(found[4], 1);
    cr_assert_eq(page(&query, 4, false, false, 2), 2);
    cr_assert(found[0] == 3 && found[1] == 2);
    cr_assert_eq(page(&query, 4, false, true, 2), 2);
    cr_assert(found[0] == 4 && found[1] == 3);
    cr_assert_eq(page(&query, 2, true, false, 2), 2);
    cr_assert(found[0] == 4 && found[1] == 3);
    cr_assert_eq(page(&query, 1, true, true, 2), 2);
    cr_assert(found[0] == 2 && found[1] == 1);
    cr_assert_eq(page(&query, 0, true, false, 2), 2);
    cr_assert(found[0] == 2 && found[1] == 1);
    cr_assert_eq(page(&query, 5, true, false, 2), 0);
    cr_assert_eq(page(&query, 1, false, false, 2), 0);
}

Test(audit_list, by_account)
{
    struct audit_query query = all();
    query.account = sa;
    cr_assert_eq(matching(&query), 3);
}

Test(audit_list, by_kind_and_by_noun)
{
    struct audit_query query = all();
    query.kind = "account.create";
    cr_assert_eq(matching(&query), 2);
    query.kind = "account";
    cr_assert_eq(matching(&query), 4);
    query.kind = "acc";
    cr_assert_eq(matching(&query), 0);
    query.kind = "account.";
    cr_assert_eq(matching(&query), 0);
    query.kind = "account.never";
    cr_assert_eq(matching(&query), 0);
    query.kind = "accounta";
    cr_assert_eq(matching(&query), 0);
}

/* An event as an earlier version wrote it. */
static void write_old(const char *kind)
{
    struct stmt *stmt = store_prepare(
        act.store,
        "INSERT INTO event (sequence, at, uid, username, login, claim, host, terminal, kind, "
        "subject, hash) SELECT coalesce(max(sequence), 0) + 1, 1, 1, 'mara', '', '', '', '', "
        ":kind, "
        "'x', :hash FROM event");
    static const char zeros[32];
    bind_blob(stmt, ":hash", zeros, sizeof zeros);
    bind_text(stmt, ":kind", kind);
    cr_assert_ok(stmt_run(stmt));
}

static size_t of_kind(const char *kind)
{
    struct audit_query query = all();
    query.kind = kind;
    return matching(&query);
}

Test(audit_list, a_kind_that_was_renamed_is_found_by_both_names)
{
    house_is_damaged = true;
    const struct audit_entry canary = {.kind = "token.make-canary", .subject = "x"};
    const struct audit_entry many = {.kind = "tokens.revoke", .subject = "2 tokens"};
    write_old("token.trap");
    write_old("token.canary");
    write_old("bulk.end");
    write_old("bulk.revoke");
    cr_assert_ok(audit_write(&act, &canary));
    cr_assert_ok(audit_write(&act, &many));
    cr_assert_eq(of_kind("token.trap"), 2);
    cr_assert_eq(of_kind("token.make-canary"), 2);
    cr_assert_eq(of_kind("token.canary"), 1);
    cr_assert_eq(of_kind("token.alarm"), 1);
    cr_assert_eq(of_kind("bulk.end"), 2);
    cr_assert_eq(of_kind("tokens.revoke"), 2);
    cr_assert_eq(of_kind("accounts.revoke"), 1);
    cr_assert_eq(of_kind("token"), 3);
    cr_assert_eq(of_kind("tokens"), 2, "that of accounts is none of them");
    cr_assert_eq(of_kind("accounts"), 1);
    cr_assert_eq(of_kind("bulk"), 3);
}

Test(audit_list, each_kind_has_names_of_its_own)
{
    for (size_t i = 0; i < audit_kind_count; i++) {
        cr_assert_eq(audit_kind_find(audit_kinds[i].name), &audit_kinds[i]);
        cr_assert(!audit_kinds[i].old || audit_kind_find(audit_kinds[i].old) == &audit_kinds[i]);
    }
    cr_assert_null(audit_kind_find("token.trapped"));
}

Test(audit_list, by_whoever_it_was)
{
    struct audit_query query = all();
    query.actor = "mara";
    cr_assert_eq(matching(&query), 4);
    query.actor = "joe";
    cr_assert_eq(matching(&query), 1);
    query.actor = "jo";
    cr_assert_eq(matching(&query), 0);
}

Test(audit_list, by_time)
{
    struct audit_query query = all();
    query.since = NOON + DAY_SECONDS;
    cr_assert_eq(matching(&query), 3);
    query.since = WHEN_NEVER;
    query.until = NOON + DAY_SECONDS - 1;
    cr_assert_eq(matching(&query), 2);
}

Test(audit_list, by_words_wherever_they_stand)
{
    struct audit_query query = all();
    query.text = "NORTH deploy";
    cr_assert_eq(matching(&query), 3);
    query.text = "false";
    cr_assert_eq(matching(&query), 2);
    query.text = "%";
    cr_assert_eq(matching(&query), 0);
    query.text = "ci_deploy";
    cr_assert_eq(matching(&query), 0);
    query.text = "\\";
    cr_assert_eq(matching(&query), 0);
    query.text = "MARA account.create";
    cr_assert_eq(matching(&query), 1);
    query.text = "joe";
    cr_assert_eq(matching(&query), 1);
    query.text = "Élan";
    cr_assert_eq(matching(&query), 1);
    query.text = "  ";
    cr_assert_eq(matching(&query), 5);
}

Test(audit_list, everything_at_once_and_in_pages)
{
    struct audit_query query = {.text = "ci",
                                .actor = "mara",
                                .account = sa,
                                .kind = "account",
                                .since = NOON,
                                .until = NOON + DAY_SECONDS};
    cr_assert_eq(matching(&query), 3);
    cr_assert_eq(page(&query, 3, false, false, 1), 1);
    cr_assert_eq(found[0], 2);
}

Test(audit_list, a_deleted_account_is_found_by_its_events)
{
    int64_t number;
    cr_assert_ok(account_delete(&act, sa));
    cr_assert_ok(audit_find_account(act.store, "CI-deploy", &number));
    cr_assert_eq(number, sa);
    cr_assert_refused(audit_find_account(act.store, "nobody", &number), ERR_NOT_FOUND,
                      "sa::nobody");
}

Test(audit_list, an_event_is_read_as_it_was_written)
{
    struct audit_event event = {0};
    char text[256];
    cr_assert_ok(audit_get(act.store, 2, &event));
    cr_assert_str_eq(event.kind, "account.deactivate");
    cr_assert_str_eq(event.subject, "sa::ci-deploy");
    cr_assert_str_eq(event.actor.user, "mara");
    cr_assert_eq(event.at, NOON);
    audit_change_text(&event, text, sizeof text);
    cr_assert_str_eq(text, "active yes → no");
    audit_event_free(&event);
    cr_assert_refused(audit_get(act.store, 99, &event), ERR_NOT_FOUND, "event 99");
}

Test(audit_list, a_change_is_told_field_by_field)
{
    char text[256];
    struct audit_event event = {
        .before = (char[]){"{\"groups\":[],\"owner\":\"a\"}"},
        .after = (char[]){"{\"groups\":[\"x\",\"y\"],\"owner\":\"\",\"token\":3}"}};
    audit_change_text(&event, text, sizeof text);
    cr_assert_str_eq(text, "groups none → x, y · owner a → “” · token 3");
    event.after = NULL;
    audit_change_text(&event, text, sizeof text);
    cr_assert_str_eq(text, "groups none → none · owner a → none");
    audit_change_text(&event, text, 8);
    cr_assert_str_eq(text, "groups ");
}

Test(audit_list, a_change_is_told_in_full_line_by_line)
{
    char *text;
    struct audit_event event = {
        .before = (char[]){"{\"groups\":[],\"owner\":\"a\"}"},
        .after = (char[]){"{\"groups\":[\"x\",\"y\"],\"owner\":\"b\\ngroups z\",\"token\":3}"}};
    cr_assert_ok(audit_change_lines(&event, &text));
    cr_assert_str_eq(text, "groups none → x, y\nowner a → b groups z\ntoken 3");
    free(text);
    event.before = event.after = NULL;
    cr_assert_ok(audit_change_lines(&event, &text));
    cr_assert_str_eq(text, "");
    free(text);
    event.after = (char[]){"{\"\":[\"\",\"\",\"\",\"\",\"\",\"\"],\"e\":\"\"}"};
    cr_assert_ok(audit_change_lines(&event, &text));
    cr_assert_str_eq(text, " “”, “”, “”, “”, “”, “”\ne “”", "there is room for what grows");
    free(text);
}

Test(audit_list, a_line_is_one_line_and_printable)
{
    char text[4096];
    struct audit_event event = {.sequence = 7,
                                .at = NOON,
                                .actor = {.user = "ma\nra", .host = "h", .terminal = "/dev/pts/1"},
                                .kind = "a.b",
                                .subject = "x\033[31m",
                                .after = (char[]){"{\"n\":1}"}};
    audit_line_text(&event, text, sizeof text);
    cr_assert(strstr(text, "event 7 at 2027-01-15T08:00:00Z by ma ra from h pts/1: a.b x"), "%s",
              text);
    cr_assert(strstr(text, "after {\"n\":1}") && !strpbrk(text, "\n\033"), "%s", text);
}

/* Each condition alone, and some that only differ from a match in one. */
Test(audit_list, an_event_matches_if_it_is_in_the_list)
{
    struct audit_query queries[12];
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        queries[i] = all();
    queries[1].account = sa;
    queries[2].kind = "account";
    queries[3].kind = "account.create";
    queries[4].actor = "joe";
    queries[5].since = NOON + DAY_SECONDS;
    queries[6].until = NOON;
    queries[7].text = "north deploy";
    queries[8].since = queries[8].until = 0;
    queries[9] = (struct audit_query){.kind = "account", .actor = "joe", .until = WHEN_NEVER};
    queries[10] = (struct audit_query){.account = 4711, .since = WHEN_NEVER, .until = NOON};
    queries[11].text = "a b c d e f";
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        size_t count = matching(&queries[i]);
        for (int64_t sequence = 0; sequence <= 6; sequence++) {
            bool listed = false, matches;
            for (size_t k = 0; k < count; k++)
                listed |= found[k] == sequence;
            if (i == 0 && !listed) continue; /* it is not looked for */
            cr_assert_ok(audit_matches(act.store, &queries[i], sequence, &matches));
            cr_assert_eq(matches, listed, "query %zu, event %d", i, (int)sequence);
        }
    }
}

Test(audit_list, a_page_may_begin_at_the_first_and_at_the_last_number_there_is)
{
    struct audit_query query = all();
    cr_assert_eq(page(&query, INT64_MAX, false, true, 2), 2);
    cr_assert(found[0] == 5 && found[1] == 4);
    cr_assert_eq(page(&query, INT64_MIN, true, true, 2), 2);
    cr_assert(found[0] == 2 && found[1] == 1);
    cr_assert_eq(page(&query, INT64_MAX, true, true, 2), 0);
    cr_assert_eq(page(&query, INT64_MIN, false, true, 2), 0);
}

Test(audit_list, the_oldest_event_is_the_first_until_it_is_moved)
{
    int64_t oldest = 0;
    house_is_damaged = true;
    cr_assert_ok(audit_oldest(act.store, &oldest));
    cr_assert_eq(oldest, 1);
    cr_assert_ok(stmt_run(store_prepare(act.store, "DELETE FROM event WHERE sequence < 4")));
    cr_assert_ok(audit_oldest(act.store, &oldest));
    cr_assert_eq(oldest, 4);
    cr_assert_ok(stmt_run(store_prepare(act.store, "DELETE FROM event")));
    cr_assert_ok(audit_oldest(act.store, &oldest));
    cr_assert_eq(oldest, 1);
}

Test(audit_list, an_event_has_every_column_that_was_written)
{
    struct audit_event event = {0};
    uint8_t head[AUDIT_HASH_SIZE];
    int64_t newest, token;
    admin = (struct actor){.uid = 1002,
                           .user = "ada",
                           .has_login = true,
                           .login_uid = 1003,
                           .login = "eve",
                           .sudo_claim = "bob",
                           .host = "west",
                           .terminal = "/dev/pts/3"};
    token = house_token(sa, "main", NOON + 4 * DAY_SECONDS);
    cr_assert_ok(token_rename(&act, token, "other", NULL));
    cr_assert_ok(audit_head(act.store, &newest, head));
    cr_assert_ok(audit_get(act.store, newest, &event));
    cr_expect(event.account == sa && event.token == token && event.sequence == newest);
    cr_expect_eq(event.at, act.now);
    cr_expect(event.actor.uid == 1002 && event.actor.has_login && event.actor.login_uid == 1003);
    cr_expect_str_eq(event.actor.user, "ada");
    cr_expect_str_eq(event.actor.login, "eve");
    cr_expect_str_eq(event.actor.sudo_claim, "bob");
    cr_expect_str_eq(event.actor.host, "west");
    cr_expect_str_eq(event.actor.terminal, "/dev/pts/3");
    cr_expect_str_eq(event.kind, "token.rename");
    cr_expect_str_eq(event.before, "{\"name\":\"main\"}");
    cr_expect_str_eq(event.after, "{\"name\":\"other\"}");
    cr_expect_arr_eq(event.hash, head, AUDIT_HASH_SIZE);
    audit_event_free(&event);
    cr_assert_ok(audit_get(act.store, 1, &event));
    cr_expect(!event.actor.has_login && event.token == 0);
    audit_event_free(&event);
}

static void note(void *arg, const char *name, const char *before, const char *after)
{
    char *text = arg, *end = text + strlen(text);
    snprintf(end, 400, "%s[%s>%s]", name, before ? before : "", after ? after : "");
}

Test(audit_list, a_change_is_handed_out_field_by_field)
{
    char text[1000] = "";
    struct audit_event event = {
        .before = (char[]){"{\"a\":[],\"b\":true,\"c\":\"x\\ny\",\"d\":null}"},
        .after = (char[]){"{\"b\":false,\"c\":-7,\"e\":{\"p\":1,\"q\":[\"r\",2]},\"f\":{}}"}};
    cr_assert_ok(audit_change_each(&event, note, text));
    cr_assert_str_eq(text, "a[none>]b[yes>no]c[x y>-7]d[none>]e[>p 1, q r, 2]f[>none]");
    *text = 0;
    event.before = event.after = NULL;
    cr_assert_ok(audit_change_each(&event, note, text));
    cr_assert_str_eq(text, "");
}

Test(audit_list, a_line_says_from_where_only_if_that_is_known)
{
    char text[400];
    struct audit_event event = {.sequence = 7, .at = NOON, .kind = "a.b", .subject = "x"};
    strcpy(event.actor.user, "mara");
    audit_line_text(&event, text, sizeof text);
    cr_assert_str_eq(text, "event 7 at 2027-01-15T08:00:00Z by mara: a.b x");
    strcpy(event.actor.terminal, "tty1");
    event.before = (char[]){"{}"};
    audit_line_text(&event, text, sizeof text);
    cr_assert_str_eq(text, "event 7 at 2027-01-15T08:00:00Z by mara from  tty1: a.b x before {}");
}

Test(audit_list, of_a_field_that_is_there_twice_the_last_counts)
{
    char text[200] = "", *lines;
    struct audit_event event = {.before = (char[]){"{\"a\":1,\"a\":2}"},
                                .after = (char[]){"{\"a\":3,\"a\":4}"}};
    cr_assert_ok(audit_change_each(&event, note, text));
    cr_assert_str_eq(text, "a[2>4]");
    audit_change_text(&event, text, sizeof text);
    cr_assert_str_eq(text, "a 2 → 4");
    cr_assert_ok(audit_change_lines(&event, &lines));
    cr_assert_str_eq(lines, "a 2 → 4");
    free(lines);
}

Test(audit_list, no_token_is_in_a_line)
{
    static const char token[] = "gth_0123456789abcdefghijABCDEFGHIJ0123456789abc";
    char text[1000];
    struct audit_event event = {.sequence = 7, .at = NOON, .kind = "a.b"};
    strcpy(event.actor.user, "mara");
    strcpy(event.subject, token);
    event.before = event.after = event.subject;
    audit_line_text(&event, text, sizeof text);
    cr_assert_not(strstr(text, "abcdefghij"), "%s", text);
    cr_assert(strstr(text, "*****"), "%s", text);
}
