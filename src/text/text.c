#include <gatehouse/ascii.h>
#include <gatehouse/text.h>

#include <inttypes.h>
#include <langinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

static bool ascii_only, poor_font;

void text_set_ascii(bool ascii)
{
    ascii_only = ascii;
}

bool text_is_ascii(void)
{
    return ascii_only;
}

void text_set_poor_font(bool poor)
{
    poor_font = poor;
}

bool text_has_poor_font(void)
{
    return poor_font;
}

void text_init(bool force_ascii)
{
    ascii_only = force_ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

const char *text_glyph(enum glyph glyph)
{
    static const struct {
        const char *glyph, *plain;
        bool rare; /* not in a poor font */
    } glyphs[GLYPH_COUNT] = {
        [GLYPH_ACTIVE] = {"●", "*", false},       [GLYPH_INACTIVE] = {"○", "o", true},
        [GLYPH_SUSPENDED] = {"◐", "-", true},     [GLYPH_DEAD] = {"✗", "x", false},
        [GLYPH_LIMITED] = {"◇", "#", true},       [GLYPH_MARK] = {"✓", "+", true},
        [GLYPH_CURSOR] = {"▌", ">", true},        [GLYPH_MENU] = {"⋮", ":", true},
        [GLYPH_UP] = {"▲", "^", false},           [GLYPH_DOWN] = {"▼", "v", false},
        [GLYPH_REMOVE] = {"×", "x", false},       [GLYPH_ELLIPSIS] = {"…", "~", false},
        [GLYPH_DOT] = {"·", "-", false},          [GLYPH_BULLET] = {"•", "*", false},
        [GLYPH_LINE] = {"─", "-", false},         [GLYPH_BAR] = {"│", "|", false},
        [GLYPH_THUMB] = {"┃", "|", false},        [GLYPH_DONE] = {"█", "#", false},
        [GLYPH_TO_DO] = {"░", ".", false},        [GLYPH_TOP_LEFT] = {"╭", "+", false},
        [GLYPH_TOP_RIGHT] = {"╮", "+", false},    [GLYPH_BOTTOM_LEFT] = {"╰", "+", false},
        [GLYPH_BOTTOM_RIGHT] = {"╯", "+", false},
    };
    bool plain = ascii_only || (poor_font && glyphs[glyph].rare);
    return plain ? glyphs[glyph].plain : glyphs[glyph].glyph;
}

/* One step through untrusted text: what to show for it, and its width. */
struct piece {
    size_t taken;  /* bytes of the input */
    char shown[8]; /* what is shown for it */
    size_t size;   /* bytes of `shown` */
    size_t width;
};

static void piece_show(struct piece *piece, const char *shown, size_t width)
{
    piece->size = strlen(shown);
    memcpy(piece->shown, shown, piece->size + 1);
    piece->width = width;
}

/* Direction marks, embeddings, isolates, and the other invisible format characters. */
static bool is_invisible(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_CC ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
           category == UTF8PROC_CATEGORY_CS || category == UTF8PROC_CATEGORY_CO ||
           category == UTF8PROC_CATEGORY_CN;
}

/* The common case: shown as it is, in one column. */
static bool is_common(char c)
{
    return c >= 0x20 && c < 0x7F;
}

static void piece_next(struct piece *piece, const char *s)
{
    utf8proc_int32_t point;
    if (is_common(*s)) {
        *piece = (struct piece){.taken = 1, .shown = {*s}, .size = 1, .width = 1};
        return;
    }
    utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &point);
    if (taken <= 0) {
        piece->taken = 1;
        piece_show(piece, ascii_only ? "?" : "\xEF\xBF\xBD", 1);
        return;
    }
    piece->taken = (size_t)taken;
    if (point == '\n' || point == '\t') {
        piece_show(piece, " ", 1);
    } else if (point < 0x20 || point == 0x7F) {
        const char caret[] = {'^', (char)(point ^ 0x40), 0};
        piece_show(piece, caret, 2);
    } else if (is_invisible(point)) {
        piece_show(piece, ascii_only ? "?" : "\xEF\xBF\xBD", 1);
    } else if (point >= 0x80 && ascii_only) {
        piece_show(piece, utf8proc_category(point) == UTF8PROC_CATEGORY_MN ? "" : "?",
                   utf8proc_category(point) != UTF8PROC_CATEGORY_MN);
    } else {
        int width = wcwidth((wchar_t)point);
        memcpy(piece->shown, s, piece->taken);
        piece->shown[piece->taken] = 0;
        piece->size = piece->taken;
        piece->width = width < 0 ? 0 : (size_t)width;
        if (width < 0) piece_show(piece, "\xEF\xBF\xBD", 1);
    }
}

