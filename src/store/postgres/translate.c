/* SQL as the model writes it, for PostgreSQL: parameters get numbers, LIKE becomes ILIKE (both
 * ignore the case of ASCII letters then), what is only for SQLite is left out, and what is only for
 * PostgreSQL is taken out of its comment. */
#include "postgres.h"

#include <gatehouse/ascii.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The size of a literal. */
#define SIZE(literal) (sizeof(literal) - 1)

struct translation {
    char *to;
    struct parameter *parameters;
    size_t count;
};

static bool is_of_name(char c)
{
    return ascii_is_alnum(c) || c == '_';
}

static size_t count_name(const char *text)
{
    size_t size = 0;
    while (is_of_name(text[size]))
        size++;
    return size;
}

/* The number of a parameter, from 1. There is room for one more. */
static size_t number_parameter(struct translation *translation, const char *name, size_t size)
{
    size_t i = 0;
    for (; i < translation->count; i++) {
        const struct parameter *known = &translation->parameters[i];
        if (known->name_size == size && memcmp(known->name, name, size) == 0) return i + 1;
    }
    translation->parameters[translation->count++] =
        (struct parameter){.name = name, .name_size = size, .is_null = true};
    return i + 1;
}

static const char *copy(struct translation *translation, const char *from, size_t size)
{
    memcpy(translation->to, from, size);
    translation->to += size;
    return from + size;
}

/* A text or a quoted name: both end with the quote that they begin with. */
static const char *copy_quoted(struct translation *translation, const char *from)
{
    size_t size = 1;
    while (from[size] && from[size] != *from)
        size++;
    return copy(translation, from, size + (from[size] != 0));
}

static const char *copy_word(struct translation *translation, const char *from)
{
    size_t size = count_name(from);
    if (size == 4 && memcmp(from, "LIKE", size) == 0) *translation->to++ = 'I';
    return copy(translation, from, size);
}

static const char *copy_parameter(struct translation *translation, const char *from)
{
    size_t size = 1 + count_name(from + 1);
    translation->to += sprintf(translation->to, "$%zu", number_parameter(translation, from, size));
    return from + size;
}

static const char *copy_comment(struct translation *translation, const char *from)
{
    if (strncmp(from, SQL_SQLITE_BEGIN, SIZE(SQL_SQLITE_BEGIN)) == 0)
        return strstr(from, SQL_SQLITE_END) + SIZE(SQL_SQLITE_END);
    if (strncmp(from, SQL_POSTGRES_BEGIN, SIZE(SQL_POSTGRES_BEGIN)) == 0)
        return from + SIZE(SQL_POSTGRES_BEGIN);
    return copy(translation, from, 2);
}

static const char *copy_next(struct translation *translation, const char *from)
{
    if (*from == '\'' || *from == '"') return copy_quoted(translation, from);
    if (*from == ':' && is_of_name(from[1])) return copy_parameter(translation, from);
    if (is_of_name(*from)) return copy_word(translation, from);
    if (strncmp(from, "/*", 2) == 0) return copy_comment(translation, from);
    if (strncmp(from, "*/", 2) == 0) return from + 2; /* the end of SQL_POSTGRES */
    return copy(translation, from, 1);
}

static size_t count_in(const char *text, const char *part)
{
    size_t count = 0;
    while ((text = strstr(text, part))) {
        text++;
        count++;
    }
    return count;
}

enum error postgres_translate(const char *sql, char **out, struct parameter **parameters,
                              size_t *count)
{
    /* A parameter of one letter, ":n", may become longer by its number. */
    size_t most = count_in(sql, ":"), likes = count_in(sql, "LIKE");
    char *text = malloc(strlen(sql) + likes + 20 * most + 1);
    struct translation translation = {.to = text,
                                      .parameters = calloc(most + 1, sizeof **parameters)};
    if (!text || !translation.parameters) {
        free(text);
        free(translation.parameters);
        return fail_memory();
    }
    while (*sql)
        sql = copy_next(&translation, sql);
    *translation.to = 0;
    *out = text;
    *parameters = translation.parameters;
    *count = translation.count;
    return OK;
}
