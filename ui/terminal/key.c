#include "ui/terminal/key.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

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

void key_text(int key, char out[static 16])
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].key == key) {
            snprintf(out, 16, "%s", names[i].text);
            return;
        }
    if (key > 0 && key < 0x20)
        snprintf(out, 16, "^%c", key + '@');
    else
        snprintf(out, 16, "%c", key > 0 && key < 0x7f ? key : '?');
}

int key_of_text(const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(names[i].text, text) == 0) return names[i].key;
    if (size == 1 && *text > 0x20 && *text < 0x7f) return *text;
    if (size != 2 || *text != '^') return 0;
    int key = UI_CTRL(text[1]);
    bool letter = (text[1] >= 'a' && text[1] <= 'z') || (text[1] >= 'A' && text[1] <= 'Z');
    return letter && key != UI_TAB && key != UI_ENTER && key != '\n' ? key : 0;
}

bool key_is_text(int key)
{
    return (key >= 0x20 && key < 0x7f) || (key >= 0xa0 && key < UI_UP);
}
