#include <gatehouse/ascii.h>
#include <gatehouse/error.h>
#include <gatehouse/text.h>

#include <criterion/criterion.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static void start(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    text_init(false);
}
TestSuite(text, .init = start);

static const char *visible(const char *s, size_t columns)
{
    static char out[512];
    text_visible(out, sizeof out, s, columns);
    return out;
}

Test(text, escape_sequences_become_visible)
{
    cr_assert_str_eq(visible("\033[31mred", SIZE_MAX), "^[[31mred");
    cr_assert_str_eq(visible("a\x7f", SIZE_MAX), "a^?");
}

Test(text, bidi_controls_and_invalid_bytes_become_placeholders)
{
    cr_assert_str_eq(visible("a\u202Eb", SIZE_MAX), "a\uFFFDb");
    cr_assert_str_eq(visible("a\xff"
                             "b",
                             SIZE_MAX),
                     "a\uFFFDb");
}

Test(text, line_breaks_become_blanks)
{
    cr_assert_str_eq(visible("a\nb\tc", SIZE_MAX), "a b c");
}

Test(text, wide_characters_take_two_columns_and_are_cut_whole)
{
    cr_assert_eq(text_width("漢字"), 4);
    cr_assert_str_eq(visible("漢字漢字", 4), "漢…");
}

Test(text, combining_marks_take_none_and_do_not_pile_up)
{
    cr_assert_eq(text_width("e\u0301"), 1);
    const char *piled = visible("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301", SIZE_MAX);
    cr_assert_leq(strlen(piled), 1 + 4 * 2);
}

Test(text, ids_are_cut_in_the_middle)
{
    char out[64];
    cr_assert_eq(text_visible_middle(out, sizeof out, "sa::abcdefghij", 9), 9);
    cr_assert_str_eq(out, "sa::…ghij");
}

Test(text, ascii_mode_writes_ascii_only)
{
    text_set_ascii(true);
    cr_assert_str_eq(visible("wöchentlich", SIZE_MAX), "w?chentlich");
    text_set_ascii(false);
}

Test(text, names_that_look_alike_are_one)
{
    static const char *const alike[][2] = {
        {"ÄRGER", "a\u0308rger"},
        {"ﬁle", "FILE"},
        {"Ｂｕｉｌｄ", "build"},
        {"ⅳ", "IV"},
        {" build  team ", "build team"},
        {"build\u00a0team", "build\u2003\u3000team"},
        {"build\u1680team", "build team"},
        {"bui\u200bld", "build"},
        {"straße", "STRASSE"},
        {"  ", ""},
    };
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        char *one = text_fold(alike[i][0]), *two = text_fold(alike[i][1]);
        cr_expect_str_eq(one, two);
        cr_expect(text_is_alike(alike[i][0], alike[i][1]), "%s", alike[i][0]);
        free(one);
        free(two);
    }
    cr_assert_not(text_is_alike("buildteam", "build team"));
    cr_assert_not(text_is_alike("\xff", "\xfe"));
}

Test(text, folding_what_is_folded_changes_nothing)
{
    for (long point = 1; point <= 0x10FFFF; point++) {
        char text[16];
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        snprintf(text, sizeof text, "a%lc", (wint_t)point);
        char *once = text_fold(text), *twice = text_fold(once);
        cr_assert_str_eq(once, twice, "U+%04lX", point);
        free(once);
        free(twice);
    }
}

