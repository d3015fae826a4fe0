/* Compares the schema of a database with the one our migrations make: a trigger, a view or another
 * text of a table changes what every statement does. */
#include <gatehouse/database.h>

#include "doctor_internal.h"
#include "sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct part {
    char type[16], name[64];
    char *text; /* without comments and blanks; they differ between versions of the program */
};
struct parts {
    size_t count;
    struct part items[];
};

/* In place; what is quoted stays as it is. */
static void condense(char *text)
{
    char *to = text;
    for (const char *at = text; *at;) {
        if (at[0] == '-' && at[1] == '-') {
            at += strcspn(at, "\n");
        } else if (strchr(" \t\r\n", *at)) {
            at++;
        } else if (strchr("'\"`", *at)) {
            const char quote = *at;
            do
                *to++ = *at++;
            while (*at && *at != quote);
            if (*at) *to++ = *at++;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
}

static void read_part(struct stmt *stmt, void *item)
{
    struct part *part = item;
    column_copy(stmt, "type", part->type, sizeof part->type);
    column_copy(stmt, "name", part->name, sizeof part->name);
    part->text = strdup(column_text(stmt, "sql"));
    if (part->text) condense(part->text);
}

static void parts_free(struct parts *parts)
{
    for (size_t i = 0; parts && i < parts->count; i++)
        free(parts->items[i].text);
    free(parts);
}

static enum error parts_load(struct store *store, struct parts **out)
{
    enum error e = rows_collect(
        store_prepare(store, "SELECT type, name, sql FROM sqlite_schema ORDER BY name"),
        sizeof(struct parts), sizeof(struct part), read_part, (void **)out);
    for (size_t i = 0; !e && i < (*out)->count; i++)
        if (!(*out)->items[i].text) e = fail_memory();
    return e;
}

static const struct part *part_find(const struct parts *parts, const struct part *sought)
{
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->items[i].type, sought->type) == 0 &&
            strcmp(parts->items[i].name, sought->name) == 0)
            return &parts->items[i];
    return NULL;
}

static void compare(const struct parts *ours, const struct parts *theirs,
                    void (*found)(const char *sentence, void *arg), void *arg)
{
    char sentence[200];
    for (size_t i = 0; i < theirs->count; i++) {
        const struct part *part = &theirs->items[i], *same = part_find(ours, part);
        if (same && strcmp(same->text, part->text) == 0) continue;
        snprintf(sentence, sizeof sentence, "the %s %s %s; restore a backup", part->type,
                 part->name,
                 same ? "is not the one Gatehouse makes" : "does not belong to Gatehouse");
        found(sentence, arg);
    }
    for (size_t i = 0; i < ours->count; i++) {
        if (part_find(theirs, &ours->items[i])) continue;
        snprintf(sentence, sizeof sentence, "the %s %s is missing; restore a backup",
                 ours->items[i].type, ours->items[i].name);
        found(sentence, arg);
    }
}

enum error doctor_check_schema(struct store *store, void (*found)(const char *sentence, void *arg),
                               void *arg)
{
    struct store *model = NULL;
    struct parts *ours = NULL, *theirs = NULL;
    enum error e = database_open_memory(&model);
    if (!e) e = parts_load(model, &ours);
    if (!e) e = parts_load(store, &theirs);
    if (!e) compare(ours, theirs, found, arg);
    parts_free(ours);
    parts_free(theirs);
    if (model) store_close(model);
    return e;
}
