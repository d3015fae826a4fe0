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
    for (const struct command_option *o = options; o->name; o++) {
        fprintf(out, "complete -c gatehouse -n \"%s\" -l %s", condition, o->name);
        if (o->value) fputs(docs_takes_file(o) ? " -r -F" : " -x", out);
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

/* Counts the words so far that are not options. The value of an option may be mistaken for one of
 * them, which costs a suggestion. */
static const char helper[] =
    "# fish completion for gatehouse\n"
    "function __gatehouse_words --description 'the command so far is exactly these words'\n"
    "    set -l words (commandline -opc | string match -v -- '-*')\n"
    "    test \"$words[2..]\" = \"$argv\"\n"
    "end\n"
    "function __gatehouse_command --description 'the command so far begins with these words'\n"
    "    set -l words (commandline -opc | string match -v -- '-*')\n"
    "    set -l last (math (count $argv) + 1)\n"
    "    test (count $words) -ge $last; and test \"$words[2..$last]\" = \"$argv\"\n"
    "end\n"
    "complete -c gatehouse -f\n";

void docs_print_fish(FILE *out)
{
    char word[32], condition[128];
    bool group;
    struct command_option options[COMMAND_OPTIONS_MAX + 1];
    fputs(helper, out);
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
    }
}
