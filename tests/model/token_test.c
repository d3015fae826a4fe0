#include "house.h"

#include <gatehouse/setting.h>
#include <gatehouse/text.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_denial.h>
#include <stdio.h>

TestSuite(token, .init = house_open, .fini = house_close);

static enum error generate(int64_t expires)
{
    int64_t number;
    struct secret *text;
    enum error e = token_generate(&act, sa, &(struct token_plan){.name = "", .expires = expires},
                                  &number, &text);
    if (e) cr_assert_null(text, "a refused generation hands out a secret");
    secret_free(text);
    return e;
}

static void fill(int64_t expires)
{
    for (int i = 0; i < TOKEN_LIMIT_DEFAULT; i++)
        cr_assert_ok(generate(expires));
}

Test(token, a_new_token_is_live_unused_and_counted)
{
    int64_t number = house_token(sa, "main", act.now + 100);
    struct token_row row;
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    cr_assert_eq(row.state, TOKEN_LIVE);
    cr_assert_eq(row.account, sa);
    cr_assert_str_eq(row.name, "main");
    cr_assert_eq(row.created, NOON);
    cr_assert_eq(row.expires, NOON + 100);
    cr_assert_eq(row.revoked, WHEN_NEVER);
    cr_assert_eq(row.last_used, WHEN_NEVER);
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE number = :n", sa), 1);
    cr_assert_eq(house_events("token.generate"), 1);
}

Test(token, its_last_four_characters_are_kept_and_its_text_is_not)
{
    int64_t number;
    struct secret *text;
    struct token_row row;
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "main", .expires = WHEN_NEVER}, &number, &text));
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    cr_assert_eq(memcmp(row.last_four, text->bytes + TOKEN_TEXT_SIZE - 4, 4), 0);
    struct stmt *stmt = store_prepare(
        act.store, "SELECT count(*) FROM event WHERE instr(coalesce(after, '') || coalesce(before, "
                   "'') || subject, :text) > 0");
    bind_text(stmt, ":text", text->bytes);
    int64_t found;
    cr_assert_ok(stmt_int(stmt, &found));
    cr_assert_eq(found, 0);
    secret_free(text);
}

Test(token, the_twenty_first_token_in_use_is_refused_and_told_to_revoke_one)
{
    fill(WHEN_NEVER);
    int64_t events = house_all_events();
    cr_assert_refused(generate(WHEN_NEVER), ERR_LIMIT, "revoke one");
    cr_assert_eq(house_all_events(), events);
    cr_assert_eq(house_number("SELECT count(*) FROM digest", 0), TOKEN_LIMIT_DEFAULT);
}

Test(token, suspended_tokens_count_against_the_limit)
{
    fill(WHEN_NEVER);
    cr_assert_ok(token_set_suspended(&act, 1, true, NULL));
    cr_assert_refused(generate(WHEN_NEVER), ERR_LIMIT, "revoke one");
}

Test(token, a_revoked_token_leaves_its_place)
{
    fill(WHEN_NEVER);
    cr_assert_ok(token_revoke(&act, 1, NULL));
    cr_assert_ok(generate(WHEN_NEVER));
    cr_assert_eq(generate(WHEN_NEVER), ERR_LIMIT);
}

Test(token, expired_tokens_leave_their_places)
{
    fill(act.now + 10);
    act.now += 9;
    cr_assert_eq(generate(WHEN_NEVER), ERR_LIMIT);
    act.now += 1;
    cr_assert_ok(generate(WHEN_NEVER));
    struct token_counts counts;
    cr_assert_ok(token_get_counts(act.store, act.now, sa, &counts));
    cr_assert_eq(counts.used, 1);
    cr_assert_eq(counts.limit, TOKEN_LIMIT_DEFAULT);
    cr_assert_eq(counts.revoked, 0);
}

Test(token, the_limit_is_one_of_each_account)
{
    fill(WHEN_NEVER);
    house_token(house_account("other"), "", WHEN_NEVER);
}

