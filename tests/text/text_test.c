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
