#include <gatehouse/name_arena.h>

#include "counter.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Every name stands between two line breaks, in the order of the names. */
struct name_arena {
    char *text;
    size_t size, text_room;
    uint32_t *starts; /* of each name in `text` */
    int64_t *numbers;
    size_t count, room;
    bool whole;
    int64_t accounts,
        newest; /* when reading began: other numbers tell that accounts came or went */
};

enum { WORDS = 4, STEP_ROWS = 4000 };
struct words {
    size_t count;
    struct word {
        char text[ACCOUNT_NAME_MAX + 1];
        size_t size;
    } items[WORDS];
};

enum error name_arena_new(struct name_arena **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? OK : fail(ERR_SYSTEM, "out of memory");
}

void name_arena_free(struct name_arena *arena)
{
    if (!arena) return;
    free(arena->text);
    free(arena->starts);
    free(arena->numbers);
    free(arena);
}

/* Numbers are never given twice, so the newest and how many there are tell one set from another. */
static enum error read_state(struct store *store, int64_t *accounts, int64_t *newest)
{
    enum error e = counter_get(store, "accounts", accounts);
    if (e) return e;
    e = stmt_int(store_prepare(store, "SELECT seq FROM sqlite_sequence WHERE name = 'account'"),
                 newest);
    if (e == ERR_NOT_FOUND) *newest = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error reserve(struct name_arena *arena, size_t more)
{
    if (arena->size + more > arena->text_room) {
        size_t room = 2 * (arena->size + more) + 4096;
        char *text = realloc(arena->text, room);
        if (!text) return fail(ERR_SYSTEM, "out of memory");
        arena->text = text;
        arena->text_room = room;
    }
    if (arena->count < arena->room) return OK;
    size_t room = 2 * arena->room + 1024;
    uint32_t *starts = realloc(arena->starts, room * sizeof *starts);
    if (starts) arena->starts = starts;
    int64_t *numbers = realloc(arena->numbers, room * sizeof *numbers);
    if (numbers) arena->numbers = numbers;
    if (!starts || !numbers) return fail(ERR_SYSTEM, "out of memory");
    arena->room = room;
    return OK;
}

static enum error add(struct name_arena *arena, int64_t number, const char *name)
{
    size_t size = strlen(name);
    enum error e = reserve(arena, size + 2);
    if (e) return e;
    if (!arena->count) arena->text[arena->size++] = '\n';
    arena->starts[arena->count] = (uint32_t)arena->size;
    arena->numbers[arena->count++] = number;
    memcpy(arena->text + arena->size, name, size);
    arena->size += size;
    arena->text[arena->size++] = '\n';
    return OK;
}

/* The last name that is there, to go on behind it. */
static void last_name(const struct name_arena *arena, char out[static ACCOUNT_NAME_MAX + 1])
{
    out[0] = 0;
    if (!arena->count) return;
    size_t start = arena->starts[arena->count - 1], size = arena->size - 1 - start;
    if (size > ACCOUNT_NAME_MAX) size = ACCOUNT_NAME_MAX;
    memcpy(out, arena->text + start, size);
    out[size] = 0;
}

static enum error read_some(struct name_arena *arena, struct store *store)
{
    char last[ACCOUNT_NAME_MAX + 1];
    size_t before = arena->count;
    last_name(arena, last);
    struct stmt *stmt = store_prepare(
        store, "SELECT number, name FROM account WHERE name > :last ORDER BY name LIMIT :max");
    bind_text(stmt, ":last", last);
    bind_int(stmt, ":max", STEP_ROWS);
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = add(arena, column_int(stmt, "number"), column_text(stmt, "name"));
    stmt_reset(stmt);
    arena->whole = !e && arena->count - before < STEP_ROWS;
    return e;
}

static void begin_anew(struct name_arena *arena, int64_t accounts, int64_t newest)
{
    arena->size = arena->count = 0;
    arena->whole = false;
    arena->accounts = accounts;
    arena->newest = newest;
}

enum error name_arena_step(struct name_arena *arena, struct store *store, bool *done)
{
    int64_t accounts, newest;
    enum error e = read_state(store, &accounts, &newest);
    if (e) return e;
    if (accounts != arena->accounts || newest != arena->newest) begin_anew(arena, accounts, newest);
    if (!arena->whole) e = read_some(arena, store);
    *done = arena->whole;
    return e;
}

/* False for what is asked of other columns. */
static bool split(const char *filter, struct words *words)
{
    words->count = 0;
    for (;;) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        if (!size) return words->count > 0;
        const char *text = filter;
        filter += size;
        if (size >= 2 && text[1] == ':' && strchr("dDoO", text[0])) return false;
        if (size >= 4 && strncasecmp(text, "sa::", 4) == 0) text += 4, size -= 4;
        if (!size) continue;
        if (words->count == WORDS || size > ACCOUNT_NAME_MAX) return false;
        struct word *word = &words->items[words->count++];
        word->size = size;
        for (size_t i = 0; i < size; i++)
            word->text[i] = (char)tolower((unsigned char)text[i]);
        word->text[size] = 0;
    }
}

