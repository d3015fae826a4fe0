#include <gatehouse/ascii.h>
#include <gatehouse/error.h>
#include <gatehouse/text.h>

#include <criterion/criterion.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

Test(text, names_that_differ_in_case_only_fold_to_the_same)
{
    char *one = text_fold("ÄRGER"), *two = text_fold("a\u0308rger");
    cr_assert_str_eq(one, two);
    free(one);
    free(two);
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
