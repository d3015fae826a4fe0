#include "src/docs/docs.h"

#include "src/cli/command.h"

#include <string.h>

static void print_options(FILE *out, const struct command_option *options)
{
    for (const struct command_option *o = options; o->name; o++)
        fprintf(out, " --%s", o->name);
}

/* Of a pattern of `case`, which begins with a word that nobody types. */
static void print_alternative(FILE *out, const struct command_option *option)
{
    fprintf(out, "|--%s", option->name);
}

/* What the value of an option may be; `before` is a pattern for the command. */
static void print_values(FILE *out, const char *before, const struct command_option *options)
{
    char choices[DOCS_CHOICES_SIZE];
    for (const struct command_option *o = options; o->name; o++) {
        docs_choices(o, choices);
        if (docs_takes_file(o)) fprintf(out, "    %s' --%s') files=yes ;;\n", before, o->name);
        if (*choices) fprintf(out, "    %s' --%s') words='%s' ;;\n", before, o->name, choices);
    }
}

static void print_all_values(FILE *out)
{
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    char words[48];
    for (size_t i = 0; command_at(i); i++) {
        command_options(command_at(i), options);
        snprintf(words, sizeof words, "'%s'", command_at(i)->words);
        print_values(out, words, options);
    }
    print_values(out, "*", global_options);
}

static void print_leaf(FILE *out, const struct cli_command *command)
{
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    char choices[DOCS_CHOICES_SIZE];
    command_options(command, options);
    docs_arguments(command, choices);
    fprintf(out, "    '%s') options='", command->words);
    print_options(out, options);
    fputc('\'', out);
    if (*choices) fprintf(out, "; [[ $third ]] || words='%s'", choices);
    if (docs_takes_files(command)) fputs("; files=yes", out);
    fputs(" ;;\n", out);
}

static void print_group(FILE *out, const char *group)
{
    const char *second;
    struct command_option options[COMMAND_OPTIONS_MAX + 1] = {help_option[0]};
    const struct cli_command *alone = docs_alone(group);
    if (alone) command_options(alone, options);
    fprintf(out, "    %s) words='", group);
    for (size_t i = 0; command_at(i); i++)
        if ((second = docs_second_word(command_at(i), group))) fprintf(out, " %s", second);
    fputs("'; options='", out);
    print_options(out, options);
    fputs("' ;;\n", out);
}

static void print_commands(FILE *out)
{
    char word[32];
    bool group;
    fputs("    '') words='", out);
    for (size_t i = 0; command_at(i); i++)
        if (docs_first_word(i, word, sizeof word, &group)) fprintf(out, " %s", word);
    fputs("'; options='", out);
    print_options(out, global_options);
    fputs("' ;;\n", out);
    for (size_t i = 0; command_at(i); i++)
        if (docs_first_word(i, word, sizeof word, &group) && group) print_group(out, word);
    for (size_t i = 0; command_at(i); i++)
        if (!command_is_group(command_at(i)->words)) print_leaf(out, command_at(i));
}

static void print_groups(FILE *out)
{
    char word[32];
    bool group;
    fputs("_", out);
    for (size_t i = 0; command_at(i); i++)
        if (docs_first_word(i, word, sizeof word, &group) && group) fprintf(out, "|%s", word);
}

/* Readline takes a = for a word of its own. */
static const char head[] = "# bash completion for gatehouse\n"
                           "_gatehouse()\n{\n"
                           "    local first= second= third= option= helping= word i\n"
                           "    local words= options= files= cur=${COMP_WORDS[COMP_CWORD]}\n"
                           "    COMPREPLY=()\n"
                           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "        word=${COMP_WORDS[i]}\n"
                           "        case $word in\n"
                           "        -_";
static const char middle[] = ")\n"
                             "            [[ ${COMP_WORDS[i+1]} = '=' ]] && ((i++))\n"
                             "            ((++i < COMP_CWORD)) || option=$word ;;\n"
                             "        -*) ;;\n"
                             "        *)\n"
                             "            if [[ $word = help && -z $first ]]; then helping=yes\n"
                             "            elif [[ -z $first ]]; then first=$word\n"
                             "            elif [[ -z $second ]]; then second=$word\n"
                             "            else third=$word; fi ;;\n"
                             "        esac\n"
                             "    done\n"
                             "    [[ $cur = '=' ]] && cur=\n"
                             "    local command=$first\n"
                             "    case $first in\n    ";
static const char values[] = ") command=\"$first${second:+ $second}\" ;;\n"
                             "    *) third=$second ;;\n"
                             "    esac\n"
                             "    if [[ $option ]]; then case \"$command $option\" in\n";
static const char tail[] = "    esac; fi\n"
                           "    [[ $helping ]] && options=--help files=\n"
                           "    [[ $cur = -* && -z $option ]] && words=$options files=\n"
                           "    if [[ $files ]]; then\n"
                           "        compopt -o filenames 2>/dev/null\n"
                           "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                           "    else\n"
                           "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                           "    fi\n"
                           "}\n"
                           "complete -F _gatehouse gatehouse\n";

void docs_print_bash(FILE *out)
{
    fputs(head, out);
    docs_each_value(print_alternative, out);
    fputs(middle, out);
    print_groups(out);
    fputs(values, out);
    print_all_values(out);
    fputs("    esac; else case $command in\n", out);
    print_commands(out);
    fputs(tail, out);
}
