#include "burst.h"

#include <stdio.h>
#include <string.h>

/* No slash, so that a file name typed into a prompt stays in the current folder. */
static const char *const strokes[] = {"j",
                                      "j",
                                      "k",
                                      "\033[B",
                                      "\033[A",
                                      "\033[C",
                                      "\033[D",
                                      "h",
                                      "l",
                                      "g",
                                      "G",
                                      "\033[6~",
                                      "\033[5~",
                                      "\004",
                                      "\025",
                                      " ",
                                      " ",
                                      "v",
                                      "*",
                                      "s",
                                      ".",
                                      "\r",
                                      "\r",
                                      "\t",
                                      "\t",
                                      "\033[Z",
                                      "\033",
                                      "\033",
                                      "\033",
                                      "1",
                                      "2",
                                      "3",
                                      "4",
                                      "5",
                                      "?",
                                      ":",
                                      "%",
                                      "L",
                                      "U",
                                      "e",
                                      "n",
                                      "y",
                                      "p",
                                      "r",
                                      "w",
                                      "o",
                                      "f",
                                      "+",
                                      "-",
                                      "A",
                                      "A",
                                      "D",
                                      "T",
                                      "S",
                                      "R",
                                      "E",
                                      "F",
                                      "Y",
                                      "M",
                                      "a",
                                      "i",
                                      "l",
                                      "d",
                                      "t",
                                      "c",
                                      "u",
                                      "x",
                                      "\003",
                                      "\014",
                                      "\022",
                                      "\023",
                                      "\032",
                                      "\177",
                                      "\033OP",
                                      "\033OQ",
                                      "\033[15~",
                                      "\033[3~",
                                      "é",
                                      "中",
                                      "q",
                                      "Q",
                                      "\033[<0;10;8M\033[<0;10;8m",
                                      "\033[<65;10;8M",
                                      "\033[99;99~",
                                      "\033[",
                                      "\033[200~pasted\r\ttext\033[201~",
                                      "\001",
                                      "\005",
                                      "\013"};

static const char *const phrases[] = {":filter\r",
                                      ":filter\rci-",
                                      ":filter\rd:pro o:team ",
                                      "zz",
                                      "agent-berlin",
                                      "build\r",
                                      ":vault\r",
                                      ":settings\r",
                                      ":panic\r",
                                      ":audit verify\r",
                                      ":sear\t\r",
                                      ":canary\r",
                                      "gatehouse demo\r",
                                      "sa::ci-docs\r",
                                      "30d\r",
                                      "by:mara kind:account",
                                      "   A",
                                      "*D",
                                      "T\r",
                                      "jjv jjj"};

void burst_seed(struct burst *burst, int seed)
{
    *burst = (struct burst){.seed = seed, .state = (uint64_t)seed * 0x9e3779b97f4a7c15};
    for (int i = 0; i < 8; i++)
        burst_below(burst, 2);
}

/* xorshift64* */
size_t burst_below(struct burst *burst, size_t limit)
{
    uint64_t x = burst->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    burst->state = x;
    return (size_t)((x * 0x2545f4914f6cdd1d) >> 33) % limit;
}

const char *burst_keys(struct burst *burst)
{
    enum { MOST = 30, PHRASE = 5 };
    size_t count = 1 + burst_below(burst, MOST), size = 0;
    for (size_t i = 0; i < count; i++) {
        const char *one = burst_below(burst, PHRASE)
                              ? strokes[burst_below(burst, sizeof strokes / sizeof *strokes)]
                              : phrases[burst_below(burst, sizeof phrases / sizeof *phrases)];
        size += (size_t)snprintf(burst->keys + size, sizeof burst->keys - size, "%s", one);
    }
    burst_note(burst, burst->keys);
    return burst->keys;
}

static void note(struct burst *burst, const char *text)
{
    size_t size = strlen(text);
    if (burst->sent_size + size >= sizeof burst->sent) return;
    memcpy(burst->sent + burst->sent_size, text, size + 1);
    burst->sent_size += size;
}

void burst_note(struct burst *burst, const char *what)
{
    for (; *what; what++) {
        unsigned char byte = (unsigned char)*what;
        char text[8];
        snprintf(text, sizeof text, byte < ' ' || byte == 0x7f ? "\\%03o" : "%c", byte);
        note(burst, text);
    }
}

void burst_begin(struct burst *burst)
{
    note(burst, "\n  ");
}

void burst_print(const struct burst *burst)
{
    fprintf(stderr, "GATEHOUSE_BURST_SEED=%d, after:%s\n", burst->seed, burst->sent);
}
