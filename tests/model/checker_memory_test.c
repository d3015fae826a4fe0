/* What a checker remembers is right: for whom, for what, and as of when. */
#include <gatehouse/membership.h>
#include <gatehouse/permission_change.h>

#include "house.h"

#include <stdio.h>

static struct secret *text;
static int64_t token, asked;

static void open_with_token(void)
{
    house_is_damaged = true;
    house_open();
    cr_assert_ok(token_generate(&act, sa, &(struct token_plan){.name = "", .expires = WHEN_NEVER},
                                &token, &text));
    cr_assert_ok(permission_create(&act, "deploy", "Deploy", "", &asked));
}

static void close_with_token(void)
{
    secret_free(text);
    house_close();
}

TestSuite(checker_memory, .init = open_with_token, .fini = close_with_token);

static bool passes(int64_t permission)
{
    struct token_pass pass;
    enum error e = token_check(checker, NOON, text->bytes, text->size,
                               &(struct token_question){.permission = permission}, &pass, NULL);
    cr_assert(e == OK || e == ERR_NOT_FOUND, "%s", error_message());
    return e == OK;
}

static void grant(int64_t permission, bool granted)
{
    cr_assert_ok(permission_grant(&act, sa, permission, granted, NULL));
}

static void run(const char *sql, int64_t number)
{
    struct stmt *stmt = store_prepare(act.store, sql);
    bind_int(stmt, ":number", number);
    cr_assert_ok(stmt_run(stmt));
}

/* Only a change written without a new generation can show it. */
Test(checker_memory, an_answer_is_kept)
{
    grant(asked, true);
    cr_assert(passes(asked));
    run("DELETE FROM account_grant WHERE permission = :number", asked);
    cr_assert(passes(asked), "the second check read what a grant is");
    grant(asked, true);
    grant(asked, false);
    cr_assert_not(passes(asked));
}

Test(checker_memory, an_answer_for_one_permission_is_none_for_another)
{
    enum { MANY = 40000 };
    grant(asked, true);
    for (int64_t i = 0; i < MANY; i++)
        if (passes(i + 1)) cr_assert_eq(i + 1, asked);
    cr_assert(passes(asked));
}

Test(checker_memory, an_answer_for_one_account_is_none_for_another)
{
    enum { MANY = 40000 };
    static const char sql[] = "UPDATE digest SET account = :number";
    grant(asked, true);
    cr_assert_ok(store_begin(act.store));
    for (int64_t i = 0; i < MANY; i++)
        run("INSERT INTO account (name, created) VALUES (:number, 0)", i);
    cr_assert_ok(store_end(act.store, OK));
    for (int64_t i = 0; i < MANY; i++) {
        run(sql, sa);
        cr_assert(passes(asked));
        run(sql, sa + 1 + i);
        cr_assert_not(passes(asked));
    }
}

Test(checker_memory, an_answer_that_is_rolled_back_is_not_kept)
{
    cr_assert_not(passes(asked));
    cr_assert_ok(store_begin(act.store));
    grant(asked, true);
    int64_t generation = house_generation();
    cr_assert(passes(asked), "its own change counts");
    cr_assert_eq(store_end(act.store, ERR_STOPPED), ERR_STOPPED);
    cr_assert_eq(house_generation(), generation, "the number is the same");
    cr_assert_not(passes(asked));
}

Test(checker_memory, within_a_transaction_the_answer_is_of_its_state)
{
    char folder[] = "/tmp/gatehouse-memory-XXXXXX", path[64];
    struct store *memory = act.store, *own, *other;
    struct token_checker *of_file;
    struct token_pass pass;
    struct secret *own_text;
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/g.db", folder);
    cr_assert_ok(database_open(path, STORE_CREATE, &own));
    cr_assert_ok(database_open(path, STORE_OPEN, &other));
    cr_assert_ok(token_checker_new(own, &of_file));
    act.store = other;
    int64_t account = house_account("proxy"), number;
    cr_assert_ok(token_generate(&act, account,
                                &(struct token_plan){.name = "", .expires = WHEN_NEVER}, &number,
                                &own_text));
    for (int inside = 1; inside >= 0; inside--) {
        enum error wanted = inside ? OK : ERR_NOT_FOUND;
        if (inside) cr_assert_ok(store_begin_read(own));
        for (int i = 0; i < 2; i++) {
            cr_assert_eq(
                token_check(of_file, NOON, own_text->bytes, own_text->size, NULL, &pass, NULL),
                wanted);
            cr_assert_ok(account_set_active(&act, account, false, NULL));
        }
        if (inside) cr_assert_ok(store_end(own, OK));
    }
    act.store = memory;
    secret_free(own_text);
    token_checker_free(of_file);
    store_close(other);
    store_close(own);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}
