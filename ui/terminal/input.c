/* Bytes into keys, by a state machine: ECMA-48 for the shape of control sequences, of strings and
 * of their 8-bit forms; XTerm's ctlseqs for keys, mouse reports and bracketed paste. Whatever
 * begins like a sequence is swallowed to its end and means a key only if all of it is one. */
#include "ui/terminal/input.h"

#include "ui/terminal/sequences.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LATE_MS = 500,         /* the longest gap within a sequence, and after a lone Esc */
    PASTE_QUIET_MS = 1000, /* after so long without a byte a paste has ended */
    PASTE_MAX = 64 * 1024,
    BURST_MS = 5, /* more than BURST_MOST characters within this time are no typing */
    BURST_MOST = 3,
    BURST_REST_MS = 50, /* what follows a burst or a paste by less than this belongs to it */
    QUEUE = 1024,
    SEQUENCE = 32,
};

/* The 8-bit forms. Each is also sent as ESC and the byte 0x40 below it. */
enum {
    C1_SS2 = 0x8e,
    C1_SS3 = 0x8f,
    C1_DCS = 0x90,
    C1_SOS = 0x98,
    C1_CSI = 0x9b,
    C1_ST = 0x9c,
    C1_OSC = 0x9d,
    C1_PM = 0x9e,
    C1_APC = 0x9f,
    BEL = 0x07,
    CAN = 0x18,
    SUB = 0x1a,
    STRAY = 0x110000, /* and a byte that belongs to no character */
};

enum state {
    STATE_PLAIN,
    STATE_ESCAPE,        /* ESC, which may be a key */
    STATE_INTERMEDIATE,  /* ESC and something like `(`: one final byte follows */
    STATE_SHIFT,         /* SS2 or SS3 */
    STATE_CONTROL,       /* CSI */
    STATE_REPORT,        /* characters after the old form of a mouse report */
    STATE_STRING,        /* DCS, SOS, OSC, PM, APC */
    STATE_STRING_ESCAPE, /* ESC in a string: its end, or the beginning of another sequence */
    STATE_PASTE,
};

struct arrived {
    unsigned char byte;
    int64_t at;
};

struct input {
    int fd;
    enum input_use (*use)(void *arg, int key);
    void *arg;
    struct sequences sequences;

    struct arrived queue[QUEUE];
    size_t first, count;
    int64_t quiet_at; /* when there was last nothing to read */

    enum state state;
    int64_t at;        /* when the last byte came of what is unfinished */
    int64_t escape_at; /* when the last lone Esc came, if nothing came since */
    bool is_no_key;    /* this sequence: its ESC was taken for a key, or other bytes are in it */
    int introducer;    /* of a string */
    char sequence[SEQUENCE];
    size_t size;
    int report[6], report_size, report_count;
    unsigned char utf8[4]; /* an unfinished character */
    size_t utf8_size;

    char *paste;
    size_t paste_size;
    bool paste_is_whole;

    int held; /* a key that is decoded, but not handed out yet; 0: none */
    int64_t held_at;
    int64_t printed[BURST_MOST]; /* when the last characters came */
    int64_t burst_at;            /* when the last key of a burst came */
    int64_t paste_at;            /* when the end of a paste came */
    int mouse_row, mouse_column;
    int background; /* -1: not said */
    bool has_begun; /* a key was handed out */
    bool is_answered, marks_pastes;
};

/* In a number of ms that no clock ever was at. */
#define LONG_AGO (INT64_MIN / 2)

struct input *input_new(int fd, enum input_use (*use)(void *arg, int key), void *arg)
{
    struct input *input = calloc(1, sizeof *input);
    if (input) input->paste = malloc(PASTE_MAX + 1);
    if (input && !input->paste) {
        free(input);
        return NULL;
    }
    if (!input) return NULL;
    input->fd = fd;
    input->use = use;
    input->arg = arg;
    input->at = input->escape_at = input->burst_at = input->paste_at = LONG_AGO;
    input->background = -1;
    for (int i = 0; i < BURST_MOST; i++)
        input->printed[i] = LONG_AGO;
    sequences_learn(&input->sequences);
    return input;
}

