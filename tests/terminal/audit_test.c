/* The Audit tab: events listed, searched, followed and shown in full. */
#include "box.h"
#include "console.h"

#include <gatehouse/audit.h>
#include <gatehouse/database.h>
#include <stdio.h>
#include <string.h>

static void open_console(void)
{
    open_console_of(24, 80);
}

TestSuite(audit, .init = open_console, .fini = close_console, .timeout = 300);

static void wait_count(int64_t matching)
{
    char text[64];
    snprintf(text, sizeof text, "%lld of %lld", (long long)matching,
             (long long)prepared_events(home));
    terminal_wait(console, text);
}

static void wait_first_row(const char *part)
{
    terminal_wait(console, part);
    cr_assert(strstr(terminal_row(console, 4), part), "“%s” stands first, not “%s”", part,
              terminal_row(console, 4));
}

Test(audit, the_newest_event_stands_first)
{
    char count[64];
    command("account deactivate ci-deploy");
    step("5", "SUBJECT");
    wait_first_row("account.deactivate sa::ci-deploy");
    snprintf(count, sizeof count, "%lld events", (long long)prepared_events(home));
    cr_assert(terminal_shows(console, count));
    step("G", "vault.create");
    step("g", "account.deactivate sa::ci-deploy");
    step("1", "ACCOUNT ID");
}

Test(audit, the_filter_takes_words_and_names)
{
    command("account deactivate ci-deploy");
    step("5/", "since:7d");
    terminal_send(console, "by:mara");
    wait_count(prepared_ask(home, "SELECT count(*) FROM event WHERE username = 'mara'"));
    terminal_send(console, " kind:token.");
    wait_count(prepared_ask(home,
                            "SELECT count(*) FROM event WHERE username = 'mara' AND kind LIKE "
                            "'token.%'"));
    terminal_send(console, " a:SA::ci-deploy");
    wait_count(prepared_ask(home,
                            "SELECT count(*) FROM event WHERE username = 'mara' AND kind LIKE "
                            "'token.%' AND subject LIKE 'sa::ci-deploy/%'"));
    terminal_send(console, " github");
    wait_count(1);
    terminal_resize(console, 24, 160);
    terminal_wait(console, "github-main");
    cr_assert(terminal_cell(console, 4, box_column(console, 4, 160, "github")).underline,
              "the match is underlined");
    step("\033", "sa::ci-deploy");
    terminal_wait_gone(console, "/ by:mara");
    step("/since:2026-11-23 until:2026-11-23 kind:account.deactivate a:ci-deploy\r", "1 of ");
    step("/\025since:today until:today kind:account.deactivate a:ci-deploy\r", "1 of ");
    step("/\025since:2h kind:account.deactivate a:ci-deploy\r", "1 of ");
    step("/\025until:yesterday kind:account.deactivate a:ci-deploy\r", "0 of ");
}

Test(audit, a_word_that_means_nothing_is_explained)
{
    step("5/since:7", "“7” is not a time");
    wait_count(0);
    terminal_send(console, "d");
    terminal_wait_gone(console, "is not a time");
    step("\025a:nobody", "no event names sa::nobody");
    step("\025frobnicate", "Nothing matches. Esc clears the filter.");
    step("\033", "account.create");
}

Test(audit, following_stays_on_the_newest)
{
    step("5", "SUBJECT");
    step("jj", "Audit ");
    step("\033OQ", "Audit · following");
    command("account deactivate ci-docs");
    command("account activate ci-docs");
    wait_first_row("account.activate");
    terminal_wait(console, "▌ 12:00:00");
    cr_assert(strstr(terminal_row(console, 4), "▌"), "the cursor is on it");
    terminal_send(console, "j");
    terminal_wait_gone(console, "following");
    command("account deactivate ci-deploy");
    wait_first_row("account.deactivate sa::ci-deploy");
    cr_assert_not(strstr(terminal_row(console, 4), "▌"), "the cursor stays on its event");
    step("\033OQ", "Audit · following");
    cr_assert(strstr(terminal_row(console, 4), "▌"));
    terminal_send(console, "\033OQ");
    terminal_wait_gone(console, "following");
}

