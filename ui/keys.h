/* The key tables of the README and the manual page, from the command table. */
#ifndef GATEHOUSE_UI_KEYS_H
#define GATEHOUSE_UI_KEYS_H

#include <stdio.h>

void keys_print_markdown(FILE *out);
void keys_print_man(FILE *out);

#endif