Test(token, resuming_at_the_limit_works_but_not_above_a_lowered_one)
{
    fill(WHEN_NEVER);
    cr_assert_ok(token_set_suspended(&act, 1, true, NULL));
    cr_assert_ok(token_set_suspended(&act, 1, false, NULL));
    cr_assert_ok(token_set_suspended(&act, 1, true, NULL));
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, TOKEN_LIMIT_DEFAULT - 1));
    cr_assert_refused(token_set_suspended(&act, 1, false, NULL), ERR_LIMIT, "revoke one");
    cr_assert_eq(house_state(1), TOKEN_SUSPENDED);
}

Test(token, an_expiry_that_is_not_after_now_is_refused)
{
    cr_assert_refused(generate(act.now), ERR_INVALID, "later");
    cr_assert_ok(generate(act.now + 1));
}

Test(token, a_token_needs_an_account)
{
    int64_t number;
    struct secret *text;
    cr_assert_eq(token_generate(&act, 4711, &(struct token_plan){.name = "", .expires = WHEN_NEVER},
                                &number, &text),
                 ERR_NOT_FOUND);
    cr_assert_null(text);
}

Test(token, names_have_at_most_64_visible_characters)
{
    char name[64 * 3 + 2] = "";
    for (int i = 0; i < 64; i++)
        strcat(name, "語");
    int64_t number = house_token(sa, name, WHEN_NEVER);
    struct token_row row;
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    cr_assert_str_eq(row.name, name);
    strcat(name, "x");
    cr_assert_refused(token_rename(&act, number, name, NULL), ERR_INVALID, "64");
    cr_assert_refused(token_rename(&act, number, "a\033[2J", NULL), ERR_INVALID, "visible");
    cr_assert_refused(token_rename(&act, number, "a\xff", NULL), ERR_INVALID, "visible");
}

Test(token, expiry_begins_with_its_very_second)
{
    int64_t number = house_token(sa, "", NOON + 10);
    act.now = NOON + 9;
    cr_assert_eq(house_state(number), TOKEN_LIVE);
    act.now = NOON + 10;
    cr_assert_eq(house_state(number), TOKEN_EXPIRED);
}

Test(token, revoked_goes_before_expired_and_expired_before_suspended)
{
    int64_t number = house_token(sa, "", NOON + 10);
    cr_assert_ok(token_set_suspended(&act, number, true, NULL));
    cr_assert_eq(house_state(number), TOKEN_SUSPENDED);
    act.now = NOON + 10;
    cr_assert_eq(house_state(number), TOKEN_EXPIRED);
    cr_assert_ok(token_revoke(&act, number, NULL));
    cr_assert_eq(house_state(number), TOKEN_REVOKED);
}

Test(token, an_expired_token_can_be_renamed_but_not_suspended_or_resumed)
{
    int64_t number = house_token(sa, "", NOON + 10);
    act.now = NOON + 10;
    cr_assert_refused(token_set_suspended(&act, number, true, NULL), ERR_CONFLICT, "expired");
    cr_assert_refused(token_set_suspended(&act, number, false, NULL), ERR_CONFLICT, "expired");
    cr_assert_ok(token_rename(&act, number, "old", NULL));
}

Test(token, suspending_is_reversible_and_kept_in_both_tables)
{
    int64_t number = house_token(sa, "", WHEN_NEVER), generation = house_generation();
    static const char both[] = "SELECT t.suspended + 2 * d.suspended FROM token t JOIN digest d ON "
                               "d.token = t.number WHERE t.number = :n";
    bool changed;
    cr_assert_ok(token_set_suspended(&act, number, true, &changed));
    cr_assert(changed);
    cr_assert_eq(house_number(both, number), 3);
    cr_assert_ok(token_set_suspended(&act, number, false, &changed));
    cr_assert(changed);
    cr_assert_eq(house_number(both, number), 0);
    cr_assert_eq(house_generation(), generation + 2);
    cr_assert_eq(house_events("token.suspend"), 1);
    cr_assert_eq(house_events("token.resume"), 1);
}

