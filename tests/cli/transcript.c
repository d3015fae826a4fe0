/* The exact output of the command line: transcript.txt contains commands with their output and is
 * compared with what they print now.
 *
 *     $ account show ci < TEXT      a command; TEXT goes to its standard input
 *     $ export > FILE               its output goes to a file
 *     @ 1800000000                  the time from here on
 *     | 60                          from here on in a terminal of so many columns; 0: in none
 *       ...                         what it printed, indented by two
 *     ! ...                         the same for standard error
 *     = 3                           its exit status, unless 0
 *
 * Each secret has a name of its own: TOKEN-1, TOKEN-2, ..., in order of appearance.
 * GATEHOUSE_TRANSCRIPT=write rewrites the file; read the diff before committing it. */
#include "tests/cli/run.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <gatehouse/token_format.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TRANSCRIPT GATEHOUSE_SOURCE "/tests/cli/transcript.txt"

enum { SECRETS = 60, WORDS = 32, NAME_SIZE = 16 };
static char secrets[SECRETS][TOKEN_TEXT_SIZE + 1];
static size_t secret_count;

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    cr_assert(file, "%s", path);
    cr_assert(getdelim(&text, &size, 0, file) > 0);
    fclose(file);
    return text;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert(file, "%s", path);
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

static void setup(void)
{
    run_setup();
    run_passphrase();
    char *sample = read_file(GATEHOUSE_SOURCE "/tests/data/wavefront-serviceaccounts.json");
    write_file(run_path("wavefront.json"), sample);
    free(sample);
}

TestSuite(transcript, .init = setup, .fini = run_teardown, .timeout = 300);

/* The number of a secret; a new one is added to them. */
static size_t secret_number(const char *text)
{
    for (size_t i = 0; i < secret_count; i++)
        if (strncmp(secrets[i], text, TOKEN_TEXT_SIZE) == 0) return i + 1;
    cr_assert_lt(secret_count, SECRETS);
    snprintf(secrets[secret_count++], sizeof secrets[0], "%.*s", (int)TOKEN_TEXT_SIZE, text);
    return secret_count;
}

static size_t of_last_four(const char *text)
{
    for (size_t i = 0; i < secret_count; i++)
        if (strncmp(secrets[i] + TOKEN_TEXT_SIZE - 4, text, 4) == 0) return i + 1;
    return 0;
}

