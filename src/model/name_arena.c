/* Keeping the names. */
#include "counter.h"
#include "name_arena_inside.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

enum { STEP_ROWS = 4000 };

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

static enum error read_or_none(struct stmt *stmt, int64_t *value)
{
    enum error e = stmt_int(stmt, value);
    if (e == ERR_NOT_FOUND) *value = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

enum error name_state_read(struct store *store, struct name_state *out)
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
        if (!text) return fail(ERR_SYSTEM, "out of memory");
        arena->text = text;
        arena->text_room = room;
    }
    if (arena->count + names <= arena->room) return OK;
    size_t room = 2 * (arena->count + names) + 1024;
    uint32_t *starts = realloc(arena->starts, room * sizeof *starts);
    if (starts) arena->starts = starts;
    int64_t *numbers = realloc(arena->numbers, room * sizeof *numbers);
    if (numbers) arena->numbers = numbers;
    if (!starts || !numbers) return fail(ERR_SYSTEM, "out of memory");
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
    e = name_state_read(store, &arena->state);
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

static enum error find_deleted(struct store *store, int64_t since, struct id_set *out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT account FROM event WHERE kind = 'account.delete' AND sequence > :since AND "
               "account IS NOT NULL ORDER BY account");
    bind_int(stmt, ":since", since);
    bool row = true;
    enum error e = OK;
    while (!e && !(e = stmt_step(stmt, &row)) && row)
        e = id_set_add(out, column_int(stmt, "account"));
    stmt_reset(stmt);
    return e;
}

/* Closes up over the names of those that are gone. */
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

/* By name. */
static enum error find_newer(struct store *store, int64_t newest, struct named_rows **out)
{
    struct stmt *stmt = store_prepare(
        store, "SELECT number, name FROM account WHERE number > :newest ORDER BY name");
    bind_int(stmt, ":newest", newest);
    return rows_collect(stmt, sizeof(struct named_rows), sizeof(struct named), read_named,
                        (void **)out);
}

/* Those that were met while the names were read are there already. Returns the bytes of the rest.
 */
static size_t drop_known(const struct name_arena *arena, struct named_rows *newer)
{
    size_t kept = 0, bytes = 0;
    for (size_t i = 0; i < newer->count; i++) {
        bool there;
        name_lower_bound(arena, newer->items[i].name, &there);
        if (there) continue;
        bytes += strlen(newer->items[i].name) + 1;
        newer->items[kept++] = newer->items[i];
    }
    newer->count = kept;
    return bytes;
}

/* Merges from the end, so that each name is moved once. There is room. */
static void put_in(struct name_arena *arena, const struct named_rows *newer, size_t bytes)
{
    size_t old = arena->count, new = newer->count, to = arena->size + bytes;
    size_t end = arena->size; /* behind the old names that are left */
    arena->size += bytes;
    arena->count += newer->count;
    while (new > 0) {
        const struct named *named = &newer->items[new - 1];
        bool there;
        struct name_arena left = *arena;
        left.count = old;
        left.size = end;
        size_t before = name_lower_bound(&left, named->name, &there);
        /* All that stand behind it, at once. */
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

/* In one view of the database. What was not told of (another file in the place of this one) shows
 * in the number of accounts: then all is read anew. */
static enum error follow(struct name_arena *arena, struct store *store)
{
    struct name_state now;
    struct id_set gone = {0};
    struct named_rows *newer = NULL;
    enum error e = name_state_read(store, &now);
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
