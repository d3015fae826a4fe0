#include <gatehouse/keybox.h>

#include <ctype.h>
#include <sodium.h>
#include <string.h>

/* Crockford's base32: 26 characters of 5 bits, written in groups of five. */
enum { CODE_SIZE = 26, GROUP_SIZE = 5 };
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum error keybox_recovery_code(struct secret **out)
{
    struct secret *code;
    enum error e = secret_new(CODE_SIZE + CODE_SIZE / GROUP_SIZE, &code);
    if (e) return e;
    for (int i = 0; i < CODE_SIZE; i++) {
        if (i > 0 && i < CODE_SIZE - 1 && i % GROUP_SIZE == 0) code->bytes[code->size++] = '-';
        code->bytes[code->size++] = alphabet[randombytes_uniform(32)];
    }
    *out = code;
    return OK;
}

static char canonical(char c)
{
    c = (char)toupper((unsigned char)c);
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    return c;
}

enum error keybox_recovery_normalise(struct secret *code)
{
    size_t kept = 0;
    for (size_t i = 0; i < code->size; i++) {
        char c = canonical(code->bytes[i]);
        if (c == '-' || c == ' ') continue;
        if (c == 0 || !strchr(alphabet, c))
            return fail(ERR_INVALID, "a recovery code has letters and digits only");
        code->bytes[kept++] = c;
    }
    sodium_memzero(code->bytes + kept, code->capacity + 1 - kept);
    code->size = kept;
    if (kept != CODE_SIZE)
        return fail(ERR_INVALID, "a recovery code has %d characters, this one %zu", CODE_SIZE,
                    kept);
    return OK;
}

enum error keybox_write_key_file(const char *path)
{
    struct secret *raw, *line;
    enum error e = secret_new(32, &raw);
    if (e) return e;
    size_t size = sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL);
    e = secret_new(size, &line);
    if (!e) {
        randombytes_buf(raw->bytes, 32);
        sodium_bin2base64(line->bytes, size, (const uint8_t *)raw->bytes, 32,
                          sodium_base64_VARIANT_ORIGINAL);
        line->size = size - 1;
        e = secret_write_file(line, path);
        secret_free(line);
    }
    secret_free(raw);
    return e;
}