static size_t hexadecimals(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

/* If the text begins with something that differs from run to run, prints the name it has here and
 * returns how many bytes it took; else returns 0. */
static size_t print_name(FILE *out, const char *at)
{
    size_t folder = strlen(run_folder), number;
    if (strncmp(at, run_folder, folder) == 0) {
        fputs("FOLDER", out);
        return folder;
    }
    if (strncmp(at, "gth_", 4) == 0 && token_format_valid(at, strnlen(at, TOKEN_TEXT_SIZE))) {
        fprintf(out, "TOKEN-%zu", secret_number(at));
        return TOKEN_TEXT_SIZE;
    }
    if (strncmp(at, "gth_…", 7) == 0 && (number = of_last_four(at + 7))) {
        fprintf(out, "gth_…<%02zu>", number);
        return 11;
    }
    if (strncmp(at, "gth_~", 5) == 0 && (number = of_last_four(at + 5))) {
        fprintf(out, "gth_~<%02zu>", number);
        return 9;
    }
    if (strncmp(at, "\"last_four\": \"", 14) == 0 && (number = of_last_four(at + 14))) {
        fprintf(out, "\"last_four\": \"<%02zu>", number);
        return 18;
    }
    if (hexadecimals(at) == 64) {
        fputs("HASH", out);
        return 64;
    }
    if (strncmp(at, "\033]52;c;", 7) == 0) {
        fputs("<to the clipboard>", out);
        return strcspn(at, "\a") + 1;
    }
    return 0;
}

static void print_lines(FILE *out, const char *before, const char *text)
{
    while (*text) {
        fputs(before, out);
        for (size_t known; *text && *text != '\n'; text += known ? known : 1)
            if (!(known = print_name(out, text))) putc(*text, out);
        putc('\n', out);
        if (*text) text++;
    }
}

/* A word with the names replaced by what they stand for. */
static char *word_of(const char *from, size_t size)
{
    char *word = calloc(1, 512), *end = word;
    for (size_t i = 0; i < size;) {
        size_t number, digits;
        cr_assert_lt(end - word, 400);
        if (strncmp(from + i, "FOLDER", 6) == 0) {
            end += sprintf(end, "%s", run_folder);
            i += 6;
        } else if (strncmp(from + i, "TOKEN-", 6) == 0 && isdigit((unsigned char)from[i + 6])) {
            number = strtoul(from + i + 6, NULL, 10);
            cr_assert(number && number <= secret_count, "there is no %.*s yet", (int)size, from);
            digits = strspn(from + i + 6, "0123456789");
            end += sprintf(end, "%s", secrets[number - 1]);
            i += 6 + digits;
        } else {
            *end++ = from[i++];
        }
    }
    return word;
}

/* Splits at blanks; '...' keeps them. */
static size_t split(const char *line, char *words[WORDS])
{
    size_t count = 0;
    while (*(line += strspn(line, " "))) {
        cr_assert_lt(count, WORDS - 1);
        bool quoted = *line == '\'';
        line += quoted;
        size_t size = strcspn(line, quoted ? "'" : " ");
        words[count++] = word_of(line, size);
        line += size + (quoted && line[size]);
    }
    words[count] = NULL;
    return count;
}

/* Removes `sign` and the word after it from the end of a line and returns the word; NULL if there
 * is none. */
static char *redirection(char *words[WORDS], size_t *count, const char *sign)
{
    if (*count < 3 || strcmp(words[*count - 2], sign) != 0) return NULL;
    char *word = words[*count - 1];
    free(words[*count - 2]);
    *count -= 2;
    words[*count] = NULL;
    return word;
}

static unsigned short columns; /* of the terminal; 0: none */

/* As run_words; what a terminal got has no carriage returns here. */
static int run_here(const char *input, const char *const *words)
{
    if (!columns) return run_words(input, words);
    int status = run_in_terminal(columns, NULL, words);
    char *to = run_out;
    for (const char *from = run_out; *from; from++)
        if (*from != '\r') *to++ = *from;
    *to = 0;
    run_err[0] = 0;
    return status;
}

static void replay_line(FILE *out, const char *line)
{
    char *words[WORDS], input[600] = "";
    size_t count = split(line, words);
    char *file = redirection(words, &count, ">"), *given = redirection(words, &count, "<");
    if (given) snprintf(input, sizeof input, "%s\n", given);
    int status = run_here(input, (const char *const *)words);
    if (file)
        write_file(file, run_out);
    else
        print_lines(out, "  ", run_out);
    print_lines(out, "! ", run_err);
    if (status) fprintf(out, "= %d\n", status);
    free(file);
    free(given);
    for (size_t i = 0; i < count; i++)
        free(words[i]);
}

/* The transcript with the current output. */
static char *replay(const char *before)
{
    char *now = NULL, *copy = strdup(before), *rest = copy, *line;
    size_t size = 0;
    FILE *out = open_memstream(&now, &size);
    cr_assert(out && copy);
    while ((line = strsep(&rest, "\n"))) {
        bool output = strchr(" !=", *line) && *line;
        if (output || (!rest && !*line)) continue;
        fprintf(out, "%s\n", line);
        if (strncmp(line, "@ ", 2) == 0) run_set_clock(line + 2);
        if (strncmp(line, "| ", 2) == 0) columns = (unsigned short)strtoul(line + 2, NULL, 10);
        if (strncmp(line, "$ ", 2) == 0) replay_line(out, line + 2);
    }
    fclose(out);
    free(copy);
    return now;
}

static void expect_same(const char *before, const char *now)
{
    size_t line = 1, begin = 0;
    for (size_t i = 0; before[i] && before[i] == now[i]; i++)
        if (before[i] == '\n') {
            line++;
            begin = i + 1;
        }
    cr_assert(strcmp(before, now) == 0, "transcript.txt, line %zu: “%.*s” is now “%.*s”", line,
              (int)strcspn(before + begin, "\n"), before + begin, (int)strcspn(now + begin, "\n"),
              now + begin);
}

Test(transcript, every_command_prints_what_it_printed)
{
    char *before = read_file(TRANSCRIPT), *now = replay(before);
    const char *wish = getenv("GATEHOUSE_TRANSCRIPT");
    if (wish && strcmp(wish, "write") == 0)
        write_file(TRANSCRIPT, now);
    else
        expect_same(before, now);
    free(before);
    free(now);
}
