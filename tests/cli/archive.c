/* Old events leave the database for a file, and the chain goes on. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <gatehouse/account.h>
#include <gatehouse/account_change.h>
#include <gatehouse/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define DAY_1 "1800086400" /* a day after the clock the tests begin with */
#define DAY_2 "1800172800"

static char first[200], second[200];

static void setup(void)
{
    run_setup();
    run_init();
    snprintf(first, sizeof first, "%s", run_path("first.gz"));
    snprintf(second, sizeof second, "%s", run_path("second.gz"));
    cr_assert_eq(run("account", "create", "old"), 0, "%s", run_err);
    run_set_clock(DAY_1);
    cr_assert_eq(run("account", "create", "new"), 0, "%s", run_err);
}

TestSuite(archive, .init = setup, .fini = run_teardown, .timeout = 300);

#define archive(...) run("audit", "archive", "--passphrase-file", run_passphrase(), __VA_ARGS__)

static void archive_first(void)
{
    cr_assert_eq(archive("--before", "12h", first), 0, "%s", run_err);
}

static void archive_second(void)
{
    run_set_clock(DAY_2);
    cr_assert_eq(archive("--before", "12h", second), 0, "%s", run_err);
}

Test(archive, old_events_are_in_the_file_and_no_longer_in_the_database)
{
    archive_first();
    cr_assert(strstr(run_out, "Moved events 1 to 3 to ") && strstr(run_out, ", signed"), "%s",
              run_out);
    cr_assert_eq(run("audit", "--kind", "account"), 0, "%s", run_err);
    cr_assert(strstr(run_out, "sa::new") && !strstr(run_out, "sa::old"), "%s", run_out);
    cr_assert_eq(run("audit", "--from", first, "--kind", "account"), 0, "%s", run_err);
    cr_assert(strstr(run_out, "sa::old") && !strstr(run_out, "sa::new"), "%s", run_out);
    cr_assert_eq(run("audit", "--from", first, "--account", "old"), 0, "%s", run_err);
    cr_assert(strstr(run_out, "account.create"), "%s", run_out);
    cr_assert_eq(run("audit", "--from", first, "--json"), 0, "%s", run_err);
    cr_assert(strstr(run_out, "\"event\": 1,"), "%s", run_out);
}

Test(archive, the_chain_goes_on_and_the_doctor_finds_nothing)
{
    archive_first();
    cr_assert_eq(run("audit", "verify"), 0, "%s", run_out);
    cr_assert(strstr(run_out, "Events 4 to 7 form an unbroken chain; earlier ones are in archives"),
              "%s", run_out);
    cr_assert_eq(run("audit", "verify", first), 0, "%s", run_out);
    cr_assert(strstr(run_out, "first.gz: events 1 to 3, unbroken, signed with key "), "%s",
              run_out);
    cr_assert(strstr(run_out, "7 events form an unbroken chain\n"), "%s", run_out);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
}

Test(archive, many_events_are_all_in_the_file)
{
    struct act act = run_act();
    int64_t number;
    act.now = atoll(DAY_1);
    cr_assert_eq(account_find(act.store, "new", &number), OK);
    cr_assert_eq(store_begin(act.store), OK);
    for (int i = 0; i < 1100; i++)
        cr_assert_eq(account_set_active(&act, number, i % 2, NULL), OK, "%s", error_message());
    cr_assert_eq(store_end(act.store, OK), OK);
    store_close(act.store);
    archive_second();
    cr_assert(strstr(run_out, "Moved events 1 to 1104 to "), "%s", run_out);
    cr_assert_eq(run("audit", "verify", second), 0, "%s", run_out);
}

Test(archive, archives_follow_one_another)
{
    archive_first();
    archive_second();
    cr_assert_eq(run("audit", "verify", first, second), 0, "%s", run_out);
    cr_assert_eq(run("audit", "verify", second), 0, "%s", run_out);
    cr_assert_eq(run("audit", "verify", first), 1, "%s", run_out);
    cr_assert(strstr(run_out, "the database does not continue where"), "%s", run_out);
    cr_assert_eq(run("audit", "verify", second, first), 1, "%s", run_out);
    cr_assert(strstr(run_out, "first.gz does not continue where "), "%s", run_out);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
}

Test(archive, a_head_that_was_kept_before_is_proven_by_nothing_else)
{
    char head[80];
    cr_assert_eq(run("audit", "head"), 0, "%s", run_err);
    snprintf(head, sizeof head, "%.64s", run_out);
    archive_first();
    cr_assert_eq(run("audit", "verify", "--head", head), 0, "%s", run_out);
}

static char *content(const char *path, size_t *size)
{
    static char text[64 * 1024];
    gzFile file = gzopen(path, "rb");
    cr_assert(file);
    *size = (size_t)gzread(file, text, sizeof text - 1);
    text[*size] = 0;
    gzclose(file);
    return text;
}

static void put(const char *path, const char *text, size_t size)
{
    gzFile file = gzopen(path, "wb");
    cr_assert_eq(gzwrite(file, text, (unsigned)size), (int)size);
    gzclose(file);
}

struct edit {
    const char *from, *to;
};

