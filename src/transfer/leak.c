#include "src/transfer/leak.h"

#include <gatehouse/token_format.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char value_field[] = "tokenID", replacement[] = "[token removed]";
enum { UUID_SIZE = 36, HEX_SIZE = 2 * TOKEN_DIGEST_SIZE + 1 };

static void hex_digest(const char *bytes, size_t size, char hex[static HEX_SIZE])
{
    uint8_t digest[TOKEN_DIGEST_SIZE];
    token_digest(bytes, size, digest);
    sodium_bin2hex(hex, HEX_SIZE, digest, sizeof digest);
}

/* Puts the digests of all values that could be tokens into `values`. */
static enum error collect(json_t *node, json_t *values)
{
    enum error e = OK;
    const char *key;
    json_t *child;
    size_t i;
    json_array_foreach(node, i, child)
    {
        if (!e) e = collect(child, values);
    }
    json_object_foreach(node, key, child)
    {
        const char *text = json_string_value(child);
        char hex[HEX_SIZE];
        if (e) break;
        if (text && strcmp(key, value_field) == 0 && !token_value_flaw(text, strlen(text))) {
            hex_digest(text, strlen(text), hex);
            if (json_object_set_new(values, hex, json_true())) e = fail_memory();
        } else {
            e = collect(child, values);
        }
    }
    return e;
}

static bool is_value(json_t *values, const char *bytes, size_t size)
{
    char hex[HEX_SIZE];
    if (token_value_flaw(bytes, size)) return false;
    hex_digest(bytes, size, hex);
    return json_object_get(values, hex);
}

static bool is_uuid_like(const char *at, size_t left)
{
    return left >= UUID_SIZE && at[8] == '-' && at[13] == '-' && at[18] == '-' && at[23] == '-';
}

/* The size of the token that begins at `text + i`; 0: none does. */
static size_t token_at(json_t *values, const char *text, size_t size, size_t i)
{
    static const char letters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/=_-";
    const char *at = text + i;
    if (size - i >= TOKEN_TEXT_SIZE && token_format_valid(at, TOKEN_TEXT_SIZE))
        return TOKEN_TEXT_SIZE;
    if (is_uuid_like(at, size - i) && is_value(values, at, UUID_SIZE)) return UUID_SIZE;
    if (i > 0 && strchr(letters, at[-1])) return 0;
    size_t word = strspn(at, letters);
    return word && is_value(values, at, word) ? word : 0;
}

/* Where a node is: written out only if a token is there. */
struct spot {
    const struct spot *parent; /* NULL: the top */
    const char *key;           /* NULL: an element of a list */
    size_t index;
};

static void put_place(const struct spot *spot, char out[static PLACE_SIZE])
{
    char parent[PLACE_SIZE] = "";
    out[0] = 0;
    if (!spot->parent) return;
    put_place(spot->parent, parent);
    if (spot->key)
        snprintf(out, PLACE_SIZE, "%.280s%s%.30s", parent, parent[0] ? "." : "", spot->key);
    else
        snprintf(out, PLACE_SIZE, "%.280s[%zu]", parent, spot->index);
}

static bool has_token(json_t *values, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (token_at(values, text, size, i)) return true;
    return false;
}

/* A string that consists of tokens only becomes empty; such a name is left out. */
static enum error clean_string(struct job *job, json_t *values, json_t *node,
                               const struct spot *spot)
{
    const char *text = json_string_value(node);
    size_t size = strlen(text), used = 0, others = 0;
    if (!has_token(values, text, size)) return OK;
    char place[PLACE_SIZE], *clean = malloc(size + 1); /* a token is longer than what replaces it */
    if (!clean) return fail_memory();
    for (size_t i = 0, taken; i < size; i += taken) {
        taken = token_at(values, text, size, i);
        if (taken) {
            memcpy(clean + used, replacement, sizeof replacement - 1);
            used += sizeof replacement - 1;
        } else {
            taken = 1;
            clean[used++] = text[i];
            others++;
        }
    }
    clean[others ? used : 0] = 0;
    enum error e = json_string_set(node, clean) ? fail_memory() : OK;
    free(clean);
    if (e) return e;
    put_place(spot, place);
    return report_note(job->report, place, "this text contained a token, which was left out");
}

static enum error clean(struct job *job, json_t *values, json_t *node, const struct spot *spot)
{
    enum error e = OK;
    struct spot at = {.parent = spot};
    json_t *child;
    if (json_is_string(node)) return clean_string(job, values, node, spot);
    json_array_foreach(node, at.index, child)
    {
        if (!e) e = clean(job, values, child, &at);
    }
    json_object_foreach(node, at.key, child)
    {
        if (!e && strcmp(at.key, value_field) != 0) e = clean(job, values, child, &at);
    }
    return e;
}

enum error leaks_remove(struct job *job)
{
    json_t *values = json_object();
    enum error e = values ? collect(job->file->root, values) : fail_memory();
    if (!e) e = clean(job, values, job->file->root, &(struct spot){0});
    json_decref(values);
    return e;
}
