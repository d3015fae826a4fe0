#include "src/docs/docs.h"

#include "src/cli/command.h"

#include <string.h>

/* Text inside '...[here]...' or '...:here'. */
static void print_quoted(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else if (*text == ':' || *text == '[' || *text == ']' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
}

static void print_options(FILE *out, const char *indent, const struct command_option *options)
{
    char choices[DOCS_CHOICES_SIZE];
    for (const struct command_option *o = options; o->name; o++) {
        fprintf(out, " \\\n%s'--%s%s[", indent, o->name, o->value ? "=" : "");
        print_quoted(out, o->sentence);
        fputc(']', out);
        if (o->value) {
            fputc(':', out);
            print_quoted(out, o->value);
            docs_choices(o, choices);
            if (*choices)
                fprintf(out, ":(%s)", choices);
            else
                fputs(docs_takes_file(o) ? ":_files" : ": ", out);
        }
        fputc('\'', out);
    }
}

static void print_leaf(FILE *out, const char *indent, const struct cli_command *command)
{
    char choices[DOCS_CHOICES_SIZE];
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    command_options(command, options);
    fputs("_arguments", out);
    print_options(out, indent, options);
    docs_arguments(command, choices);
    if (*choices) fprintf(out, " \\\n%s'1:argument:(%s)'", indent, choices);
    fprintf(out, " \\\n%s'*:argument:%s' ;;\n", indent, docs_takes_files(command) ? "_files" : " ");
}

static void print_word(FILE *out, const char *word, const char *sentence)
{
    fprintf(out, " \\\n            '%s:", word);
    print_quoted(out, sentence);
    fputc('\'', out);
}

static void print_group(FILE *out, const char *group)
{
    const char *second;
    fprintf(out,
            "_gatehouse_%s()\n{\n"
            "    local curcontext=$curcontext state line\n"
            "    typeset -A opt_args\n"
            "    _arguments -C",
            group);
    struct command_option options[COMMAND_OPTIONS_MAX + 1] = {0};
    if (docs_alone(group)) command_options(docs_alone(group), options);
    print_options(out, "        ", options);
    fputs(" '1:command:->command' '*::argument:->argument'\n"
          "    case $state in\n"
          "    command)\n"
          "        local -a words_known=(",
          out);
    for (size_t i = 0; command_at(i); i++)
        if ((second = docs_second_word(command_at(i), group)))
            print_word(out, second, command_at(i)->sentence);
    fputs(")\n        _describe command words_known ;;\n"
          "    argument)\n        case $line[1] in\n",
          out);
    for (size_t i = 0; command_at(i); i++)
        if ((second = docs_second_word(command_at(i), group))) {
            fprintf(out, "        %s) ", second);
            print_leaf(out, "            ", command_at(i));
        }
    fputs("        esac ;;\n    esac\n}\n\n", out);
}

static void print_top(FILE *out)
{
    char word[32];
    bool group;
    fputs("_gatehouse()\n{\n"
          "    local curcontext=$curcontext state line\n"
          "    typeset -A opt_args\n"
          "    _arguments -C",
          out);
    print_options(out, "        ", global_options);
    fputs(" \\\n        '1:command:->command' '*::argument:->argument'\n"
          "    case $state in\n"
          "    command)\n"
          "        local -a words_known=(",
          out);
    for (size_t i = 0; command_at(i); i++)
        if (docs_first_word(i, word, sizeof word, &group))
            print_word(out, word, docs_summary(i, group));
    fputs(")\n        _describe command words_known ;;\n"
          "    argument)\n        case $line[1] in\n",
          out);
    for (size_t i = 0; command_at(i); i++) {
        if (!docs_first_word(i, word, sizeof word, &group)) continue;
        fprintf(out, "        %s) ", word);
        if (strcmp(word, "help") == 0)
            fputs("_gatehouse ;;\n", out); /* what follows is a command again */
        else if (group)
            fprintf(out, "_gatehouse_%s ;;\n", word);
        else
            print_leaf(out, "            ", command_at(i));
    }
    fputs("        esac ;;\n    esac\n}\n\n", out);
}

void docs_print_zsh(FILE *out)
{
    char word[32];
    bool group;
    fputs("#compdef gatehouse\n\n", out);
    for (size_t i = 0; command_at(i); i++)
        if (docs_first_word(i, word, sizeof word, &group) && group) print_group(out, word);
    print_top(out);
    fputs("_gatehouse \"$@\"\n", out);
}
