/* Which bytes are which keys. */
#include "tests/ui/input_pipe.h"

TestSuite(input, .init = open_pipe, .fini = close_pipe);

Test(input, characters_and_controls_are_keys)
{
    in_field = true;
    send("aA 1ф中\t\r\n\177\010\003");
    expect("a A Space 1 ф 中 Tab Enter Enter Bksp Bksp ^C", "plain keys");
}

Test(input, the_forms_of_each_key_are_that_key_split_anywhere)
{
    static const struct {
        const char *bytes, *key;
    } forms[] = {
        {"\033[A", "↑"},     {"\033OA", "↑"},     {"\033[B", "↓"},    {"\033OB", "↓"},
        {"\033[C", "→"},     {"\033OC", "→"},     {"\033[D", "←"},    {"\033OD", "←"},
        {"\033[H", "Home"},  {"\033OH", "Home"},  {"\033[F", "End"},  {"\033OF", "End"},
        {"\033[5~", "PgUp"}, {"\033[6~", "PgDn"}, {"\033[2~", "Ins"}, {"\033[3~", "Del"},
        {"\033[Z", "S-Tab"}, {"\033OP", "F1"},    {"\033[11~", "F1"}, {"\033[[A", "F1"},
        {"\033OQ", "F2"},    {"\033[12~", "F2"},  {"\033[15~", "F5"}, {"\033[[E", "F5"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        expect_split(forms[i].bytes, strlen(forms[i].bytes), 20, forms[i].key);
}

/* PuTTY and the Linux console send the `~` forms, rxvt others, and the keypad has its own in
 * application mode, which DECKPAM turns on. */
Test(input, home_end_and_the_keypad_are_keys_on_every_terminal)
{
    static const char application[] = "pqrstuvwxyjklmno", digits[] = "0123456789*+,-./";
    expect_split("\033[1~", 4, 20, "Home");
    expect_split("\033[4~", 4, 20, "End");
    expect_split("\033[7~", 4, 20, "Home");
    expect_split("\033[8~", 4, 20, "End");
    expect_split("\033OM", 3, 20, "Enter");
    for (size_t i = 0; application[i]; i++) {
        char bytes[] = {'\033', 'O', application[i], 0}, key[] = {digits[i], 0};
        expect_split(bytes, 3, 20, key);
    }
}

/* ECMA-48 5.3: each C1 control can also be sent as ESC and a letter. Here as one byte and in
 * UTF-8. */
Test(input, eight_bit_introducers_begin_what_their_escapes_do)
{
    static const char *const keys[] = {"\233A", "\302\233A", "\217A", "\302\217A"};
    static const int introducers[] = {0x90, 0x98, 0x9d, 0x9e, 0x9f};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        expect_split(keys[i], strlen(keys[i]), 400, "↑");
    for (size_t i = 0; i < sizeof introducers / sizeof *introducers; i++) {
        char string[32];
        int size = snprintf(string, sizeof string, "%cADDY\234j", introducers[i]);
        expect_split(string, (size_t)size, 400, "j");
        size = snprintf(string, sizeof string, "\302%cADDY\302\234j", introducers[i]);
        expect_split(string, (size_t)size, 400, "j");
    }
}

Test(input, an_eight_bit_introducer_inside_of_a_character_is_none)
{
    send("\304\233A"); /* ě */
    expect("ě A", "a character that ends in 0x9b");
}

Test(input, bytes_that_are_no_characters_are_no_keys)
{
    static const char *const wrong[] = {
        "\340\201\201", "\301\201", "\360\200\201\201", "\355\240\200", "\365\201\201\201",
        "\377",         "\303",     "\342\202",         "\240\277",     "\200\204\205\231"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        send(wrong[i]);
        send("j");
        expect("j", shown(wrong[i], strlen(wrong[i])));
    }
}

Test(input, a_broken_character_ends_in_the_control_that_broke_it)
{
    send("\345\233Aj");
    expect("↑ j", "0x9b after a lead byte");
}

Test(input, answers_are_swallowed_split_anywhere)
{
    static const char *const answers[] = {
        "\033[?64;1;2;6;9;15;22c",          /* DA1 */
        "\033[>41;395;0c",                  /* DA2 */
        "\033P!|7E565445\033\\",            /* DA3 */
        "\033P>|XTerm(395)AD\033\\",        /* XTVERSION */
        "\033]11;rgb:AAAA/DDDD/EEEE\033\\", /* OSC 11 */
        "\033]10;rgb:AAAA/DDDD/EEEE\007",   /* OSC 10, as xterm ends it after BEL */
        "\033P1$r0;1mA\033\\",              /* DECRQSS */
        "\033P1+r524742=382F382F38\033\\",  /* XTGETTCAP */
        "\033[?1u",                         /* kitty's keyboard */
        "\033[?2004;1$y",                   /* DECRQM */
        "\033[12;40R",                      /* CPR */
        "\033[I",                           /* focus in */
        "\033[O",                           /* focus out */
        "\033_Gi=31;OK\033\\",              /* kitty's graphics */
        "\033^ADD\033\\",                   /* PM */
        "\033XADD\033\\",                   /* SOS */
        "\033]52;c;QUREREQ=\033\\",         /* OSC 52 */
        "\033[27;5;65~",                    /* xterm's modifyOtherKeys */
        "\033[65;2u",                       /* kitty's A */
        "\033[1;2A",
        "\033[1;5D",
        "\033O5A",
        "\033O2D",
        "\033[99;99~",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        expect_split(answers[i], strlen(answers[i]), 20, "");
}

/* Esc was taken for a key by then; the rest must still not be one. */
Test(input, what_comes_late_after_a_lone_escape_is_swallowed)
{
    static const char *const sequences[] = {"\033[A",
                                            "\033OA",
                                            "\033[1;5D",
                                            "\033[[A",
                                            "\033[M AD",
                                            "\033[<0;65;68M",
                                            "\033]11;rgb:AA/DD/EE\033\\",
                                            "\033P>|XTermAD\033\\",
                                            "\033_GAD\033\\",
                                            "\033^AD\033\\",
                                            "\033XAD\033\\",
                                            "\033[O"};
    static const int pauses[] = {40, 120, 450};
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        for (size_t p = 0; p < sizeof pauses / sizeof *pauses; p++) {
            send("\033");
            wait(pauses[p]);
            send(sequences[i] + 1);
            expect("Esc", sequences[i] + 1);
            for (const char *byte = sequences[i]; *byte; byte++) {
                send_bytes(byte, 1);
                wait(pauses[p]);
            }
            expect("Esc", sequences[i] + 1);
        }
}

/* rxvt: they mean nothing, and the next key is not part of them. */
Test(input, a_sequence_may_end_in_a_dollar)
{
    send("\033[7$j\033[2$j\033[?2004;1$yj");
    expect("j j j", "shifted keys");
}

/* Only silence that was observed ends anything: otherwise the rest of a sequence, read late, would
 * be taken for keys. */
Test(input, what_came_while_the_program_was_busy_came_in_time)
{
    static const char *const halves[][3] = {{"\033", "[A", "↑"},
                                            {"\033[1;", "5A", ""},
                                            {"\033]0;A", "D\007", ""},
                                            {"\033[M#", "AD", ""},
                                            {"\033[200~A", "D\033[201~", "paste"}};
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        send(halves[i][0]);
        ticks += 1500;
        send(halves[i][1]);
        expect(halves[i][2], halves[i][0]);
    }
    send("\033");
    wait(30);
    ticks += 1500;
    send("[A");
    expect("Esc", "after a lone Esc");
}

Test(input, letters_after_a_lone_escape_are_keys)
{
    send("[A");
    expect("[ A", "before any Esc");
    send("\033");
    wait(40);
    send("A");
    expect("Esc A", "Esc, then A");
    send("\033");
    wait(600);
    send("[O");
    expect("Esc [ O", "long after an Esc");
    send("\033");
    wait(40);
    send("jO");
    expect("Esc j O", "with a key between");
}

Test(input, a_string_ends_at_its_end_and_nowhere_else)
{
    static const struct {
        const char *bytes, *keys;
    } strings[] = {
        {"\033]0;AD\007j", "j"},
        {"\033P1$rAD\007D\033\\j", "j"},
        {"\033]0;AD\030j", "j"},
        {"\033_AD\032j", "j"},
        {"\033]0;\303\234AD\033\\j", "j"}, /* Ü, which contains the byte of ST */
        {"\033]0;AD\033[Aj", "↑ j"},
        {"\033[12\030j", "j"},
        {"\033O\032j", "j"},
        {"\033PAD\rD\tY\033\\\r", "Enter"},
        {"\033]0;AD\233Aj", "↑ j"},
    };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        send(strings[i].bytes);
        expect(strings[i].keys, shown(strings[i].bytes, strlen(strings[i].bytes)));
    }
}

Test(input, what_never_ends_is_over_after_half_a_second)
{
    static const char *const beginnings[] = {"\033]0;A", "\033P",    "\033[12;",
                                             "\033O",    "\033[M A", "\033]0;A\033",
                                             "\342\202", "\033(",    "\233"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        send(beginnings[i]);
        wait(499);
        cr_expect_str_empty(got, "%s", beginnings[i]);
        wait(2);
        send("A");
        expect("A", shown(beginnings[i], strlen(beginnings[i])));
    }
}

Test(input, a_sequence_with_other_bytes_in_it_is_no_key)
{
    static const char *const broken[] = {"\033O\001k", "\033Oék", "\033[\177A", "\033[1\r~",
                                         "\233\377A"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        send(broken[i]);
        expect("", shown(broken[i], strlen(broken[i])));
    }
}

Test(input, keys_with_alt_mean_nothing)
{
    char keys[3] = "\033";
    for (int letter = 0; letter < 0x80; letter++) {
        bool longer = strchr("[O]P_^XN\033", letter) || (letter >= ' ' && letter < '0');
        if (!letter || longer) continue;
        keys[1] = (char)letter;
        send(keys);
        expect("", shown(keys, 2));
    }
    send("\033é");
    expect("", "Alt and é");
}

Test(input, a_lone_escape_is_a_key_when_it_is_due)
{
    cr_assert_eq(input_due(input), INT64_MAX);
    send("\033");
    cr_assert_str_empty(got);
    cr_assert_eq(input_due(input), ticks + 25);
    wait(24);
    cr_assert_str_empty(got);
    wait(1);
    cr_assert_str_eq(got, "Esc");
    cr_assert_eq(input_due(input), INT64_MAX);
}

Test(input, two_escapes_are_two_keys)
{
    send("\033\033");
    expect("Esc Esc", "Esc twice");
    send("\033\033[A");
    expect("Esc ↑", "Esc and an arrow key");
}

Test(input, nothing_is_due_inside_of_a_sequence)
{
    static const char *const beginnings[] = {"\033[1", "\033]0;", "\033O", "\303", "\033[M "};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        send(beginnings[i]);
        cr_expect_eq(input_due(input), INT64_MAX, "%s", beginnings[i]);
        expect("", beginnings[i]);
    }
}

