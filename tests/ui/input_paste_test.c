/* What is pasted, marked or not, must not act. */
#include "tests/ui/input_pipe.h"

TestSuite(input_paste, .init = open_pipe, .fini = close_pipe);

Test(input_paste, a_late_paste_is_one)
{
    send("\033");
    wait(120);
    send("[200~AD\r");
    wait(120);
    send("Y\033[20");
    wait(120);
    send("1~");
    cr_assert_str_eq(got, "Esc paste");
    cr_assert_str_eq(pasted, "AD\rY");
}

Test(input_paste, a_paste_may_be_marked_in_eight_bits)
{
    send("\233200~AD\233201~");
    cr_assert_str_eq(got, "paste");
    cr_assert_str_eq(pasted, "AD");
}

Test(input_paste, a_character_does_not_end_a_paste)
{
    send("\033[200~\304\233201~AD\033[201~"); /* ě */
    cr_assert_str_eq(got, "paste");
    cr_assert_str_eq(pasted, "\304\233201~AD");
}

Test(input_paste, a_paste_without_an_end_is_over_after_a_second)
{
    send("\033[200~one A");
    wait(999);
    send("\r two");
    cr_assert_eq(input_due(input), ticks + 1000);
    wait(999);
    cr_assert_str_empty(got);
    wait(1);
    cr_assert_str_eq(got, "paste");
    cr_assert_str_eq(pasted, "one A\r two");
    cr_assert_not(input_paste_is_whole(input));
    cr_assert_eq(input_due(input), INT64_MAX);
    send("j");
    expect("paste j", "the keyboard lives");
    send("\033[200~x\033[201~");
    cr_assert(input_paste_is_whole(input));
}

/* Whoever wrote a text that is copied may have put the mark of the end into it, and keys after it.
 */
Test(input_paste, what_follows_a_paste_at_once_belongs_to_it)
{
    send("\033[200~x\033[201~A\033[201~");
    wait(60);
    expect("paste burst", "a key after the end");
    in_field = true;
    send("\033[200~x\033[200~y\033[201~");
    wait(40);
    send("\r");
    wait(40);
    send("A");
    wait(60);
    expect("paste burst", "in a field");
    send("\033[200~x\033[201~");
    wait(60);
    send("\r");
    expect("paste Enter", "after a pause");
}

Test(input_paste, more_than_three_characters_at_once_are_a_paste)
{
    static const char *const bursts[] = {"help",
                                         "AAAA",
                                         "  A\r D",
                                         "rm -rf A\rDY\r",
                                         "ДДДД",
                                         "a\tb\tcd\033[A\r",
                                         "AD\303\251\303\251"};
    for (size_t i = 0; i < sizeof bursts / sizeof *bursts; i++) {
        send(bursts[i]);
        expect("burst", bursts[i]);
    }
    send("AD\r");
    expect("A D Enter", "two letters and Enter");
    send("ADY");
    expect("A D Y", "three letters");
}

Test(input_paste, a_burst_may_come_byte_by_byte)
{
    for (const char *byte = "ADYT"; *byte; byte++) {
        send_bytes(byte, 1);
        ticks++;
    }
    expect("burst", "a millisecond apart");
    for (const char *byte = "ADYT"; *byte; byte++) {
        send_bytes(byte, 1);
        wait(2);
    }
    expect("A burst", "two milliseconds apart: the first was alone for five");
}

Test(input_paste, what_follows_a_burst_closely_belongs_to_it)
{
    send("some text");
    for (int i = 0; i < 5; i++) {
        wait(40);
        send("A\r");
    }
    wait(51);
    send("A");
    expect("burst A", "a paste over a slow line, then a key");
}

Test(input_paste, keys_that_are_held_down_are_no_paste)
{
    send("jjjjjjkk");
    expect("j j j j j j k k", "held down over a slow line");
    send("jjjA");
    expect("j j j burst", "but no letter among them acts");
    send("\033[B\033[B\033[B\033[B\033[B");
    expect("↓ ↓ ↓ ↓ ↓", "an arrow key");
}

Test(input_paste, text_of_a_field_may_come_at_once)
{
    in_field = true;
    send("some text\r");
    expect("s o m e Space t e x t Enter", "in a field");
    in_field = false;
    send("/");
    collect();
    in_field = true;
    send("text\r");
    in_field = false;
    send("A");
    expect("/ t e x t Enter burst", "after a field, in the same moment");
}

Test(input_paste, what_changes_data_waits_to_be_alone)
{
    send("a");
    cr_assert_str_eq(got, "a");
    wait(100);
    send("A");
    cr_assert_str_eq(got, "a");
    cr_assert(input_is_pending(input));
    cr_assert_eq(input_due(input), ticks + 5);
    wait(5);
    cr_assert_str_eq(got, "a A");
    cr_assert_eq(input_due(input), INT64_MAX);
}

/* The answer to the question for mode 2004, whatever its value, as long as the mode is known. */
Test(input_paste, where_pastes_are_marked_nothing_waits)
{
    static const struct {
        const char *bytes;
        bool waits;
    } answers[] = {
        {"\033[?2004;0$y", true},     {"\033[?2004;1$y", false}, {"\033[?2004;2$y", false},
        {"\033[?2004;3$y", false},    {"\2332004;2$y", true},    {"\233?2004;2$y", false},
        {"\033[?2004;4$y", true},     {"\033[?2004;5$y", true},  {"\033[?2004;12$y", true},
        {"\033[?2003;2$y", true},     {"\033[?2004;2y", true},   {"\033[2004;2$y", true},
        {"\033[?2004;2;1$y", true},   {"\033[?2004;$y", true},   {"\033[?2004;-1$y", true},
        {"\033]?2004;2$y\007", true}, {"a\033[?2004;2$y", true},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        close_pipe();
        open_pipe();
        *got = 0;
        send(answers[i].bytes);
        wait(100);
        *got = 0;
        send("A");
        cr_assert_str_eq(got, answers[i].waits ? "" : "A", "%zu", i);
        wait(5);
        expect("A", answers[i].bytes);
    }
}

/* What it says may be wrong, or its answer a text that somebody pasted. */
Test(input_paste, many_characters_at_once_are_dropped_even_where_pastes_are_marked)
{
    send("\033[?2004;2$y");
    wait(100);
    send("ABCDEF");
    expect("burst", "at once");
}

Test(input_paste, a_character_of_many_bytes_is_one_key)
{
    send("ф");
    expect("ф", "two bytes");
    send("中");
    expect("中", "three bytes");
    send("\360\237\224\221");
    expect("\360\237\224\221", "four bytes");
    send("中фé");
    expect("中 ф é", "seven bytes, three keys");
}
