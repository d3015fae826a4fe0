#include "ui/keys.h"

#include "ui/command.h"

static void each_command(FILE *out, void (*heading)(FILE *out, const char *text),
                         void (*line)(FILE *out, const char *keys, const char *sentence))
{
    for (unsigned context = CONTEXT_EVERYWHERE; context <= CONTEXT_FILTER; context <<= 1) {
        bool any = false;
        for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
            const struct command_entry *entry = &command_table[i];
            unsigned first = entry->contexts & (~entry->contexts + 1);
            if (first != context || !*command_keys((enum command)i)) continue;
            if (!any) heading(out, context_text((enum context)context));
            any = true;
            char keys[64];
            command_keys_text((enum command)i, keys, sizeof keys);
            line(out, keys, entry->sentence);
        }
    }
}

static void markdown_heading(FILE *out, const char *text)
{
    fprintf(out, "\n**%s**\n\n| key | what it does |\n| --- | --- |\n", text);
}

static void markdown_line(FILE *out, const char *keys, const char *sentence)
{
    fprintf(out, "| `%s` | %s |\n", keys, sentence);
}

void keys_print_markdown(FILE *out)
{
    each_command(out, markdown_heading, markdown_line);
}

static void print_roff(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else if (*text == '^')
            fputs("\\(ha", out);
        else
            fputc(*text, out);
    }
}

static void man_heading(FILE *out, const char *text)
{
    fputs(".SS ", out);
    print_roff(out, text);
    fputc('\n', out);
}

static void man_line(FILE *out, const char *keys, const char *sentence)
{
    fputs(".TP\n.B \"", out);
    print_roff(out, keys);
    fputs("\"\n", out);
    print_roff(out, sentence);
    fputs(".\n", out);
}

void keys_print_man(FILE *out)
{
    each_command(out, man_heading, man_line);
}