/* Plain bytes, bytes with the eighth bit, UTF-8, SGR and urxvt. They contain ‘A’ and ‘D’ on
 * purpose. */
Test(input, mouse_reports_of_every_encoding_are_swallowed_whole)
{
    static const char *const reports[] = {
        "\033[M#AD",       "\033[MCAD",        "\033[M#\301\304",
        "\033[M#\345\241", "\033[M#\303\201D", "\033[M#A\304\204",
        "\033[<2;65;68M",  "\033[<2;65;68m",   "\033[<35;1065;1068M",
        "\033[34;65;68M",  "\033[tAD",         "\033[TADADAD",
        "\233M#AD",        "\302\233M#AD",
    };
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        expect_split(reports[i], strlen(reports[i]), 20, "");
        send(reports[i]);
        send("\033[A");
        expect("↑", shown(reports[i], strlen(reports[i])));
    }
}

Test(input, clicks_and_the_wheel_are_read_in_every_encoding)
{
    static const struct {
        const char *bytes;
        int key, row, column;
    } reports[] = {
        {"\033[M AD", UI_CLICK, 35, 32},      {"\033[M`!!", UI_WHEEL_UP, 0, 0},
        {"\033[Ma!!", UI_WHEEL_DOWN, 0, 0},   {"\033[M \304\200!", UI_CLICK, 0, 223},
        {"\033[M \345!", UI_CLICK, 0, 196},   {"\033[<0;65;68M", UI_CLICK, 67, 64},
        {"\033[<64;1;1M", UI_WHEEL_UP, 0, 0}, {"\033[<4;300;1M", UI_CLICK, 0, 299},
        {"\033[32;65;68M", UI_CLICK, 67, 64}, {"\033[97;1;2M", UI_WHEEL_DOWN, 1, 0},
    };
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        int key = 0, row = -1, column = -1;
        ssize_t size = (ssize_t)strlen(reports[i].bytes);
        cr_assert_eq(write(ends[1], reports[i].bytes, (size_t)size), size);
        cr_expect(input_next(input, ticks, &key), "%s", reports[i].bytes);
        input_mouse(input, &row, &column);
        cr_expect_eq(key, reports[i].key, "%s", shown(reports[i].bytes, (size_t)size));
        cr_expect(row == reports[i].row && column == reports[i].column, "%s: %d, %d",
                  shown(reports[i].bytes, (size_t)size), row, column);
    }
}

