/* Escape sequences that arrive in pieces, as over a slow line: whatever their last bytes look like,
 * they must never act as keys that change something. */
#include "burst.h"
#include "prepared.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

enum { LINUX = 5, CONSOLES }; /* with TERM=linux the mouse belongs to a daemon, gpm */

/* Local, over SSH, with the delay set to less and to more than the pauses, and with other keys. All
 * at once: most of the time is spent in pauses. */
static const char *const settings[CONSOLES] = {
    "",
    "SSH_CONNECTION='192.0.2.1 5 192.0.2.2 22'",
    "ESCDELAY=10",
    "ESCDELAY=200",
    "TERM=screen-256color",
    [LINUX] = "TERM=linux",
};
static const int pauses[] = {40, 120};
enum { PAUSES = sizeof pauses / sizeof *pauses, LIST_PARTS = 3, STORMS = 3 };

static const char *const keys[] = {
    "\033OA",  "\033OB",  "\033OC",    "\033OD",    "\033[A",
    "\033[B",  "\033[C",  "\033[D",    "\033[5~",   "\033[6~",
    "\033OH",  "\033OF",  "\033[H",    "\033[F",    "\033[1~",
    "\033[4~", "\033OP",  "\033[11~",  "\033[15~",  "\033[2~",
    "\033[3~", "\033[Z",  "\033[1;2A", "\033[1;5D", "\033[200~\033[201~",
    "\033[[A", "\033[[D", "\033O5A",   "\033O2D",
};

/* After 500 ms what follows an Esc is typed: a busy machine must not have made a gap that long. */
enum { GAP_MS = 400, TRIES = 10 };

static struct terminal *home, *consoles[CONSOLES];
static int64_t events, sent_at;
static bool late; /* a console may have seen a longer gap within a sequence */

static void open_consoles(void)
{
    home = prepared_home();
    for (int i = 0; i < CONSOLES; i++)
        consoles[i] = prepared_console(home, 24, 80, settings[i], "");
    events = prepared_events(home);
}

static void close_consoles(void)
{
    for (int i = 0; i < CONSOLES; i++)
        terminal_free(consoles[i]);
    terminal_free(home);
}

TestSuite(escape, .init = open_consoles, .fini = close_consoles, .timeout = 300);

static void send_all(const char *bytes, size_t size)
{
    sent_at = terminal_now();
    for (int i = 0; i < CONSOLES; i++)
        terminal_write(consoles[i], bytes, size);
    for (int i = 0; i < CONSOLES; i++)
        terminal_wait_read(consoles[i]);
}

/* The next piece of what was sent last. */
static void send_rest(const char *bytes, size_t size)
{
    int64_t before = sent_at;
    send_all(bytes, size);
    if (terminal_now() - before > GAP_MS) late = true;
}

static void pause_all(int ms)
{
    terminal_listen(consoles[0], ms);
    for (int i = 1; i < CONSOLES; i++)
        terminal_listen(consoles[i], 1);
}

/* In two pieces, split at every place, then byte by byte. */
static void send_in_pieces(const char *sequence, int ms, const char *after)
{
    size_t size = strlen(sequence);
    for (size_t at = 1; at < size && !late; at++) {
        send_all(sequence, at);
        pause_all(ms);
        send_rest(sequence + at, size - at);
        pause_all(5);
        send_all(after, strlen(after));
        pause_all(5);
    }
    send_all(sequence, 1);
    for (size_t at = 1; at < size && !late; at++) {
        pause_all(ms);
        send_rest(sequence + at, 1);
    }
    pause_all(ms);
    send_all(after, strlen(after));
}

/* What happens after a longer gap says nothing: all begins anew. */
static void try(void (*what)(int part), int part)
{
    for (int i = 0; i < TRIES; i++) {
        late = false;
        what(part);
        if (!late) return;
        close_consoles();
        open_consoles();
    }
    cr_assert_fail("the machine is too busy for these pauses");
}

static void expect_nothing_changed(const char *shown)
{
    if (late) return;
    int64_t now = prepared_events(home);
    cr_expect_eq(now, events, "%lld changes were made", (long long)(now - events));
    for (int i = 0; i < CONSOLES; i++) {
        terminal_wait(consoles[i], shown);
        cr_expect_not(terminal_shows(consoles[i], "U undo"));
    }
}

/* A part of the keys with one of the pauses: side by side, they wait less long. */
static void send_keys_to_the_list(int place)
{
    for (size_t i = (size_t)(place / PAUSES); i < sizeof keys / sizeof *keys; i += LIST_PARTS)
        send_in_pieces(keys[i], pauses[place % PAUSES], "\033");
    pause_all(600);
    send_all("g", 1);
    expect_nothing_changed("sa::agent-berlin");
}

ParameterizedTestParameters(escape, keys_in_pieces_change_nothing_in_the_list)
{
    static int places[LIST_PARTS * PAUSES];
    for (int i = 0; i < LIST_PARTS * PAUSES; i++)
        places[i] = i;
    return cr_make_param_array(int, places, PAUSES *LIST_PARTS);
}

ParameterizedTest(const int *place, escape, keys_in_pieces_change_nothing_in_the_list)
{
    try(send_keys_to_the_list, *place);
}

/* There, A suspends and D asks whether to revoke. Enter reopens the form if a lone Esc closed it,
 * and does nothing if it stayed open. */
static void send_arrows_to_the_table(int part)
{
    (void)part;
    send_all("\r", 1);
    for (size_t p = 0; p < PAUSES; p++)
        for (size_t i = 0; i < 10; i++)
            send_in_pieces(keys[i], pauses[p], "\r");
    for (int i = 0; i < CONSOLES && !late; i++)
        cr_expect_not(terminal_shows(consoles[i], "stops working immediately"));
    expect_nothing_changed("Edit Service Account");
}