static void wipe_paste(struct input *input)
{
    explicit_bzero(input->paste, PASTE_MAX + 1);
    input->paste_size = 0;
}

void input_free(struct input *input)
{
    if (!input) return;
    wipe_paste(input);
    explicit_bzero(input->queue, sizeof input->queue);
    free(input->paste);
    free(input);
}

static bool is_readable(const struct input *input)
{
    struct pollfd terminal = {.fd = input->fd, .events = POLLIN};
    return poll(&terminal, 1, 0) > 0 && terminal.revents & POLLIN;
}

/* Reads what is there, as far as there is room; false: nothing. */
static bool fill(struct input *input, int64_t ticks)
{
    unsigned char bytes[QUEUE];
    bool readable = is_readable(input);
    if (!readable && !input->count) input->quiet_at = ticks;
    if (!readable || input->count == QUEUE) return false;
    ssize_t got = read(input->fd, bytes, QUEUE - input->count);
    for (ssize_t i = 0; i < got; i++)
        input->queue[(input->first + input->count++) % QUEUE] = (struct arrived){bytes[i], ticks};
    explicit_bzero(bytes, sizeof bytes);
    return got > 0;
}

static struct arrived take(struct input *input)
{
    struct arrived next = input->queue[input->first];
    input->queue[input->first].byte = 0;
    input->first = (input->first + 1) % QUEUE;
    input->count--;
    return next;
}

static void begin(struct input *input, int introducer, bool is_no_key)
{
    input->is_no_key = is_no_key;
    input->introducer = introducer;
    input->size = 0;
    input->report_count = input->report_size = 0;
    switch (introducer) {
    case C1_CSI:
        input->state = STATE_CONTROL;
        input->sequence[input->size++] = '[';
        break;
    case C1_SS2:
    case C1_SS3:
        input->state = STATE_SHIFT;
        input->sequence[input->size++] = introducer == C1_SS3 ? 'O' : 'N';
        break;
    case C1_DCS:
    case C1_SOS:
    case C1_OSC:
    case C1_PM:
    case C1_APC:
        input->state = STATE_STRING;
        break;
    default:
        input->state = STATE_PLAIN;
    }
}

/* A sequence that is too long is none that is known. */
static void append(struct input *input, int character)
{
    if (input->size < SEQUENCE - 1) input->sequence[input->size++] = (char)character;
    input->sequence[input->size] = 0;
}

/* Button and place of a mouse report, as xterm numbers them: from 1, wheel up is button 64. */
static int mouse_key(struct input *input, int button, int column, int row)
{
    enum { MODIFIERS = 4 | 8 | 16 };
    button &= ~MODIFIERS;
    int key = button == 0    ? UI_CLICK
              : button == 64 ? UI_WHEEL_UP
              : button == 65 ? UI_WHEEL_DOWN
                             : 0;
    if (!key || column < 1 || row < 1) return 0;
    input->mouse_column = column - 1;
    input->mouse_row = row - 1;
    return key;
}

/* The terminal knows the mode of marked pastes if it is set (1), reset (2) or always set (3). Only
 * what comes before any key can be an answer: later, anything may have been pasted. */
static void take_mode(struct input *input)
{
    static const char start[] = "[?2004;";
    const char *mode = input->sequence + strlen(start);
    if (input->has_begun || strncmp(input->sequence, start, strlen(start)) != 0) return;
    if (!*mode || strcmp(mode + 1, "$y") != 0) return;
    input->is_answered = true;
    input->marks_pastes = *mode >= '1' && *mode <= '3';
}

