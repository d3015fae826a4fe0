#include "src/docs/docs.h"

#include "src/cli/help.h"

void docs_print_readme(FILE *out)
{
    for (size_t i = 0; command_at(i); i++) {
        fputs("- `", out);
        help_print_usage(out, command_at(i));
        fprintf(out, "`<br>%s\n", command_at(i)->sentence);
    }
}
