#include "sql.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const sql_words[SQL_WORDS] = {":word0", ":word1", ":word2", ":word3"};

void sql_add(struct sql *sql, const char *part)
{
    sql_format(sql, "%s", part);
}

void sql_format(struct sql *sql, const char *format, ...)
{
    size_t room = sizeof sql->text - sql->size;
    va_list args;
    va_start(args, format);
    int size = vsnprintf(sql->text + sql->size, room, format, args);
    va_end(args);
    if (size < 0 || (size_t)size >= room) abort(); /* a bug: the parts are all known */
    sql->size += (size_t)size;
}

void sql_pattern(char *out, size_t out_size, const char *text, size_t size)
{
    char *end = out + out_size - 4;
    *out++ = '%';
    for (size_t i = 0; i < size && out < end; i++) {
        if (strchr("%_\\", text[i])) *out++ = '\\';
        *out++ = text[i];
    }
    *out++ = '%';
    *out = 0;
}

/* There may be hundreds, and most begin alike. */
static uint32_t hash(const char *text)
{
    uint32_t hash = 2166136261;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619;
    return hash;
}

static const char *keep(const char *text)
{
    struct kept {
        struct kept *next;
        uint32_t hash;
        char text[];
    };
    static struct kept *kept;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    const uint32_t sought = hash(text);
    pthread_mutex_lock(&lock);
    struct kept *entry = kept;
    while (entry && (entry->hash != sought || strcmp(entry->text, text) != 0))
        entry = entry->next;
    if (!entry && (entry = malloc(sizeof *entry + strlen(text) + 1))) {
        strcpy(entry->text, text);
        entry->hash = sought;
        entry->next = kept;
        kept = entry;
    }
    pthread_mutex_unlock(&lock);
    return entry ? entry->text : NULL;
}

struct stmt *sql_prepare(struct store *store, const struct sql *sql)
{
    return store_prepare(store, keep(sql->text));
}

enum error bind_numbers(struct stmt *stmt, const char *name, const int64_t *numbers, size_t count)
{
    enum { DIGITS = 21 };
    char *list = malloc(count * (DIGITS + 1) + 3), *end = list;
    if (!list) return fail_memory();
    *end++ = '[';
    for (const int64_t *number = numbers; number < numbers + count; number++) {
        if (number > numbers) *end++ = ',';
        end += sprintf(end, "%" PRId64, *number);
    }
    strcpy(end, "]");
    bind_text(stmt, name, list);
    free(list);
    return OK;
}

enum error rows_collect(struct stmt *stmt, size_t head, size_t item,
                        void (*read)(struct stmt *stmt, void *item), void **out)
{
    *out = NULL;
    size_t count = 0, room = 16;
    char *list = calloc(1, head + room * item);
    enum error e = OK;
    if (!list) {
        stmt_reset(stmt);
        return fail_memory();
    }
    while (stmt_next(stmt, &e)) {
        if (count == room) {
            char *larger = realloc(list, head + (room *= 2) * item);
            if (!larger) {
                e = fail_memory();
                continue;
            }
            list = larger;
        }
        read(stmt, list + head + count++ * item);
    }
    if (e) {
        free(list);
        return e;
    }
    *(size_t *)(void *)list = count;
    *out = list;
    return OK;
}

void rows_reverse(void *rows, size_t count, size_t item)
{
    unsigned char *bytes = rows;
    for (size_t first = 0, last = count; first + 1 < last--; first++)
        for (size_t i = 0; i < item; i++) {
            unsigned char byte = bytes[first * item + i];
            bytes[first * item + i] = bytes[last * item + i];
            bytes[last * item + i] = byte;
        }
}