/* A whole CSI sequence. Its key, or 0. */
static int finish_control(struct input *input)
{
    int button, column, row;
    char final, more;
    const char *sequence = input->sequence;
    input->state = STATE_PLAIN;
    input->report_size = !strcmp(sequence, "[M")   ? 3
                         : !strcmp(sequence, "[T") ? 6
                         : !strcmp(sequence, "[t") ? 2
                                                   : 0;
    if (input->report_size) input->state = STATE_REPORT;
    if (!strcmp(sequence, "[200~")) {
        input->state = STATE_PASTE;
        wipe_paste(input);
    }
    if (input->state != STATE_PLAIN || input->is_no_key) return 0;
    take_mode(input);
    if (sscanf(sequence, "[<%5d;%5d;%5d%c%c", &button, &column, &row, &final, &more) == 4)
        return final == 'M' ? mouse_key(input, button, column, row) : 0;
    if (sscanf(sequence, "[%5d;%5d;%5d%c%c", &button, &column, &row, &final, &more) == 4)
        return final == 'M' ? mouse_key(input, button - ' ', column, row) : 0;
    return sequences_key(&input->sequences, input->sequence);
}

/* The old forms of a mouse report (three characters after `CSI M`) and of highlighting (`CSI T`,
 * `CSI t`): each is a byte, or UTF-8. */
static int in_report(struct input *input, int character)
{
    input->report[input->report_count++] = (character & ~STRAY) - ' ';
    if (input->report_count < input->report_size) return 0;
    input->state = STATE_PLAIN;
    if (input->report_size != 3 || input->is_no_key) return 0;
    return mouse_key(input, input->report[0], input->report[1], input->report[2]);
}

/* rxvt ends its keys with Shift like this: `ESC [ 7 $`. */
static bool is_shifted(const char *sequence)
{
    size_t digits = strspn(sequence + 1, "0123456789");
    return digits && strcmp(sequence + 1 + digits, "$") == 0;
}

/* The second bracket belongs to the Linux console's function keys (`ESC [ [ A`). */
static int in_sequence(struct input *input, int character)
{
    if (character < ' ' || character > '~') {
        input->is_no_key = true;
        return 0;
    }
    append(input, character);
    bool second = input->size == 2 && character == '[' && input->state == STATE_CONTROL;
    bool shifted = input->state == STATE_CONTROL && is_shifted(input->sequence);
    if ((character < 0x40 && !shifted) || second) return 0;
    if (input->state == STATE_CONTROL) return finish_control(input);
    input->state = STATE_PLAIN;
    return input->is_no_key ? 0 : sequences_key(&input->sequences, input->sequence);
}

static bool is_introducer(int c1)
{
    return c1 == C1_SS2 || c1 == C1_SS3 || c1 == C1_CSI || c1 == C1_DCS || c1 == C1_SOS ||
           c1 == C1_OSC || c1 == C1_PM || c1 == C1_APC;
}

/* After ESC. What is no sequence is a key with Alt, and none of those means anything. */
static int in_escape(struct input *input, int character)
{
    int c1 = character >= 0x40 && character < 0x60 ? character + 0x40 : character;
    input->state = STATE_PLAIN;
    if (is_introducer(c1)) {
        begin(input, c1, false);
        return 0;
    }
    if (character >= ' ' && character < '0') {
        input->state = STATE_INTERMEDIATE;
        return 0;
    }
    if (character > '~') return 0;
    input->size = 0;
    append(input, character);
    return sequences_key(&input->sequences, input->sequence);
}

/* One to four hexadecimal digits, of which the first two count: 0 to 255. */
static unsigned channel_of(const char digits[static 5])
{
    unsigned value = (unsigned)strtoul(digits, NULL, 16);
    switch (strlen(digits)) {
    case 1:
        return value * 17;
    case 3:
        return value >> 4;
    case 4:
        return value >> 8;
    default:
        return value;
    }
}

