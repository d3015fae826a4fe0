#include "ui/terminal/input.h"

#include "ui/terminal/curses.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LATE_MS = 500, PASTE_MAX = 64 * 1024, CODE_PASTE = 0x1000, CODE_PASTE_END = 0x1001 };
static const char paste_end[] = "\033[201~";

enum state { STATE_PLAIN, STATE_LATE, STATE_PASTE };

struct input {
    enum state state;
    int64_t escape_at; /* ticks of the last lone Esc; INT64_MIN: none */
    char sequence[16]; /* a late one, so far */
    size_t sequence_size;
    unsigned char utf8[4]; /* an unfinished character */
    size_t utf8_size;
    char *paste;
    size_t paste_size;
    int mouse_row, mouse_column;
};

/* The terminal may be in the other cursor mode than its description says: after a program that left
 * it so, or behind a multiplexer. */
static void define_other_mode(void)
{
    static const struct {
        const char *sequence;
        int code;
    } others[] = {
        {"\033[A", KEY_UP},   {"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT}, {"\033[D", KEY_LEFT},
        {"\033OA", KEY_UP},   {"\033OB", KEY_DOWN}, {"\033OC", KEY_RIGHT}, {"\033OD", KEY_LEFT},
        {"\033[H", KEY_HOME}, {"\033[F", KEY_END},  {"\033OH", KEY_HOME},  {"\033OF", KEY_END},
        {"\033[Z", KEY_BTAB}, {"\033[3~", KEY_DC},  {"\033OP", KEY_F(1)},  {"\033[11~", KEY_F(1)},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        define_key(others[i].sequence, others[i].code);
}

struct input *input_new(void)
{
    struct input *input = calloc(1, sizeof *input);
    if (input) input->paste = malloc(PASTE_MAX + 1);
    if (input && !input->paste) {
        free(input);
        return NULL;
    }
    if (!input) return NULL;
    input->escape_at = INT64_MIN;
    define_other_mode();
    define_key("\033[200~", CODE_PASTE);
    define_key(paste_end, CODE_PASTE_END);
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
    free(input->paste);
    free(input);
}

static int translate(int code)
{
    static const struct {
        int code, key;
    } keys[] = {
        {KEY_UP, UI_UP},         {KEY_DOWN, UI_DOWN},
        {KEY_LEFT, UI_LEFT},     {KEY_RIGHT, UI_RIGHT},
        {KEY_HOME, UI_HOME},     {KEY_END, UI_END},
        {KEY_PPAGE, UI_PAGE_UP}, {KEY_NPAGE, UI_PAGE_DOWN},
        {KEY_DC, UI_DELETE},     {KEY_IC, UI_INSERT},
        {KEY_BTAB, UI_BACK_TAB}, {KEY_F(1), UI_F1},
        {KEY_F(5), UI_F5},       {KEY_F(2), UI_F2},
        {KEY_ENTER, UI_ENTER},   {KEY_BACKSPACE, UI_BACKSPACE},
        {KEY_FIND, UI_HOME},     {KEY_SELECT, UI_END},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].code == code) return keys[i].key;
    return UI_UNKNOWN;
}

static bool decode(struct input *input, int byte, int *key)
{
    unsigned char *utf8 = input->utf8;
    if (input->utf8_size && (byte & 0xc0) != 0x80) input->utf8_size = 0; /* broken off */
    utf8[input->utf8_size++] = (unsigned char)byte;
    size_t need = utf8[0] < 0x80 ? 1 : utf8[0] >= 0xf0 ? 4 : utf8[0] >= 0xe0 ? 3 : 2;
    if (utf8[0] >= 0x80 && utf8[0] < 0xc2) {
        input->utf8_size = 0;
        return false;
    }
    if (input->utf8_size < need) return false;
    int code = need == 1 ? utf8[0] : utf8[0] & (0x7f >> need);
    for (size_t i = 1; i < need; i++)
        code = code << 6 | (utf8[i] & 0x3f);
    input->utf8_size = 0;
    *key = code;
    return true;
}

/* A paste without an end marker in sight is cut at the room there is; the rest is read and dropped.
 */
static bool collect(struct input *input, int code)
{
    if (code == CODE_PASTE_END) return true;
    if (code > 255) return false;
    if (input->paste_size == PASTE_MAX) {
        size_t keep = sizeof paste_end - 1;
        memmove(input->paste + PASTE_MAX - keep, input->paste + PASTE_MAX - keep + 1, keep - 1);
        input->paste_size--;
    }
    input->paste[input->paste_size++] = (char)code;
    size_t end = sizeof paste_end - 1;
    if (input->paste_size < end) return false;
    if (memcmp(input->paste + input->paste_size - end, paste_end, end) != 0) return false;
    input->paste_size -= end;
    return true;
}

/* A letter ends a sequence, but for the second bracket of the Linux console's function keys
 * (`ESC [ [ A`), and for the old form of a mouse report, which three bytes of any kind follow. */
static bool is_final(const char *sequence, size_t size)
{
    if (!strncmp(sequence, "[M", 2)) return size == 5;
    unsigned char last = (unsigned char)sequence[size - 1];
    return size > 1 && last >= 0x40 && !(size == 2 && last == '[');
}

/* Swallows a sequence whose first byte came too late, to its end. */
static void swallow(struct input *input, int code)
{
    char *sequence = input->sequence;
    if (input->sequence_size < sizeof input->sequence - 1)
        sequence[input->sequence_size++] = (char)code;
    sequence[input->sequence_size] = 0;
    if (!is_final(sequence, input->sequence_size)) return;
    input->state = STATE_PLAIN;
    if (!strcmp(sequence, "[200~")) {
        input->state = STATE_PASTE;
        wipe_paste(input);
    }
}

/* Whether a byte belongs to something unfinished. */
static bool is_late(struct input *input, int code, int64_t ticks)
{
    if (input->state == STATE_LATE && ticks - input->escape_at > LATE_MS)
        input->state = STATE_PLAIN;
    if (input->state == STATE_LATE) {
        input->escape_at = ticks;
        return code < 256 && code != UI_ESC;
    }
    bool soon = input->escape_at != INT64_MIN && ticks - input->escape_at <= LATE_MS;
    if (!soon || (code != 'O' && code != '[')) return false;
    input->state = STATE_LATE;
    input->escape_at = ticks;
    input->sequence_size = 0;
    return true;
}

/* A sequence that is not known here, all of it there already, is no lone Esc. */
static bool is_unknown_sequence(struct input *input, int64_t ticks)
{
    int next = getch();
    if (next == '[' || next == 'O') {
        input->state = STATE_LATE;
        input->escape_at = ticks;
        input->sequence_size = 0;
        swallow(input, next);
        return true;
    }
    if (next != CURSES_FAILED) ungetch(next);
    return false;
}

static int read_mouse(struct input *input)
{
    MEVENT event;
    if (getmouse(&event) == CURSES_FAILED) return UI_UNKNOWN;
    input->mouse_row = event.y;
    input->mouse_column = event.x;
    return event.bstate & BUTTON4_PRESSED   ? UI_WHEEL_UP
           : event.bstate & BUTTON5_PRESSED ? UI_WHEEL_DOWN
           : event.bstate & BUTTON1_PRESSED ? UI_CLICK
                                            : UI_UNKNOWN;
}

static bool finish(struct input *input, int code, int64_t ticks, int *key)
{
    input->state = STATE_PLAIN;
    input->escape_at = code == UI_ESC ? ticks : INT64_MIN;
    if (code == KEY_MOUSE)
        *key = read_mouse(input);
    else if (code > 255)
        *key = translate(code);
    else if (!decode(input, code, key))
        return false;
    if (*key == '\n') *key = UI_ENTER;
    if (*key == UI_CTRL('H')) *key = UI_BACKSPACE;
    return true;
}

bool input_next(struct input *input, int64_t ticks, int *key)
{
    int code;
    if (input->state != STATE_PASTE && input->paste_size) wipe_paste(input);
    while ((code = getch()) != CURSES_FAILED) {
        if (code == KEY_RESIZE) continue;
        if (input->state == STATE_PASTE) {
            if (!collect(input, code)) continue;
            input->paste[input->paste_size] = 0;
            input->state = STATE_PLAIN;
            input->escape_at = INT64_MIN;
            *key = UI_PASTE;
            return true;
        }
        if (code == CODE_PASTE) {
            input->state = STATE_PASTE;
            wipe_paste(input);
        } else if (is_late(input, code, ticks)) {
            swallow(input, code);
        } else if (code == UI_ESC && is_unknown_sequence(input, ticks)) {
            continue;
        } else if (code != CODE_PASTE_END && finish(input, code, ticks, key)) {
            return true;
        }
    }
    return false;
}

const char *input_paste(const struct input *input, size_t *size)
{
    *size = input->paste_size;
    return input->paste;
}

void input_mouse(const struct input *input, int *row, int *column)
{
    *row = input->mouse_row;
    *column = input->mouse_column;
}

void input_discard(struct input *input)
{
    flushinp();
    input->utf8_size = 0;
    if (input->state == STATE_PASTE) return; /* its rest is still to come, and is no keys */
    input->state = STATE_PLAIN;
}

bool input_is_pending(void *unused)
{
    (void)unused;
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&terminal, 1, 0) > 0;
}