size_t text_width(const char *s)
{
    size_t width = 0;
    struct piece piece;
    for (;; s += piece.taken) {
        for (; is_common(*s); s++)
            width++;
        if (!*s) return width;
        piece_next(&piece, s);
        width += piece.width;
    }
}

/* Copies visible pieces as long as they fit; *rest is where it stopped. */
static size_t copy_pieces(char *out, size_t out_size, const char *s, size_t columns,
                          const char **rest)
{
    size_t used = 0, width = 0, marks = 0;
    struct piece piece;
    for (;; s += piece.taken) {
        for (; is_common(*s) && width < columns && used + 1 < out_size; width++) {
            out[used++] = *s++;
            marks = 0;
        }
        if (!*s) break;
        piece_next(&piece, s);
        /* Combining marks without a base, or a pile of them, are not drawn: a row must stay one
         * row. */
        marks = piece.width ? 0 : marks + 1;
        if (piece.width == 0 && (used == 0 || marks > 4)) continue;
        if (width + piece.width > columns || used + piece.size >= out_size) break;
        memcpy(out + used, piece.shown, piece.size);
        used += piece.size;
        width += piece.width;
    }
    out[used] = 0;
    *rest = s;
    return width;
}

size_t text_visible(char *out, size_t out_size, const char *s, size_t columns)
{
    const char *rest;
    size_t width = copy_pieces(out, out_size, s, columns, &rest);
    if (!*rest || columns == SIZE_MAX || columns == 0) return width;
    width = copy_pieces(out, out_size - 4, s, columns - 1, &rest);
    strcat(out, text_glyph(GLYPH_ELLIPSIS));
    return width + 1;
}

size_t text_visible_middle(char *out, size_t out_size, const char *s, size_t columns)
{
    size_t whole = text_width(s);
    if (whole <= columns || columns < 3) return text_visible(out, out_size, s, columns);
    size_t tail_width = (columns - 1) / 2;
    const char *rest;
    size_t width = copy_pieces(out, out_size - 4, s, columns - 1 - tail_width, &rest);
    strcat(out, text_glyph(GLYPH_ELLIPSIS));
    const char *tail = s;
    size_t left = whole;
    struct piece piece;
    while (*tail && left > tail_width) {
        piece_next(&piece, tail);
        left -= piece.width;
        tail += piece.taken;
    }
    size_t used = strlen(out);
    return width + 1 + copy_pieces(out + used, out_size - used, tail, tail_width, &rest);
}

void text_hide_tokens(char *s)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    enum { PREFIX = 4, LEAST = 16 };
    while ((s = strstr(s, "gth_"))) {
        s += PREFIX;
        size_t size = strspn(s, alphabet);
        if (size >= LEAST) memset(s, '*', size);
    }
}

size_t text_length(const char *s)
{
    size_t count = 0;
    struct piece piece;
    for (;; s += piece.taken, count++) {
        for (; is_common(*s); s++)
            count++;
        if (!*s) return count;
        piece_next(&piece, s);
    }
}

bool text_is_printable(const char *s, bool newlines)
{
    for (;;) {
        while (is_common(*s))
            s++;
        if (!*s) return true;
        utf8proc_int32_t point;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &point);
        if (taken <= 0) return false;
        if (is_invisible(point) && !(newlines && point == '\n')) return false;
        s += taken;
    }
}

static bool is_mark(const char *s)
{
    utf8proc_int32_t point;
    if (utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &point) <= 0) return false;
    utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

size_t text_next(const char *s)
{
    if (!*s) return 0;
    struct piece piece;
    piece_next(&piece, s);
    size_t size = piece.taken;
    while (s[size] && is_mark(s + size)) {
        piece_next(&piece, s + size);
        size += piece.taken;
    }
    return size;
}

size_t text_previous(const char *s, size_t at)
{
    size_t start = 0;
    while (start < at) {
        size_t size = text_next(s + start);
        if (start + size >= at) return at - start;
        start += size;
    }
    return 0;
}

