#include "house.h"

#include <gatehouse/audit.h>

static void open_with_events(void)
{
    house_open();
    for (int i = 0; i < 3; i++)
        cr_assert_ok(account_set_active(&act, sa, i % 2, NULL));
}
TestSuite(audit, .init = open_with_events, .fini = house_close);

static void tamper(const char *sql)
{
    cr_assert_ok(store_begin(act.store));
    cr_assert_ok(store_end(act.store, stmt_run(store_prepare(act.store, sql))));
}

Test(audit, an_untouched_chain_holds)
{
    int64_t checked, head;
    uint8_t hash[AUDIT_HASH_SIZE];
    cr_assert_ok(audit_verify(act.store, &checked));
    cr_assert_ok(audit_head(act.store, &head, hash));
    cr_assert_eq(checked, head);
    cr_assert_gt(head, 3);
}

Test(audit, a_changed_event_is_named)
{
    int64_t checked;
    tamper("UPDATE event SET user = 'joe' WHERE sequence = 2");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 2");
}

Test(audit, a_removed_event_is_named)
{
    int64_t checked;
    tamper("DELETE FROM event WHERE sequence = 2");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 2");
}

Test(audit, an_inserted_event_is_named)
{
    int64_t checked;
    tamper("UPDATE event SET sequence = sequence + 100 WHERE sequence > 2");
    tamper("UPDATE event SET sequence = sequence - 99 WHERE sequence > 100");
    tamper("INSERT INTO event SELECT 3, at, uid, user, login_uid, login, claim, host, terminal, "
           "kind, subject, account, token, before, after, hash FROM event WHERE sequence = 2");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 3");
}

Test(audit, null_and_empty_are_not_the_same)
{
    int64_t checked;
    tamper("UPDATE event SET before = '' WHERE before IS NULL AND sequence = 1");
    cr_assert_refused(audit_verify(act.store, &checked), ERR_CONFLICT, "event 1");
}
