#include "src/cli/print.h"

#include <errno.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ASCII only: the terminal may be the reader of JSON, too. */
enum { JSON_STYLE = JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER };

/* The visible form, uncut; NULL when out of memory. Placeholders are at most eight characters. */
static char *make_visible(const char *text)
{
    size_t size = strlen(text) * 8 + 16;
    char *out = malloc(size);
    if (out) text_visible(out, size, text, SIZE_MAX);
    return out;
}

void print_field(const char *label, const char *value)
{
    char *visible = make_visible(value);
    printf("%-13s%s\n", label, visible ? visible : "");
    free(visible);
}

void print_line(const char *format, ...)
{
    char *line = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (length < 0) return;
    char *visible = make_visible(line);
    if (visible) puts(visible);
    free(visible);
    free(line);
}

json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    if (value) return value;
    char *visible = make_visible(text);
    value = visible ? json_string(visible) : NULL;
    free(visible);
    return value;
}

json_t *json_time(int64_t time)
{
    if (time == WHEN_NEVER) return json_null();
    char text[WHEN_SIZE];
    when_iso(text, time);
    return json_string(text);
}

static enum error no_memory(void)
{
    return fail(ERR_SYSTEM, "out of memory");
}

static enum error print_styled(json_t *value, size_t style)
{
    if (!value) return no_memory();
    json_dumpf(value, stdout, style);
    putchar('\n');
    json_decref(value);
    return OK;
}

enum error print_json(json_t *value)
{
    return print_styled(value, JSON_STYLE | JSON_INDENT(2));
}

enum error print_json_line(json_t *value)
{
    return print_styled(value, JSON_STYLE);
}

enum error json_list_add(struct json_list *list, json_t *value)
{
    if (!value) return no_memory();
    fputs(list->count++ ? ",\n  " : "[\n  ", stdout);
    json_dumpf(value, stdout, JSON_STYLE);
    json_decref(value);
    return OK;
}

void json_list_end(struct json_list *list)
{
    puts(list->count ? "\n]" : "[]");
}

static enum error write_all(const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(STDOUT_FILENO, bytes, size);
        if (written < 0 && errno != EINTR)
            return fail(ERR_SYSTEM, "cannot write to standard output: %s", strerror(errno));
        if (written < 0) continue;
        bytes += written;
        size -= (size_t)written;
    }
    return OK;
}

/* stdio would keep a copy in its buffer. */
enum error print_secret(const struct secret *secret)
{
    fflush(stdout);
    enum error e = write_all(secret->bytes, secret->size);
    return e ? e : write_all("\n", 1);
}

enum error print_json_secret(json_t *value, const char *field, const struct secret *secret)
{
    char *text = value ? json_dumps(value, JSON_STYLE) : NULL;
    json_decref(value);
    if (!text) return no_memory();
    char *middle = NULL;
    int length = asprintf(&middle, "%.*s, \"%s\": \"", (int)strlen(text) - 1, text, field);
    free(text);
    if (length < 0) return no_memory();
    fflush(stdout);
    enum error e = write_all(middle, (size_t)length);
    if (!e) e = write_all(secret->bytes, secret->size);
    if (!e) e = write_all("\"}\n", 3);
    free(middle);
    return e;
}