char *text_clean(const char *s, bool newlines, size_t most, bool *lost)
{
    char *clean = malloc(strlen(s) + 1), *to = clean;
    *lost = false;
    for (size_t count = 0; clean && *s;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &point);
        const char *from = s;
        size_t size = taken > 0 ? (size_t)taken : 1;
        s += size;
        if (point == '\r' && *s == '\n') continue;
        bool blank = point == '\t' || point == '\r' || point == '\n';
        bool joins = point == 0x200C || point == 0x200D; /* seen only in what they join */
        if (taken <= 0 || (is_invisible(point) && !blank)) {
            *lost = *lost || !joins;
            continue;
        }
        if (count++ == most) {
            *lost = true;
            break;
        }
        if (blank)
            *to++ = newlines && point != '\t' ? '\n' : ' ';
        else
            to = (char *)memcpy(to, from, size) + size;
    }
    if (clean) *to = 0;
    return clean;
}

/* Whether nothing is drawn for it: letters that Unicode lets programs ignore, and the empty Braille
 * cell. */
static bool is_blind(utf8proc_int32_t point)
{
    return utf8proc_get_property(point)->ignorable || point == 0x2800;
}

bool text_is_name(const char *s)
{
    bool shows = !*s;
    if (!text_is_printable(s, false)) return false;
    while (*s) {
        utf8proc_int32_t point;
        s += utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &point);
        if (is_blind(point)) return false;
        shows = shows || utf8proc_category(point) != UTF8PROC_CATEGORY_ZS;
    }
    return shows;
}

/* NULL when out of memory or `s` is not UTF-8. */
static char *fold_once(const char *s)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)s, 0, &folded,
                                         UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                             UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    return size < 0 ? NULL : (char *)folded;
}

/* In place: drops blanks at the ends, and all but one in a row. */
static void squeeze_blanks(char *s)
{
    char *to = s, *const begin = s;
    bool gap = false;
    for (utf8proc_int32_t point; *s;) {
        size_t size = (size_t)utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &point);
        const char *from = s;
        s += size;
        if (utf8proc_category(point) == UTF8PROC_CATEGORY_ZS) {
            gap = true;
            continue;
        }
        /* A blank that is left is not longer than the one it stands for. */
        if (gap && to > begin) *to++ = ' ';
        gap = false;
        memmove(to, from, size);
        to += size;
    }
    *to = 0;
}

static char *fold_fully(const char *s)
{
    enum { ROUNDS = 4 }; /* what folding made may fold further, but not often */
    char *folded = fold_once(s);
    for (int i = 0; folded && i < ROUNDS; i++) {
        char *again = fold_once(folded);
        bool same = again && strcmp(folded, again) == 0;
        free(folded);
        folded = again;
        if (same) break;
    }
    return folded;
}

static bool is_plain(const char *s)
{
    while (*s >= ' ' && *s <= '~')
        s++;
    return !*s;
}

/* The same for printable ASCII, as all ids and most names are, in a tenth of the time. */
static char *fold_plain(const char *s)
{
    char *folded = strdup(s);
    for (char *at = folded; at && *at; at++)
        *at = ascii_lower(*at);
    return folded;
}

char *text_fold(const char *s)
{
    char *folded = is_plain(s) ? fold_plain(s) : fold_fully(s);
    if (folded) squeeze_blanks(folded);
    return folded;
}

bool text_is_alike(const char *a, const char *b)
{
    if (strcmp(a, b) == 0) return true;
    char *one = text_fold(a), *other = text_fold(b);
    bool alike = one && other && strcmp(one, other) == 0;
    free(one);
    free(other);
    return alike;
}

/* With separators from 10,000 on: four digits are read at a glance. */
static void put_number(char *out, size_t size, int64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    bool separate = length - (count < 0) > 4;
    size_t used = 0;
    for (int i = 0; i < length && used + 2 < size; i++) {
        bool between = i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-';
        if (separate && between) out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = 0;
}

const char *text_count(char out[static TEXT_COUNT_SIZE], int64_t count, const char *noun)
{
    char number[40];
    size_t length = strlen(noun);
    bool is_y = length > 1 && noun[length - 1] == 'y' && !strchr("aeiou", noun[length - 2]);
    put_number(number, sizeof number, count);
    if (count == 1)
        snprintf(out, TEXT_COUNT_SIZE, "1 %s", noun);
    else
        snprintf(out, TEXT_COUNT_SIZE, "%s %.*s%s", number, (int)(length - is_y), noun,
                 is_y ? "ies" : "s");
    return out;
}

struct number_text number_text(int64_t number)
{
    struct number_text out = {""};
    put_number(out.text, sizeof out.text, number);
    return out;
}
