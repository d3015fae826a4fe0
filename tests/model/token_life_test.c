/* Expiry, rotation, forgetting, canaries: every rule, with a clock that the test sets. */
#include "house.h"

#include <gatehouse/audit_list.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_due.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/vault.h>
#include <stdio.h>

enum { HOUR = 3600, DAY = 86400 };

TestSuite(token_life, .init = house_open, .fini = house_close);

/* A token whose text is kept so that it can be checked. */
struct kept {
    int64_t number;
    struct secret *text;
};

static struct kept generate(int64_t expires, const struct token_limits *limits)
{
    struct kept kept;
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "main", .expires = expires, .limits = limits},
        &kept.number, &kept.text));
    return kept;
}

static enum error check_at(const struct kept *kept, int64_t now)
{
    struct token_pass pass;
    return token_check(checker, now, kept->text->bytes, kept->text->size, NULL, &pass, NULL);
}

static struct token_row row_of(int64_t number)
{
    struct token_row row;
    cr_assert_ok(token_get(act.store, act.now, number, &row));
    return row;
}

static struct kept rotate(const struct kept *old, int64_t grace)
{
    struct kept next;
    cr_assert_ok(token_rotate(&act, old->number, grace, &next.number, &next.text));
    return next;
}

Test(token_life, an_expiry_is_moved_and_taken_away)
{
    struct kept kept = generate(NOON + DAY, NULL);
    bool changed;
    cr_assert_ok(token_set_expiry(&act, kept.number, NOON + HOUR, &changed));
    cr_assert(changed);
    cr_assert_ok(check_at(&kept, NOON + HOUR - 1));
    cr_assert_eq(check_at(&kept, NOON + HOUR), ERR_NOT_FOUND);
    cr_assert_ok(token_set_expiry(&act, kept.number, WHEN_NEVER, &changed));
    cr_assert_ok(check_at(&kept, NOON + 1000 * (int64_t)DAY));
    cr_assert_eq(house_events("token.expire"), 2);
    cr_assert_ok(token_set_expiry(&act, kept.number, WHEN_NEVER, &changed));
    cr_assert_not(changed);
    cr_assert_eq(house_events("token.expire"), 2);
    cr_assert_refused(token_set_expiry(&act, kept.number, NOON, NULL), ERR_INVALID, "future");
    secret_free(kept.text);
}

/* By the generation checkers know that what they remember may be outdated. */
Test(token_life, each_change_that_a_check_sees_raises_the_generation)
{
    struct kept kept = generate(NOON + DAY, NULL);
    int64_t generation = house_generation();
    for (int change = 0; change < 5; change++) {
        struct kept next = {0};
        if (change == 0) cr_assert_ok(token_set_expiry(&act, kept.number, NOON + HOUR, NULL));
        if (change == 1) cr_assert_ok(token_set_suspended(&act, kept.number, true, NULL));
        if (change == 2) cr_assert_ok(token_set_suspended(&act, kept.number, false, NULL));
        if (change == 3) next = rotate(&kept, 60);
        if (change == 4) cr_assert_ok(token_make_canary(&act, kept.number, NULL));
        cr_assert_gt(house_generation(), generation, "change %d", change);
        generation = house_generation();
        secret_free(next.text);
    }
    cr_assert_ok(token_rename(&act, kept.number, "other", NULL));
    cr_assert_ok(token_make_canary(&act, kept.number, NULL));
    cr_assert_eq(house_generation(), generation, "a check sees nothing of these");
    cr_assert_ok(token_revoke(&act, kept.number, NULL));
    cr_assert_gt(house_generation(), generation);
    secret_free(kept.text);
}

Test(token_life, expired_and_revoked_are_final)
{
    struct kept kept = generate(NOON + 10, NULL);
    act.now = NOON + 9;
    cr_assert_ok(token_set_expiry(&act, kept.number, NOON + 20, NULL));
    act.now = NOON + 20;
    cr_assert_refused(token_set_expiry(&act, kept.number, WHEN_NEVER, NULL), ERR_CONFLICT,
                      "expired");
    int64_t other = house_token(sa, "", WHEN_NEVER);
    cr_assert_ok(token_revoke(&act, other, NULL));
    cr_assert_refused(token_set_expiry(&act, other, NOON + DAY, NULL), ERR_CONFLICT, "revoked");
    secret_free(kept.text);
}