Test(audit, a_followed_filter_lets_only_its_own_in)
{
    step("5/kind:account.activate\r", "0 of");
    step("\033OQ", "following");
    command("account deactivate ci-deploy");
    command("account activate ci-deploy");
    wait_count(1);
    wait_first_row("12:00:00");
    cr_assert(strstr(terminal_row(console, 4), "account.activate"));
}

Test(audit, enter_shows_the_whole_event_and_nothing_dangerous)
{
    prepared_run(home,
                 "INSERT INTO event (sequence, at, uid, username, login, claim, host, terminal, "
                 "kind, subject, before, after, hash) SELECT max(sequence) + 1, 1795435200, "
                 "0, 'ev' || char(27) || '[31mil', '', 'joe', 'far' || char(8238), "
                 "'/dev/pts/9', 'group.rename', 'x' || char(10) || 'y', '{\"name\":\"a\"}', "
                 "'{\"name\":\"b\\nowner c\",\"owner\":\"q\"}', x'00' FROM event");
    step("5", "ev^[[31");
    step("\r", "claims joe (not verified)");
    terminal_wait(console, "2026-11-23T12:00:00Z");
    terminal_wait(console, "name a → b owner c");
    terminal_wait(console, "owner q");
    terminal_wait(console, "Host      far\uFFFD");
    terminal_wait(console, "/dev/pts/9");
    step("o", "Cannot do that: this event does not concern an account");
    terminal_send(console, "q");
    terminal_wait_gone(console, "claims joe");
}

Test(audit, a_long_event_is_scrolled_on_a_small_screen)
{
    terminal_resize(console, 10, 40);
    step("5", "5 Audit");
    step("\r", "Event ");
    cr_assert_not(terminal_shows(console, "Hash"));
    step("G", "Hash");
    step("g", "Time");
    step("\033", "SUBJECT");
}

Test(audit, o_opens_the_account_or_says_that_it_is_gone)
{
    command("account deactivate ci-deploy");
    step("5", "SUBJECT");
    step("o", "Edit Service Account");
    terminal_wait(console, "sa::ci-deploy");
    step("\033", "SUBJECT");
    step("\ro", "Edit Service Account");
    step("\033", "SUBJECT");
    command("account delete ci-deploy --yes");
    step("/a:ci-deploy\r", "account.delete");
    step("o", "has been deleted");
    step("/\025group.create\r", "group.create");
    step("o", "Cannot do that: this event does not concern an account");
}

Test(audit, the_chain_is_checked_from_the_palette)
{
    step(":audit verify\r", "The chain of events is sound");
    terminal_wait(console, "keep its head elsewhere");
    step("\r", "ACCOUNT ID");
    prepared_run(home, "UPDATE event SET username = 'eve' WHERE sequence = 7");
    step(":audit verify\r", "The chain of events is broken");
    terminal_wait(console, "Found: event 7 was changed");
    terminal_wait(console, "form an unbroken chain");
}

Test(audit, the_head_is_shown_and_copied)
{
    char out[256];
    step(":audit head\r", "Head of the log: event");
    cr_assert_eq(terminal_command(home, "audit head", out, sizeof out), 0);
    out[56] = 0; /* it wraps */
    cr_assert(terminal_shows(console, out), "%s", out);
    step("y", "sent to the c");
}

/* So many that Esc comes before the check has ended, however fast the machine is: checking takes
 * about half as long as writing did. */
static void write_many_events(void)
{
    enum { WRITING_MS = 4000 };
    static const struct actor mara = {.uid = 1000, .user = "mara"};
    struct act act = {.actor = &mara, .now = TERMINAL_EPOCH};
    const struct audit_entry entry = {.kind = "token.rename", .subject = "sa::ci-deploy/x"};
    enum error e = database_open(prepared_database(home), STORE_OPEN, &act.store);
    if (!e) e = store_begin(act.store);
    for (int64_t end = terminal_now() + WRITING_MS; terminal_now() < end && !e;)
        e = audit_write(&act, &entry);
    cr_assert_eq(e, OK, "%s", error_message());
    cr_assert_eq(store_end(act.store, e), OK);
    store_close(act.store);
}

Test(audit, checking_the_chain_is_stopped_by_esc)
{
    write_many_events();
    terminal_send(console, ":audit verify\r");
    step("", "Esc stops");
    step("\033", "Stopped: the first");
    cr_assert_not(terminal_shows(console, "The chain of events"));
}