Test(escape, arrows_in_pieces_change_nothing_in_the_table_of_tokens)
{
    try(send_arrows_to_the_table, 0);
}

/* Clicks beyond the edges of the screen: the old form of a report ends in three bytes that may be
 * any letters. */
static void send_clicks(int part)
{
    (void)part;
    static const char *const clicks[] = {"\033[M AD", "\033[M DA", "\033[<0;65;68M",
                                         "\033[<0;65;68m"};
    for (int i = 0; i < LINUX; i++) {
        terminal_send(consoles[i], "%");
        terminal_wait(consoles[i], "Mouse on");
    }
    for (size_t p = 0; p < PAUSES; p++)
        for (size_t i = 0; i < sizeof clicks / sizeof *clicks; i++)
            send_in_pieces(clicks[i], pauses[p], "\033");
    expect_nothing_changed("sa::agent-berlin");
}

Test(escape, clicks_in_pieces_change_nothing)
{
    try(send_clicks, 0);
}

static void send_paste(int part)
{
    (void)part;
    static const char paste[] = "\033[200~AD\rYT\033[201~";
    for (size_t p = 0; p < PAUSES; p++)
        send_in_pieces(paste, pauses[p], "");
    pause_all(300);
    expect_nothing_changed("sa::agent-berlin");
    send_all("j", 1);
    for (int i = 0; i < CONSOLES && !late; i++)
        terminal_wait(consoles[i], i == LINUX ? ">   sa::agent-dublin" : "▌   sa::agent-dublin");
}

Test(escape, a_paste_in_pieces_changes_nothing)
{
    try(send_paste, 0);
}

static void send_late_paste(int part)
{
    (void)part;
    for (size_t p = 0; p < PAUSES; p++) {
        send_all("\033", 1);
        pause_all(pauses[p]);
        send_rest("[200~ADDDRTY\r", 13);
        pause_all(pauses[p]);
        send_rest("\033[201~", 6);
        pause_all(50);
    }
    expect_nothing_changed("sa::agent-berlin");
}

Test(escape, a_late_paste_changes_nothing)
{
    try(send_late_paste, 0);
}

/* What terminals send by themselves. */
static const char *const others[] = {"\233A",
                                     "\302\233A",
                                     "\217D",
                                     "\033[M AD",
                                     "\033[M#A\304\204",
                                     "\033[<0;65;68M",
                                     "\033[<64;33;9M",
                                     "\033[32;65;68M",
                                     "\033[I",
                                     "\033[O",
                                     "\033[?64;1;2c",
                                     "\033P!|7E565445AD\033\\",
                                     "\033P>|XTerm(395)AD\033\\",
                                     "\033]11;rgb:AAAA/DDDD/EEEE\033\\",
                                     "\033]10;rgb:AAAA/DDDD/A\007",
                                     "\033_AD\033\\",
                                     "\033^AD\033\\",
                                     "\033XAD\033\\",
                                     "\033[200~AD\rY\033[201~",
                                     "\033[65;2u",
                                     "\033[27;5;65~"};
/* What can be told from typing only if it comes all at once. */
static const char *const whole[] = {"\033A",    "\033D",  "\033T",          "\340\201\201",
                                    "\377\376", "AAAA\r", "Dagent-berlin\r"};

static void send_one(struct burst *storm)
{
    enum { KEYS = sizeof keys / sizeof *keys, OTHERS = sizeof others / sizeof *others };
    enum { WHOLE = sizeof whole / sizeof *whole };
    size_t which = burst_below(storm, KEYS + OTHERS + WHOLE);
    if (which >= KEYS + OTHERS) {
        const char *bytes = whole[which - KEYS - OTHERS];
        send_all(bytes, strlen(bytes));
        return;
    }
    const char *sequence = which < KEYS ? keys[which] : others[which - KEYS];
    size_t size = strlen(sequence), at = 1 + burst_below(storm, size);
    send_all(sequence, at);
    pause_all(burst_below(storm, 3) ? 2 : (int)burst_below(storm, 150));
    send_rest(sequence + at, size - at);
}

/* In any order, whole and in pieces. */
static void send_storm(int seed)
{
    enum { SEQUENCES = 84, ESCAPES = 3 };
    struct burst storm;
    burst_seed(&storm, seed);
    for (int i = 0; i < SEQUENCES && !late; i++) {
        send_one(&storm);
        pause_all(burst_below(&storm, 3) ? 30 : 120);
    }
    pause_all(700);
    for (int i = 0; i < ESCAPES; i++) {
        send_all("\033", 1);
        pause_all(300);
    }
    send_all("1", 1);
    expect_nothing_changed("30 accounts");
}

ParameterizedTestParameters(escape, a_storm_of_sequences_changes_nothing)
{
    static int seeds[STORMS];
    for (int i = 0; i < STORMS; i++)
        seeds[i] = 1 + i;
    return cr_make_param_array(int, seeds, STORMS);
}

ParameterizedTest(const int *seed, escape, a_storm_of_sequences_changes_nothing)
{
    try(send_storm, *seed);
}

/* An unknown sequence that is there all at once is not a lone Esc: the form stays. */
Test(escape, an_unknown_sequence_closes_nothing)
{
    send_all("\r", 1);
    for (int i = 0; i < CONSOLES; i++)
        terminal_wait(consoles[i], "remaining");
    send_all("\033[99;99~\033[?7x\033O5q", 18);
    pause_all(100);
    for (int i = 0; i < CONSOLES; i++)
        cr_assert(terminal_shows(consoles[i], "Edit Service Account"));
}