/* The background, as X names colours. No other string is asked for. */
static void finish_string(struct input *input)
{
    char red[5], green[5], blue[5];
    int size = 0;
    input->state = STATE_PLAIN;
    if (input->introducer != C1_OSC || input->is_no_key || !input->size) return;
    int found = sscanf(input->sequence, "11;rgb:%4[0-9a-fA-F]/%4[0-9a-fA-F]/%4[0-9a-fA-F]%n", red,
                       green, blue, &size);
    if (found != 3 || (size_t)size != input->size) return;
    input->background = (int)(channel_of(red) << 16 | channel_of(green) << 8 | channel_of(blue));
}

static void in_string(struct input *input, int character)
{
    bool ends = character == C1_ST || (character == BEL && input->introducer == C1_OSC);
    if (ends)
        finish_string(input);
    else if (character >= ' ' && character <= '~')
        append(input, character);
    else
        input->is_no_key = true;
}

/* The byte after a lone Esc may be the rest of a slow sequence. */
static bool begins_late(const struct input *input, int character)
{
    bool introduces = character == '[' || character == 'O' || character == 'P' ||
                      character == 'X' || (character >= '\\' && character <= '_');
    return introduces && input->quiet_at - input->escape_at <= LATE_MS;
}

static int in_plain(struct input *input, int character)
{
    bool late = begins_late(input, character);
    input->escape_at = LONG_AGO;
    if (late) begin(input, character + 0x40, true);
    if (is_introducer(character)) begin(input, character, false);
    if (late || (character >= 0x80 && character < 0xa0) || character >= STRAY) return 0;
    if (character == '\n') return UI_ENTER;
    return character == UI_CTRL('H') ? UI_BACKSPACE : character;
}

/* A whole character; the key that it completes, or 0. */
static int take_character(struct input *input, int character, int64_t at)
{
    input->at = at;
    if (input->state == STATE_STRING_ESCAPE) {
        input->state = STATE_ESCAPE;
        if (character == '\\') return finish_string(input), 0;
    }
    if (input->state == STATE_ESCAPE && character == UI_ESC) {
        input->escape_at = LONG_AGO;
        return UI_ESC;
    }
    if (character == UI_ESC) {
        input->state = input->state == STATE_STRING ? STATE_STRING_ESCAPE : STATE_ESCAPE;
        return 0;
    }
    if (input->state == STATE_PLAIN) return in_plain(input, character);
    if (input->state == STATE_REPORT) return in_report(input, character);
    if (character == CAN || character == SUB) {
        input->state = STATE_PLAIN;
        return 0;
    }
    if (input->state == STATE_ESCAPE) return in_escape(input, character);
    if (is_introducer(character)) {
        begin(input, character, input->is_no_key);
        return 0;
    }
    if (input->state == STATE_STRING)
        in_string(input, character);
    else if (input->state == STATE_INTERMEDIATE && character >= '0')
        input->state = STATE_PLAIN;
    else if (input->state != STATE_INTERMEDIATE)
        return in_sequence(input, character);
    return 0;
}

/* Whether a byte goes on with the unfinished character: neither overlong nor a surrogate. */
static bool goes_on(const struct input *input, unsigned char byte)
{
    unsigned char lead = input->utf8[0], least = 0x80, most = 0xbf;
    if (input->utf8_size == 1 && lead == 0xe0) least = 0xa0;
    if (input->utf8_size == 1 && lead == 0xed) most = 0x9f;
    if (input->utf8_size == 1 && lead == 0xf0) least = 0x90;
    if (input->utf8_size == 1 && lead == 0xf4) most = 0x8f;
    return lead >= 0xc2 && lead <= 0xf4 && byte >= least && byte <= most;
}

/* The first byte of what did not become a character: an 8-bit control, or nothing that is known. */
static int take_stray(struct input *input)
{
    int byte = input->utf8[0];
    memmove(input->utf8, input->utf8 + 1, --input->utf8_size);
    return byte >= 0x80 && byte < 0xa0 ? byte : STRAY + byte;
}

