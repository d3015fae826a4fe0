/* All names in one text, in order: reading them, keeping up with changes, searching. */
#include <gatehouse/ascii.h>
#include <gatehouse/name_arena.h>
#include <gatehouse/words.h>

#include "counter.h"
#include "sql.h"
#include <stdlib.h>
#include <string.h>

/* Numbers are never reused, so the count and the newest number identify the set of accounts. */
struct name_state {
    int64_t accounts, newest;
    int64_t events; /* the newest event */
};

/* The names in order, each between two line breaks. */
struct name_arena {
    char *text;
    size_t size, text_room;
    uint32_t *starts; /* of each name in `text` */
    int64_t *numbers;
    size_t count, room;
    bool begun, whole;
    struct name_state state; /* the state of the database that it corresponds to */
};

static size_t name_end(const struct name_arena *arena, size_t index)
{
    return index + 1 < arena->count ? arena->starts[index + 1] - 1 : arena->size - 1;
}

enum { STEP_ROWS = 4000 };
_Static_assert(ACCOUNT_NAME_MAX == 64, "stands in the condition below");

/* A damaged name would be cut where it is read, and reading on after it would never end. */
#define NAME_IS_SOUND                                                                              \
    "typeof(name) = 'text' AND length(CAST(name AS BLOB)) BETWEEN 1 AND 64 AND instr(name, "       \
    "char(0)) = 0"

struct named {
    int64_t number;
    char name[ACCOUNT_NAME_MAX + 1];
};
struct named_rows {
    size_t count;
    struct named items[];
};

enum error name_arena_new(struct name_arena **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? OK : fail_memory();
}

void name_arena_free(struct name_arena *arena)
{
    if (!arena) return;
    free(arena->text);
    free(arena->starts);
    free(arena->numbers);
    free(arena);
}

static enum error read_or_none(struct stmt *stmt, int64_t *value)
{
    enum error e = stmt_int(stmt, value);
    if (e == ERR_NOT_FOUND) *value = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error read_state(struct store *store, struct name_state *out)
{
    enum error e = counter_get(store, "accounts", &out->accounts);
    if (!e)
        e = read_or_none(
            store_prepare(store, "SELECT seq FROM sqlite_sequence WHERE name = 'account'"),
            &out->newest);
    return e ? e
             : read_or_none(store_prepare(
                                store, "SELECT sequence FROM event ORDER BY sequence DESC LIMIT 1"),
                            &out->events);
}

static enum error reserve(struct name_arena *arena, size_t bytes, size_t names)
{
    if (arena->size + bytes > arena->text_room) {
        size_t room = 2 * (arena->size + bytes) + 4096;
        char *text = realloc(arena->text, room);
        if (!text) return fail_memory();
        arena->text = text;
        arena->text_room = room;
    }
    if (arena->count + names <= arena->room) return OK;
    size_t room = 2 * (arena->count + names) + 1024;
    uint32_t *starts = realloc(arena->starts, room * sizeof *starts);
    if (starts) arena->starts = starts;
    int64_t *numbers = realloc(arena->numbers, room * sizeof *numbers);
    if (numbers) arena->numbers = numbers;
    if (!starts || !numbers) return fail_memory();
    arena->room = room;
    return OK;
}

static enum error begin(struct name_arena *arena, struct store *store)
{
    arena->size = arena->count = 0;
    arena->whole = false;
    enum error e = reserve(arena, 1, 0);
    if (e) return e;
    arena->text[arena->size++] = '\n';
    e = read_state(store, &arena->state);
    arena->begun = !e;
    return e;
}

static enum error add(struct name_arena *arena, int64_t number, const char *name)
{
    size_t size = strlen(name);
    enum error e = reserve(arena, size + 1, 1);
    if (e) return e;
    arena->starts[arena->count] = (uint32_t)arena->size;
    arena->numbers[arena->count++] = number;
    memcpy(arena->text + arena->size, name, size);
    arena->size += size;
    arena->text[arena->size++] = '\n';
    return OK;
}

static size_t lower_bound(const struct name_arena *arena, const char *name, bool *there)
{
    size_t low = 0, high = arena->count, size = strlen(name);
    *there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2, start = arena->starts[middle];
        size_t own = name_end(arena, middle) - start;
        int order = memcmp(arena->text + start, name, own < size ? own : size);
        if (order == 0 && own == size) *there = true;
        if (order < 0 || (order == 0 && own < size))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last name read so far, to continue after it. */
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
        store, "SELECT number, name FROM account WHERE name > :last AND " NAME_IS_SOUND
               " ORDER BY name LIMIT :max");
    bind_text(stmt, ":last", last);
    bind_int(stmt, ":max", STEP_ROWS);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = add(arena, column_int(stmt, "number"), column_text(stmt, "name"));
    arena->whole = !e && arena->count - before < STEP_ROWS;
    return e;
}

