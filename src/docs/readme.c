#include "src/docs/docs.h"

#include "src/cli/help.h"

void docs_print_readme(FILE *out)
{
    for (size_t i = 0; commands[i]; i++) {
        fputs("- `", out);
        help_print_usage(out, commands[i]);
        fprintf(out, "`<br>%s\n", commands[i]->sentence);
    }
}