Test(text, a_name_has_no_invisible_characters_and_is_not_blank)
{
    static const char *const wrong[] = {"a\u200bb", "a\u3164", "a\u2800", "a\u115f", "a\ufe0f",
                                        "a\u034f",  "a\nb",    " ",       "\u3000",  "\u202eb"};
    static const char *const right[] = {"", "Team Ä", "команда", "ci", "a\u0301", "日本"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(text_is_name(wrong[i]), "%zu", i);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        cr_expect(text_is_name(right[i]), "%s", right[i]);
}

Test(text, an_error_never_carries_an_escape_sequence)
{
    cr_assert_eq(fail(ERR_INVALID, "“%s”", "\033]52;c;x\a"), ERR_INVALID);
    cr_assert_not(strchr(error_message(), '\033'));
    cr_assert_not(strchr(error_message(), '\a'));
}

Test(text, letters_of_identifiers_are_compared_without_a_locale)
{
    cr_assert_eq(ascii_lower('I'), 'i');
    cr_assert_eq(ascii_lower('\xC9'), '\xC9');
    cr_assert(ascii_is_alnum('Z') && ascii_is_alnum('0') && !ascii_is_alnum('_'));
    cr_assert_not(ascii_is_alnum('\xE9'));
    cr_assert_eq(ascii_casecmp("INGEST", "ingest"), 0);
    cr_assert_lt(ascii_casecmp("ab", "abc"), 0);
    cr_assert_gt(ascii_casecmp("b", "A"), 0);
    cr_assert_eq(ascii_ncasecmp("SA::x", "sa::y", 4), 0);
    cr_assert_neq(ascii_ncasecmp("sa:", "sa::", 4), 0);
    cr_assert_str_eq(ascii_casestr("the Ingest", "INGEST"), "Ingest");
    cr_assert_str_eq(ascii_casestr("any", ""), "any");
    cr_assert_null(ascii_casestr("ing", "ingest"));
}

Test(text, cleaning_takes_what_can_be_taken)
{
    static const struct {
        const char *typed, *clean;
        bool newlines, lost;
    } rows[] = {
        {"plain ü", "plain ü", false, false},  {"a\r\nb\rc\nd", "a\nb\nc\nd", true, false},
        {"a\r\nb\tc", "a b c", false, false},  {"fam\u200dily", "family", true, false},
        {"a\033b", "ab", true, true},          {"a\xff", "a", true, true},
        {"12345678", "12345678", true, false}, {"123456789", "12345678", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool lost;
        char *clean = text_clean(rows[i].typed, rows[i].newlines, 8, &lost);
        cr_expect_str_eq(clean, rows[i].clean);
        cr_expect_eq(lost, rows[i].lost, "%s", rows[i].typed);
        cr_expect(text_is_printable(clean, rows[i].newlines));
        free(clean);
    }
}

Test(text, numbers_carry_separators_from_ten_thousand_on)
{
    static const struct {
        int64_t number;
        const char *text;
    } rows[] = {{0, "0"},
                {999, "999"},
                {9999, "9999"},
                {10000, "10,000"},
                {400000, "400,000"},
                {1000000, "1,000,000"},
                {-10000, "-10,000"},
                {-123456, "-123,456"},
                {INT64_MIN, "-9,223,372,036,854,775,808"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(number_text(rows[i].number).text, rows[i].text);
}

Test(text, counts_have_a_singular_and_separators_where_they_are_long)
{
    static const struct {
        int64_t count;
        const char *noun, *text;
    } rows[] = {{0, "token", "0 tokens"},
                {1, "token", "1 token"},
                {2, "entry", "2 entries"},
                {1, "entry", "1 entry"},
                {3, "day", "3 days"},
                {9999, "event", "9999 events"},
                {10000, "event", "10,000 events"},
                {1234567, "file", "1,234,567 files"},
                {-12345, "file", "-12,345 files"},
                {INT64_MIN, "x", "-9,223,372,036,854,775,808 xs"}};
    char out[TEXT_COUNT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(text_count(out, rows[i].count, rows[i].noun), rows[i].text);
}

Test(text, every_glyph_is_one_column_and_has_a_form_in_ascii)
{
    static const char *const forms[GLYPH_COUNT] = {
        [GLYPH_ACTIVE] = "●*●",      [GLYPH_INACTIVE] = "○oo",     [GLYPH_SUSPENDED] = "◐--",
        [GLYPH_DEAD] = "✗x✗",        [GLYPH_LIMITED] = "◇##",      [GLYPH_MARK] = "✓++",
        [GLYPH_CURSOR] = "▌>>",      [GLYPH_MENU] = "⋮::",         [GLYPH_UP] = "▲^▲",
        [GLYPH_DOWN] = "▼v▼",        [GLYPH_REMOVE] = "×x×",       [GLYPH_ELLIPSIS] = "…~…",
        [GLYPH_DOT] = "·-·",         [GLYPH_BULLET] = "•*•",       [GLYPH_LINE] = "─-─",
        [GLYPH_BAR] = "│|│",         [GLYPH_THUMB] = "┃|┃",        [GLYPH_DONE] = "█#█",
        [GLYPH_TO_DO] = "░.░",       [GLYPH_TOP_LEFT] = "╭+╭",     [GLYPH_TOP_RIGHT] = "╮+╮",
        [GLYPH_BOTTOM_LEFT] = "╰+╰", [GLYPH_BOTTOM_RIGHT] = "╯+╯",
    };
    for (int i = 0; i < GLYPH_COUNT; i++) {
        char all[32] = "";
        for (int mode = 0; mode < 3; mode++) {
            text_set_ascii(mode == 1);
            text_set_poor_font(mode == 2);
            cr_assert_eq(text_is_ascii(), mode == 1);
            cr_assert_eq(text_has_poor_font(), mode == 2);
            cr_assert_eq(text_width(text_glyph((enum glyph)i)), 1);
            strcat(all, text_glyph((enum glyph)i));
        }
        cr_assert_str_eq(all, forms[i]);
    }
    text_set_poor_font(false);
    text_init(true);
    cr_assert(text_is_ascii());
    text_init(false);
    cr_assert_not(text_is_ascii());
    setlocale(LC_CTYPE, "C");
    text_init(false);
    cr_assert(text_is_ascii());
}

static const struct {
    const char *text;
    size_t width, length;
    const char *ascii;
} pieces[] = {
    {"", 0, 0, ""},
    {" ~", 2, 2, " ~"},
    {"\x01\x1f\x7f", 6, 3, "^A^_^?"},
    {"\t\n", 2, 2, "  "},
    {"\xc2\x80\xc2\x9f", 2, 2, "??"},
    {"\u00a0\u00e9", 2, 2, "??"},
    {"\u200b\u2028\u2029\ue000\u0378", 5, 5, "?????"},
    {"\xc3", 1, 1, "?"},
    {"\xc3(", 2, 2, "?("},
    {"\xed\xa0\x80", 3, 3, "???"},
    {"e\u0301", 1, 2, "e"},
    {"漢", 2, 1, "?"},
    {"\U0001f600", 2, 1, "?"},
};

Test(text, of_each_kind_of_character_the_width_and_the_number_are_known)
{
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        cr_expect_eq(text_width(pieces[i].text), pieces[i].width, "%zu: %zu", i,
                     text_width(pieces[i].text));
        cr_expect_eq(text_length(pieces[i].text), pieces[i].length, "%zu", i);
        cr_expect_eq(text_width(visible(pieces[i].text, SIZE_MAX)), pieces[i].width, "%zu", i);
        text_set_ascii(true);
        cr_expect_str_eq(visible(pieces[i].text, SIZE_MAX), pieces[i].ascii, "%zu", i);
        text_set_ascii(false);
    }
}

/* Whatever is cut: it never takes more columns or bytes than there are, and all that is possible.
 */
Test(text, what_is_cut_fits_and_fills_its_columns)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "abcdefghijklm",
                                        "漢字漢字漢",
                                        "a漢b字c漢d",
                                        "e\u0301e\u0301e\u0301e\u0301",
                                        "\x01\x02\x03\x04"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t columns = 0; columns < 16; columns++) {
            char out[64], middle[64];
            const size_t whole = text_width(texts[i]);
            const size_t width = text_visible(out, sizeof out, texts[i], columns);
            const size_t both = text_visible_middle(middle, sizeof middle, texts[i], columns);
            cr_assert_eq(width, text_width(out), "“%s” in %zu", out, columns);
            cr_assert_eq(both, text_width(middle), "“%s” in %zu", middle, columns);
            cr_assert_leq(width, columns);
            cr_assert_leq(both, columns);
            if (whole <= columns) {
                cr_assert_eq(width, whole);
                cr_assert_eq(both, whole);
                continue;
            }
            if (!columns) continue;
            cr_assert_geq(width + 1, columns, "“%s” in %zu", out, columns);
            cr_assert_str_eq(out + strlen(out) - strlen("…"), "…");
            cr_assert(strstr(middle, "…"));
            if (columns >= 3) cr_assert_geq(both + 2, columns, "“%s” in %zu", middle, columns);
        }
}

Test(text, in_the_middle_both_ends_are_kept)
{
    static const char *const cut[] = {"",      "…",      "a…",      "a…h",     "ab…h",
                                      "ab…gh", "abc…gh", "abc…fgh", "abcdefgh"};
    for (size_t columns = 0; columns < sizeof cut / sizeof *cut; columns++) {
        char out[64];
        text_visible_middle(out, sizeof out, "abcdefgh", columns);
        cr_assert_str_eq(out, cut[columns], "%zu", columns);
    }
}

Test(text, in_every_buffer_whole_characters_are_kept)
{
    for (size_t size = 1; size < 16; size++) {
        char out[17];
        memset(out, '#', sizeof out);
        text_visible(out, size, "ä漢ü€é", SIZE_MAX);
        cr_assert_lt(strlen(out), size);
        cr_assert(strlen(out) + 3 >= size || strlen(out) == strlen("ä漢ü€é"));
        cr_assert_eq(strncmp(out, "ä漢ü€é", strlen(out)), 0);
        cr_assert(text_is_printable(out, false));
        cr_assert_eq(out[size], '#');
    }
}

Test(text, marks_belong_to_the_letter_before_them)
{
    static const char text[] = "ae\u0301\u0323漢\u20ddz";
    static const size_t steps[] = {1, 5, 6, 1, 0};
    size_t at = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        cr_assert_eq(text_next(text + at), steps[i], "step %zu", i);
        cr_assert_eq(text_previous(text, at), i ? steps[i - 1] : 0, "step %zu", i);
        at += steps[i];
    }
    cr_assert_eq(at, strlen(text));
    cr_assert_eq(text_next("a\xcc"), 1, "half of a mark is none");
}

Test(text, a_run_after_the_prefix_of_a_token_is_hidden_from_16_letters_on)
{
    static const char *const rows[][2] = {
        {"gth_0123456789abcde", "gth_0123456789abcde"},
        {"gth_0123456789abcdeZ", "gth_****************"},
        {"a gth_0123456789abcdefz! gth_x gth_AAAAAAAAAAAAAAAAA",
         "a gth_*****************! gth_x gth_*****************"},
        {"gth_gth_0123456789abcdef", "gth_gth_****************"},
        {"GTH_0123456789abcdef", "GTH_0123456789abcdef"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[80];
        strcpy(text, rows[i][0]);
        text_hide_tokens(text);
        cr_expect_str_eq(text, rows[i][1]);
    }
}

Test(text, letters_at_the_ends_of_the_alphabets_are_letters)
{
    for (int c = 1; c < 128; c++) {
        const bool upper = c >= 65 && c <= 90, lower = c >= 97 && c <= 122;
        cr_assert_eq(ascii_lower((char)c), upper ? c + 32 : c, "%d", c);
        cr_assert_eq(ascii_is_alnum((char)c), upper || lower || (c >= 48 && c <= 57), "%d", c);
    }
}