Test(input, discarding_reads_a_sequence_to_its_end)
{
    static const char *const rests[] = {"[A", "OD", "]11;AD\033\\"};
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
        cr_assert_eq(write(ends[1], "DDY\033", 4), 4);
        input_discard(input, ticks);
        send(rests[i]);
        send("j");
        expect("j", rests[i]);
    }
}

Test(input, what_waits_to_be_read_is_pending)
{
    int key;
    cr_assert_not(input_is_pending(input));
    cr_assert_eq(write(ends[1], "jk", 2), 2);
    cr_assert(input_is_pending(input));
    cr_assert(input_next(input, ticks, &key));
    cr_assert(input_is_pending(input), "k was read with j, but nobody has it yet");
    cr_assert(input_next(input, ticks, &key));
    cr_assert_not(input_is_pending(input));
}

/* The terminal's answer to the question for its background. */
Test(input, says_the_background_once_and_only_when_it_was_told_one)
{
    static const struct {
        const char *bytes;
        int background;
    } answers[] = {
        {"\033]11;rgb:1b1b/1f1f/2727\007", 0x1b1f27},
        {"\033]11;rgb:fd/f6/e3\033\\", 0xfdf6e3},
        {"\033]11;rgb:f/0/8\007", 0xff0088},
        {"\033]11;rgb:fff/000/888\007", 0xff0088},
        {"\2351"
         "1;rgb:0/0/0\234",
         0},
        {"\033]10;rgb:1b1b/1f1f/2727\007", -1},
        {"\033]11;rgb:1b1b/1f1f\007", -1},
        {"\033]11;rgb:1b1b/1f1f/2727/0\007", -1},
        {"\033]11;rgb:xyz/1f1f/2727\007", -1},
        {"\033P11;rgb:1b1b/1f1f/2727\033\\", -1},
        {"\033]11;rgb:1b1b/1f1f/2727", -1},
        {"11;rgb:1b1b/1f1f/2727\007", -1},
    };
    cr_assert_eq(input_background(input), -1);
    in_field = true;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        send(answers[i].bytes);
        collect();
        int background = input_background(input);
        cr_assert_eq(background, answers[i].background, "%zu: %06x", i, (unsigned)background);
        cr_assert_eq(input_background(input), -1);
        ticks += 2000;
        collect();
    }
}