Test(token_life, the_longest_life_and_the_default_are_settings)
{
    int64_t expires, number;
    struct secret *text;
    cr_assert_ok(token_parse_expiry(act.store, NOON, NULL, &expires));
    cr_assert_eq(expires, WHEN_NEVER);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_DEFAULT, 30));
    cr_assert_ok(token_parse_expiry(act.store, NOON, "", &expires));
    cr_assert_eq(expires, NOON + 30 * DAY);
    cr_assert_ok(token_parse_expiry(act.store, NOON, "7d", &expires));
    cr_assert_eq(expires, NOON + 7 * DAY);

    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 90));
    const struct token_plan never = {.name = "", .expires = WHEN_NEVER};
    cr_assert_refused(token_generate(&act, sa, &never, &number, &text), ERR_INVALID, "90 days");
    const struct token_plan late = {.name = "", .expires = NOON + 91 * DAY};
    cr_assert_refused(token_generate(&act, sa, &late, &number, &text), ERR_INVALID, "90 days");
    /* A date means the end of its day: the ninetieth day is allowed to its last second. */
    number = house_token(sa, "", NOON - NOON % DAY + 91 * DAY);
    cr_assert_refused(token_set_expiry(&act, number, WHEN_NEVER, NULL), ERR_INVALID, "90 days");
}

Test(token_life, the_default_expiry_is_never_longer_than_the_longest_life)
{
    static const struct {
        int64_t usual, longest, expected;
    } rows[] = {{0, 0, 0}, {0, 30, 30}, {90, 30, 30}, {7, 30, 7}, {90, 0, 90}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t days, expires;
        cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_DEFAULT, rows[i].usual));
        cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, rows[i].longest));
        cr_assert_ok(token_default_days(act.store, &days));
        cr_expect_eq(days, rows[i].expected);
        cr_assert_ok(token_parse_expiry(act.store, NOON, NULL, &expires));
        cr_expect_eq(expires, rows[i].expected ? NOON + rows[i].expected * DAY : WHEN_NEVER);
        struct kept kept = generate(expires, NULL);
        secret_free(kept.text);
    }
}

Test(token_life, the_longest_life_counts_from_the_generation)
{
    struct kept kept = generate(NOON + 10 * DAY, NULL);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 30));
    act.now = NOON + 9 * DAY;
    cr_assert_ok(token_set_expiry(&act, kept.number, NOON + 30 * DAY, NULL));
    act.now = NOON + 29 * DAY;
    cr_assert_refused(token_set_expiry(&act, kept.number, act.now + 30 * DAY, NULL), ERR_INVALID,
                      "30 days from its generation");
    cr_assert_not(token_lives_too_long(30, NOON, NOON + 30 * DAY));
    cr_assert(token_lives_too_long(30, NOON, WHEN_NEVER));
    secret_free(kept.text);
}

Test(token_life, a_rotation_keeps_name_limits_and_length_of_life)
{
    struct token_limits limits = {.narrowed = true}, after;
    cr_assert_ok(token_limits_add_network(&limits, "10.0.0.0/8"));
    struct kept old = generate(NOON + 10 * DAY, &limits);
    token_limits_free(&limits);
    act.now = NOON + 4 * DAY;
    struct kept next = rotate(&old, DAY);
    struct token_row row = row_of(next.number), before = row_of(old.number);
    cr_assert_str_eq(row.name, "main");
    cr_assert_eq(row.expires, act.now + 10 * DAY);
    cr_assert_eq(row.predecessor, old.number);
    cr_assert_eq(before.successor, next.number);
    cr_assert_eq(before.rotated, act.now);
    cr_assert_eq(before.expires, act.now + DAY);
    cr_assert_ok(token_limits_load(act.store, next.number, &after));
    cr_assert(after.narrowed);
    cr_assert_eq(after.network_count, 1);
    cr_assert_str_eq(after.networks[0], "10.0.0.0/8");
    token_limits_free(&after);
    cr_assert_eq(house_events("token.rotate"), 1);
    secret_free(old.text);
    secret_free(next.text);
}

