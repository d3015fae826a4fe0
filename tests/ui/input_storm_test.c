/* Only the exact bytes of a key act as a key that changes anything: whatever the descriptions of
 * the terminals in use contain is sent whole, cut off and split at every place, alone and with
 * noise in between. */
#include "ui/terminal/input.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Last, because its macros have such common names. */
#include <curses.h>
#include <term.h>

enum { SEQUENCES_MAX = 2000, BYTES = 128, LONG_MS = 800 };

/* As ncurses-term names them. */
static const char *const types[] = {"xterm",       "xterm-256color", "xterm-direct", "tmux",
                                    "tmux-direct", "screen",         "linux",        "rxvt",
                                    "putty",       "foot+base",      "kitty",        "vt100"};

/* What none of the descriptions has: mouse reports, answers, pastes. */
static const char *const others[] = {"\033[M AD",
                                     "\033[MaAD",
                                     "\033[M#A\304\204",
                                     "\033[M#\303\201\303\204",
                                     "\033[Mc\345\304",
                                     "\033[<0;65;68M",
                                     "\033[<64;65;68M",
                                     "\033[<0;65;68m",
                                     "\033[32;65;68M",
                                     "\033[97;65;68M",
                                     "\033[tAD",
                                     "\033[TADADAD",
                                     "\033[I",
                                     "\033[O",
                                     "\033[?64;1;2c",
                                     "\033[>41;395;0c",
                                     "\033P!|7E565445\033\\",
                                     "\033P>|XTerm(395)AD\033\\",
                                     "\033]11;rgb:AAAA/DDDD/EEEE\033\\",
                                     "\033]10;rgb:AAAA/DDDD/EEEE\007",
                                     "\033]0;AD\302\234",
                                     "\033P1$r0;1mAD\033\\",
                                     "\033P1+r524742=382F38AD\033\\",
                                     "\033_Gi=31;OK AD\033\\",
                                     "\033^AD\033\\",
                                     "\033XAD\033\\",
                                     "\033[?1u",
                                     "\033[65;2u",
                                     "\033[27;5;65~",
                                     "\033[?2004;1$y",
                                     "\033[12;40R",
                                     "\033[200~AD\rY\033[201~",
                                     "\033[200~\033[201~",
                                     "\033[200~AD\033[200~AD\033[201~\033[201~",
                                     "\033[<0;1265;868M",
                                     "\033[<0;-65;-68M",
                                     "\033[<128;65;68M",
                                     "\033[M \304\201\304\204",
                                     "\033[M \342\202",
                                     "\033[65:97;2:3u",
                                     "\033[97;2;65u",
                                     "\033[13u",
                                     "\033[57399u",
                                     "\033[1;1:1A",
                                     "\033[?31u",
                                     "\033[27;2;65~",
                                     "\033]52;c;QUREWQ1BRERB\033\\",
                                     "\033]52;c;QUREWQ1BRERB\007",
                                     "\033]4;1;rgb:AAAA/DDDD/EEEE\033\\",
                                     "\033]lA \342\200\234D\342\200\235 A\033\\",
                                     "\033[8;24;80t",
                                     "\033[48;24;80;600;800t",
                                     "\033[?997;1n",
                                     "\033[1;2;3;4;5&w",
                                     "\033[7$",
                                     "\033[7^",
                                     "\033[a",
                                     "\033[[A",
                                     "\033[[E",
                                     "\033O5A",
                                     "\033O2D"};

static char sequences[SEQUENCES_MAX][BYTES];
static size_t count;
static struct input *input;
static int ends[2];
static int64_t ticks = 1000;
static uint64_t noise_state;
static int last_key;
static char sent[4096]; /* since the last quiet time, for whoever investigates a failure */

/* xorshift64* */
static size_t below(size_t limit)
{
    noise_state ^= noise_state >> 12;
    noise_state ^= noise_state << 25;
    noise_state ^= noise_state >> 27;
    return (size_t)((noise_state * 0x2545f4914f6cdd1d) >> 33) % limit;
}

static void add(const char *bytes)
{
    if (*bytes != '\033' || strlen(bytes) >= BYTES || count == SEQUENCES_MAX) return;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(sequences[i], bytes)) return;
    strcpy(sequences[count++], bytes);
}

/* As it would be written: with numbers for its parameters, without its pauses (`$<5>`). */
static void add_capability(const char *name)
{
    const char *text = tigetstr((char *)name);
    if (!text || text == (char *)-1 || strstr(text, "%s") || strstr(text, "%[")) return;
    if (strchr(text, '%')) text = tiparm(text, 5, 5, 5, 5, 5, 5, 5, 5, 5);
    char plain[BYTES] = "";
    for (size_t used = 0; text && *text && used + 1 < sizeof plain;) {
        const char *pause = strncmp(text, "$<", 2) ? NULL : strchr(text, '>');
        if (pause)
            text = pause + 1;
        else
            plain[used++] = *text++;
    }
    add(plain);
}

