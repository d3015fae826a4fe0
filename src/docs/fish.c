#include "src/docs/docs.h"

#include "src/cli/command.h"

static void print_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

static void print_options(FILE *out, const char *condition, const struct command_option *options)
{
    char choices[DOCS_CHOICES_SIZE];
    for (const struct command_option *o = options; o->name; o++) {
        fprintf(out, "complete -c gatehouse -n \"%s\" -l %s", condition, o->name);
        docs_choices(o, choices);
        if (o->value) fputs(docs_takes_file(o) ? " -r -F" : " -x", out);
        if (*choices) fprintf(out, " -a '%s'", choices);
        fputs(" -d ", out);
        print_quoted(out, o->sentence);
        fputc('\n', out);
    }
}

static void print_word(FILE *out, const char *condition, const char *word, const char *sentence)
{
    fprintf(out, "complete -c gatehouse -n \"%s\" -a %s -d ", condition, word);
    print_quoted(out, sentence);
    fputc('\n', out);
}

static void print_group(FILE *out, const char *group)
{
    char condition[128];
    const char *second;
    snprintf(condition, sizeof condition, "__gatehouse_words %s", group);
    for (size_t i = 0; command_at(i); i++)
        if ((second = docs_second_word(command_at(i), group)))
            print_word(out, condition, second, command_at(i)->sentence);
}

static void print_alternative(FILE *out, const struct command_option *option)
{
    fprintf(out, " --%s", option->name);
}

static const char head[] =
    "# fish completion for gatehouse\n"
    "function __gatehouse_plain --description 'the words so far that are neither options nor their "
    "values'\n"
    "    set -l value\n"
    "    set -l words\n"
    "    for word in (commandline -opc)[2..]\n"
    "        if test -n \"$value\"\n"
    "            set value\n"
    "            continue\n"
    "        end\n"
    "        switch $word\n"
    "            case";
static const char rest[] =
    "\n"
    "                set value yes\n"
    "            case '-*'\n"
    "            case '*'\n"
    "                set -a words $word\n"
    "        end\n"
    "    end\n"
    "    test \"$words[1]\" = help; and set -e words[1]\n"
    "    string join \\n -- $words\n"
    "end\n"
    "function __gatehouse_words --description 'the command so far is exactly these words'\n"
    "    set -l words (__gatehouse_plain)\n"
    "    test \"$words\" = \"$argv\"\n"
    "end\n"
    "function __gatehouse_command --description 'the command so far begins with these words'\n"
    "    set -l words (__gatehouse_plain)\n"
    "    set -l last (count $argv)\n"
    "    test (count $words) -ge $last; and test \"$words[1..$last]\" = \"$argv\"\n"
    "end\n"
    "complete -c gatehouse -f\n";

static void print_arguments(FILE *out, const char *condition, const struct cli_command *command)
{
    char choices[DOCS_CHOICES_SIZE];
    docs_arguments(command, choices);
    if (docs_takes_files(command)) fprintf(out, "complete -c gatehouse -n \"%s\" -F\n", condition);
    if (*choices)
        fprintf(out, "complete -c gatehouse -n \"__gatehouse_words %s\" -a '%s'\n", command->words,
                choices);
}

void docs_print_fish(FILE *out)
{
    char word[32], condition[128];
    bool group;
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    fputs(head, out);
    docs_each_value(print_alternative, out);
    fputs(rest, out);
    print_options(out, "__gatehouse_words", global_options);
    for (size_t i = 0; command_at(i); i++) {
        if (!docs_first_word(i, word, sizeof word, &group)) continue;
        print_word(out, "__gatehouse_words", word, docs_summary(i, group));
        if (group) print_group(out, word);
    }
    for (size_t i = 0; command_at(i); i++) {
        snprintf(condition, sizeof condition, "__gatehouse_command %s", command_at(i)->words);
        command_options(command_at(i), options);
        print_options(out, condition, options);
        print_arguments(out, condition, command_at(i));
    }
}