Test(token_life, a_rotation_lives_as_long_as_the_old_one_within_the_longest_life)
{
    static const struct {
        int64_t life, longest, expected; /* in days; 0: without an end, no limit */
    } rows[] = {{0, 0, 0}, {10, 0, 10}, {0, 30, 30}, {10, 30, 10}, {30, 30, 30}, {40, 30, 30}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        act.now = NOON;
        cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, 0));
        struct kept old = generate(rows[i].life ? NOON + rows[i].life * DAY : WHEN_NEVER, NULL);
        cr_assert_ok(setting_set(&act, SETTING_TOKEN_EXPIRY_LONGEST, rows[i].longest));
        act.now = NOON + 5 * DAY;
        struct kept next = rotate(&old, DAY);
        cr_assert_eq(row_of(next.number).expires,
                     rows[i].expected ? act.now + rows[i].expected * DAY : WHEN_NEVER, "%zu", i);
        secret_free(old.text);
        secret_free(next.text);
    }
}

Test(token_life, the_old_token_works_during_the_grace_and_not_from_its_last_second_on)
{
    struct kept old = generate(WHEN_NEVER, NULL);
    struct kept next = rotate(&old, DAY);
    cr_assert_ok(check_at(&old, NOON));
    cr_assert_ok(check_at(&old, NOON + DAY - 1));
    cr_assert_eq(check_at(&old, NOON + DAY), ERR_NOT_FOUND);
    cr_assert_eq(check_at(&old, NOON + DAY + 1), ERR_NOT_FOUND);
    cr_assert_ok(check_at(&next, NOON + DAY));
    cr_assert_eq(row_of(next.number).expires, WHEN_NEVER);
    secret_free(old.text);
    secret_free(next.text);
}

Test(token_life, a_grace_is_never_longer_than_the_old_ones_own_expiry)
{
    struct kept old = generate(NOON + HOUR, NULL);
    struct kept next = rotate(&old, DAY);
    cr_assert_eq(row_of(old.number).expires, NOON + HOUR);
    cr_assert_refused(token_set_expiry(&act, old.number, NOON + DAY, NULL), ERR_CONFLICT,
                      "only end earlier");
    cr_assert_ok(token_set_expiry(&act, old.number, NOON + 60, NULL));
    secret_free(old.text);
    secret_free(next.text);
}

Test(token_life, no_grace_ends_the_old_one_at_once)
{
    struct kept old = generate(WHEN_NEVER, NULL);
    struct kept next = rotate(&old, 0);
    cr_assert_eq(check_at(&old, NOON), ERR_NOT_FOUND);
    cr_assert_ok(check_at(&next, NOON));
    secret_free(old.text);
    secret_free(next.text);
}

Test(token_life, only_a_live_token_is_rotated_and_only_once)
{
    struct kept old = generate(WHEN_NEVER, NULL);
    int64_t number;
    struct secret *text;
    cr_assert_refused(token_rotate(&act, old.number, -1, &number, &text), ERR_INVALID, "30 days");
    cr_assert_refused(token_rotate(&act, old.number, 30 * DAY + 1, &number, &text), ERR_INVALID,
                      "30 days");
    cr_assert_ok(token_set_suspended(&act, old.number, true, NULL));
    cr_assert_refused(token_rotate(&act, old.number, DAY, &number, &text), ERR_CONFLICT, "resume");
    cr_assert_ok(token_set_suspended(&act, old.number, false, NULL));
    struct kept next = rotate(&old, 30 * DAY);
    cr_assert_refused(token_rotate(&act, old.number, DAY, &number, &text), ERR_CONFLICT, "already");
    /* A revoked successor replaces nothing. */
    cr_assert_ok(token_revoke(&act, next.number, NULL));
    struct kept again = rotate(&old, DAY);
    cr_assert_eq(row_of(old.number).successor, again.number);
    cr_assert_ok(token_revoke(&act, old.number, NULL));
    cr_assert_refused(token_rotate(&act, old.number, DAY, &number, &text), ERR_CONFLICT, "revoked");
    secret_free(old.text);
    secret_free(next.text);
    secret_free(again.text);
}