/* Capabilities that a description may have beyond the standard ones: keys with modifiers, the
 * keypad, queries to xterm. Not rv and xr: they are patterns of the answers. */
static void add_extended(void)
{
    static const char *const keys[] = {"kUP",  "kDN",  "kLFT", "kRIT", "kHOM",
                                       "kEND", "kNXT", "kPRV", "kDC",  "kIC"};
    static const char *const more[] = {
        "ka2",   "kb1",   "kb3",   "kc2",   "kp5",  "kpADD", "kpCMA", "kpDIV", "kpDOT",
        "kpMUL", "kpSUB", "kpZRO", "kpNUM", "kxIN", "kxOUT", "XM",    "xm",    "PS",
        "PE",    "BD",    "BE",    "RV",    "XR",   "Cr",    "Cs",    "Se",    "Ss",
        "Ms",    "E3",    "fe",    "fd",    "u6",   "u8"};
    char name[8];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (int modifier = 2; modifier <= 8; modifier++) {
            snprintf(name, sizeof name, "%s%d", keys[i], modifier);
            if (modifier == 2) name[strlen(keys[i])] = 0;
            add_capability(name);
        }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        add_capability(more[i]);
}

/* Each control sequence again in its 8-bit forms. */
static void add_eight_bit(void)
{
    size_t escaped = count;
    char text[BYTES];
    for (size_t i = 0; i < escaped; i++) {
        strcpy(text, sequences[i]);
        if (!strchr("[O]P_^X", text[1]) || strchr(text + 1, '\033') || strlen(text) + 1 >= BYTES)
            continue;
        if (count + 2 > SEQUENCES_MAX) return;
        snprintf(sequences[count++], BYTES, "%c%s", text[1] + 0x40, text + 2);
        snprintf(sequences[count++], BYTES, "\302%c%s", text[1] + 0x40, text + 2);
    }
}

static void collect_sequences(const char *type)
{
    int known;
    cr_assert_eq(setupterm((char *)type, STDOUT_FILENO, &known), 0, "%s is not installed", type);
    for (const char *const *name = (const char *const *)strnames; *name; name++)
        add_capability(*name);
    add_extended();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        add(others[i]);
    add_eight_bit();
}

static const char *shown(void)
{
    static char text[4 * sizeof sent];
    size_t used = 0;
    for (const char *byte = sent; *byte; byte++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used,
                             *byte > ' ' && *byte < 0x7f ? "%c" : "\\%03o", (unsigned char)*byte);
    return text;
}

/* `allowed`: what the keypad's own sequence means. Pauses and noise never make a letter. */
static void collect(int allowed)
{
    int key;
    while (input_next(input, ticks, &key)) {
        bool text = key >= ' ' && key < 0x7f && key != 'j' && key != 'i';
        bool control = key == UI_ENTER || key == UI_CTRL('S') || key == UI_BACKSPACE;
        cr_assert(key == allowed || (!text && !control), "the key %d after “%s”", key, shown());
        last_key = key;
    }
}

static void send(const char *bytes, size_t size, int allowed)
{
    size_t used = strlen(sent);
    if (used + size + 2 < sizeof sent) {
        memcpy(sent + used, bytes, size);
        strcpy(sent + used + size, " ");
    }
    cr_assert_eq(write(ends[1], bytes, size), (ssize_t)size);
    collect(allowed);
}

static void wait(int ms, int allowed)
{
    ticks += ms;
    collect(allowed);
    if (ms == LONG_MS) sent[0] = 0;
}

/* Whatever came before: the keyboard works, and j is j. */
static void expect_alive(int allowed)
{
    wait(LONG_MS, allowed);
    wait(LONG_MS, allowed);
    last_key = 0;
    send("j", 1, allowed);
    cr_assert_eq(last_key, 'j');
}

/* Bytes of all kinds except those that are a key by themselves. */
static void send_noise(void)
{
    char noise[6];
    size_t size = below(sizeof noise);
    for (size_t i = 0; i < size; i++) {
        int byte = (int)below(0xa1);
        byte = byte < 0x80 ? 0x80 + byte : byte - 0x80;
        bool key = byte == '\r' || byte == '\n' || byte == '\b' || byte == UI_CTRL('S');
        noise[i] = (char)(byte == 0x20 ? 'i' : key || !byte ? 0xff : byte);
    }
    send(noise, size, 0);
}

