/* Searching the names. */
#include "name_arena_inside.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { WORDS = 4 };
struct words {
    size_t count;
    struct word {
        char text[ACCOUNT_NAME_MAX + 1];
        size_t size;
    } items[WORDS];
};

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
    struct name_state now;
    *serves = false;
    if (!arena->begun || !arena->whole || query->sort != ACCOUNT_BY_ID ||
        query->status != ACCOUNT_ANY || query->group || query->permission || query->owner ||
        !split(query->filter, &words))
        return OK;
    enum error e = name_state_read(store, &now);
    *serves = !e && now.accounts == arena->state.accounts && now.newest == arena->state.newest;
    return e;
}

static bool matches(const struct words *words, const char *name, size_t size)
{
    for (size_t i = 0; i < words->count; i++)
        if (!memmem(name, size, words->items[i].text, words->items[i].size)) return false;
    return true;
}

size_t name_lower_bound(const struct name_arena *arena, const char *name, bool *there)
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

/* Where the word stands next, or NULL. memmem() is several times slower with words of two or three
 * letters: the compiler makes the inner loop look at sixteen places at once. */
static const char *find(const char *at, const char *end, const struct word *word)
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

/* How many names, or hits, are looked at between two questions whether to stop. */
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

/* Names before `index`, the nearest first. */
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

static void reverse(int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        int64_t other = numbers[i];
        numbers[i] = numbers[count - 1 - i];
        numbers[count - 1 - i] = other;
    }
}

enum error name_arena_page(const struct name_arena *arena, struct store *store,
                           const struct account_query *query, const struct account_place *from,
                           bool backward, bool inclusive, int64_t *numbers, size_t max,
                           size_t *count)
{
    struct words words;
    bool upward = query->descending == backward;
    *count = 0;
    if (!split(query->filter, &words)) return OK;
    size_t index = upward ? 0 : arena->count;
    if (from->name[0]) {
        bool there;
        index = name_lower_bound(arena, from->name, &there);
        /* Upwards the place itself is left out by beginning behind it, downwards taken in so. */
        if (there && upward != inclusive) index++;
    }
    enum error e = upward ? search_up(arena, store, &words, index, numbers, max, count)
                          : search_down(arena, store, &words, index, numbers, max, count);
    if (backward) reverse(numbers, *count);
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