Test(token_life, a_rotation_may_exceed_the_limit_by_one_until_it_ends)
{
    struct secret *text;
    int64_t number;
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 2));
    struct kept old = generate(WHEN_NEVER, NULL);
    int64_t other = house_token(sa, "other", WHEN_NEVER);
    struct kept next = rotate(&old, DAY);
    cr_assert_refused(token_rotate(&act, other, DAY, &number, &text), ERR_LIMIT, "revoke one");
    act.now = NOON + DAY;
    cr_assert_ok(token_rotate(&act, other, DAY, &number, &text));
    secret_free(text);
    secret_free(old.text);
    secret_free(next.text);
}

Test(token_life, a_forgotten_secret_works_on_and_cannot_be_copied)
{
    struct secret *passphrase, *copy;
    bool changed;
    cr_assert_ok(secret_new(32, &passphrase));
    cr_assert_ok(secret_set(passphrase, "correct horse battery", 21));
    const struct kdf_cost cheap = {1, 8192};
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, cheap));
    struct vault *vault;
    cr_assert_ok(vault_unlock(&act, SLOT_PASSPHRASE, passphrase, &vault));
    secret_free(passphrase);

    struct kept kept = generate(WHEN_NEVER, NULL);
    cr_assert_ok(token_reveal(&act, kept.number, vault, "copy", &copy));
    secret_free(copy);
    cr_assert_ok(token_forget(&act, kept.number, &changed));
    cr_assert(changed);
    cr_assert_ok(token_forget(&act, kept.number, &changed));
    cr_assert_not(changed);
    cr_assert_eq(house_events("token.forget"), 1);
    cr_assert_ok(check_at(&kept, NOON));
    cr_assert_refused(token_reveal(&act, kept.number, vault, "copy", &copy), ERR_CONFLICT,
                      "not kept");

    /* By the setting: to the second, even if it has not been cleared yet. */
    struct kept other = generate(WHEN_NEVER, NULL);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_FORGET, 3));
    act.now = NOON + 3 * DAY - 1;
    cr_assert_ok(token_reveal(&act, other.number, vault, "copy", &copy));
    secret_free(copy);
    act.now = NOON + 3 * DAY;
    cr_assert_refused(token_reveal(&act, other.number, vault, "copy", &copy), ERR_CONFLICT,
                      "to be forgotten");
    cr_assert(row_of(other.number).sealed, "a reveal erases nothing");
    struct token_due done;
    cr_assert_ok(token_due_run(&act, NULL));
    act.now += 60;
    cr_assert_ok(token_due_run(&act, &done));
    cr_assert_eq(done.forgotten, 1);
    cr_assert_not(row_of(other.number).sealed);
    cr_assert_eq(house_events("token.forget"), 2);
    int64_t events = house_all_events();
    cr_assert_ok(token_due_run(&act, &done));
    cr_assert_eq(done.forgotten, 0);
    cr_assert_eq(house_all_events(), events);
    vault_lock(vault);
    secret_free(kept.text);
    secret_free(other.text);
}

static void keep_tokens(void)
{
    struct secret *passphrase;
    cr_assert_ok(secret_new(32, &passphrase));
    cr_assert_ok(secret_set(passphrase, "correct horse battery", 21));
    cr_assert_ok(vault_create(&act, SLOT_PASSPHRASE, "", passphrase, (struct kdf_cost){1, 8192}));
    secret_free(passphrase);
}

static int64_t forget_at(int64_t now)
{
    struct token_due done;
    act.now = now;
    cr_assert_ok(token_due_run(&act, &done));
    return done.forgotten;
}