Test(token, what_is_so_already_changes_nothing_and_writes_no_event)
{
    int64_t number = house_token(sa, "main", WHEN_NEVER), gone = house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(token_revoke(&act, gone, NULL));
    int64_t events = house_all_events();
    bool changed = true;
    cr_assert_ok(token_rename(&act, number, "main", &changed));
    cr_assert_not(changed);
    changed = true;
    cr_assert_ok(token_set_suspended(&act, number, false, &changed));
    cr_assert_not(changed);
    changed = true;
    cr_assert_ok(token_revoke(&act, gone, &changed));
    cr_assert_not(changed);
    cr_assert_eq(house_all_events(), events);
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE number = :n", sa), 1);
}

Test(token, revoking_is_final_and_leaves_a_record)
{
    int64_t number = house_token(sa, "main", WHEN_NEVER), generation = house_generation();
    act.now += 5;
    bool changed;
    cr_assert_ok(token_revoke(&act, number, &changed));
    cr_assert(changed);
    struct token_row row;
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    cr_assert_eq(row.revoked, NOON + 5);
    cr_assert_eq(house_number("SELECT dead FROM digest WHERE token = :n", number), 1);
    cr_assert_eq(house_number("SELECT tokens FROM account WHERE number = :n", sa), 0);
    cr_assert_gt(house_generation(), generation);
    cr_assert_eq(house_events("token.revoke"), 1);
    cr_assert_refused(token_set_suspended(&act, number, false, NULL), ERR_CONFLICT, "revoked");
    cr_assert_refused(token_set_suspended(&act, number, true, NULL), ERR_CONFLICT, "revoked");
    cr_assert_refused(token_rename(&act, number, "other", NULL), ERR_CONFLICT, "revoked");
}

Test(token, numbers_are_never_used_again)
{
    int64_t number = house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(account_delete(&act, sa));
    cr_assert_eq(house_number("SELECT dead FROM digest WHERE token = :n", number), 1);
    cr_assert_gt(house_token(house_account("next"), "", WHEN_NEVER), number);
}

Test(token, a_list_has_those_in_use_then_the_expired_then_the_revoked)
{
    int64_t expired = house_token(sa, "", NOON + 10), revoked = house_token(sa, "", WHEN_NEVER);
    int64_t suspended = house_token(sa, "", WHEN_NEVER), live = house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(token_revoke(&act, revoked, NULL));
    cr_assert_ok(token_set_suspended(&act, suspended, true, NULL));
    const int64_t order[] = {suspended, live, expired, revoked};
    for (size_t all = 0; all < 2; all++) {
        struct token_rows *rows;
        cr_assert_ok(token_list(act.store, NOON + 10, sa, all, &rows));
        cr_assert_eq(rows->count, 3 + all);
        for (size_t i = 0; i < rows->count; i++)
            cr_assert_eq(rows->items[i].number, order[i]);
        free(rows);
    }
}

Test(token, it_is_found_by_number_and_by_account_and_name)
{
    int64_t number = house_token(sa, "main/two", WHEN_NEVER), found = 0;
    cr_assert_ok(token_find(act.store, act.now, "1", &found));
    cr_assert_eq(found, number);
    found = 0;
    cr_assert_ok(token_find(act.store, act.now, "SA::CI-deploy/main/two", &found));
    cr_assert_eq(found, number);
    cr_assert_eq(token_find(act.store, act.now, "2", &found), ERR_NOT_FOUND);
    cr_assert_eq(token_find(act.store, act.now, "ci-deploy/other", &found), ERR_NOT_FOUND);
    cr_assert_eq(token_find(act.store, act.now, "nobody/main", &found), ERR_NOT_FOUND);
    cr_assert_eq(token_find(act.store, act.now, "99999999999999999999", &found), ERR_INVALID);
    cr_assert_eq(token_find(act.store, act.now, "main", &found), ERR_INVALID);
}

