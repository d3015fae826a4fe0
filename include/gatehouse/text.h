/* Text for people: display width, and placeholders for what a terminal must never receive.
 *
 * Text from the database or a file is untrusted. Control characters, escape sequences, bidi
 * controls, zero-width characters other than combining marks, and invalid UTF-8 are shown as
 * placeholders. Widths are those of wcwidth(3) in the current locale, because ncurses places cells
 * by it; call setlocale(LC_CTYPE, "") first. */
#ifndef GATEHOUSE_TEXT_H
#define GATEHOUSE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Plain ASCII output: with --ascii, or if the locale is not UTF-8. Other characters are then shown
 * as '?', and text_glyph() returns its ASCII form. */
void text_set_ascii(bool ascii);
bool text_is_ascii(void);

/* For terminals with a font of 256 or 512 glyphs: those that Debian's fonts for the Linux console
 * lack are replaced by their ASCII forms. */
void text_set_poor_font(bool poor);
bool text_has_poor_font(void);

/* Reads the locale (setlocale must have been called) and switches to ASCII unless it is UTF-8. */
void text_init(bool force_ascii);

/* Glyphs that the program itself draws, each with an ASCII form of the same width (1 column). */
enum glyph {
    GLYPH_ACTIVE,    /* ● * */
    GLYPH_INACTIVE,  /* ○ o */
    GLYPH_SUSPENDED, /* ◐ - */
    GLYPH_DEAD,      /* ✗ x : expired, revoked */
    GLYPH_LIMITED,   /* ◇ # : a token restricted to some permissions or networks */
    GLYPH_MARK,      /* ✓ + */
    GLYPH_CURSOR,    /* ▌ > */
    GLYPH_MENU,      /* ⋮ : */
    GLYPH_UP,        /* ▲ ^ */
    GLYPH_DOWN,      /* ▼ v */
    GLYPH_REMOVE,    /* × x */
    GLYPH_ELLIPSIS,  /* … ~ */
    GLYPH_DOT,       /* · - */
    GLYPH_BULLET,    /* • * : a typed character of a passphrase */
    GLYPH_LINE,      /* ─ - */
    GLYPH_BAR,       /* │ | */
    GLYPH_THUMB,     /* ┃ | : of a scroll bar */
    GLYPH_DONE,      /* █ # : of a progress bar */
    GLYPH_TO_DO,     /* ░ . */
    GLYPH_TOP_LEFT,  /* ╭ + */
    GLYPH_TOP_RIGHT,
    GLYPH_BOTTOM_LEFT,
    GLYPH_BOTTOM_RIGHT,
    GLYPH_COUNT
};
const char *text_glyph(enum glyph glyph);

/* The number of columns that text_visible needs for `s`. */
size_t text_width(const char *s);

/* Writes the visible form of `s` to `out` (always terminated), at most `columns` wide; what does
 * not fit is cut and marked with an ellipsis. Newlines and tabs become a blank. Returns the columns
 * used. SIZE_MAX columns: not cut. An `out_size` of 4 * columns + 8 is enough, except for long runs
 * of combining marks, which are cut. */
size_t text_visible(char *out, size_t out_size, const char *s, size_t columns);

/* The same, but cut in the middle, as IDs are. */
size_t text_visible_middle(char *out, size_t out_size, const char *s, size_t columns);

/* Overwrites with '*' what looks like a token (gth_ and 16 letters and digits or more), or like
 * most of one. For sentences, events and lines that repeat what somebody wrote: not for a token
 * that is meant to be shown. */
void text_hide_tokens(char *s);

/* "1 token", "2 tokens", "10,000 entries": how a sentence counts; the noun in the singular. Returns
 * `out`. */
enum { TEXT_COUNT_SIZE = 80 };
const char *text_count(char out[static TEXT_COUNT_SIZE], int64_t count, const char *noun);

/* Number of characters (code points) in `s`; an invalid byte counts as one. */
size_t text_length(const char *s);

/* Whether `s` is valid UTF-8 of printable characters only (no controls, bidi, line breaks).
 * `newlines`: '\n' is allowed, for descriptions. */
bool text_is_printable(const char *s, bool newlines);

/* The length in bytes of the character (with its combining marks) at `s`, 0 at the end, and of the
 * one before `s + at`. For moving and deleting in text fields. */
size_t text_next(const char *s);
size_t text_previous(const char *s, size_t at);

/* `s` as far as it can be taken: what text_is_printable would refuse is left out, line ends of
 * other systems become '\n' and tabs blanks (without `newlines` both become blanks), and what is
 * longer than `most` characters is cut. *lost says whether anything that shows was lost. Caller
 * frees; NULL when out of memory. */
char *text_clean(const char *s, bool newlines, size_t most, bool *lost);

/* What a name may consist of: what text_is_printable allows, without characters that nothing is
 * drawn for, and not of blanks alone. "" may be a name here. */
bool text_is_name(const char *s);

/* Names that look alike are one: compared in a form in which case, composition, compatible forms
 * (NFKC), blanks at the ends and in a row, and invisible characters make no difference. Caller
 * frees; NULL when out of memory or `s` is not UTF-8. */
char *text_fold(const char *s);
/* Whether the folded forms are equal; false if one cannot be folded. */
bool text_is_alike(const char *a, const char *b);

/* A number for people: "9999", "10,000", "1,000,000". */
enum { NUMBER_TEXT_SIZE = 32 };
struct number_text {
    char text[NUMBER_TEXT_SIZE];
};
struct number_text number_text(int64_t number);

#endif
