#include "src/docs/docs.h"

#include "src/cli/command.h"

#include <string.h>

static void print_options(FILE *out, const struct command_option *options)
{
    for (const struct command_option *o = options; o->name; o++)
        fprintf(out, " --%s", o->name);
}

/* Whether an earlier command has an option of that name. */
static bool is_repeated(size_t command, const char *name)
{
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    for (size_t i = 0; i < command; i++) {
        command_options(command_at(i), options);
        for (const struct command_option *o = options; o->name; o++)
            if (strcmp(o->name, name) == 0) return true;
    }
    return false;
}

/* "--db|--key-file": all options whose value is a file or, if !file, is not. */
static void print_with_value(FILE *out, bool file)
{
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    const char *between = "";
    for (const struct command_option *o = global_options; o->name; o++)
        if (o->value && docs_takes_file(o) == file) {
            fprintf(out, "%s--%s", between, o->name);
            between = "|";
        }
    for (size_t i = 0; command_at(i); i++) {
        command_options(command_at(i), options);
        for (const struct command_option *o = options; o->name; o++)
            if (o->value && docs_takes_file(o) == file && !is_repeated(i, o->name))
                fprintf(out, "|--%s", o->name);
    }
}

static void print_leaf(FILE *out, const struct cli_command *command)
{
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    command_options(command, options);
    fputs("words=\"", out);
    print_options(out, options);
    fputs("\" ;;\n", out);
}

static void print_group(FILE *out, const char *group)
{
    const char *second;
    fprintf(out, "    %s)\n        case $second in\n        '') words=\"", group);
    for (size_t i = 0; command_at(i); i++)
        if ((second = docs_second_word(command_at(i), group))) fprintf(out, " %s", second);
    const struct cli_command *alone = docs_alone(group);
    struct command_option options[COMMAND_OPTIONS_MAX + 1] = {help_option[0]};
    if (alone) command_options(alone, options);
    print_options(out, options);
    fputs("\" ;;\n", out);
    for (size_t i = 0; command_at(i); i++)
        if ((second = docs_second_word(command_at(i), group))) {
            fprintf(out, "        %s) ", second);
            print_leaf(out, command_at(i));
        }
    fputs("        esac ;;\n", out);
}

static void print_top(FILE *out)
{
    char word[32];
    bool group;
    fputs("    '') words=\"", out);
    for (size_t i = 0; command_at(i); i++)
        if (docs_first_word(i, word, sizeof word, &group)) fprintf(out, " %s", word);
    print_options(out, global_options);
    fputs("\" ;;\n", out);
}

void docs_print_bash(FILE *out)
{
    char word[32];
    bool group;
    fputs("# bash completion for gatehouse\n"
          "_gatehouse()\n{\n"
          "    local first= second= words= i\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    COMPREPLY=()\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n        ",
          out);
    print_with_value(out, true);
    fputc('|', out);
    print_with_value(out, false);
    fputs(") ((i++)) ;;\n"
          "        -*) ;;\n"
          "        *) if [[ -z $first ]]; then first=${COMP_WORDS[i]}\n"
          "           elif [[ -z $second ]]; then second=${COMP_WORDS[i]}; fi ;;\n"
          "        esac\n"
          "    done\n"
          "    case $prev in\n    ",
          out);
    print_with_value(out, true);
    fputs(") mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n    ", out);
    print_with_value(out, false);
    fputs(") return ;;\n    esac\n    case $first in\n", out);
    print_top(out);
    for (size_t i = 0; command_at(i); i++) {
        if (!docs_first_word(i, word, sizeof word, &group)) continue;
        if (group) {
            print_group(out, word);
        } else {
            fprintf(out, "    %s) ", word);
            print_leaf(out, command_at(i));
        }
    }
    fputs("    esac\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
          "}\n"
          "complete -o filenames -F _gatehouse gatehouse\n",
          out);
}