Test(token, a_name_held_twice_is_ambiguous_unless_all_but_one_are_revoked)
{
    int64_t first = house_token(sa, "main", WHEN_NEVER), found = 0;
    int64_t second = house_token(sa, "main", WHEN_NEVER);
    cr_assert_refused(token_find(act.store, act.now, "ci-deploy/main", &found), ERR_CONFLICT,
                      "number");
    cr_assert_ok(token_revoke(&act, first, NULL));
    cr_assert_ok(token_find(act.store, act.now, "ci-deploy/main", &found));
    cr_assert_eq(found, second);
    cr_assert_ok(token_revoke(&act, second, NULL));
    cr_assert_eq(token_find(act.store, act.now, "ci-deploy/main", &found), ERR_CONFLICT);
}

static int64_t named_main(void)
{
    int64_t found = 0;
    cr_assert_ok(token_find(act.store, act.now, "ci-deploy/Main", &found));
    return found;
}

Test(token, of_a_name_the_token_that_works_is_meant)
{
    struct secret *text;
    int64_t first = house_token(sa, "main", NOON + 100), next;
    cr_assert_eq(named_main(), first);
    cr_assert_ok(token_rotate(&act, first, 60, &next, &text));
    secret_free(text);
    cr_assert_eq(named_main(), next, "the old one is in its grace");
    act.now = NOON + 60;
    cr_assert_eq(named_main(), next, "the old one has expired");
    cr_assert_ok(token_set_suspended(&act, next, true, NULL));
    cr_assert_eq(named_main(), next);
    int64_t third = house_token(sa, "main", WHEN_NEVER);
    cr_assert_eq(named_main(), third);
    int64_t canary = house_token(sa, "main", WHEN_NEVER);
    cr_assert_ok(token_make_canary(&act, canary, NULL));
    cr_assert_eq(named_main(), third);
}

Test(token, every_reference_that_is_printed_can_be_typed)
{
    int64_t other = house_account("other"), found = 0;
    int64_t bare = house_token(sa, "", WHEN_NEVER), foreign = house_token(other, "", WHEN_NEVER);
    house_token(sa, "with/slash and blank", WHEN_NEVER);
    struct stmt *stmt = store_prepare(
        act.store, "SELECT subject, token FROM event WHERE token IS NOT NULL ORDER BY sequence");
    char subjects[3][200];
    int64_t numbers[3];
    int count = 0;
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        column_copy(stmt, "subject", subjects[count], sizeof subjects[count]);
        numbers[count++] = column_int(stmt, "token");
    }
    cr_assert_eq(count, 3);
    for (int i = 0; i < count; i++) {
        cr_assert_ok(token_find(act.store, act.now, subjects[i], &found));
        cr_expect_eq(found, numbers[i], "%s", subjects[i]);
    }
    cr_assert_ok(token_find(act.store, act.now, "#1", &found));
    cr_assert_eq(found, bare);
    char wrong[40];
    snprintf(wrong, sizeof wrong, "ci-deploy/#%d", (int)foreign);
    cr_assert_eq(token_find(act.store, act.now, wrong, &found), ERR_NOT_FOUND);
    house_token(sa, "#1", WHEN_NEVER);
    cr_assert_refused(token_find(act.store, act.now, "ci-deploy/#1", &found), ERR_CONFLICT,
                      "give the number");
    cr_assert_ok(token_find(act.store, act.now, "#1", &found));
    cr_assert_eq(found, bare);
}

Test(token, a_change_that_fails_half_way_leaves_no_trace)
{
    int64_t number = house_token(sa, "main", WHEN_NEVER), events = house_all_events();
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(token_revoke(&act, number, NULL));
    cr_assert_eq(store_end(act.store, fail(ERR_STOPPED, "stopped")), ERR_STOPPED);
    cr_assert_eq(house_state(number), TOKEN_LIVE);
    cr_assert_eq(house_number("SELECT dead FROM digest WHERE token = :n", number), 0);
    cr_assert_eq(house_all_events(), events);
}

