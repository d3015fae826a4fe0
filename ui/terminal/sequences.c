#include "ui/terminal/sequences.h"

#include "ui/terminal/curses.h"
#include "ui/terminal/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Over a network the bytes of one key arrive further apart. */
static int64_t escape_delay(void)
{
    enum { LOCAL_MS = 25, NETWORK_MS = 100, MOST_MS = 10000 };
    const char *given = getenv("ESCDELAY");
    if (given) {
        long ms = strtol(given, NULL, 10);
        return ms < 0 ? 0 : ms > MOST_MS ? MOST_MS : ms;
    }
    return getenv("SSH_CONNECTION") || getenv("SSH_TTY") ? NETWORK_MS : LOCAL_MS;
}

/* What the terminal's description says, where that is a sequence: some say other things than the
 * table of most. */
void sequences_learn(struct sequences *sequences)
{
    static const struct {
        const char *name;
        int key;
    } keys[] = {{"kcuu1", UI_UP},      {"kcud1", UI_DOWN},   {"kcub1", UI_LEFT},
                {"kcuf1", UI_RIGHT},   {"khome", UI_HOME},   {"kend", UI_END},
                {"kfnd", UI_HOME},     {"kslt", UI_END},     {"kpp", UI_PAGE_UP},
                {"knp", UI_PAGE_DOWN}, {"kdch1", UI_DELETE}, {"kich1", UI_INSERT},
                {"kcbt", UI_BACK_TAB}, {"kf1", UI_F1},       {"kf2", UI_F2},
                {"kf5", UI_F5},        {"kent", UI_ENTER}};
    _Static_assert(sizeof keys / sizeof *keys <= SEQUENCES_OWN, "there is room for all of them");
    sequences->escape_ms = escape_delay();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct sequences_entry *own = &sequences->own[sequences->count];
        const char *sequence = tigetstr(keys[i].name);
        if (!sequence || sequence == (char *)-1 || *sequence != UI_ESC) continue;
        if (strlen(sequence + 1) >= sizeof own->text) continue;
        snprintf(own->text, sizeof own->text, "%s", sequence + 1);
        own->key = keys[i].key;
        sequences->count++;
    }
}

/* The usual forms of each key, in both cursor modes: the terminal may be in the other one than its
 * description says, after a program that left it so or inside a multiplexer. */
int sequences_key(const struct sequences *sequences, const char *text)
{
    static const struct sequences_entry usual[] = {
        {"[A", UI_UP},       {"[B", UI_DOWN},       {"[C", UI_RIGHT},   {"[D", UI_LEFT},
        {"OA", UI_UP},       {"OB", UI_DOWN},       {"OC", UI_RIGHT},   {"OD", UI_LEFT},
        {"[H", UI_HOME},     {"[F", UI_END},        {"OH", UI_HOME},    {"OF", UI_END},
        {"[1~", UI_HOME},    {"[4~", UI_END},       {"[7~", UI_HOME},   {"[8~", UI_END},
        {"[5~", UI_PAGE_UP}, {"[6~", UI_PAGE_DOWN}, {"[2~", UI_INSERT}, {"[3~", UI_DELETE},
        {"[Z", UI_BACK_TAB}, {"OP", UI_F1},         {"OQ", UI_F2},      {"[11~", UI_F1},
        {"[12~", UI_F2},     {"[15~", UI_F5},       {"[[A", UI_F1},     {"[[B", UI_F2},
        {"[[E", UI_F5},
    };
    for (size_t i = 0; i < sequences->count; i++)
        if (!strcmp(sequences->own[i].text, text)) return sequences->own[i].key;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (!strcmp(usual[i].text, text)) return usual[i].key;
    /* The keypad in application mode: SS3 and the character, 0x40 higher. */
    bool keypad = text[0] == 'O' && strlen(text) == 2;
    int character = keypad ? text[1] - 0x40 : 0;
    bool known =
        (character >= '*' && character <= '9') || character == UI_ENTER || character == UI_TAB;
    return known ? character : 0;
}
