/* Events as people read them. */
#include <gatehouse/audit.h>
#include <gatehouse/audit_text.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_COLUMNS = 1800 };

struct line {
    char *text;
    size_t size, used;
    bool by_line; /* one field per line */
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What does not fit is left out; drawing it cuts between characters. */
static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line->text + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    if (size > 0) line->used += (size_t)size;
    if (line->used >= line->size) line->used = line->size - 1;
}

/* A value's own line breaks must not look like another field. */
static void add_text(struct line *line, const char *text)
{
    size_t from = line->used;
    add(line, "%s", *text ? text : "“”");
    for (size_t i = from; line->by_line && i < line->used; i++)
        if (line->text[i] == '\n') line->text[i] = ' ';
}

static void add_value(struct line *line, const json_t *value)
{
    size_t i;
    const json_t *item;
    const char *name;
    json_t *field;
    if (json_is_string(value)) {
        add_text(line, json_string_value(value));
    } else if (json_is_integer(value)) {
        add(line, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, item)
        {
            add(line, "%s", i ? ", " : "");
            add_value(line, item);
        }
        if (!json_array_size(value)) add(line, "none");
    } else if (json_is_object(value)) {
        const char *between = "";
        json_object_foreach((json_t *)value, name, field)
        {
            add(line, "%s%s ", between, name);
            add_value(line, field);
            between = ", ";
        }
        if (!*between) add(line, "none");
    } else {
        add(line, "%s", json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "none");
    }
}

static void add_field(struct line *line, const char *name, const json_t *before,
                      const json_t *after)
{
    const char *between = line->by_line ? "\n" : " · ";
    add(line, "%s%s ", line->used ? between : "", name);
    if (before) add_value(line, before);
    if (before) add(line, " → ");
    if (after) add_value(line, after);
    if (before && !after) add(line, "none");
}

static void tell_change(const struct audit_event *event, struct line *line)
{
    json_t *before = event->before ? json_loads(event->before, 0, NULL) : NULL;
    json_t *after = event->after ? json_loads(event->after, 0, NULL) : NULL;
    const char *name;
    json_t *value;
    *line->text = 0;
    json_object_foreach(before, name, value)
        add_field(line, name, value, json_object_get(after, name));
    json_object_foreach(after, name, value)
    {
        if (!json_object_get(before, name)) add_field(line, name, NULL, value);
    }
    json_decref(before);
    json_decref(after);
}

void audit_change_text(const struct audit_event *event, char *out, size_t out_size)
{
    struct line line = {.text = out, .size = out_size};
    tell_change(event, &line);
}

enum error audit_change_lines(const struct audit_event *event, char **out)
{
    /* Values do not grow; with names and punctuation the text grows by less than this factor. */
    enum { MORE = 3 };
    size_t size =
        (event->before ? strlen(event->before) : 0) + (event->after ? strlen(event->after) : 0) + 1;
    struct line line = {.size = MORE * size, .by_line = true};
    line.text = *out = malloc(line.size);
    if (!line.text) return fail_memory();
    tell_change(event, &line);
    return OK;
}

/* To be freed; NULL: there is no value. */
static enum error value_text(const json_t *value, char **out)
{
    enum { MORE = 3, LEAST = 32 };
    *out = NULL;
    if (!value) return OK;
    char *encoded = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    struct line line = {.size = (encoded ? strlen(encoded) : 0) * MORE + LEAST, .by_line = true};
    free(encoded);
    line.text = *out = encoded ? calloc(1, line.size) : NULL;
    if (!line.text) return fail_memory();
    add_value(&line, value);
    return OK;
}

static enum error tell_field(const json_t *before, const json_t *after, const char *name,
                             void (*each)(void *arg, const char *name, const char *before,
                                          const char *after),
                             void *arg)
{
    char *was = NULL, *is = NULL;
    enum error e = value_text(before, &was);
    if (!e) e = value_text(after, &is);
    if (!e) each(arg, name, was, is);
    free(was);
    free(is);
    return e;
}

enum error audit_change_each(const struct audit_event *event,
                             void (*each)(void *arg, const char *name, const char *before,
                                          const char *after),
                             void *arg)
{
    json_t *before = event->before ? json_loads(event->before, 0, NULL) : NULL;
    json_t *after = event->after ? json_loads(event->after, 0, NULL) : NULL;
    enum error e = OK;
    const char *name;
    json_t *value;
    json_object_foreach(before, name, value)
    {
        if (!e) e = tell_field(value, json_object_get(after, name), name, each, arg);
    }
    json_object_foreach(after, name, value)
    {
        if (!e && !json_object_get(before, name)) e = tell_field(NULL, value, name, each, arg);
    }
    json_decref(before);
    json_decref(after);
    return e;
}

void audit_from_text(const struct actor *actor, char *out, size_t out_size)
{
    const char *terminal = actor->terminal;
    if (strncmp(terminal, "/dev/", 5) == 0) terminal += 5;
    snprintf(out, out_size, "%s%s%s", actor->host, *terminal ? " " : "", terminal);
}

void audit_line_text(const struct audit_event *event, char *out, size_t out_size)
{
    char whole[8192], actor[160], from[160], at[WHEN_SIZE];
    struct line line = {.text = whole, .size = sizeof whole};
    actor_text(&event->actor, actor, sizeof actor);
    when_iso(at, event->at);
    add(&line, "event %" PRId64 " at %s by %s", event->sequence, at, actor);
    audit_from_text(&event->actor, from, sizeof from);
    if (*from) add(&line, " from %s", from);
    add(&line, ": %s %s", event->kind, event->subject);
    if (event->before) add(&line, " before %s", event->before);
    if (event->after) add(&line, " after %s", event->after);
    text_hide_tokens(whole);
    text_visible(out, out_size, whole, LINE_COLUMNS);
}
