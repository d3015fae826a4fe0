#include "ui/terminal/key.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The first name of a key is the one that is shown. */
static const struct {
    int key;
    const char *text;
} names[] = {
    {' ', "Space"},     {UI_TAB, "Tab"},        {UI_ENTER, "Enter"},
    {UI_ESC, "Esc"},    {UI_BACKSPACE, "Bksp"}, {UI_BACKSPACE, "Backspace"},
    {UI_UP, "↑"},       {UI_UP, "Up"},          {UI_DOWN, "↓"},
    {UI_DOWN, "Down"},  {UI_LEFT, "←"},         {UI_LEFT, "Left"},
    {UI_RIGHT, "→"},    {UI_RIGHT, "Right"},    {UI_HOME, "Home"},
    {UI_END, "End"},    {UI_PAGE_UP, "PgUp"},   {UI_PAGE_DOWN, "PgDn"},
    {UI_DELETE, "Del"}, {UI_INSERT, "Ins"},     {UI_BACK_TAB, "S-Tab"},
    {UI_F1, "F1"},      {UI_F2, "F2"},          {UI_F5, "F5"},
};

size_t key_encode(int key, char out[static 5])
{
    unsigned code = (unsigned)key;
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(lead[size] | code);
    out[size] = 0;
    return size;
}

void key_text(int key, char out[static 16])
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].key == key) {
            snprintf(out, 16, "%s", names[i].text);
            return;
        }
    if (key > 0 && key < 0x20)
        snprintf(out, 16, "^%c", key + '@');
    else if (key_is_text(key))
        key_encode(key, out);
    else
        snprintf(out, 16, "?");
}

/* The only character of a text; 0: there are others, or it is none. */
static int only_character(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (!text_is_printable(text, false) || text_length(text) != 1) return 0;
    if (*byte < 0x80) return *byte;
    int size = *byte < 0xe0 ? 2 : *byte < 0xf0 ? 3 : 4, character = *byte & (0x7f >> size);
    for (int i = 1; i < size; i++)
        character = character << 6 | (byte[i] & 0x3f);
    return character;
}

int key_of_text(const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ascii_casecmp(names[i].text, text) == 0) return names[i].key;
    int character = only_character(text);
    if (character) return character;
    if (size != 2 || *text != '^') return 0;
    int key = UI_CTRL(text[1]);
    bool letter = (text[1] >= 'a' && text[1] <= 'z') || (text[1] >= 'A' && text[1] <= 'Z');
    return letter && key != UI_TAB && key != UI_ENTER && key != '\n' ? key : 0;
}

bool key_is_text(int key)
{
    return (key >= 0x20 && key < 0x7f) || (key >= 0xa0 && key < UI_UP);
}

bool key_edits(int key)
{
    static const int others[] = {UI_BACKSPACE, UI_DELETE,    UI_CTRL('U'), UI_CTRL('K'),
                                 UI_CTRL('W'), UI_LEFT,      UI_RIGHT,     UI_HOME,
                                 UI_END,       UI_CTRL('A'), UI_CTRL('E')};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == key) return true;
    return key_is_text(key);
}
