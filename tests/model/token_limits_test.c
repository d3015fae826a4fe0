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

/* The networks before the narrowing, and that before what the account holds. */
Test(token_limits, what_denies_first_is_named)
{
    static const struct {
        const char *permissions, *networks, *asked, *from;
        enum token_denial denial;
    } rows[] = {
        {NULL, NULL, "other", NULL, DENIAL_PERMISSION},
        {NULL, NULL, "read", NULL, DENIAL_NONE},
        {"read,other", NULL, "write", NULL, DENIAL_NARROWED},
        {"read,other", NULL, "other", NULL, DENIAL_PERMISSION},
        {"read,other", NULL, NULL, NULL, DENIAL_NONE},
        {"read", "10.0.0.0/8", "read", NULL, DENIAL_NO_ADDRESS},
        {"read", "10.0.0.0/8", "write", NULL, DENIAL_NO_ADDRESS},
        {"read", "10.0.0.0/8", "write", "11.0.0.1", DENIAL_NETWORK},
        {"read", "10.0.0.0/8", "write", "10.0.0.1", DENIAL_NARROWED},
        {"read", "10.0.0.0/8", "read", "10.0.0.1", DENIAL_NONE},
        {NULL, "10.0.0.0/8,12.0.0.0/8", "other", "11.0.0.1", DENIAL_NETWORK},
        {NULL, "10.0.0.0/8,12.0.0.0/8", "other", "10.0.0.1", DENIAL_PERMISSION},
        {NULL, "10.0.0.0/8,12.0.0.0/8", "write", "10.0.0.1", DENIAL_NONE},
        {NULL, "10.0.0.0/8,12.0.0.0/8", NULL, "12.0.0.1", DENIAL_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token_pass pass;
        struct token_question question = {.from = rows[i].from};
        const char *reason;
        generate(rows[i].permissions, rows[i].networks);
        if (rows[i].asked)
            cr_assert_ok(permission_find(act.store, rows[i].asked, &question.permission));
        enum error e =
            token_check(checker, act.now, text->bytes, text->size, &question, &pass, &reason);
        cr_assert_eq(e, rows[i].denial ? ERR_NOT_FOUND : OK, "row %zu", i);
        cr_assert_eq(pass.denial, rows[i].denial, "row %zu: %s", i, reason);
        cr_assert_eq(reason != NULL, rows[i].denial != DENIAL_NONE);
        cr_assert_eq(pass.token, token);
        cr_assert_not(pass.canary);
        secret_free(text);
        text = NULL;
    }
}

Test(token_limits, permissions_are_typed_by_id_or_name)
{
    static const struct {
        const char *typed;
        size_t count; /* 0: it is refused */
    } rows[] = {
        {"read", 1},         {"read,write", 2},   {"read write\tother", 3}, {" read , write ,", 2},
        {"READ", 1},         {"read,read", 1},    {"Proxies", 1},           {"read,Proxies", 2},
        {"read nothing", 0}, {"nothing read", 0}, {"read,nothing", 0},      {"nothing", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token_limits limits;
        enum error e = token_limits_parse(act.store, rows[i].typed, NULL, &limits);
        cr_assert_eq(e, rows[i].count ? OK : ERR_NOT_FOUND, "%s: %s", rows[i].typed,
                     error_message());
        cr_assert_eq(limits.permissions.count, rows[i].count, "%s", rows[i].typed);
        cr_assert_eq(limits.narrowed, rows[i].count > 0);
        token_limits_free(&limits);
    }
}

Test(token_limits, networks_are_kept_in_order_and_once)
{
    static const char *const sorted[] = {"10.0.0.0/8", "11.0.0.0/8", "192.0.2.7/32", "::/0"};
    struct token_limits limits;
    cr_assert_ok(token_limits_parse(
        act.store, NULL, "192.0.2.7, 11.0.0.0/8\t10.1.0.0/8,::/0 192.0.2.7/32 11.2.3.4/8",
        &limits));
    cr_assert_not(limits.narrowed);
    cr_assert_eq(limits.network_count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_str_eq(limits.networks[i], sorted[i]);
    token_limits_free(&limits);
    cr_assert_eq(limits.network_count, 0);
    cr_assert_null(limits.networks);
}

Test(token_limits, they_are_opened_by_a_network_that_none_covered)
{
    static const struct {
        const char *before, *after;
        bool opens;
    } rows[] = {{"", "", false},
                {"", "10.0.0.0/8", false},
                {"10.0.0.0/8", "", true},
                {"10.0.0.0/8", "10.0.0.0/8", false},
                {"10.0.0.0/8", "10.1.0.0/16", false},
                {"10.1.0.0/16", "10.0.0.0/8", true},
                {"10.0.0.0/8,11.0.0.0/8", "11.0.0.0/8", false},
                {"10.0.0.0/8,11.0.0.0/8", "10.1.0.0/16,11.1.0.0/16", false},
                {"10.0.0.0/8,11.0.0.0/8", "10.1.0.0/16,12.0.0.0/8", true},
                {"10.0.0.0/8,11.0.0.0/8", "9.0.0.0/8,11.1.0.0/16", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token_limits before, after;
        cr_assert_ok(token_limits_parse(act.store, NULL, rows[i].before, &before));
        cr_assert_ok(token_limits_parse(act.store, NULL, rows[i].after, &after));
        cr_assert_eq(token_limits_open(&before, &after), rows[i].opens, "%zu", i);
        token_limits_free(&before);
        token_limits_free(&after);
    }
}

/* Each part alone and together, in every size of buffer. */
Test(token_limits, each_part_is_said_and_what_does_not_fit_is_cut)
{
    static const struct {
        bool canary;
        const char *permissions, *networks, *said;
    } rows[] = {
        {false, NULL, NULL, ""},
        {true, NULL, NULL, "a canary: it never passes"},
        {false, "", NULL, "no permission at all"},
        {false, "read", NULL, "only Read"},
        {false, NULL, "10.0.0.0/8,11.0.0.0/8", "from 10.0.0.0/8, 11.0.0.0/8"},
        {true, "", "10.0.0.0/8",
         "a canary: it never passes; no permission at all; from 10.0.0.0/8"},
        {true, "read,write", "10.0.0.0/8",
         "a canary: it never passes; only Read, Write; from 10.0.0.0/8"},
        {true, NULL, "10.0.0.0/8", "a canary: it never passes; from 10.0.0.0/8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token_limits limits;
        cr_assert_ok(token_limits_parse(act.store, rows[i].permissions, rows[i].networks, &limits));
        limits.canary = rows[i].canary;
        for (size_t size = 1; size < 100; size++) {
            char words[101];
            memset(words, '#', sizeof words);
            cr_assert_ok(token_limits_text(act.store, &limits, words, size));
            const size_t whole = strlen(rows[i].said), kept = whole < size ? whole : size - 1;
            cr_assert_eq(strlen(words), kept, "%s in %zu", words, size);
            cr_assert_eq(strncmp(words, rows[i].said, kept), 0, "%s", words);
            cr_assert_eq(words[size], '#');
        }
        token_limits_free(&limits);
    }
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
