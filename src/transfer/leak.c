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

/* A string that consists of tokens only becomes empty; such a name is left out. */
static enum error clean_string(struct job *job, json_t *values, json_t *node, const char *place)
{
    const char *text = json_string_value(node);
    size_t size = strlen(text), used = 0, removed = 0, others = 0;
    char *clean = malloc(size + 1); /* what is put in is shorter than any token */
    if (!clean) return fail_memory();
    for (size_t i = 0, taken; i < size; i += taken) {
        taken = token_at(values, text, size, i);
        if (taken) {
            memcpy(clean + used, replacement, sizeof replacement - 1);
            used += sizeof replacement - 1;
            removed++;
        } else {
            taken = 1;
            clean[used++] = text[i];
            others++;
        }
    }
    clean[others ? used : 0] = 0;
    enum error e = OK;
    if (removed && json_string_set(node, clean)) e = fail_memory();
    free(clean);
    if (e || !removed) return e;
    return report_note(job->report, place, "this text contained a token, which was left out");
}

static enum error clean(struct job *job, json_t *values, json_t *node, const char *place)
{
    enum error e = OK;
    const char *key;
    char at[PLACE_SIZE];
    json_t *child;
    size_t i;
    if (json_is_string(node)) return clean_string(job, values, node, place);
    json_array_foreach(node, i, child)
    {
        snprintf(at, sizeof at, "%.280s[%zu]", place, i);
        if (!e) e = clean(job, values, child, at);
    }
    json_object_foreach(node, key, child)
    {
        if (e || strcmp(key, value_field) == 0) continue;
        snprintf(at, sizeof at, "%.280s%s%.30s", place, place[0] ? "." : "", key);
        e = clean(job, values, child, at);
    }
    return e;
}

enum error leaks_remove(struct job *job)
{
    json_t *values = json_object();
    enum error e = values ? collect(job->file->root, values) : fail_memory();
    if (!e) e = clean(job, values, job->file->root, "");
    json_decref(values);
    return e;
}
