#include "ui/keys.h"

#include "ui/command.h"

static void each_command(FILE *out, void (*heading)(FILE *out, const char *text),
                         void (*line)(FILE *out, const char *keys, const char *sentence))
{
    for (int context = CONTEXT_NONE + 1; context < CONTEXT_COUNT; context++) {
        bool any = false;
        for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
            enum command command = (enum command)i;
            if (!command_is_in(command, (enum context)context) || !*command_keys(command)) continue;
            if (!any) heading(out, context_table[context].heading);
            any = true;
            char keys[64];
            command_keys_text(command, NULL, keys, sizeof keys);
            line(out, keys, command_table[command].sentence);
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