static void expect_found(const char *text, const struct edit *edit)
{
    static char changed[64 * 1024];
    char *at = strstr(text, edit->from);
    cr_assert(at, "%s", edit->from);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, edit->to,
             at + strlen(edit->from));
    put(first, changed, strlen(changed));
    cr_assert_eq(run("audit", "verify", first), 1, "%s: %s", edit->to, run_out);
    cr_assert_neq(run("audit", "--from", first), 0, "%s", edit->to);
}

/* What each line says is changed in turn. `ends`: the edit of the last line. */
static void expect_all_found(const struct edit *ends)
{
    static const struct edit edits[] = {
        {"sa::old", "sa::odd"},       {"\"uid\":", "\"uid\":1"}, {"\"first\":1", "\"first\":2"},
        {"\"last\":3", "\"last\":2"}, {"slot.add", "slot.cut"},
    };
    size_t size;
    char *text = content(first, &size), head[80] = "";
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        expect_found(text, &edits[i]);
    if (ends) expect_found(text, ends);
    snprintf(head, sizeof head, "%.*s", 10, strstr(text, "\"head\":\"") + 8);
    const struct edit other = {head, head[0] == '0' ? "1111111111" : "0000000000"};
    expect_found(text, &other);
}

Test(archive, what_was_changed_in_it_is_found)
{
    archive_first();
    expect_all_found(&(struct edit){"\"signature\":\"", "\"signature\":\"0"});
}

/* The chain alone finds it then. */
Test(archive, what_was_changed_in_it_is_found_without_a_signature, .timeout = 300)
{
    cr_assert_eq(run("audit", "archive", "--before", "12h", "--unsigned", first), 0, "%s", run_err);
    expect_all_found(NULL);
}

/* Cut at any byte, by a full disk for instance: an error, and never a part as if it were all. */
Test(archive, a_part_of_it_is_not_taken_for_the_whole)
{
    archive_first();
    FILE *file = fopen(first, "rb");
    static char bytes[16 * 1024];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t cut = 0; cut < size; cut += 1 + size / 40) {
        file = fopen(first, "wb");
        fwrite(bytes, 1, cut, file);
        fclose(file);
        cr_assert_neq(run("audit", "--from", first), 0, "%zu of %zu bytes: %s", cut, size, run_out);
        cr_assert_eq(strlen(run_out), 0, "%s", run_out);
    }
}

Test(archive, a_signature_of_another_vault_is_not_taken)
{
    archive_first();
    cr_assert_eq(run("audit", "verify", first), 0, "%s", run_out);
    size_t size;
    char *text = content(first, &size), *line = strstr(text, "{\"key\":");
    cr_assert(line);
    strcpy(line, "{\"key\":null,\"signature\":null}\n");
    put(first, text, strlen(text));
    cr_assert_eq(run("audit", "verify", first), 1, "%s", run_out);
    cr_assert(strstr(run_out, "is not signed with the key that was recorded when it was made"),
              "%s", run_out);
}

Test(archive, refusals_change_nothing)
{
    int64_t events = run_events();
    cr_assert_eq(archive("--before", "48h", first), 3);
    cr_assert(strstr(run_err, "no event is older than that"), "%s", run_err);
    cr_assert_eq(archive(first), 2);
    cr_assert(strstr(run_err, "--before is missing"), "%s", run_err);
    run_file("first.gz", "mine", 0600);
    cr_assert_eq(archive("--before", "12h", first), 3, "%s", run_err);
    cr_assert(strstr(run_err, "already exists"), "%s", run_err);
    cr_assert_eq(run("audit", "archive", "--before", "12h", "--unsigned", "/nowhere/x.gz"), 4);
    cr_assert_eq(run("audit", "--from", run_file("text", "no archive", 0600)), 3);
    cr_assert(strstr(run_err, "is not an archive of Gatehouse"), "%s", run_err);
    /* Unlocking the vault is an event of its own. */
    cr_assert_eq(run("audit", "--kind", "database"), 0);
    cr_assert_eq(strlen(run_out), 0, "%s", run_out);
    cr_assert_geq(run_events(), events);
    cr_assert_eq(run("audit", "verify"), 0);
    cr_assert(strstr(run_out, "events form an unbroken chain\n"), "%s", run_out);
}

Test(archive, an_event_of_a_move_that_never_was_does_not_hide_what_was_removed)
{
    struct act act = run_act();
    cr_assert_eq(store_begin(act.store), OK);
    cr_assert_eq(store_end(act.store, stmt_run(store_prepare(
                                          act.store, "DELETE FROM event WHERE sequence <= 2"))),
                 OK);
    store_close(act.store);
    cr_assert_eq(run("audit", "verify"), 1, "%s", run_out);
    cr_assert(strstr(run_out, "event 1 was removed"), "%s", run_out);
    cr_assert_eq(archive("--before", "12h", first), 3, "%s", run_err);
}

Test(archive, a_database_can_have_no_second_vault_after_the_event_of_the_first_is_gone)
{
    RUN_NEEDS_SQLITE();
    archive_first();
    cr_assert_eq(run("init", "--show-once"), 3, "%s", run_out);
    cr_assert_eq(run("backup", second), 0, "%s", run_err);
    cr_assert_eq(run("restore", second, "--yes"), 0, "%s", run_err);
    cr_assert_eq(run("audit", "verify", first), 0, "%s", run_out);
    cr_assert_eq(run("doctor"), 0, "%s", run_out);
}