/* A character of the unfinished one and this byte; -1: it is still unfinished. */
static int take_byte(struct input *input, unsigned char byte)
{
    input->utf8[input->utf8_size++] = byte;
    unsigned char lead = input->utf8[0];
    size_t need = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) return take_stray(input);
    if (input->utf8_size < need) return -1;
    int character = need == 1 ? lead : lead & (0x7f >> need);
    for (size_t i = 1; i < need; i++)
        character = character << 6 | (input->utf8[i] & 0x3f);
    input->utf8_size = 0;
    return character;
}

/* The end may be written in 8 bits, too, but not in the middle of a character. */
static bool ends_paste(struct input *input)
{
    static const char *const ends[] = {"\033[201~", "\302\233201~", "\233201~"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t size = strlen(ends[i]);
        if (input->paste_size < size) continue;
        const char *at = input->paste + input->paste_size - size;
        bool in_character = *at == '\233' && at > input->paste && at[-1] & 0x80;
        if (memcmp(at, ends[i], size) != 0 || in_character) continue;
        input->paste_size -= size;
        return true;
    }
    return false;
}

static int finish_paste(struct input *input, bool whole)
{
    input->paste[input->paste_size] = 0;
    input->paste_is_whole = whole;
    input->state = STATE_PLAIN;
    return UI_PASTE;
}

/* A paste that is longer than there is room is cut; the rest is read and dropped. */
static int take_pasted(struct input *input, struct arrived next)
{
    enum { LONGEST_END = 6 };
    input->at = next.at;
    if (input->paste_size == PASTE_MAX) {
        char *tail = input->paste + PASTE_MAX - LONGEST_END;
        memmove(tail, tail + 1, LONGEST_END - 1);
        input->paste_size--;
    }
    input->paste[input->paste_size++] = (char)next.byte;
    return next.byte == '~' && ends_paste(input) ? finish_paste(input, true) : 0;
}

/* Whether ESC may still turn out to be a key of its own. */
static bool is_lone_escape(const struct input *input)
{
    return input->state == STATE_ESCAPE && !input->utf8_size;
}

/* Ends what has waited too long for its rest. A key, or 0. Only silence that was seen counts: while
 * the program was busy with something else, the rest may have come in time. */
static int expire(struct input *input)
{
    int64_t waited = input->quiet_at - input->at;
    if (is_lone_escape(input)) {
        if (waited < input->sequences.escape_ms || waited == 0) return 0;
        input->state = STATE_PLAIN;
        input->escape_at = input->at;
        return UI_ESC;
    }
    if (input->state == STATE_PASTE)
        return waited >= PASTE_QUIET_MS ? finish_paste(input, false) : 0;
    if (waited <= LATE_MS) return 0;
    input->state = STATE_PLAIN;
    input->utf8_size = 0;
    return 0;
}

/* The key that the next byte completes, or 0. What came before may be over by then: the byte then
 * waits for the next turn. */
static int step(struct input *input)
{
    struct arrived next = input->queue[input->first];
    int key = expire(input);
    if (key) return key;
    if (input->state == STATE_PASTE) return take_pasted(input, take(input));
    if (input->utf8_size && !goes_on(input, next.byte))
        return take_character(input, take_stray(input), input->at);
    take(input);
    input->at = next.at;
    int character = take_byte(input, next.byte);
    return character < 0 ? 0 : take_character(input, character, next.at);
}

/* The next key of what there is to read; 0: there is none yet. Its last byte came at `at`. */
static int decode(struct input *input, int64_t ticks)
{
    do {
        while (input->count) {
            int key = step(input);
            if (key) return key;
        }
    } while (fill(input, ticks));
    return expire(input);
}

/* Characters that came within BURST_MS of the held one, itself among them: as far as a sequence,
 * which nobody pastes. */