enum error name_arena_serves(const struct name_arena *arena, struct store *store,
                             const struct account_query *query, bool *serves)
{
    struct words words;
    int64_t accounts, newest;
    *serves = false;
    if (!arena->whole || query->sort != ACCOUNT_BY_ID || query->status != ACCOUNT_ANY ||
        query->group || query->permission || query->owner || !split(query->filter, &words))
        return OK;
    enum error e = read_state(store, &accounts, &newest);
    *serves = !e && accounts == arena->accounts && newest == arena->newest;
    return e;
}

static bool matches(const struct words *words, const char *name, size_t size)
{
    for (size_t i = 0; i < words->count; i++)
        if (!memmem(name, size, words->items[i].text, words->items[i].size)) return false;
    return true;
}

static size_t name_end(const struct name_arena *arena, size_t index)
{
    return index + 1 < arena->count ? arena->starts[index + 1] - 1 : arena->size - 1;
}

/* The first name that is not before `name`. */
static size_t lower_bound(const struct name_arena *arena, const char *name)
{
    size_t low = 0, high = arena->count, size = strlen(name);
    while (low < high) {
        size_t middle = low + (high - low) / 2, start = arena->starts[middle];
        size_t own = name_end(arena, middle) - start;
        int order = memcmp(arena->text + start, name, own < size ? own : size);
        if (order < 0 || (order == 0 && own < size))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct name_arena *arena, size_t index, const char *name)
{
    if (index >= arena->count) return false;
    size_t start = arena->starts[index], size = name_end(arena, index) - start;
    return size == strlen(name) && memcmp(arena->text + start, name, size) == 0;
}

/* The name that the byte at `offset` belongs to. */
static size_t index_of(const struct name_arena *arena, size_t offset)
{
    size_t low = 0, high = arena->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (arena->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static size_t search_up(const struct name_arena *arena, const struct words *words, size_t index,
                        int64_t *numbers, size_t max)
{
    const struct word *first = &words->items[0];
    size_t count = 0, at = index < arena->count ? arena->starts[index] : arena->size;
    while (count < max && at < arena->size) {
        const char *hit = memmem(arena->text + at, arena->size - at, first->text, first->size);
        if (!hit) break;
        index = index_of(arena, (size_t)(hit - arena->text));
        size_t start = arena->starts[index], end = name_end(arena, index);
        if (matches(words, arena->text + start, end - start))
            numbers[count++] = arena->numbers[index];
        at = end + 1;
    }
    return count;
}

/* Names before `index`, the nearest first. */
static size_t search_down(const struct name_arena *arena, const struct words *words, size_t index,
                          int64_t *numbers, size_t max)
{
    size_t count = 0;
    while (count < max && index > 0) {
        size_t start = arena->starts[--index], end = name_end(arena, index);
        if (matches(words, arena->text + start, end - start))
            numbers[count++] = arena->numbers[index];
    }
    return count;
}

static void reverse(int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        int64_t other = numbers[i];
        numbers[i] = numbers[count - 1 - i];
        numbers[count - 1 - i] = other;
    }
}

enum error name_arena_page(const struct name_arena *arena, const struct account_query *query,
                           const struct account_place *from, bool backward, bool inclusive,
                           int64_t *numbers, size_t max, size_t *count)
{
    struct words words;
    bool upward = query->descending == backward;
    *count = 0;
    if (!split(query->filter, &words)) return OK;
    size_t index = upward ? 0 : arena->count;
    if (from->name[0]) {
        index = lower_bound(arena, from->name);
        /* Upwards the place itself is left out by beginning behind it, downwards taken in so. */
        if (is_at(arena, index, from->name) && upward != inclusive) index++;
    }
    *count = upward ? search_up(arena, &words, index, numbers, max)
                    : search_down(arena, &words, index, numbers, max);
    if (backward) reverse(numbers, *count);
    return OK;
}

int64_t name_arena_count(const struct name_arena *arena, const struct account_query *query)
{
    struct words words;
    int64_t count = 0;
    if (!split(query->filter, &words)) return (int64_t)arena->count;
    const struct word *first = &words.items[0];
    const char *at = arena->text, *end = arena->text + arena->size, *hit;
    while (at < end && (hit = memmem(at, (size_t)(end - at), first->text, first->size))) {
        const char *start = memrchr(arena->text, '\n', (size_t)(hit - arena->text));
        const char *stop = memchr(hit, '\n', (size_t)(end - hit));
        if (words.count == 1 || matches(&words, start + 1, (size_t)(stop - start - 1))) count++;
        at = stop + 1;
    }
    return count;
}