Test(token, of_three_of_a_name_the_first_by_rank_is_meant_if_it_is_alone_there)
{
    enum { LIVE, CANARY, SUSPENDED, EXPIRED, REVOKED, KINDS, OF_EACH = 3, ALL = KINDS * OF_EACH };
    static const int ranks[KINDS] = {0, 1, 1, 2, 3};
    int64_t numbers[ALL], found;
    for (int i = 0; i < ALL; i++) {
        const int kind = i / OF_EACH;
        numbers[i] = house_token(sa, "", kind == EXPIRED ? NOON + 10 : WHEN_NEVER);
        if (kind == CANARY) cr_assert_ok(token_make_canary(&act, numbers[i], NULL));
        if (kind == SUSPENDED) cr_assert_ok(token_set_suspended(&act, numbers[i], true, NULL));
        if (kind == REVOKED) cr_assert_ok(token_revoke(&act, numbers[i], NULL));
    }
    act.now = NOON + 10;
    for (int a = 0; a < ALL; a++)
        for (int b = a + 1; b < ALL; b++)
            for (int c = b + 1; c < ALL; c++) {
                const int of_a = ranks[a / OF_EACH], of_b = ranks[b / OF_EACH];
                struct stmt *stmt = store_prepare(
                    act.store, "UPDATE token SET name = CASE WHEN number IN (:a, :b, :c) THEN "
                               "'main' ELSE '' END");
                bind_int(stmt, ":a", numbers[a]);
                bind_int(stmt, ":b", numbers[b]);
                bind_int(stmt, ":c", numbers[c]);
                cr_assert_ok(stmt_run(stmt));
                enum error e = token_find(act.store, act.now, "ci-deploy/main", &found);
                cr_assert_eq(e, of_a < of_b ? OK : ERR_CONFLICT, "%d, %d, %d", a, b, c);
                if (!e) cr_assert_eq(found, numbers[a], "%d, %d, %d", a, b, c);
            }
}

Test(token, what_may_be_shown_of_it_are_its_last_characters)
{
    static const struct {
        bool imported;
        const char *last_four, *shown;
    } rows[] = {{false, "9fK2", "gth_…9fK2"},
                {true, "7a11", "…7a11"},
                {true, "x", "…x"},
                {false, "", ""},
                {true, "", ""}};
    text_set_ascii(false);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token_row row = {.imported = rows[i].imported};
        char shown[TOKEN_MASK_SIZE] = "before";
        strcpy(row.last_four, rows[i].last_four);
        token_mask(&row, shown);
        cr_assert_str_eq(shown, rows[i].shown);
    }
}

Test(token, it_is_called_by_its_name_or_its_number)
{
    char label[TOKEN_LABEL_SIZE];
    struct token_row row = {.number = 7, .name = "main"};
    token_label(&row, label);
    cr_assert_str_eq(label, "main");
    row.name[0] = 0;
    token_label(&row, label);
    cr_assert_str_eq(label, "token #7");
}

Test(token, it_works_if_it_is_live_its_account_is_active_and_it_is_no_canary)
{
    static const char *const states[] = {"live", "suspended", "expired", "revoked"};
    for (int state = TOKEN_LIVE; state <= TOKEN_REVOKED; state++)
        for (int active = 0; active < 2; active++)
            for (int canary = 0; canary < 2; canary++) {
                const struct token_row row = {.state = (enum token_state)state, .canary = canary};
                const char *shown = states[state];
                if (state == TOKEN_LIVE && !active) shown = "stopped";
                if (canary && state < TOKEN_EXPIRED) shown = "canary";
                cr_assert_str_eq(token_shown_text(&row, active), shown);
                cr_assert_str_eq(token_state_text(row.state), states[state]);
                cr_assert_eq(token_works(&row, active), state == TOKEN_LIVE && active && !canary);
            }
}