static int together(const struct input *input)
{
    int count = 1;
    for (int i = 0; i < BURST_MOST; i++)
        count += input->held_at - input->printed[i] <= BURST_MS;
    for (size_t i = 0; i < input->count && count <= BURST_MOST; i++) {
        const struct arrived *next = &input->queue[(input->first + i) % QUEUE];
        if (next->byte == UI_ESC || next->at - input->held_at > BURST_MS) break;
        count += (next->byte >= ' ' && next->byte < 0x7f) || next->byte >= 0xc2;
    }
    return count;
}

enum verdict { GIVE, WAIT, DROP, BEGIN_DROPPING };

/* Text for a field, and what moves, may come as fast as it likes. */
static enum verdict judge(const struct input *input, int64_t ticks)
{
    if (input->held == UI_PASTE) return GIVE;
    if (input->held_at - input->burst_at <= BURST_REST_MS) return DROP;
    /* A text that was copied may contain the mark of its end, and keys after it. */
    if (input->held_at - input->paste_at <= BURST_REST_MS) return BEGIN_DROPPING;
    if (!key_is_text(input->held) || !input->use) return GIVE;
    enum input_use use = input->use(input->arg, input->held);
    if (use == INPUT_FREE) return GIVE;
    if (together(input) > BURST_MOST) return BEGIN_DROPPING;
    bool waits = use == INPUT_CHANGES && !input->marks_pastes;
    return waits && ticks - input->held_at < BURST_MS ? WAIT : GIVE;
}

static int release(struct input *input, enum verdict verdict)
{
    int key = input->held;
    input->held = 0;
    input->has_begun = true;
    if (key_is_text(key)) {
        memmove(input->printed, input->printed + 1, sizeof input->printed - sizeof(int64_t));
        input->printed[BURST_MOST - 1] = input->held_at;
    }
    if (key == UI_PASTE && input->paste_is_whole) input->paste_at = input->held_at;
    if (verdict == GIVE) return key;
    input->burst_at = input->held_at;
    return verdict == BEGIN_DROPPING ? UI_BURST : 0;
}

bool input_next(struct input *input, int64_t ticks, int *key)
{
    if (input->state != STATE_PASTE && input->paste_size) wipe_paste(input);
    do {
        fill(input, ticks);
        if (!input->held) {
            input->held = decode(input, ticks);
            input->held_at = input->at;
        }
        enum verdict verdict = input->held ? judge(input, ticks) : WAIT;
        if (verdict == WAIT) return false;
        *key = release(input, verdict);
    } while (!*key);
    return true;
}

int64_t input_due(const struct input *input)
{
    if (input->held) return input->held_at + BURST_MS;
    if (input->state == STATE_PASTE) return input->at + PASTE_QUIET_MS;
    return is_lone_escape(input) ? input->at + input->sequences.escape_ms : INT64_MAX;
}

const char *input_paste(const struct input *input, size_t *size)
{
    *size = input->paste_size;
    return input->paste;
}

bool input_paste_is_whole(const struct input *input)
{
    return input->paste_is_whole;
}

bool input_knows_mode(const struct input *input)
{
    return input->is_answered;
}

int input_background(struct input *input)
{
    int background = input->background;
    input->background = -1;
    return background;
}

void input_mouse(const struct input *input, int *row, int *column)
{
    *row = input->mouse_row;
    *column = input->mouse_column;
}

/* They are read to their ends, not thrown away as bytes: the rest of a sequence would be keys. */
void input_discard(struct input *input, int64_t ticks)
{
    input->held = 0;
    while (decode(input, ticks))
        continue;
    if (!is_lone_escape(input)) return;
    input->state = STATE_PLAIN;
    input->escape_at = input->at;
}

bool input_is_pending(void *input)
{
    const struct input *its = input;
    return its->count || its->held || is_readable(its);
}