Test(token_life, a_clock_that_ran_ahead_for_one_start_erases_no_sealed_copy)
{
    keep_tokens();
    struct kept kept = generate(WHEN_NEVER, NULL);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_FORGET, 3));
    cr_assert_eq(forget_at(NOON + 1000 * DAY), 0);
    cr_assert_eq(forget_at(NOON + 1), 0);
    cr_assert_eq(forget_at(NOON + 1000 * DAY + 3600), 0, "the start between disagreed");
    cr_assert(row_of(kept.number).sealed);
    /* Later it is due, by two starts a minute apart. */
    cr_assert_eq(forget_at(NOON + 3 * DAY), 0);
    cr_assert_eq(forget_at(NOON + 3 * DAY + 59), 0);
    cr_assert_eq(forget_at(NOON + 3 * DAY + 60), 1);
    cr_assert_not(row_of(kept.number).sealed);
    secret_free(kept.text);
}

/* Each copy needs both starts, not only the first of the database. */
Test(token_life, a_copy_that_two_starts_agreed_on_is_not_leave_for_the_next)
{
    keep_tokens();
    struct kept first = generate(WHEN_NEVER, NULL);
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_FORGET, 3));
    cr_assert_eq(forget_at(NOON + 3 * DAY), 0);
    act.now = NOON + 3 * DAY;
    struct kept second = generate(WHEN_NEVER, NULL);
    cr_assert_eq(forget_at(NOON + 90 * DAY), 1, "the second was not due when the first start ran");
    cr_assert(row_of(second.number).sealed);
    cr_assert_eq(forget_at(NOON + 90 * DAY + 60), 1);
    secret_free(first.text);
    secret_free(second.text);
}

Test(token_life, a_use_in_the_future_does_not_hide_later_uses)
{
    struct token_pass pass;
    struct account_row account;
    struct kept kept = generate(WHEN_NEVER, NULL);
    cr_assert_ok(token_check(checker, NOON, kept.text->bytes, kept.text->size, NULL, &pass, NULL));
    token_touch(act.store, NOON + 1000 * DAY, &pass, NULL);
    token_touch(act.store, NOON + 5, &pass, "192.0.2.7");
    cr_assert_eq(row_of(kept.number).last_used, NOON + 5);
    cr_assert_ok(account_get(act.store, NOON, sa, &account));
    cr_assert_eq(account.last_used, NOON + 5);
    /* Clocks that differ by seconds do not write over each other. */
    token_touch(act.store, NOON, &pass, NULL);
    cr_assert_eq(row_of(kept.number).last_used, NOON + 5);
    secret_free(kept.text);
}

Test(token_life, a_canary_never_passes_and_each_use_is_an_event)
{
    struct token_pass pass;
    const char *reason;
    bool changed;
    struct kept kept = generate(WHEN_NEVER, NULL);
    cr_assert_ok(check_at(&kept, NOON));
    cr_assert_ok(token_make_canary(&act, kept.number, &changed));
    cr_assert(changed);
    cr_assert_eq(
        token_check(checker, NOON, kept.text->bytes, kept.text->size, NULL, &pass, &reason),
        ERR_NOT_FOUND);
    cr_assert_str_eq(reason, "a canary");
    cr_assert(pass.canary);
    cr_assert_ok(token_alarm(&act, &pass, "192.0.2.7"));
    cr_assert_ok(token_alarm(&act, &pass, NULL));
    cr_assert_eq(house_events("token.alarm"), 2);
    cr_assert_eq(row_of(kept.number).last_used, NOON);
    cr_assert_str_eq(row_of(kept.number).last_from, "192.0.2.7");
    int64_t number;
    struct secret *text;
    cr_assert_refused(token_rotate(&act, kept.number, DAY, &number, &text), ERR_CONFLICT, "canary");
    secret_free(kept.text);
}

Test(token_life, where_it_was_used_from_is_kept_with_the_last_use)
{
    struct kept kept = generate(WHEN_NEVER, NULL);
    struct token_pass pass;
    cr_assert_ok(token_check(checker, NOON, kept.text->bytes, kept.text->size, NULL, &pass, NULL));
    token_touch(act.store, NOON, &pass, "192.0.2.1");
    token_touch(act.store, NOON + 59, &pass, "192.0.2.2");
    cr_assert_str_eq(row_of(kept.number).last_from, "192.0.2.1");
    token_touch(act.store, NOON + 60, &pass, "192.0.2.3");
    cr_assert_str_eq(row_of(kept.number).last_from, "192.0.2.3");
    cr_assert_eq(row_of(kept.number).last_used, NOON + 60);
    token_touch(act.store, NOON + 200, &pass, NULL);
    cr_assert_str_eq(row_of(kept.number).last_from, "");
    secret_free(kept.text);
}