/* An SS3 key that is a character: from the keypad. */
static int keypad_key(const char *bytes)
{
    bool escape = *bytes == '\033' && bytes[1] == 'O', utf8 = (unsigned char)*bytes == 0xc2;
    size_t at = escape || utf8 ? 2 : 1;
    bool shift = escape || (unsigned char)bytes[utf8] == 0x8f;
    return shift && strlen(bytes) == at + 1 && strchr("jklmnopqrstuvwxyM", bytes[at])
               ? bytes[at] - 0x40
               : 0;
}

/* A letter after ESC is ambiguous: a person can type it, but no terminal sends it. */
static bool may_be_split(const char *bytes, size_t at)
{
    return bytes[at - 1] != '\033' || strchr("[O]P_^X\\", bytes[at]) || at == strlen(bytes);
}

/* A lead byte right before a byte of the upper half would form a character with it. */
static void send_noise_before(const char *bytes)
{
    send_noise();
    if (*bytes != '\033') wait(LONG_MS, 0);
}

static void try_cut(const char *bytes, size_t at, bool noisy)
{
    static const int pauses[] = {0, 10, 40, 120, 450};
    int allowed = keypad_key(bytes);
    for (size_t p = 0; p < sizeof pauses / sizeof *pauses; p++) {
        if (noisy) send_noise_before(bytes);
        send(bytes, at, allowed);
        wait(pauses[p], allowed);
        send(bytes + at, strlen(bytes) - at, allowed);
        if (!noisy) expect_alive(allowed);
    }
    if (noisy) send_noise_before(bytes);
    send(bytes, at, allowed);
    expect_alive(allowed);
}

static void try_byte_by_byte(const char *bytes)
{
    int allowed = keypad_key(bytes);
    for (size_t from = 0, to; bytes[from]; from = to) {
        to = from + 1;
        while (bytes[to] && !may_be_split(bytes, to))
            to++;
        send(bytes + from, to - from, allowed);
        wait(120, allowed);
    }
    expect_alive(allowed);
}

static void open_pipe(void)
{
    setenv("ESCDELAY", "25", 1);
    cr_assert_eq(pipe(ends), 0);
    input = input_new(ends[0], NULL, NULL);
    cr_assert(input);
}

static void close_pipe(void)
{
    input_free(input);
    close(ends[0]);
    close(ends[1]);
    del_curterm(cur_term);
}

enum { TYPES = sizeof types / sizeof *types };

static struct criterion_test_params all_types(void)
{
    static int numbers[TYPES];
    for (int i = 0; i < TYPES; i++)
        numbers[i] = i;
    return cr_make_param_array(int, numbers, TYPES);
}

ParameterizedTestParameters(input_storm, sequences_of_a_terminal_type_change_nothing)
{
    return all_types();
}

ParameterizedTest(const int *number, input_storm, sequences_of_a_terminal_type_change_nothing)
{
    collect_sequences(types[*number]);
    cr_assert_gt(count, 100);
    open_pipe();
    noise_state = 0x9e3779b97f4a7c15;
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 1; at <= strlen(sequences[i]); at++) {
            if (!may_be_split(sequences[i], at)) continue;
            try_cut(sequences[i], at, false);
            try_cut(sequences[i], at, true);
        }
        try_byte_by_byte(sequences[i]);
    }
    close_pipe();
}

ParameterizedTestParameters(input_storm, the_keys_of_a_terminal_type_are_keys)
{
    return all_types();
}

ParameterizedTest(const int *number, input_storm, the_keys_of_a_terminal_type_are_keys)
{
    static const struct {
        const char *name;
        int key;
    } keys[] = {{"kcuu1", UI_UP},     {"kcud1", UI_DOWN},    {"kcub1", UI_LEFT},
                {"kcuf1", UI_RIGHT},  {"khome", UI_HOME},    {"kend", UI_END},
                {"kpp", UI_PAGE_UP},  {"knp", UI_PAGE_DOWN}, {"kdch1", UI_DELETE},
                {"kich1", UI_INSERT}, {"kcbt", UI_BACK_TAB}, {"kf1", UI_F1},
                {"kf2", UI_F2},       {"kf5", UI_F5},        {"kent", UI_ENTER}};
    collect_sequences(types[*number]);
    open_pipe();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *bytes = tigetstr((char *)(uintptr_t)keys[i].name);
        if (!bytes || bytes == (char *)-1) continue;
        last_key = 0;
        send(bytes, strlen(bytes), keys[i].key);
        cr_expect_eq(last_key, keys[i].key, "%s of %s", keys[i].name, types[*number]);
        wait(LONG_MS, 0);
    }
    close_pipe();
}
