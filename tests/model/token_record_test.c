/* Tokens that come from another database. */
#include "house.h"

#include <gatehouse/token_record.h>

TestSuite(token_record, .init = house_open, .fini = house_close);

static enum error create(uint8_t first, bool revoked, int64_t *number)
{
    struct token_record record = {.account = sa,
                                  .digest = {first},
                                  .created = NOON,
                                  .expires = WHEN_NEVER,
                                  .last_used = WHEN_NEVER,
                                  .rotated = WHEN_NEVER,
                                  .revoked = revoked,
                                  .imported = true};
    enum error e = token_record_create(&act, &record, NULL, number);
    return e ? e : token_records_count(act.store, sa, !revoked, WHEN_NEVER);
}

Test(token_record, a_digest_that_is_there_is_refused_whatever_its_state)
{
    int64_t number, again;
    for (int revoked = 0; revoked < 2; revoked++) {
        uint8_t first = (uint8_t)(1 + revoked);
        cr_assert_ok(create(first, revoked, &number));
        cr_assert_refused(create(first, false, &again), ERR_CONFLICT, "already known");
        cr_assert_refused(create(first, true, &again), ERR_CONFLICT, "already known");
    }
    house_expect_sound();
}

Test(token_record, a_digest_whose_row_is_gone_comes_back_only_revoked)
{
    int64_t number, again;
    cr_assert_ok(create(1, false, &number));
    cr_assert_ok(account_delete(&act, sa));
    sa = house_account("ci-deploy");
    cr_assert_refused(create(1, false, &again), ERR_CONFLICT, "already known");
    cr_assert_ok(create(1, true, &again));
    cr_assert_eq(house_number("SELECT dead FROM digest WHERE token = :n", again), 1);
    house_expect_sound();
}
