/* Narrowed tokens, networks. */
#include "house.h"

#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/token_limits.h>

static struct secret *text;
static int64_t token;

static void open_with_permissions(void)
{
    int64_t number;
    house_open();
    cr_assert_ok(permission_create(&act, "read", "Read", "Reading.", &number));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_ok(permission_create(&act, "write", "Write", "Writing.", &number));
    cr_assert_ok(permission_grant(&act, sa, number, true, NULL));
    cr_assert_ok(permission_create(&act, "other", "Other", "Other things.", &number));
}

static void close_all(void)
{
    secret_free(text);
    house_close();
}

TestSuite(token_limits, .init = open_with_permissions, .fini = close_all);

static void generate(const char *permissions, const char *networks)
{
    struct token_limits limits;
    cr_assert_ok(token_limits_parse(act.store, permissions, networks, &limits));
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "", .expires = WHEN_NEVER, .limits = &limits},
        &token, &text));
    token_limits_free(&limits);
}

static enum error ask(const char *permission, const char *from)
{
    struct token_pass pass;
    struct token_question question = {.from = from};
    if (permission) cr_assert_ok(permission_find(act.store, permission, &question.permission));
    return token_check(checker, act.now, text->bytes, text->size, &question, &pass, NULL);
}

static size_t allowed(void)
{
    struct id_set set;
    cr_assert_ok(token_allowed(act.store, token, sa, &set));
    size_t count = set.count;
    id_set_free(&set);
    return count;
}

Test(token_limits, without_limits_all_that_the_account_may_do_is_allowed)
{
    generate(NULL, NULL);
    cr_assert_ok(ask("read", NULL));
    cr_assert_ok(ask("write", "192.0.2.1"));
    cr_assert_eq(allowed(), 2);
}

Test(token_limits, a_narrowed_token_allows_what_it_and_the_account_have_in_common)
{
    int64_t read;
    generate("read, other", NULL);
    cr_assert_ok(ask(NULL, NULL));
    cr_assert_ok(ask("read", NULL));
    cr_assert_eq(ask("write", NULL), ERR_NOT_FOUND);
    cr_assert_eq(ask("other", NULL), ERR_NOT_FOUND);
    cr_assert_eq(allowed(), 1);
    /* As of the check: what the account loses or gains later counts. */
    cr_assert_ok(permission_find(act.store, "other", &read));
    cr_assert_ok(permission_grant(&act, sa, read, true, NULL));
    cr_assert_ok(ask("other", NULL));
    cr_assert_ok(permission_find(act.store, "read", &read));
    cr_assert_ok(permission_grant(&act, sa, read, false, NULL));
    cr_assert_eq(ask("read", NULL), ERR_NOT_FOUND);
}

Test(token_limits, an_empty_part_allows_nothing)
{
    generate("", NULL);
    cr_assert_eq(ask("read", NULL), ERR_NOT_FOUND);
    cr_assert_eq(allowed(), 0);
}

Test(token_limits, a_part_whose_permissions_are_gone_stays_a_part)
{
    int64_t read;
    generate("read", NULL);
    cr_assert_ok(permission_find(act.store, "read", &read));
    cr_assert_ok(permission_delete(&act, read));
    cr_assert_eq(ask("write", NULL), ERR_NOT_FOUND);
    cr_assert_eq(allowed(), 0);
}

Test(token_limits, a_token_of_networks_never_passes_without_an_address)
{
    generate(NULL, "10.0.0.0/8 2001:db8::/32,192.0.2.7");
    cr_assert_eq(ask(NULL, NULL), ERR_NOT_FOUND);
    cr_assert_ok(ask(NULL, "10.255.0.1"));
    cr_assert_ok(ask(NULL, "192.0.2.7"));
    cr_assert_eq(ask(NULL, "192.0.2.8"), ERR_NOT_FOUND);
    cr_assert_eq(ask(NULL, "11.0.0.1"), ERR_NOT_FOUND);
    cr_assert_ok(ask(NULL, "2001:db8:ffff::1"));
    cr_assert_eq(ask(NULL, "2001:db9::1"), ERR_NOT_FOUND);
    cr_assert_ok(ask(NULL, "::ffff:10.1.2.3"));
    cr_assert_eq(ask(NULL, "::ffff:11.1.2.3"), ERR_NOT_FOUND);
    cr_assert_refused(ask(NULL, "ten.1.2.3"), ERR_INVALID, "not an IPv4 or IPv6 address");
}

Test(token_limits, networks_have_one_form)
{
    static const char *const forms[][2] = {
        {"10.1.2.3/8", "10.0.0.0/8"},         {"10.0.0.1", "10.0.0.1/32"},
        {"2001:DB8::1/32", "2001:db8::/32"},  {"0.0.0.0/0", "0.0.0.0/0"},
        {"::ffff:10.1.2.3", "10.1.2.3/32"},   {"::ffff:10.1.2.3/104", "10.0.0.0/8"},
        {"255.255.255.255/1", "128.0.0.0/1"}, {"::/0", "::/0"},
    };
    static const char *const wrong[] = {"",          "10.0.0.0/33", "10.0.0/8",    "::/129",
                                        "10.0.0.0/", "a/8",         "10.0.0.0/-1", "10.0.0.0/8/8"};
    char out[NETWORK_TEXT_SIZE];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        cr_assert_ok(network_canonical(forms[i][0], out));
        cr_assert_str_eq(out, forms[i][1]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(network_canonical(wrong[i], out), ERR_INVALID, "%s", wrong[i]);
}

Test(token_limits, they_are_said_in_words)
{
    struct token_limits limits;
    char words[200];
    generate("read,write", "10.0.0.0/8");
    cr_assert_ok(token_limits_load(act.store, token, &limits));
    cr_assert_ok(token_limits_text(act.store, &limits, words, sizeof words));
    cr_assert_str_eq(words, "only Read, Write; from 10.0.0.0/8");
    token_limits_free(&limits);
    cr_assert_refused(token_limits_parse(act.store, "nothing", NULL, &limits), ERR_NOT_FOUND,
                      "nothing");
    cr_assert_refused(token_limits_parse(act.store, NULL, "10", &limits), ERR_INVALID,
                      "not a network");
}
