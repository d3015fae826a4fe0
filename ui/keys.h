/* The key tables of docs/keys.md and the manual page, from the command table. */
#ifndef GATEHOUSE_UI_KEYS_H
#define GATEHOUSE_UI_KEYS_H

#include <stdio.h>

void keys_print_markdown(FILE *out);
void keys_print_man(FILE *out);

#endif
