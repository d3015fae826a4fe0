/* gatehouse-docs: prints one of the generated texts; the build runs it. */
#include "src/docs/docs.h"

#include "src/cli/command.h"
#include "ui/keys.h"

#include <string.h>

static const struct {
    const char *name;
    void (*print)(FILE *out);
} pages[] = {
    {.name = "man", .print = docs_print_man},       {.name = "bash", .print = docs_print_bash},
    {.name = "zsh", .print = docs_print_zsh},       {.name = "fish", .print = docs_print_fish},
    {.name = "readme", .print = docs_print_readme}, {.name = "keys", .print = keys_print_markdown},
};

bool docs_first_word(size_t command, char *word, size_t size, bool *group)
{
    const char *words = command_at(command)->words;
    size_t length = strcspn(words, " ");
    for (size_t i = 0; i < command; i++)
        if (strncmp(command_at(i)->words, words, length) == 0 &&
            strcspn(command_at(i)->words, " ") == length)
            return false;
    snprintf(word, size, "%.*s", (int)length, words);
    *group = command_is_group(word);
    return true;
}

const char *docs_second_word(const struct cli_command *command, const char *group)
{
    size_t length = strlen(group);
    if (strncmp(command->words, group, length) != 0 || command->words[length] != ' ') return NULL;
    return command->words + length + 1;
}

const char *docs_summary(size_t command, bool group)
{
    bool alone = !strchr(command_at(command)->words, ' ');
    return group && !alone ? "has sub-commands" : command_at(command)->sentence;
}

const struct cli_command *docs_alone(const char *word)
{
    for (size_t i = 0; command_at(i); i++)
        if (strcmp(command_at(i)->words, word) == 0) return command_at(i);
    return NULL;
}

bool docs_takes_file(const struct command_option *option)
{
    return option->value &&
           (strncmp(option->value, "FILE", 4) == 0 || strncmp(option->value, "PATH", 4) == 0);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(argv[1], pages[i].name) != 0) continue;
        pages[i].print(stdout);
        return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
    }
    fputs("usage: gatehouse-docs", stderr);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        fprintf(stderr, "%s%s", i ? "|" : " ", pages[i].name);
    fputc('\n', stderr);
    return 2;
}