static int64_t drop_at(int64_t now)
{
    struct token_due done;
    act.now = now;
    cr_assert_ok(token_due_run(&act, &done));
    return done.dropped;
}

static int64_t ask_int(const char *sql)
{
    int64_t value = -1;
    cr_assert_ok(stmt_int(store_prepare(act.store, sql), &value));
    return value;
}

Test(token_life, a_revoked_token_leaves_the_lists_by_the_setting_and_stays_refused)
{
    int64_t successor;
    struct secret *text;
    struct kept old = generate(WHEN_NEVER, NULL), recent = generate(WHEN_NEVER, NULL);
    struct kept live = generate(WHEN_NEVER, NULL);
    cr_assert_ok(token_rotate(&act, live.number, 3600, &successor, &text));
    cr_assert_ok(token_revoke(&act, successor, NULL));
    cr_assert_ok(token_revoke(&act, old.number, NULL));
    act.now = NOON + DAY;
    cr_assert_ok(token_revoke(&act, recent.number, NULL));
    cr_assert_eq(drop_at(NOON + 1000 * DAY), 0, "without the setting nothing leaves");
    cr_assert_eq(drop_at(NOON + 1001 * DAY), 0);
    act.now = NOON + DAY;
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_DROP, 3));
    int64_t events = house_all_events();
    cr_assert_eq(drop_at(NOON + 3 * DAY - 1), 0);
    cr_assert_eq(drop_at(NOON + 3 * DAY), 0, "one start alone does not");
    cr_assert_eq(drop_at(NOON + 3 * DAY + 60), 2, "the old one and the successor");
    cr_assert_eq(house_all_events(), events + 1);
    cr_assert_eq(house_events("tokens.drop"), 1);
    struct audit_event event;
    cr_assert_ok(audit_get(act.store, house_all_events(), &event));
    cr_assert_str_eq(event.subject, "2 tokens");
    cr_assert_str_eq(event.after, "{\"dropped\":2,\"revoked_before\":\"2027-01-15T08:00:00Z\"}");
    audit_event_free(&event);
    cr_assert_eq(ask_int("SELECT count(*) FROM token"), 2);
    cr_assert_eq(row_of(live.number).successor, 0, "it refers to nothing that is gone");
    cr_assert_refused(check_at(&old, NOON + 3 * DAY), ERR_NOT_FOUND, "");
    cr_assert_eq(ask_int("SELECT count(*) FROM digest WHERE dead = 1"), 3);
    cr_assert_eq(ask_int("SELECT value FROM counter WHERE name = 'tokens'"), 2);
    house_expect_sound();
    secret_free(text);
    secret_free(old.text);
    secret_free(recent.text);
    secret_free(live.text);
}

/* A start must not take long because of what comes due at once. */
Test(token_life, no_more_leave_at_once_than_a_start_has_time_for)
{
    house_is_damaged = true;
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_DROP, 3));
    cr_assert_ok(store_begin(act.store));
    struct stmt *stmt = store_prepare(
        act.store,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
        "INSERT INTO token (account, last_four, created, revoked) SELECT 1, 'abcd', "
        ":now, :now FROM n");
    bind_int(stmt, ":many", TOKEN_DUE_DROPS + 1);
    bind_int(stmt, ":now", NOON);
    cr_assert_ok(store_end(act.store, stmt_run(stmt)));
    cr_assert_eq(drop_at(NOON + 3 * DAY), 0);
    cr_assert_eq(drop_at(NOON + 3 * DAY + 60), TOKEN_DUE_DROPS);
    cr_assert_eq(ask_int("SELECT count(*) FROM token"), 1);
    cr_assert_eq(drop_at(NOON + 3 * DAY + 120), 1);
}