static enum error find_deleted(struct store *store, int64_t since, struct id_set *out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT account FROM event WHERE kind = 'account.delete' AND sequence > :since AND "
               "account IS NOT NULL ORDER BY account");
    bind_int(stmt, ":since", since);
    enum error e = OK;
    while (stmt_next(stmt, &e))
        e = id_set_add(out, column_int(stmt, "account"));
    return e;
}

/* Removes the names of deleted accounts. */
static void take_out(struct name_arena *arena, const struct id_set *gone)
{
    size_t kept = 0, size = 1;
    for (size_t i = 0; i < arena->count; i++) {
        size_t start = arena->starts[i], length = name_end(arena, i) + 1 - start;
        if (id_set_has(gone, arena->numbers[i])) continue;
        memmove(arena->text + size, arena->text + start, length);
        arena->starts[kept] = (uint32_t)size;
        arena->numbers[kept++] = arena->numbers[i];
        size += length;
    }
    arena->count = kept;
    arena->size = size;
}

static void read_named(struct stmt *stmt, void *item)
{
    struct named *named = item;
    named->number = column_int(stmt, "number");
    column_copy(stmt, "name", named->name, sizeof named->name);
}

/* Accounts newer than `newest`, sorted by name. */
static enum error find_newer(struct store *store, int64_t newest, struct named_rows **out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT number, name FROM account WHERE number > :newest AND " NAME_IS_SOUND
               " ORDER BY name");
    bind_int(stmt, ":newest", newest);
    return rows_collect(stmt, sizeof(struct named_rows), sizeof(struct named), read_named,
                        (void **)out);
}

/* Drops those that were already met while the names were read. Returns the bytes that the rest
 * needs. */
static size_t drop_known(const struct name_arena *arena, struct named_rows *newer)
{
    size_t kept = 0, bytes = 0;
    for (size_t i = 0; i < newer->count; i++) {
        bool there;
        lower_bound(arena, newer->items[i].name, &there);
        if (there) continue;
        bytes += strlen(newer->items[i].name) + 1;
        newer->items[kept++] = newer->items[i];
    }
    newer->count = kept;
    return bytes;
}

/* Merges from the end, so that each name is moved once. The space was reserved. */
static void put_in(struct name_arena *arena, const struct named_rows *newer, size_t bytes)
{
    size_t old = arena->count, new = newer->count, to = arena->size + bytes;
    size_t end = arena->size; /* of the old names not yet merged */
    arena->size += bytes;
    arena->count += newer->count;
    while (new > 0) {
        const struct named *named = &newer->items[new - 1];
        bool there;
        struct name_arena left = *arena;
        left.count = old;
        left.size = end;
        size_t before = lower_bound(&left, named->name, &there);
        /* Move everything after it at once. */
        size_t start = before < old ? arena->starts[before] : end, shift = to - end;
        memmove(arena->text + start + shift, arena->text + start, end - start);
        for (size_t i = old; i > before; i--) {
            arena->starts[i - 1 + new] = (uint32_t)(arena->starts[i - 1] + shift);
            arena->numbers[i - 1 + new] = arena->numbers[i - 1];
        }
        size_t length = strlen(named->name);
        to = start + shift - length - 1;
        memcpy(arena->text + to, named->name, length);
        arena->text[to + length] = '\n';
        arena->starts[before + --new] = (uint32_t)to;
        arena->numbers[before + new] = named->number;
        old = before;
        end = start;
    }
}