/* A denial for what was asked does not count, nor one from before it was revoked. */
Test(token, it_is_knocking_if_it_was_denied_for_what_it_is)
{
    for (int why = DENIAL_NONE; why < DENIAL_COUNT; why++) {
        struct token_row row = {.state = TOKEN_REVOKED, .revoked = NOON, .denied = NOON};
        const bool counts = why >= DENIAL_REVOKED && why <= DENIAL_INACTIVE;
        row.denied_why = why;
        cr_assert_eq(token_is_knocking(&row, true, NOON), counts, "%d", why);
        row.denied = NOON - 1;
        cr_assert_not(token_is_knocking(&row, true, NOON));
        row.revoked = WHEN_NEVER;
        cr_assert_eq(token_is_knocking(&row, true, NOON), counts);
        row.denied = WHEN_NEVER;
        cr_assert_not(token_is_knocking(&row, true, NOON));
    }
    struct token_row live = {.revoked = WHEN_NEVER, .denied = NOON, .denied_why = DENIAL_INACTIVE};
    cr_assert_not(token_is_knocking(&live, true, NOON));
    cr_assert(token_is_knocking(&live, false, NOON));
}

Test(token, a_life_that_is_too_long_is_refused_with_its_last_day)
{
    int64_t number = house_token(sa, "", NOON + 1);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 1));
    cr_assert_eq(generate(WHEN_NEVER), ERR_INVALID);
    cr_assert_str_eq(error_message(), "a token may live at most 1 day from its generation, until "
                                      "2027-01-16: choose an earlier expiry");
    cr_assert_ok(generate(NOON - NOON % DAY_SECONDS + (int64_t)2 * DAY_SECONDS));
    cr_assert_eq(generate(NOON - NOON % DAY_SECONDS + (int64_t)2 * DAY_SECONDS + 1), ERR_INVALID);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 2));
    cr_assert_eq(token_set_expiry(&act, number, NOON + (int64_t)9 * DAY_SECONDS, NULL),
                 ERR_INVALID);
    cr_assert_str_eq(error_message(), "a token may live at most 2 days from its generation, until "
                                      "2027-01-17: choose an earlier expiry");
    act.now++;
    cr_assert_eq(token_check_expiry(&act, NOON, WHEN_NEVER), ERR_INVALID);
    cr_assert_str_eq(error_message(),
                     "a token may live at most 2 days from its generation, until 2027-01-17: "
                     "choose an earlier expiry, or rotate it");
    cr_assert_refused(token_check_expiry(&act, NOON, act.now), ERR_INVALID, "not in the future");
    cr_assert_ok(token_check_expiry(&act, NOON, act.now + 1));
}

Test(token, a_reference_that_finds_nothing_is_told_why)
{
    int64_t found;
    house_token(sa, "main", WHEN_NEVER);
    cr_assert_refused(token_find(act.store, act.now, "ci-deploy/", &found), ERR_INVALID,
                      "a token without a name goes by its number");
    cr_assert_refused(token_find(act.store, act.now, "SA::ci-deploy/x", &found), ERR_NOT_FOUND,
                      "sa::ci-deploy has no token named");
    cr_assert_refused(token_find(act.store, act.now, "7", &found), ERR_NOT_FOUND,
                      "there is no token 7");
    cr_assert_refused(token_find(act.store, act.now, "main", &found), ERR_INVALID,
                      "does not name a token: give its number, or ACCOUNT/NAME");
    static const char *const wrong[] = {"", "#", "0", "-1", "1x", "x1", "# 1", "##1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(token_find(act.store, act.now, wrong[i], &found), ERR_INVALID, "%s", wrong[i]);
    cr_assert_eq(token_find(act.store, act.now, "999999999999999999", &found), ERR_NOT_FOUND);
    cr_assert_eq(token_find(act.store, act.now, "1000000000000000000", &found), ERR_INVALID);
}