static enum error change(struct name_arena *arena, const struct id_set *gone,
                         struct named_rows *newer)
{
    if (gone->count) take_out(arena, gone);
    size_t bytes = drop_known(arena, newer);
    enum error e = reserve(arena, bytes, newer->count);
    if (!e) put_in(arena, newer, bytes);
    return e;
}

/* Whether another database took the place of this one: its events do not tell what became of the
 * accounts. */
static enum error was_restored(struct store *store, int64_t since, bool *was)
{
    int64_t count = 0;
    struct stmt *stmt = store_prepare(
        store, "SELECT count(*) FROM event WHERE kind = 'database.restore' AND sequence > :since");
    bind_int(stmt, ":since", since);
    enum error e = stmt_int(stmt, &count);
    *was = count > 0;
    return e;
}

/* In one view of the database. What was not told of shows in the number of accounts: then all is
 * read again. */
static enum error follow(struct name_arena *arena, struct store *store)
{
    struct name_state now;
    struct id_set gone = {0};
    struct named_rows *newer = NULL;
    bool restored = false;
    enum error e = was_restored(store, arena->state.events, &restored);
    if (e || restored) {
        arena->begun = false;
        return e;
    }
    e = read_state(store, &now);
    if (!e) e = find_deleted(store, arena->state.events, &gone);
    if (!e) e = find_newer(store, arena->state.newest, &newer);
    if (!e) {
        e = change(arena, &gone, newer);
        arena->begun = !e && (int64_t)arena->count == now.accounts;
        arena->state = now;
    }
    id_set_free(&gone);
    free(newer);
    return e;
}

enum error name_arena_step(struct name_arena *arena, struct store *store, bool *done)
{
    enum error e = OK;
    *done = false;
    if (!arena->begun) e = begin(arena, store);
    if (!e && !arena->whole) return read_some(arena, store);
    if (!e) e = store_begin_read(store);
    if (!e) e = store_end(store, follow(arena, store));
    *done = !e && arena->begun;
    return e;
}

/* Words of a filter. */

enum { WORDS = 4 };
struct words {
    size_t count;
    struct name_word {
        char text[ACCOUNT_NAME_MAX + 1];
        size_t size;
    } items[WORDS];
};

/* False if the filter searches other columns too. */
static bool split(const char *filter, struct words *words)
{
    struct word typed;
    words->count = 0;
    while (word_next(WORDS_ACCOUNTS, &filter, &typed)) {
        if (typed.kind != WORD_TEXT && typed.kind != WORD_ACCOUNT) return false;
        if (!typed.size) continue;
        if (words->count == WORDS || typed.size > ACCOUNT_NAME_MAX) return false;
        struct name_word *word = &words->items[words->count++];
        word->size = typed.size;
        for (size_t i = 0; i < typed.size; i++)
            word->text[i] = ascii_lower(typed.text[i]);
        word->text[typed.size] = 0;
    }
    return words->count > 0;
}

enum error name_arena_serves(const struct name_arena *arena, struct store *store,
                             const struct account_query *query, bool *serves)
{
    struct words words;
    struct name_state now;
    *serves = false;
    if (!arena->begun || !arena->whole || query->sort != ACCOUNT_BY_ID ||
        query->status != ACCOUNT_ANY || query->group || query->permission ||
        !split(query->filter, &words))
        return OK;
    enum error e = read_state(store, &now);
    *serves = !e && now.accounts == arena->state.accounts && now.newest == arena->state.newest;
    return e;
}

static bool matches(const struct words *words, const char *name, size_t size)
{
    for (size_t i = 0; i < words->count; i++)
        if (!memmem(name, size, words->items[i].text, words->items[i].size)) return false;
    return true;
}

/* The index of the name that contains the byte at `offset`. */
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

/* The next occurrence of the word, or NULL. The compiler vectorises the inner loop, which makes
 * this several times faster than memmem() for words of two or three letters. */
static const char *find(const char *at, const char *end, const struct name_word *word)
{
    enum { BLOCK = 64 };
    const char first = word->text[0], last = word->text[word->size - 1];
    const size_t far = word->size - 1;
    if (!far) return memchr(at, first, (size_t)(end - at));
    while ((size_t)(end - at) >= BLOCK + far) {
        unsigned char any = 0;
        for (size_t i = 0; i < BLOCK; i++)
            any |= (unsigned char)((at[i] == first) & (at[i + far] == last));
        for (size_t i = 0; any && i < BLOCK; i++)
            if (at[i] == first && at[i + far] == last && memcmp(at + i, word->text, far) == 0)
                return at + i;
        at += BLOCK;
    }
    return memmem(at, (size_t)(end - at), word->text, word->size);
}

/* Names or hits between two calls of the interrupt. */
enum { BETWEEN = 1 << 14 };

static enum error search_up(const struct name_arena *arena, struct store *store,
                            const struct words *words, size_t index, int64_t *numbers, size_t max,
                            size_t *count)
{
    const char *at = arena->text + (index < arena->count ? arena->starts[index] : arena->size);
    const char *end = arena->text + arena->size, *hit;
    for (size_t hits = 1; *count < max && (hit = find(at, end, &words->items[0])); hits++) {
        if (hits % BETWEEN == 0 && store_is_interrupted(store)) return ERR_STOPPED;
        index = index_of(arena, (size_t)(hit - arena->text));
        size_t start = arena->starts[index], stop = name_end(arena, index);
        if (matches(words, arena->text + start, stop - start))
            numbers[(*count)++] = arena->numbers[index];
        at = arena->text + stop + 1;
    }
    return OK;
}

/* Searches the names before `index`, nearest first. */
static enum error search_down(const struct name_arena *arena, struct store *store,
                              const struct words *words, size_t index, int64_t *numbers, size_t max,
                              size_t *count)
{
    while (*count < max && index > 0) {
        size_t start = arena->starts[--index], end = name_end(arena, index);
        if (index % BETWEEN == 0 && store_is_interrupted(store)) return ERR_STOPPED;
        if (matches(words, arena->text + start, end - start))
            numbers[(*count)++] = arena->numbers[index];
    }
    return OK;
}

enum error name_arena_page(const struct name_arena *arena, struct store *store,
                           const struct account_query *query, const struct account_place *from,
                           struct page page, int64_t *numbers, size_t *count)
{
    struct words words;
    bool upward = query->descending == page.backward;
    *count = 0;
    if (!split(query->filter, &words)) return OK;
    size_t index = upward ? 0 : arena->count;
    if (from->name[0]) {
        bool there;
        index = lower_bound(arena, from->name, &there);
        /* Start after the place: forward that excludes it, backward it includes it. */
        if (there && upward != page.inclusive) index++;
    }
    enum error e = upward ? search_up(arena, store, &words, index, numbers, page.max, count)
                          : search_down(arena, store, &words, index, numbers, page.max, count);
    if (page.backward) rows_reverse(numbers, *count, sizeof *numbers);
    return e;
}

enum error name_arena_count(const struct name_arena *arena, struct store *store,
                            const struct account_query *query, int64_t *count)
{
    struct words words;
    *count = 0;
    if (!split(query->filter, &words)) return OK;
    const char *at = arena->text, *end = at + arena->size, *hit;
    for (size_t hits = 1; (hit = find(at, end, &words.items[0])); hits++) {
        if (hits % BETWEEN == 0 && store_is_interrupted(store)) return ERR_STOPPED;
        const char *start = hit, *stop = memchr(hit, '\n', (size_t)(end - hit));
        if (words.count > 1)
            start = (const char *)memrchr(arena->text, '\n', (size_t)(hit - arena->text)) + 1;
        *count += words.count == 1 || matches(&words, start, (size_t)(stop - start));
        at = stop + 1;
    }
    return OK;
}
